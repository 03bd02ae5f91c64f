//! Connections that tests make: synthetic keys and settings of every sender.

use connectors::{Bank, Credentials, Secret, banks};

/// A key of most senders, which is any text.
pub(crate) const TEXT_KEY: &str = "a synthetic key";
/// A key of OnePay.
pub(crate) const HEX_KEY: &str = "00112233445566778899AABBCCDDEEFF";
/// A key of Standard Webhooks that both ends have.
pub(crate) const WHSEC: &str = "whsec_ZGV2ZWxvcGVyLXZlY3Rvci1rZXktMDAwMDAwMDAwMDMy";
/// The sender's half of the pair that Standard Webhooks publishes.
pub(crate) const WHSK: &str = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=";
/// Our half of it.
pub(crate) const WHPK: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";

pub(crate) const MOMO: [(&str, &str); 2] = [("partnerCode", "MOMOMAU"), ("accessKey", "DEVACCESS")];
pub(crate) const ONEPAY: [(&str, &str); 1] = [("merchant", "DEVMERCHANT")];
pub(crate) const VIETQR: [(&str, &str); 2] = [("username", "vietqr"), ("signature", "none")];
/// What a connection of the bill protocol is set to.
pub(crate) const BILL: [(&str, &str); 3] = [("amounts", "exact"), ("hours", "00:00-24:00"), ("certificate", "none")];
/// A shared key of the bill protocol.
pub(crate) const BILL_KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0000000000000000000000000000mau01";
/// Key pairs of a bank that nobody has: the private half and the public one.
pub(crate) const BILL_RSA: (&str, &str) = (include_str!("keys/bill_rsa.pem"), include_str!("keys/bill_rsa.pub.pem"));
pub(crate) const BILL_ED25519: (&str, &str) =
    (include_str!("keys/bill_ed25519.pem"), include_str!("keys/bill_ed25519.pub.pem"));
pub(crate) const VIETTEL: [(&str, &str); 2] = [("accessCode", "devaccess"), ("merchantCode", "SCH")];
pub(crate) const VNPAY: [(&str, &str); 1] = [("tmnCode", "DEVTMN01")];
pub(crate) const ZALOPAY: [(&str, &str); 1] = [("appId", "9999")];

/// A connection of each kind.
pub(crate) fn one_of_each_kind() -> Vec<Box<dyn Bank>> {
    vec![
        connect("bill", BILL_KEY, &BILL),
        connect("bill", BILL_RSA.1, &BILL),
        connect("bill", BILL_ED25519.1, &BILL),
        connect("casso", TEXT_KEY, &[("version", "v1")]),
        connect("casso", TEXT_KEY, &[("version", "v2")]),
        connect("momo", TEXT_KEY, &MOMO),
        connect("payos", TEXT_KEY, &[]),
        connect("sepay", TEXT_KEY, &[("auth", "apikey")]),
        connect("sepay", TEXT_KEY, &[("auth", "hmac")]),
        connect("viettel_money", TEXT_KEY, &VIETTEL),
        connect("vietqr", TEXT_KEY, &VIETQR),
        connect("sepay_bankhub", TEXT_KEY, &[]),
        connect("sepay_gateway", TEXT_KEY, &[]),
        connect("onepay", HEX_KEY, &ONEPAY),
        connect("vnpay", TEXT_KEY, &VNPAY),
        connect("standard_webhooks", WHSEC, &[]),
        connect("standard_webhooks", WHPK, &[]),
        connect("zalopay", TEXT_KEY, &ZALOPAY),
    ]
}

pub(crate) fn connect(slug: &str, key: &str, extra: &[(&str, &str)]) -> Box<dyn Bank> {
    banks::connect(slug, &credentials(key, extra)).unwrap_or_else(|fault| panic!("{slug}: {fault}"))
}

pub(crate) fn credentials(key: &str, extra: &[(&str, &str)]) -> Credentials {
    let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Credentials { connection: String::new(), keys: vec![Secret::new(key)], extra }
}
