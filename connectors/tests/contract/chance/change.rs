//! What becomes of bytes on their way, and what somebody makes of them who means ill.

use super::dice::Dice;

/// No changed file is longer.
pub(super) const LIMIT_BYTES: usize = 128 << 10;

/// Words that mean something to one of the readers, and letters that should mean nothing.
const WORDS: [&str; 40] = [
    ":61:",
    ":86:",
    ":20:1\n",
    "\n:62F:C260804VND5,\n",
    "-}\n",
    "{4:\n",
    "?20",
    "//",
    "RC",
    "<Ntry>",
    "</Ntry>",
    "<TxDtls>",
    "</Stmt><Stmt>",
    "<Amt Ccy=\"VND\">5</Amt>",
    "<Amt Ccy=\"USD\">5</Amt>",
    "<CdtDbtInd>DBIT</CdtDbtInd>",
    "<RvslInd>true</RvslInd>",
    "&#x202e;",
    "&amp;",
    "<!--",
    "<![CDATA[",
    "<!DOCTYPE a>",
    "<tr><td>",
    "<td rowspan=9999 colspan=9999>",
    "</table><table>",
    "Ngày",
    "Ghi có",
    "Số dư",
    "Số dư đầu kỳ: 5.000",
    "Tổng cộng",
    "Tổng phát sinh có",
    "04/08/2026",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999999999",
    "1E18",
    "1.250,00",
    "\"",
    "\u{0}\u{202e}\u{200b}",
    "ệ",
];

/// Bytes that end, begin or fill something.
const BYTES: [u8; 16] = [0, 1, 0x7f, 0x80, 0xff, b'0', b'9', b'<', b'>', b'"', b'\n', b',', b'.', b'-', b';', b':'];

/// Changes the bytes in up to eight places, mostly in few; it may borrow from another file.
pub(super) fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=few(dice, 4) {
        once(bytes, other, dice);
    }
    bytes.truncate(LIMIT_BYTES);
}

fn once(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(bytes.len());
    let length = few(dice, 10).min(bytes.len() - at);
    match dice.below(10) {
        0 => put(bytes, at, u8::try_from(dice.below(256)).unwrap()),
        1 => put(bytes, at, *dice.pick(&BYTES)),
        // A digit for a digit is still an amount.
        2 | 3 => {
            let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            if !digits.is_empty() {
                put(bytes, *dice.pick(&digits), b'0' + u8::try_from(dice.below(10)).unwrap());
            }
        }
        4 => insert(bytes, at, dice.pick(&WORDS).as_bytes()),
        5 => drop(bytes.drain(at..at + length)),
        6 => {
            let piece = bytes[at..at + length].repeat(1 + few(dice, 8));
            let to = dice.below(bytes.len() + 1);
            insert(bytes, to, &piece);
        }
        7 => {
            let from = dice.below(other.len());
            let end = other.len().min(from + few(dice, 12));
            insert(bytes, at, &other[from..end]);
        }
        8 => number(bytes, at, dice),
        _ if dice.once_in(8) => bytes.truncate(at),
        _ => bytes[at..at + length].reverse(),
    }
}

/// A small number more often than a large one, and less than two to the power of this.
fn few(dice: &mut Dice, power: usize) -> usize {
    let end = 1 << dice.below(power);
    dice.below(end)
}

/// A number of four bytes that lies about a size or a place.
fn number(bytes: &mut [u8], at: usize, dice: &mut Dice) {
    let number = *dice.pick(&[0, 1, 0x7fff_ffff_u32, u32::MAX, 0x8000_0000, 0xffff, 0x1_0000]);
    for (byte, new) in bytes[at..].iter_mut().zip(number.to_le_bytes()) {
        *byte = new;
    }
}

fn put(bytes: &mut [u8], at: usize, byte: u8) {
    if let Some(old) = bytes.get_mut(at) {
        *old = byte;
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    if bytes.len() + piece.len() <= LIMIT_BYTES {
        drop(bytes.splice(at..at, piece.iter().copied()));
    }
}
