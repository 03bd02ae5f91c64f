//! The ministry's education database (CSDL ngành): its workbooks, which a school fills, uploads and downloads. There is no open
//! interface, so the workbook is the interface.

mod findings;
pub mod students;

/// Something in a workbook that a person must know. It quotes no cell: what stands there is a child's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row of the sheet, from 1; none when it concerns the whole file.
    pub row: Option<u32>,
    /// The letters of the column, as `AC`; none when it concerns the whole row or file.
    pub column: Option<String>,
    /// What follows from it.
    pub weight: Weight,
    /// A stable code, as `GENDER_UNKNOWN`.
    pub code: &'static str,
    /// The sentence in English.
    pub message: String,
    /// The sentence in Vietnamese.
    pub message_vi: String,
}

/// What follows from a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The row, or the file where no row is named, must not be taken.
    Refuses,
    /// The row can be taken; the person should look.
    Tells,
}
