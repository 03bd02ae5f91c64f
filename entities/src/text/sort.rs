//! Sort keys: Vietnamese order as plain ASCII, so that comparing bytes is enough.
//!
//! A word becomes its letters, a blank, its tone and a blank; the blank is smaller than every letter, so that a shorter
//! word comes first and a tone decides only between words of the same letters. After the words comes `!` and the text
//! itself, so that different texts never share a key.

use unicode_normalization::UnicodeNormalization;

use super::{decomposed, tone_rank};

/// The letters in their order (bảng chữ cái), f j w z in their Latin place; the n-th is written as the n-th of [`WEIGHTS`].
const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
/// One ASCII character for each letter, rising, and all above the digits.
const WEIGHTS: &[u8; 33] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";

/// The key that orders people as Vietnamese lists do: by given name (tên, the last word), then family name (họ, the
/// first), then middle names (đệm).
#[must_use]
pub fn name_sort_key(full_name: &str) -> String {
    let words: Vec<&str> = full_name.split_whitespace().collect();
    let mut key = String::with_capacity(full_name.len() * 3);
    if let [rest @ .., given] = words.as_slice() {
        push_word(&mut key, given);
        rest.iter().for_each(|word| push_word(&mut key, word));
    }
    push_text(&mut key, full_name);
    key
}

/// The key that orders ordinary text (names of schools, classes, fees), word by word; numbers count as numbers, so that
/// class 9A comes before 10A.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() * 3);
    text.split_whitespace().for_each(|word| push_word(&mut key, word));
    push_text(&mut key, text);
    key
}

fn push_word(key: &mut String, word: &str) {
    let start = key.len();
    let (mut tones, mut number) = (String::new(), String::new());
    // Composed again without tones, so that ă, â, ê, ô, ơ and ư are one letter each.
    let letters = decomposed(word).filter(|c| match tone_rank(*c) {
        Some(rank) => {
            tones.push(rank);
            false
        }
        None => true,
    });
    for c in letters.nfc() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        push_number(key, &mut number);
        push_letter(key, c);
    }
    push_number(key, &mut number);
    if key.len() > start {
        key.push(' ');
        key.push_str(&tones);
        key.push(' ');
    }
}

/// A letter of the alphabet by its weight; a foreign letter by its base if it has one there, else after all of ours.
fn push_letter(key: &mut String, c: char) {
    let base = std::iter::once(c).nfd().next().unwrap_or(c);
    let place = |letter: char| LETTERS.chars().position(|l| l == letter);
    match place(c).or_else(|| place(base)) {
        Some(place) => key.push(char::from(WEIGHTS[place])),
        None if c.is_alphanumeric() => key.push(c),
        None => {}
    }
}

/// The number of digits first, then the digits: a longer number is a larger one. Leading zeros do not count.
fn push_number(key: &mut String, number: &mut String) {
    if number.is_empty() {
        return;
    }
    let digits = number.trim_start_matches('0');
    let mut length = digits.len();
    while length > 9 {
        key.push(':');
        length -= 9;
    }
    key.extend(char::from_digit(u32::try_from(length).unwrap_or(9), 10));
    key.push_str(digits);
    number.clear();
}

/// The last resort: the text with its tones in place, a tone before any letter (*Hòa* before *Hoà*).
fn push_text(key: &mut String, text: &str) {
    key.push('!');
    key.extend(text.nfd().map(|c| if tone_rank(c).is_some() { '"' } else { c }));
}
