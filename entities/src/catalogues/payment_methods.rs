//! Payment methods (hình thức thanh toán), and which of them are cashless.

use super::catalogue;

catalogue! {
    /// How money was paid (hình thức thanh toán); the hub's own codes.
    PaymentMethod, "PAYMENT_METHOD_UNKNOWN", "payment methods", "hình thức thanh toán";
    Qr = "QR", "Quét mã QR (VietQR)", "QR code (VietQR)";
    App = "APP", "Ứng dụng thanh toán / ví điện tử", "Payment app or e-wallet";
    InternetBanking = "IB", "Internet/mobile banking", "Internet or mobile banking";
    VirtualAccount = "VA", "Chuyển khoản tới tài khoản định danh", "Transfer to a virtual account";
    Card = "CARD", "Thẻ ngân hàng", "Bank card";
    DirectDebit = "AUTO", "Ủy nhiệm thu / trích nợ tự động", "Direct debit";
    CounterCashIn = "COUNTER_CASH_IN", "Nộp tiền mặt tại quầy ngân hàng", "Cash paid in at a bank counter";
    CounterTransfer = "COUNTER_TRANSFER", "Ủy nhiệm chi, chuyển khoản tại quầy", "Transfer ordered at a bank counter";
    CollectionAgent = "COLLECT_AGENT", "Thu hộ qua điểm giao dịch", "Cash paid at a collection agent";
    Cash = "CASH", "Tiền mặt tại trường", "Cash at school";
    /// A transfer whose method nobody stated: it came through a bank, so it is cashless, and its method stays unknown.
    Unknown = "UNKNOWN", "Không rõ hình thức", "Method not stated";
}

impl PaymentMethod {
    /// Whether it counts as payment without cash (thanh toán không dùng tiền mặt).
    #[must_use]
    pub const fn is_cashless(self) -> bool {
        !matches!(self, Self::CounterCashIn | Self::CollectionAgent | Self::Cash)
    }
}
