//! The grammar of EMVCo codes: tag, two-digit length, value; a checksum at the end.

use crate::{fault::VietQrFault, wire::digits};

/// The checksum covers its own tag and length.
const CHECKSUM_HEAD: &str = "6304";

/// Writes one field; values are ASCII and shorter than 100.
pub(super) fn field(tag: &str, value: &str) -> String {
    format!("{tag}{:02}{value}", value.len())
}

/// Appends the checksum.
pub(super) fn sealed(mut text: String) -> String {
    text.push_str(CHECKSUM_HEAD);
    let checksum = crc16(text.as_bytes());
    format!("{text}{checksum:04X}")
}

/// Checks and removes the checksum, in capitals or not.
pub(super) fn unsealed(text: &str) -> Result<&str, VietQrFault> {
    if !text.is_ascii() || text.len() < 8 {
        return Err(VietQrFault::Grammar);
    }
    let (covered, checksum) = text.split_at(text.len() - 4);
    let fields = covered.strip_suffix(CHECKSUM_HEAD).ok_or(VietQrFault::Grammar)?;
    if checksum.eq_ignore_ascii_case(&format!("{:04X}", crc16(covered.as_bytes()))) {
        Ok(fields)
    } else {
        Err(VietQrFault::Checksum)
    }
}

/// The fields of one level, as they came.
pub(super) struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    /// Reads one level of ASCII text. A tag may stand only once.
    pub(super) fn read(mut text: &'a str) -> Result<Self, VietQrFault> {
        let mut fields: Vec<(&str, &str)> = Vec::new();
        while !text.is_empty() {
            let (tag, rest) = text.split_at_checked(2).ok_or(VietQrFault::Grammar)?;
            let (length, rest) = rest.split_at_checked(2).ok_or(VietQrFault::Grammar)?;
            let length = digits(length).and_then(|length| usize::try_from(length).ok());
            let (value, rest) = length.and_then(|length| rest.split_at_checked(length)).ok_or(VietQrFault::Grammar)?;
            if digits(tag).is_none() || fields.iter().any(|(known, _)| *known == tag) {
                return Err(VietQrFault::Grammar);
            }
            fields.push((tag, value));
            text = rest;
        }
        Ok(Self(fields))
    }

    pub(super) fn get(&self, tag: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(known, _)| *known == tag);
        found.map(|(_, value)| *value)
    }
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, no reflection, no final exclusive or.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 { shifted } else { shifted ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::crc16;

    #[test]
    fn the_published_check_value_of_the_algorithm() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
    }
}
