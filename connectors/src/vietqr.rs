//! VietQR: the payment code of NAPAS 247 as EMVCo text, as a picture, and back.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::fault::VietQrFault;

mod fields;
mod picture;

pub use picture::svg;

use fields::{Fields, field, sealed, unsealed};

/// NAPAS, who owns VietQR.
const NAPAS: &str = "A000000727";
/// VNPAY-QR, another scheme in the same grammar.
const VNPAY_QR: &str = "A000000775";
const TO_ACCOUNT: &str = "QRIBFTTA";
const VND: &str = "704";
const COUNTRY: &str = "VN";
/// The longest bill number and purpose.
const LABEL_LIMIT_CHARS: usize = 25;
const ACCOUNT_LIMIT_CHARS: usize = 19;
/// 13 digits.
const AMOUNT_LIMIT_VND: i64 = 9_999_999_999_999;

/// A transfer that a payer's banking app can fill in by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The bank identification number (BIN) of the receiving bank: six digits.
    pub bin: String,
    /// The receiving account or virtual account: 1 to 19 ASCII letters and digits.
    pub account: String,
    /// The amount in whole đồng; without one the payer types it.
    pub amount: Option<i64>,
    /// The bill number (field 62-01): 1 to 25 letters, digits, `-` or `_`. Statements rarely show it.
    pub bill: Option<String>,
    /// The transfer text (field 62-08): 1 to 25 characters once written without diacritics. Put the invoice code first.
    pub purpose: Option<String>,
}

impl Payload {
    /// The text to show as a QR code, in ASCII: Vietnamese letters lose their diacritics.
    ///
    /// # Errors
    /// A [`VietQrFault`] that names the part which does not fit.
    pub fn text(&self) -> Result<String, VietQrFault> {
        if !is_bin(&self.bin) {
            return Err(VietQrFault::Bin);
        }
        if !is_account(&self.account) {
            return Err(VietQrFault::Account);
        }
        let bank = field("00", &self.bin) + &field("01", &self.account);
        let napas = field("00", NAPAS) + &field("01", &bank) + &field("02", TO_ACCOUNT);
        let initiation = if self.amount.is_some() { "12" } else { "11" };

        let mut text = field("00", "01") + &field("01", initiation) + &field("38", &napas) + &field("53", VND);
        if let Some(amount_vnd) = self.amount {
            if !(1..=AMOUNT_LIMIT_VND).contains(&amount_vnd) {
                return Err(VietQrFault::Amount);
            }
            text += &field("54", &amount_vnd.to_string());
        }
        text += &field("58", COUNTRY);
        let labels = self.labels()?;
        if !labels.is_empty() {
            text += &field("62", &labels);
        }
        Ok(sealed(text))
    }

    fn labels(&self) -> Result<String, VietQrFault> {
        let mut labels = String::new();
        if let Some(bill) = &self.bill {
            if !is_bill(bill) {
                return Err(VietQrFault::Bill);
            }
            labels += &field("01", bill);
        }
        if let Some(purpose) = &self.purpose {
            let purpose = without_diacritics(purpose);
            if !is_purpose(&purpose) {
                return Err(VietQrFault::Purpose);
            }
            labels += &field("08", &purpose);
        }
        Ok(labels)
    }
}

/// Reads a VietQR text back. Fields that we do not write are skipped.
///
/// # Errors
/// A [`VietQrFault`]: broken text, a wrong checksum, or a good code of another scheme such as VNPAY-QR.
pub fn parse(text: &str) -> Result<Payload, VietQrFault> {
    let fields = Fields::read(unsealed(text)?)?;
    if fields.get("00") != Some("01") {
        return Err(VietQrFault::Grammar);
    }
    let Some(napas) = fields.get("38").map(Fields::read).transpose()? else {
        return Err(other_scheme(&fields)?);
    };
    let in_vnd = fields.get("53") == Some(VND) && fields.get("58") == Some(COUNTRY);
    if !in_vnd || napas.get("00") != Some(NAPAS) || napas.get("02") != Some(TO_ACCOUNT) {
        return Err(VietQrFault::OtherScheme);
    }
    let bank = Fields::read(napas.get("01").ok_or(VietQrFault::Grammar)?)?;
    let labels = Fields::read(fields.get("62").unwrap_or_default())?;
    let checked = |value: Option<&str>, fits: fn(&str) -> bool, fault| match value {
        Some(value) if !fits(value) => Err(fault),
        value => Ok(value.map(str::to_owned)),
    };
    Ok(Payload {
        bin: checked(bank.get("00"), is_bin, VietQrFault::Bin)?.ok_or(VietQrFault::Bin)?,
        account: checked(bank.get("01"), is_account, VietQrFault::Account)?.ok_or(VietQrFault::Account)?,
        amount: fields.get("54").map(read_amount).transpose()?,
        bill: checked(labels.get("01"), is_bill, VietQrFault::Bill)?,
        purpose: checked(labels.get("08"), is_purpose, VietQrFault::Purpose)?,
    })
}

/// Names what the code is instead.
fn other_scheme(fields: &Fields<'_>) -> Result<VietQrFault, VietQrFault> {
    let guid = match fields.get("26") {
        Some(account) => Fields::read(account)?.get("00"),
        None => None,
    };
    Ok(if guid == Some(VNPAY_QR) { VietQrFault::VnpayQr } else { VietQrFault::OtherScheme })
}

/// The grammar allows a decimal point; đồng have none, so only zeros may follow it.
fn read_amount(text: &str) -> Result<i64, VietQrFault> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let amount_vnd = crate::wire::digits(whole).ok_or(VietQrFault::Amount)?;
    if !(1..=AMOUNT_LIMIT_VND).contains(&amount_vnd) || fraction.bytes().any(|digit| digit != b'0') {
        return Err(VietQrFault::Amount);
    }
    Ok(amount_vnd)
}

/// Readers disagree whether lengths count characters or bytes, so only ASCII is written.
pub(crate) fn without_diacritics(text: &str) -> String {
    text.nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .map(|letter| match letter {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

fn is_bin(bin: &str) -> bool {
    bin.len() == 6 && bin.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account(account: &str) -> bool {
    (1..=ACCOUNT_LIMIT_CHARS).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_bill(bill: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=LABEL_LIMIT_CHARS).contains(&bill.len()) && bill.bytes().all(allowed)
}

fn is_purpose(purpose: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b' '..=b'~');
    (1..=LABEL_LIMIT_CHARS).contains(&purpose.len()) && purpose.bytes().all(allowed)
}
