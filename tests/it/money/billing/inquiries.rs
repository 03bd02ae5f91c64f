//! What a bank may ask: of its own accounts alone, of no more unknown codes than its clerks mistype, and never unseen.

use serde_json::json;

use super::{Bank, EXACT, SHARED, hear};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::Build;
use crate::money::billing::Call;
use crate::money::ground::Ground;
use crate::money::look::{Look, adds_up};

async fn a_bank_asks_by_invoice_student_and_virtual_account(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let first = ground.bill(meals, ground.an, 100_000).await;
    let second = ground.bill(meals, ground.an, 50_000).await;
    // Neither another account's bill nor another connection's is told.
    ground.bill(&ground.water, ground.an, 7_000).await;
    let of_an = [json!({ "studentCode": "9900000701" }), json!({ "virtualAccount": ground.virtual_number })];
    for (number, question) in of_an.into_iter().enumerate() {
        let heard = bank.inquires(question).await;
        assert_eq!((heard.status, heard.code.as_str()), (200, "00 OK"), "{}", heard.text);
        assert_eq!(heard.body["studentName"], "N. V. A. Mẫu");
        assert_eq!((&heard.body["openAmount"], &heard.body["amountRule"]), (&json!(150_000), &json!("EXACT")));
        let bills = heard.body["bills"].as_array().unwrap();
        let codes: Vec<_> = bills.iter().map(|bill| bill["invoiceCode"].as_str().unwrap()).collect();
        assert_eq!(codes, [&first.code, &second.code], "{number}");
        assert_eq!(bills[0]["account"], meals.number.as_str());
        assert_eq!(bills[0]["schoolName"], "Trường Tiểu học Mẫu 37000701");
        assert!(!heard.text.contains("Nguyễn") && !heard.text.contains("9900000701"), "{}", heard.text);
    }
    let heard = bank.inquires(json!({ "invoiceCode": second.code })).await;
    assert_eq!((&heard.body["openAmount"], heard.body["bills"].as_array().unwrap().len()), (&json!(50_000), 1));
    let logged = format!("access_log WHERE subject = 'connection:{}' AND kind = 'Student'", bank.line.id);
    assert_eq!(look.count(&logged).await, 3, "each child that is told is logged");

    assert_eq!(bank.pays("FT1", &first, meals, 100_000).await.code, "00 OK");
    assert_eq!(bank.pays("FT2", &second, meals, 50_000).await.code, "00 OK");
    hub.until_settled().await;
    for paid in [json!({ "invoiceCode": first.code }), json!({ "studentCode": "9900000701" })] {
        assert_eq!(bank.inquires(paid).await.code, "02 ALREADY_PAID");
    }
    adds_up(hub, &database).await;
}
both_engines!(a_bank_asks_by_invoice_student_and_virtual_account);

async fn whatever_is_not_the_banks_is_unknown_in_the_same_words(database: Database) {
    let ground = Ground::plant(&database).await;
    let hub = Hub::start(&database).await;
    let (look, meals) = (Look(&database), &ground.north.meals);
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let other_account = ground.bill(&ground.water, ground.binh, 100_000).await;
    let other_school = ground.bill(&ground.south.meals, ground.chi, 100_000).await;
    let unknown = bank.inquires(json!({ "invoiceCode": "LT99999999995" })).await;
    assert_eq!((unknown.status, unknown.code.as_str()), (200, "01 NOT_FOUND"));
    for question in [
        json!({ "invoiceCode": other_account.code }),
        json!({ "invoiceCode": other_school.code }),
        json!({ "studentCode": "9900000702" }),
        json!({ "studentCode": "9900000703" }),
        json!({ "studentCode": "0000000000" }),
        json!({ "virtualAccount": "99900070199" }),
        json!({ "virtualAccount": meals.number }),
    ] {
        let heard = bank.inquires(question.clone()).await;
        assert_eq!((heard.status, &heard.text), (200, &unknown.text), "{question}");
    }
    assert_eq!(look.count("access_log WHERE subject LIKE 'connection:%'").await, 0);
    adds_up(hub, &database).await;
}
both_engines!(whatever_is_not_the_banks_is_unknown_in_the_same_words);

async fn a_bank_does_not_try_codes_for_long(database: Database) {
    let ground = Ground::plant(&database).await;
    let few = [("LIENTHONG_BILLING_UNKNOWN_PER_MINUTE", "3")];
    let hub = Hub::start_as(Build::Normal, &database, &few).await;
    let meals = &ground.north.meals;
    let bank = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    let bill = ground.bill(meals, ground.an, 100_000).await;
    // At most one minute ends between the first and the last.
    let mut heard = Vec::new();
    for number in 0..8 {
        heard.push(bank.inquires(json!({ "studentCode": format!("00000000{number:02}") })).await);
    }
    let refused = heard.iter().find(|one| one.status == 429).expect("eight are more than a minute's three");
    assert_eq!(refused.code, "90 TOO_MANY_UNKNOWN");
    let seconds: u64 = refused.retry_after.as_ref().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert!(heard.iter().take(3).all(|one| one.code == "01 NOT_FOUND"), "{heard:?}");
    let other = Bank::connect(&ground, &hub, &EXACT, &[meals]).await;
    assert_eq!(other.inquires(json!({ "invoiceCode": bill.code })).await.code, "00 OK", "another bank asks on");
    adds_up(hub, &database).await;
}
both_engines!(a_bank_does_not_try_codes_for_long);

async fn a_certificate_counts_only_from_a_trusted_proxy(database: Database) {
    let ground = Ground::plant(&database).await;
    let certificate = "a synthetic certificate";
    let sha256 = hex::encode(ring::digest::digest(&ring::digest::SHA256, certificate.as_bytes()));
    let extra = [("amounts", "exact"), ("hours", "00:00-24:00"), ("certificate", sha256.as_str())];
    let header = {
        use base64::Engine as _;
        format!(":{}:", base64::engine::general_purpose::STANDARD.encode(certificate))
    };
    for (proxies, heard) in [("127.0.0.0/8", "07 UNKNOWN_REFERENCE"), ("", "97 NO_PROOF")] {
        let hub = Hub::start_as(Build::Normal, &database, &[("LIENTHONG_TRUSTED_PROXIES", proxies)]).await;
        let keys = (SHARED, SHARED);
        let bank = Bank::with_keys(&ground, &hub, keys, &extra, &[&ground.north.meals]).await;
        let call = || Call::new("/status", r#"{"bankReference":"FT1"}"#);
        assert_eq!(hear(bank.request(&call())).await.code, "97 NO_PROOF");
        assert_eq!(hear(bank.request(&call()).header("Client-Cert", &header)).await.code, heard);
        adds_up(hub, &database).await;
    }
}
both_engines!(a_certificate_counts_only_from_a_trusted_proxy);
