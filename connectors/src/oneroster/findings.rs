//! What a person must look at: each code at one place, with its sentences in both languages.

use crate::text;

/// Something in an archive that is not read as it stands. Nothing is skipped silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, as `users.csv`; none when it is about the archive.
    pub file: Option<Box<str>>,
    /// The line in the file, from 1; none when it is about the whole file.
    pub line: Option<u64>,
    /// The column, as the header calls it; none when it is about the whole row.
    pub column: Option<Box<str>>,
    /// The sender's id of the row, where it could be read.
    pub sourced_id: Option<Box<str>>,
    /// A stable code, as `ONEROSTER_VALUE`.
    pub code: &'static str,
    /// The sentence in English.
    pub message: Box<str>,
    /// The sentence in Vietnamese.
    pub message_vi: Box<str>,
}

fn finding(code: &'static str, message: impl Into<Box<str>>, message_vi: impl Into<Box<str>>) -> Finding {
    let (message, message_vi) = (message.into(), message_vi.into());
    Finding { file: None, line: None, column: None, sourced_id: None, code, message, message_vi }
}

impl Finding {
    pub(super) fn in_file(mut self, file: &str) -> Self {
        self.file = Some(shown(file).into());
        self
    }

    pub(super) fn on_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    pub(super) fn at(mut self, column: &str) -> Self {
        self.column = Some(shown(column).into());
        self
    }
}

pub(super) fn not_an_archive() -> Finding {
    finding(
        "ONEROSTER_NOT_A_ZIP",
        "The file is not a zip archive: OneRoster files are sent together, in one zip.",
        "Tệp không phải tệp nén zip: các tệp OneRoster phải gửi chung trong một tệp zip.",
    )
}

pub(super) fn damaged() -> Finding {
    finding(
        "ONEROSTER_DAMAGED",
        "The archive is damaged, incomplete, or not what it says it is: make it again.",
        "Tệp nén bị hỏng, không đầy đủ hoặc không đúng như khai báo: hãy tạo lại.",
    )
}

pub(super) fn password() -> Finding {
    finding(
        "ONEROSTER_PASSWORD",
        "The archive is protected by a password: send it without one.",
        "Tệp nén được bảo vệ bằng mật khẩu: hãy gửi tệp không có mật khẩu.",
    )
}

pub(super) fn too_large() -> Finding {
    finding(
        "ONEROSTER_TOO_LARGE",
        format!("The archive holds more than 64 MiB or {} rows: send it school by school.", super::MAX_ROWS),
        format!("Tệp nén chứa hơn 64 MiB hoặc {} dòng: hãy gửi theo từng trường.", super::MAX_ROWS),
    )
}

pub(super) fn no_manifest() -> Finding {
    finding(
        "ONEROSTER_MANIFEST",
        "There is no manifest.csv at the top of the archive that says what its files are.",
        "Không có tệp manifest.csv ở thư mục gốc của tệp nén để cho biết các tệp bên trong.",
    )
}

pub(super) fn bad_manifest(what: &str) -> Finding {
    let what = shown(what);
    finding(
        "ONEROSTER_MANIFEST",
        format!("manifest.csv cannot be read: {what:?}."),
        format!("Không đọc được manifest.csv: {what:?}."),
    )
}

pub(super) fn version(found: &str) -> Finding {
    let found = shown(found);
    finding(
        "ONEROSTER_VERSION",
        format!("The manifest says OneRoster {found:?}; version 1.2 is read, with manifest version 1.0."),
        format!("Tệp manifest ghi OneRoster {found:?}; chỉ đọc phiên bản 1.2 với manifest phiên bản 1.0."),
    )
}

pub(super) fn file_missing(file: &str) -> Finding {
    finding(
        "ONEROSTER_FILE_MISSING",
        format!("The manifest names {file}, and the archive does not hold it."),
        format!("Tệp manifest nêu {file} nhưng tệp nén không có tệp này."),
    )
}

pub(super) fn file_not_read(file: &str) -> Finding {
    let file = shown(file);
    finding(
        "ONEROSTER_FILE_NOT_READ",
        format!("{file:?} is not read: the manifest does not name it, or it is no part of a roster."),
        format!("Không đọc {file:?}: tệp manifest không nêu tệp này hoặc tệp không thuộc danh sách lớp."),
    )
}

pub(super) fn encoding() -> Finding {
    finding("ONEROSTER_ENCODING", "The file is not text in UTF-8.", "Tệp không phải văn bản UTF-8.")
}

pub(super) fn header(what: &str) -> Finding {
    let what = shown(what);
    finding(
        "ONEROSTER_HEADER",
        format!("The first line must name every needed column once, in the words of the binding: {what:?}."),
        format!("Dòng đầu phải nêu mỗi cột cần thiết đúng một lần, đúng tên theo chuẩn: {what:?}."),
    )
}

pub(super) fn cells(found: usize, wanted: usize) -> Finding {
    finding(
        "ONEROSTER_ROW",
        format!("The row has {found} cells; the header has {wanted}."),
        format!("Dòng có {found} ô; dòng tiêu đề có {wanted} ô."),
    )
}

pub(super) fn required(column: &str) -> Finding {
    finding("ONEROSTER_REQUIRED", format!("{column} must be filled."), format!("Phải điền {column}.")).at(column)
}

pub(super) fn value(column: &str, text: &str, [wanted, wanted_vi]: [&str; 2]) -> Finding {
    let text = shown(text);
    finding("ONEROSTER_VALUE", format!("{text:?} is not {wanted}."), format!("{text:?} không phải là {wanted_vi}."))
        .at(column)
}

pub(super) fn text(column: &str) -> Finding {
    finding(
        "ONEROSTER_VALUE",
        "The text is too long, or holds a control character or a line break.",
        "Văn bản quá dài hoặc chứa ký tự điều khiển, ký tự xuống dòng.",
    )
    .at(column)
}

pub(super) fn status_needed() -> Finding {
    finding(
        "ONEROSTER_STATUS",
        "A row of a delta file says `active` or `tobedeleted`, and when it changed in `dateLastModified`.",
        "Dòng của tệp thay đổi (delta) phải ghi `active` hoặc `tobedeleted` và thời điểm ở `dateLastModified`.",
    )
    .at("status")
}

pub(super) fn deletion_in_bulk() -> Finding {
    finding(
        "ONEROSTER_STATUS",
        "A bulk file says how things are: only a delta file may say `tobedeleted`.",
        "Tệp toàn bộ (bulk) chỉ nêu hiện trạng: chỉ tệp thay đổi (delta) mới được ghi `tobedeleted`.",
    )
    .at("status")
}

pub(super) fn twice(first: u64) -> Finding {
    finding(
        "ONEROSTER_TWICE",
        format!("Line {first} has the same sourcedId."),
        format!("Dòng {first} có cùng sourcedId."),
    )
    .at("sourcedId")
}

pub(super) fn year(year: i32, runs: i32) -> Finding {
    finding(
        "ONEROSTER_YEAR",
        format!("schoolYear is the year in which the school year ends; these days lie in the one that ends in {runs}, not {year}."),
        format!("schoolYear là năm kết thúc năm học; các ngày này thuộc năm học kết thúc năm {runs}, không phải {year}."),
    )
    .at("schoolYear")
}

/// As much of a sender's word as a sentence has room for, without what hides.
fn shown(text: &str) -> String {
    text::clean(text).unwrap_or_default().chars().take(60).collect()
}
