//! Account statements: money that no message told is booked once, whichever came first; what overlaps is known; what does not
//! add up waits; another amount is named and not booked.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use super::banks::{Line, SepayLine};
use super::ground::{Bill, Ground};
use super::look::{Look, adds_up};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::{self, Build};

/// A line of a file: reference, credit in đồng, text.
pub(super) type Told<'t> = (&'t str, i64, &'t str);

/// A statement of the northern school's account for meals, as a bank's CSV. The closing balance can be told wrong.
pub(super) fn csv(account: Option<&str>, lines: &[Told<'_>], wrong_by: i64) -> String {
    let mut text = String::from("SAO KÊ TÀI KHOẢN\n");
    if let Some(account) = account {
        text += &format!("Số tài khoản: {account}\n");
    }
    text += "Số dư đầu kỳ: 1000000\n";
    text += "Ngày giao dịch,Số tham chiếu,Phát sinh nợ,Phát sinh có,Số dư,Nội dung\n";
    let mut balance = 1_000_000;
    for (reference, amount, content) in lines {
        balance += amount;
        text += &format!("20/11/2026,{reference},,{amount},{balance},{content}\n");
    }
    text + &format!("Số dư cuối kỳ: {}\n", balance + wrong_by)
}

struct Desk<'d> {
    database: &'d Database,
    school: &'static str,
}

impl Desk<'_> {
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.database.data_dir().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn try_import(&self, file: &str, more: &[&str]) -> program::Said {
        let base = ["import", "statement", file, "--school", self.school, "--json"];
        program::try_run(self.database, &[&base[..], more].concat())
    }

    fn import(&self, file: &str, more: &[&str]) -> Value {
        let said = self.try_import(file, more);
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
        serde_json::from_str(&said.out).unwrap()
    }
}

/// Known, confirmed, of another amount, unheard.
fn counts(imported: &Value) -> [i64; 4] {
    ["known", "confirmed", "differing", "unheard"].map(|name| imported[name].as_i64().unwrap())
}

pub(super) fn reference(id: u64) -> String {
    format!("FT26324{id:09}")
}

pub(super) async fn tells(bank: &SepayLine, hub: &Hub<'_>, id: u64, amount: i64, bill: &Bill) {
    let heard = bank.pays(id, amount, &format!("{} nop tien", bill.code)).await;
    assert_eq!(heard.status, 200, "{heard:?}");
    hub.until_settled().await;
}

async fn money_that_no_message_told_is_booked_once(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let desk = Desk { database: &database, school: ground.north.code };
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let memo = format!("{} nop tien", bill.code);
    tells(&bank, &hub, 901, 100_000, &bill).await;
    let (first, second) = (reference(901), reference(902));
    let told = csv(Some(&ground.north.meals.number), &[(&first, 100_000, &memo), (&second, 100_000, &memo)], 0);
    let file = desk.file("november.csv", &told);

    let dry = desk.import(&file, &["--dry-run"]);
    assert_eq!((counts(&dry), &dry["id"]), ([0, 1, 0, 1], &Value::Null));
    let look = Look(&database);
    assert_eq!([look.count("statements").await, look.count("statement_lines").await], [0, 0], "nothing was written");

    assert_eq!(counts(&desk.import(&file, &[])), [0, 1, 0, 1]);
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000");
    // The message comes after all, and counts nothing.
    tells(&bank, &hub, 902, 100_000, &bill).await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 200000");
    assert_eq!(look.count("bank_transactions WHERE same_as IS NOT NULL AND transaction_id = '902'").await, 1);
    // The same file again, and one that overlaps it.
    assert_eq!(look.count("statement_lines").await, 2);
    desk.import(&file, &[]);
    let third = reference(903);
    let lines = [(&*first, 100_000, &*memo), (&*second, 100_000, &*memo), (&*third, 50_000, &*memo)];
    let longer = desk.file("longer.csv", &csv(Some(&ground.north.meals.number), &lines, 0));
    assert_eq!(counts(&desk.import(&longer, &[])), [2, 0, 0, 1]);
    hub.until_settled().await;
    assert_eq!(look.count("statement_lines").await, 3);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 250000");
    adds_up(hub, &database).await;
}

async fn siblings_of_one_amount_stay_two(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let desk = Desk { database: &database, school: ground.north.code };
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let memo = format!("{} nop tien", bill.code);
    tells(&bank, &hub, 911, 100_000, &bill).await;
    // Without references, equal in everything but the balance: the message told of one of them.
    let told = csv(Some(&ground.north.meals.number), &[("", 100_000, &memo), ("", 100_000, &memo)], 0);
    assert_eq!(counts(&desk.import(&desk.file("siblings.csv", &told), &[])), [0, 1, 0, 1]);
    hub.until_settled().await;
    adds_up(hub, &database).await;
}

/// One line speaks for a transaction three days before, another of the same words one day behind it does not, though the two lines
/// are further apart than either is from the transaction.
async fn two_files_never_speak_for_one_transaction(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let desk = Desk { database: &database, school: ground.north.code };
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let memo = format!("{} nop tien", bill.code);
    tells(&bank, &hub, 931, 100_000, &bill).await;
    let on = |day: &str, reference: &str| {
        let told = csv(Some(&ground.north.meals.number), &[(reference, 100_000, &memo)], 0);
        desk.file(&format!("{reference}.csv"), &told.replace("20/11/2026", day))
    };
    assert_eq!(counts(&desk.import(&on("17/11/2026", &reference(931)), &[])), [0, 1, 0, 0]);
    assert_eq!(counts(&desk.import(&on("21/11/2026", &reference(932)), &[])), [0, 0, 0, 1]);
    hub.until_settled().await;
    assert_eq!(Look(&database).bill(&bill).await, "PARTIALLY_PAID 200000");
    adds_up(hub, &database).await;
}

