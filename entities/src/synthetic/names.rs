//! Names that no combination of could be a real person or school: plants, colours and numbers, and "(mẫu)".

use super::draw::Draw;

const FAMILIES: [&str; 12] =
    ["Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng"];
const MIDDLES: [&str; 4] = ["Mẫu", "Thử", "Văn Mẫu", "Thị Thử"];
const WORDS: [&str; 24] = [
    "Sen", "Súng", "Tre", "Lúa", "Ngô", "Khoai", "Cam", "Quýt", "Bưởi", "Mận", "Xoài", "Ổi", "Xanh", "Đỏ", "Tím",
    "Vàng", "Nâu", "Trắng", "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu",
];
const PLANTS: [&str; 16] = [
    "Hoa Sen",
    "Hoa Súng",
    "Cây Tre",
    "Cây Lúa",
    "Cây Ngô",
    "Cây Cam",
    "Cây Bưởi",
    "Cây Mận",
    "Cây Xoài",
    "Cây Ổi",
    "Hoa Đào",
    "Hoa Mai",
    "Hoa Cúc",
    "Cây Đa",
    "Cây Gạo",
    "Cây Cau",
];

/// A full name such as "Trần Thử Xanh 017".
pub(super) fn person(draw: &mut Draw) -> String {
    let (family, middle, word) = (draw.pick(&FAMILIES), draw.pick(&MIDDLES), draw.pick(&WORDS));
    format!("{family} {middle} {word} {:03}", draw.below(1_000))
}

/// A school's name such as "Trường Mầm non Hoa Sen số 3 (mẫu)".
pub(super) fn school(kind: &str, serial: usize) -> String {
    format!("Trường {kind} {} số {} (mẫu)", PLANTS[serial % PLANTS.len()], serial / PLANTS.len() + 1)
}

/// A name as banks print it: capitals without diacritics.
pub(super) fn printed(name: &str) -> String {
    crate::text::fold(name).to_uppercase()
}
