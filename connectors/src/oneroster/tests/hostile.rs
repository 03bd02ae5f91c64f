//! Archives that are made to hurt: bombs, twins, sizes that lie, half a file.

use std::time::Instant;

use super::sample::{ORGS, SCHOOL, archive, brief, code, manifest, one, zip};
use crate::oneroster::{MAX_ROWS, read};

const HEADER: &str = "sourcedId,name,type\n";

fn with(more: &[(&str, &[u8])]) -> Vec<u8> {
    let manifest = manifest(&[("orgs", ORGS)], "bulk");
    let mut entries: Vec<(&str, &[u8])> = vec![("manifest.csv", manifest.as_bytes()), ("orgs.csv", ORGS.as_bytes())];
    entries.extend(more);
    zip(&entries)
}

/// The archive with the number at a place of the directory record of its first file changed.
fn lying(mut bytes: Vec<u8>, offset: usize, number: u32) -> Vec<u8> {
    let place = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap() + offset;
    bytes[place..place + 4].copy_from_slice(&number.to_le_bytes());
    bytes
}

#[test]
fn what_is_no_archive_is_refused() {
    assert_eq!(code(b""), "ONEROSTER_NOT_A_ZIP");
    assert_eq!(code(ORGS.as_bytes()), "ONEROSTER_NOT_A_ZIP");
    assert_eq!(code(b"PK\x03\x04"), "ONEROSTER_DAMAGED");
    let good = archive(&SCHOOL, "bulk");
    for length in (2..good.len()).step_by(97) {
        assert_eq!(code(&good[..length]), "ONEROSTER_DAMAGED", "{length}");
    }
}

#[test]
fn sizes_and_checksums_are_not_believed() {
    let good = with(&[]);
    assert!(read(&good).is_ok());
    for (offset, number) in [(16, 7), (24, 0), (24, u32::MAX), (20, u32::MAX), (20, 0), (42, u32::MAX)] {
        assert_eq!(code(&lying(good.clone(), offset, number)), "ONEROSTER_DAMAGED", "{offset} {number}");
    }
    let mut flagged = good;
    let place = flagged.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    flagged[place + 8] |= 1;
    assert_eq!(code(&flagged), "ONEROSTER_PASSWORD");
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let begun = Instant::now();
    let blanks = " ".repeat(65 << 20);
    let bomb = archive(&[("orgs", &blanks)], "bulk");
    let packed_in = begun.elapsed();
    assert!(bomb.len() < 1 << 20);
    assert_eq!(code(&bomb), "ONEROSTER_TOO_LARGE");
    let begun = Instant::now();
    assert_eq!(code(&bomb), "ONEROSTER_TOO_LARGE");
    assert!(begun.elapsed() < packed_in * 4, "{:?}", begun.elapsed());
    let names: Vec<String> = (0..1_001).map(|at| format!("{at}.csv")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(code(&zip(&many)), "ONEROSTER_TOO_LARGE");
    let rows: String = (0..=MAX_ROWS).map(|at| format!("{at},a,school\n")).collect();
    assert_eq!(code(&archive(&[("orgs", &format!("{HEADER}{rows}"))], "bulk")), "ONEROSTER_TOO_LARGE");
}

#[test]
fn two_files_of_one_name_are_nobodys() {
    assert_eq!(code(&with(&[("orgs.csv", b"sourcedId,name,type\n")])), "ONEROSTER_DAMAGED");
    assert_eq!(code(&with(&[("ORGS.csv", b"sourcedId,name,type\n")])), "ONEROSTER_DAMAGED");
}

#[test]
fn an_archive_without_its_manifest_says_nothing() {
    let orgs = ORGS.as_bytes();
    assert_eq!(code(&zip(&[("orgs.csv", orgs)])), "ONEROSTER_MANIFEST");
    assert_eq!(code(&zip(&[("a/manifest.csv", b"propertyName,value\n"), ("a/orgs.csv", orgs)])), "ONEROSTER_MANIFEST");
    let said = |text: &str| code(&zip(&[("manifest.csv", text.as_bytes()), ("orgs.csv", orgs)]));
    let head = "propertyName,value\nmanifest.version,1.0\n";
    assert_eq!(said(""), "ONEROSTER_MANIFEST");
    assert_eq!(said("a,b\n"), "ONEROSTER_MANIFEST");
    assert_eq!(said(head), "ONEROSTER_VERSION");
    assert_eq!(said(&format!("{head}oneroster.version,1.1\nfile.orgs,bulk\n")), "ONEROSTER_VERSION");
    assert_eq!(said(&format!("{head}oneroster.version,1.2\nfile.orgs,full\n")), "ONEROSTER_MANIFEST");
    assert_eq!(said(&format!("{head}oneroster.version,1.2\nfile.orgs,bulk\nfile.orgs,delta\n")), "ONEROSTER_MANIFEST");
    assert_eq!(said(&format!("{head}oneroster.version,1.2\nfile.users,bulk\n")), "ONEROSTER_FILE_MISSING");
    assert_eq!(said("propertyName,value\nmanifest.version\n"), "ONEROSTER_MANIFEST");
}

#[test]
fn files_that_are_no_tables_are_refused() {
    let said = |text: &[u8]| {
        let manifest = manifest(&[("orgs", "")], "bulk");
        code(&zip(&[("manifest.csv", manifest.as_bytes()), ("orgs.csv", text)]))
    };
    let utf16: Vec<u8> = format!("\u{feff}{HEADER}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(said(&utf16), "ONEROSTER_ENCODING");
    assert_eq!(said(b"sourcedId,name,type\na,\xff,school\n"), "ONEROSTER_ENCODING");
    assert_eq!(said(b"sourcedId,name,type\na,\0,school\n"), "ONEROSTER_ENCODING");
    assert_eq!(said(b""), "ONEROSTER_HEADER");
    assert_eq!(said(b"sourcedId,name\n"), "ONEROSTER_HEADER");
    assert_eq!(said(b"sourcedid,name,type\n"), "ONEROSTER_HEADER");
    assert_eq!(said(b"sourcedId,name,type,name\n"), "ONEROSTER_HEADER");
    let wide = format!("sourcedId,name,type{}\n", (0..300).map(|at| format!(",metadata.{at}")).collect::<String>());
    assert_eq!(said(wide.as_bytes()), "ONEROSTER_HEADER");
}

#[test]
fn a_quote_that_nobody_closed_swallows_nothing_in_silence() {
    let text = format!("{HEADER}a,Trường (mẫu),school\nb,\"Trường (mẫu),school\nc,Trường (mẫu),school\n");
    let roster = one("orgs", &text, "bulk");
    assert_eq!(roster.orgs.len(), 1);
    assert_eq!(brief(&roster.findings).iter().map(|one| (one.1, one.3)).collect::<Vec<_>>(), [(3, "ONEROSTER_ROW")]);
    let unread = "sourcedId,name,type,metadata.a\na,Trường (mẫu),school,\"x\nb,Trường (mẫu),school,y\n";
    assert_eq!(brief(&one("orgs", unread, "bulk").findings), [("orgs.csv", 2, "metadata.a", "ONEROSTER_VALUE")]);
    let long = format!("{HEADER}a,{},school\n", "x".repeat(5_000));
    assert_eq!(brief(&one("orgs", &long, "bulk").findings), [("orgs.csv", 2, "name", "ONEROSTER_VALUE")]);
}
