//! Why money waits for a person: stable codes, and sentences that an accountant can act on.

/// Why a credit was not booked by itself (lý do chờ đối soát).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewReason {
    /// The receiving account is not that of the invoice's school and fund, or not one the connection may speak for.
    WrongAccount,
    /// The receiving account is not registered in the hub.
    UnknownAccount,
    /// The memo carries no payment code.
    NoReference,
    /// The memo carries something like a payment code that names no invoice.
    UnknownReference,
    /// The code in the memo and the virtual account name different students.
    ReferenceConflict,
    /// The amount fits no open invoice of the student, nor all of them together.
    AmountMismatch,
    /// Several invoices could be meant and the amount does not decide between them.
    SeveralInvoices,
    /// The invoice was cancelled before the money came.
    InvoiceCancelled,
    /// The invoice has nothing left to pay.
    InvoiceAlreadyPaid,
    /// The student of the virtual account has no open invoice.
    NothingOpen,
    /// The entry is not money received: nothing, or money going out.
    NotACredit,
    /// Two messages about one transaction contradict each other, or the sender's proof is too weak.
    Suspicious,
    /// Another sender told of money that may be the same.
    PossibleDuplicate,
    /// A person undid an allocation of this money; it is not booked by itself again.
    AllocationUndone,
}

impl ReviewReason {
    /// Every reason.
    pub const ALL: [Self; 14] = [
        Self::WrongAccount,
        Self::UnknownAccount,
        Self::NoReference,
        Self::UnknownReference,
        Self::ReferenceConflict,
        Self::AmountMismatch,
        Self::SeveralInvoices,
        Self::InvoiceCancelled,
        Self::InvoiceAlreadyPaid,
        Self::NothingOpen,
        Self::NotACredit,
        Self::Suspicious,
        Self::PossibleDuplicate,
        Self::AllocationUndone,
    ];

    /// The reason with this code, as [`ReviewReason::code`] gives it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The stable code, for programs and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongAccount => "WRONG_ACCOUNT",
            Self::UnknownAccount => "UNKNOWN_ACCOUNT",
            Self::NoReference => "NO_REFERENCE",
            Self::UnknownReference => "UNKNOWN_REFERENCE",
            Self::ReferenceConflict => "REFERENCE_CONFLICT",
            Self::AmountMismatch => "AMOUNT_MISMATCH",
            Self::SeveralInvoices => "SEVERAL_INVOICES",
            Self::InvoiceCancelled => "INVOICE_CANCELLED",
            Self::InvoiceAlreadyPaid => "INVOICE_ALREADY_PAID",
            Self::NothingOpen => "NOTHING_OPEN",
            Self::NotACredit => "NOT_A_CREDIT",
            Self::Suspicious => "SUSPICIOUS",
            Self::PossibleDuplicate => "POSSIBLE_DUPLICATE",
            Self::AllocationUndone => "ALLOCATION_UNDONE",
        }
    }

    /// The reason as a sentence in English.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::WrongAccount => "The money came to an account that is not the one of this invoice.",
            Self::UnknownAccount => "The receiving account is not registered in the hub.",
            Self::NoReference => "The transfer's memo carries no payment code.",
            Self::UnknownReference => {
                "The memo carries a payment code that names no invoice; it was probably mistyped."
            }
            Self::ReferenceConflict => "The payment code names another student than the virtual account does.",
            Self::AmountMismatch => "The amount fits no open invoice of this student, nor all of them together.",
            Self::SeveralInvoices => "Several invoices could be meant, and the amount does not say which.",
            Self::InvoiceCancelled => "The invoice was cancelled before the money came.",
            Self::InvoiceAlreadyPaid => "The invoice is already paid in full; this may be a second payment.",
            Self::NothingOpen => "The student of this virtual account has no open invoice.",
            Self::NotACredit => "The entry is not money received.",
            Self::Suspicious => "The messages about this transaction contradict each other or cannot be trusted fully.",
            Self::PossibleDuplicate => {
                "Another sender told of the same amount for the same invoice or student; it may be the same money."
            }
            Self::AllocationUndone => "A person undid the allocation of this money; it waits for a decision by hand.",
        }
    }

    /// The reason as a sentence in Vietnamese.
    #[must_use]
    pub const fn sentence_vi(self) -> &'static str {
        match self {
            Self::WrongAccount => "Tiền vào tài khoản không phải tài khoản thu của phiếu báo thu này.",
            Self::UnknownAccount => "Tài khoản nhận tiền chưa được đăng ký trong hệ thống.",
            Self::NoReference => "Nội dung chuyển khoản không có mã thanh toán.",
            Self::UnknownReference => {
                "Nội dung có mã thanh toán nhưng không khớp phiếu báo thu nào; có thể mã bị gõ sai."
            }
            Self::ReferenceConflict => "Mã thanh toán và tài khoản định danh thuộc hai học sinh khác nhau.",
            Self::AmountMismatch => "Số tiền không khớp phiếu nào còn nợ của học sinh, cũng không khớp tổng các phiếu.",
            Self::SeveralInvoices => "Có nhiều phiếu báo thu có thể được trả, số tiền không cho biết là phiếu nào.",
            Self::InvoiceCancelled => "Phiếu báo thu đã bị hủy trước khi tiền đến.",
            Self::InvoiceAlreadyPaid => "Phiếu báo thu đã được trả đủ; có thể đây là lần nộp thứ hai.",
            Self::NothingOpen => "Học sinh của tài khoản định danh này không còn phiếu nào chưa trả.",
            Self::NotACredit => "Giao dịch này không phải tiền vào.",
            Self::Suspicious => "Các thông báo về giao dịch này mâu thuẫn hoặc chưa đủ tin cậy.",
            Self::PossibleDuplicate => {
                "Một bên gửi khác đã báo cùng số tiền cho cùng phiếu hoặc học sinh; có thể là cùng một khoản tiền."
            }
            Self::AllocationUndone => "Khoản phân bổ này đã bị người dùng hủy; đang chờ quyết định thủ công.",
        }
    }
}