async fn another_amount_is_named_and_not_booked(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let bank = Line::sepay(&ground, &hub, &[&ground.north.meals]).await;
    let desk = Desk { database: &database, school: ground.north.code };
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    tells(&bank, &hub, 921, 100_000, &bill).await;
    let told = csv(Some(&ground.north.meals.number), &[(&reference(921), 110_000, &bill.code)], 0);
    assert_eq!(counts(&desk.import(&desk.file("differs.csv", &told), &[])), [0, 0, 1, 0]);
    hub.until_settled().await;
    let look = Look(&database);
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");
    let named =
        "SELECT t.transaction_id FROM statement_lines l JOIN bank_transactions t ON t.id = l.bank_transaction_id";
    assert_eq!(look.one(named).await, "921");
    adds_up(hub, &database).await;
}

async fn what_does_not_add_up_is_held_until_somebody_looked(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let desk = Desk { database: &database, school: ground.north.code };
    let bill = ground.bill(&ground.north.meals, ground.an, 900_000).await;
    let told = csv(Some(&ground.north.meals.number), &[(&reference(931), 100_000, &bill.code)], 5);
    let file = desk.file("held.csv", &told);
    let said = desk.try_import(&file, &[]);
    let held: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &held["status"]), (Some(1), &json!("HELD")), "{}", said.err);
    assert!(!held["findings"].as_array().unwrap().is_empty());
    let look = Look(&database);
    assert_eq!([look.count("statement_lines").await, look.count("inbound_events").await], [0, 0]);
    assert_eq!(counts(&desk.import(&file, &["--confirm"])), [0, 0, 0, 1]);
    hub.until_settled().await;
    assert_eq!(look.bill(&bill).await, "PARTIALLY_PAID 100000");
    assert_eq!(look.one("SELECT status FROM statements").await, "IMPORTED");
    adds_up(hub, &database).await;
}

async fn a_statement_is_of_an_account_of_the_school(database: Database) {
    let hub = Hub::start(&database).await;
    let ground = Ground::plant(&database).await;
    let desk = Desk { database: &database, school: ground.north.code };
    let lines: &[Told<'_>] = &[("FT26324000000941", 100_000, "nop tien")];
    let own = desk.file("own.csv", &csv(Some(&ground.north.meals.number), lines, 0));
    let other = desk.file("other.csv", &csv(Some(&ground.south.meals.number), lines, 0));
    let unnamed = desk.file("unnamed.csv", &csv(None, lines, 0));
    let no_sheet = desk.file("no_sheet.xlsx", "PK\u{3}\u{4} and nothing behind");
    let refused = |file: &str, more: &[&str]| {
        let said = desk.try_import(file, more);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
        said.err
    };
    assert!(refused(&other, &[]).contains("no open account of the school"));
    assert!(refused(&unnamed, &[]).contains("names no account"));
    assert!(refused(&own, &["--account", &ground.water.number]).contains("another account"));
    assert!(refused(&no_sheet, &[]).contains("file: "));
    let look = Look(&database);
    assert_eq!(look.count("statements").await, 0);
    assert_eq!(counts(&desk.import(&unnamed, &["--account", &ground.north.meals.number])), [0, 0, 0, 1]);
    // The sender that the hub made for it has no address, and nobody can list it.
    let id = look.one("SELECT CAST(name AS TEXT) FROM connections WHERE bank = 'statement'").await;
    assert!(!program::run(&database, &["connection", "list"]).contains(&id));
    assert_eq!(program::try_run(&database, &["connection", "rotate", &id]).code, Some(1));
    adds_up(hub, &database).await;
}

async fn an_import_that_was_killed_goes_on(database: Database) {
    let ground = Ground::plant(&database).await;
    let desk = Desk { database: &database, school: ground.north.code };
    let references: Vec<String> = (0..6_000).map(reference).collect();
    let lines: Vec<Told<'_>> = references.iter().map(|reference| (&**reference, 1_000, "nop tien")).collect();
    let file = desk.file("long.csv", &csv(Some(&ground.north.meals.number), &lines, 0));
    let mut killed = program::command(Build::Normal, &database);
    let mut killed =
        killed.args(["import", "statement", &file, "--school", desk.school]).stdout(Stdio::null()).spawn().unwrap();
    let look = Look(&database);
    while look.count("statement_lines").await == 0 {
        assert!(killed.try_wait().unwrap().is_none(), "it ended before a page was there");
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let kept = look.count("statement_lines").await;
    assert!((1..6_000).contains(&kept), "the kill fell outside: {kept}");
    assert_eq!(look.count("inbound_events").await, kept, "a line and its event are one");
    assert_eq!(look.one("SELECT status FROM statements").await, "IMPORTING");
    let again = desk.import(&file, &[]);
    assert_eq!((counts(&again), &again["status"]), ([0, 0, 0, 6_000], &json!("IMPORTED")));
    assert_eq!([look.count("statement_lines").await, look.count("inbound_events").await], [6_000, 6_000]);
}

both_engines!(
    an_import_that_was_killed_goes_on,
    money_that_no_message_told_is_booked_once,
    siblings_of_one_amount_stay_two,
    two_files_never_speak_for_one_transaction,
    another_amount_is_named_and_not_booked,
    what_does_not_add_up_is_held_until_somebody_looked,
    a_statement_is_of_an_account_of_the_school,
);
