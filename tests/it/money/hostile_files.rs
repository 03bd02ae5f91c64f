//! R19, R20: what no bank would write. Sent or given to the command, it is refused with a stable code, in bounded time and memory,
//! and the hub lives on.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::json;

use super::ground::Ground;
use super::look::{Look, adds_up};
use super::statement_files::{ended, imported, person, send, start};
use super::statements::{Told, csv};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// What a file may take, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the hub may hold more than before: a reader unpacks 64 MiB at most, and holds the text more than once.
const MORE_BYTES: u64 = 700 * 1024 * 1024;

/// An archive of packed entries, each of which may claim another length than it has.
fn archive(entries: &[(&str, &[u8], Option<u32>)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content, claimed) in entries {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let length = claimed.unwrap_or_else(|| content.len().try_into().unwrap());
        let at = u32::try_from(bytes.len()).unwrap();
        // Version, flags, method 8, time and day; the sum is 0, as of writers that stream.
        let mut facts = [20_u16, 0, 8, 0, 0].iter().flat_map(|part| part.to_le_bytes()).collect::<Vec<_>>();
        facts.extend(0_u32.to_le_bytes());
        facts.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        facts.extend(length.to_le_bytes());
        facts.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        facts.extend(0_u16.to_le_bytes());
        bytes.extend([b"PK\x03\x04", &facts[..], name.as_bytes(), &packed[..]].concat());
        directory.extend([b"PK\x01\x02\x14\x00", &facts[..]].concat());
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let place = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend(directory);
    bytes.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count[..], &length[..], &place[..], b"\0\0"].concat());
    bytes
}

/// A workbook whose one sheet is this.
fn workbook(sheet: &[u8], claimed: Option<u32>) -> Vec<u8> {
    let book = br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
        <sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let relations =
        br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        Target="worksheets/sheet1.xml"/></Relationships>"#;
    archive(&[
        ("xl/workbook.xml", book, None),
        ("xl/_rels/workbook.xml.rels", relations, None),
        ("xl/worksheets/sheet1.xml", sheet, claimed),
    ])
}

fn laughs() -> String {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE Document [<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        let inside = format!("&a{};", level - 1).repeat(10);
        text += &format!("<!ENTITY a{level} \"{inside}\">");
    }
    text + "]><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>&a29;</BkToCstmrStmt></Document>"
}

/// Each with its media type. The sentences of their refusals are the readers' business; that there is one is this test's.
fn files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let bomb = vec![b' '; 150_000_000];
    let half = workbook(b"<worksheet/>", None);
    let deep = format!("<?xml version=\"1.0\"?><Document>{}", "<BkToCstmrStmt>".repeat(1_000_000));
    let rows = format!("<worksheet><sheetData>{}", "<row>".repeat(2_000_000));
    vec![
        ("a bomb in a workbook", XLSX, workbook(&bomb, None)),
        ("a bomb that claims to be small", XLSX, workbook(&bomb, Some(10))),
        ("a sheet that claims four gigabytes", XLSX, workbook(b"<worksheet/>", Some(u32::MAX))),
        ("half of a workbook", XLSX, half[..half.len() / 2].to_vec()),
        ("rows within rows", XLSX, workbook(rows.as_bytes(), None)),
        ("a billion laughs", "application/xml", laughs().into_bytes()),
        ("laughs in a workbook", XLSX, workbook(laughs().as_bytes(), None)),
        (
            "a file of the machine",
            "application/xml",
            br#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><a>&f;</a></Document>"#
                .to_vec(),
        ),
        ("elements within elements", "text/xml", deep.into_bytes()),
        ("tables within tables", "text/html", "<table><tr><td>".repeat(300_000).into_bytes()),
        (
            "an old workbook of noise",
            "application/vnd.ms-excel",
            [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), vec![0xff; 500_000]].concat(),
        ),
        ("one endless line", "text/csv", "9,".repeat(4_000_000).into_bytes()),
        (
            "a message without an end",
            "text/plain",
            format!(":20:a\n:25:1\n:60F:C261120VND1,\n:61:{}", "9".repeat(2_000_000)).into_bytes(),
        ),
        ("nothing", "application/octet-stream", Vec::new()),
        ("noughts", "application/octet-stream", vec![0; 3_000_000]),
    ]
}

async fn what_no_bank_would_write_is_refused(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let school = ground.north.code;
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let account = api::graphql::node_id::encode("BankAccount", ground.north.meals.account.uuid());
    let before = hub.resident_bytes();
    for (name, media, bytes) in files() {
        let begun = Instant::now();
        let (status, file) = send(&accountant, media, bytes.clone()).await;
        assert_eq!(status, 201, "{name}: {file}");
        let started = start(&accountant, &file, school, json!({ "bankAccountId": account })).await;
        let run = ended(&accountant, &started["importRun"]["id"]).await;
        let code = run["failure"]["code"].as_str().unwrap_or("");
        let is_refused = run["status"] == "FAILED" && !code.is_empty() && code != "INTERNAL";
        assert!(is_refused || (run["created"] == 0 && run["status"] == "DONE"), "{name}: {run:#}");
        assert!(begun.elapsed() < PATIENCE, "{name} took {:?}", begun.elapsed());
        let held = hub.resident_bytes().saturating_sub(before);
        assert!(held < MORE_BYTES, "{name}: {held} bytes more");
        assert!(hub.is_ready().await, "{name}");

        let path = database.data_dir().join("hostile.bin");
        fs::write(&path, &bytes).unwrap();
        let (path, number) = (path.display().to_string(), ground.north.meals.number.as_str());
        let command = ["import", "statement", &path, "--school", school, "--account", number];
        let said = program::try_run(&database, &command);
        assert_eq!(said.code, Some(1), "{name}: {}{}", said.out, said.err);
        assert!(!said.err.contains("panicked") && !said.out.contains("root:"), "{name}: {}", said.err);
    }
    let look = Look(&database);
    assert_eq!([look.count("statement_lines").await, look.count("inbound_events").await], [0, 0]);
    adds_up(hub, &database).await;
}

async fn a_formula_is_a_text(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let (school, number) = (ground.north.code, ground.north.meals.number.as_str());
    let accountant = person(&hub, &database, "ACCOUNTANT", school);
    let formula = "=HYPERLINK(\"http://example.invalid\")";
    let quoted = format!("\"{}\"", formula.replace('"', "\"\""));
    let lines: [Told<'_>; 2] =
        [("FT26324000000001", 1_000, &quoted), ("FT26324000000002", 1_000, "@SUM(1+1)*cmd|' /C calc'!A0")];
    imported(&accountant, &csv(Some(number), &lines, 0), school, json!({})).await;
    let query = "{ statements(first: 1) { nodes { lines(first: 5) { nodes { content } } } } }";
    let told = accountant.data(query, json!({})).await["statements"]["nodes"][0]["lines"]["nodes"].take();
    assert_eq!(told, json!([{ "content": formula }, { "content": "@SUM(1+1)*cmd|' /C calc'!A0" }]), "kept as it stood");
    // Where a number belongs, a formula is none, and the statement waits for a person.
    let text =
        csv(Some(number), &[("FT26324000000003", 1_000, "nop")], 0).replace(",1000,1001000,", ",=1+999,1001000,");
    let run = imported(&accountant, &text, school, json!({})).await;
    let held = Look(&database).count("statements WHERE status = 'HELD'").await;
    assert_eq!((&run["status"], &run["created"], held), (&json!("DONE"), &json!(0), 1), "{run:#}");
    adds_up(hub, &database).await;
}

both_engines!(what_no_bank_would_write_is_refused, a_formula_is_a_text);
