//! Nobody fills the hub: a caller has the budget of its contract, an address one for tokens.

use serde_json::json;

use super::{Vendor, form, make_user};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::Build;

async fn a_client_has_its_own_budget(database: Database) {
    let vendor = Vendor::make(&database, "3");
    make_user(&database, "quan-tri-mau", "PLATFORM_ADMIN", &[]);
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &vendor.id);
    let other_token = Caller::client(&hub, &database, &vendor.id);
    for left in [2, 1, 0] {
        let answer = caller.ask("{ viewer { name role } }", json!({})).await;
        assert_eq!(answer.status, 200);
        let cost = &answer.body["extensions"]["cost"];
        assert_eq!((&cost["points"], &cost["actual"]), (&json!(1), &json!(1)), "one object with two fields");
        assert_eq!((&cost["limit"], &cost["requestsLeft"]), (&json!(2_000), &json!(left)));
    }
    for caller in [&caller, &other_token] {
        let refused = caller.ask("{ viewer { name } }", json!({})).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (429, &json!("RATE_LIMITED")));
    }
    let admin = Caller::user(&hub, &database, "quan-tri-mau");
    assert_eq!(admin.ask("{ viewer { name } }", json!({})).await.status, 200, "others are not held up");
    hub.finish().await;
}

async fn an_address_cannot_guess_secrets_quickly(database: Database) {
    let hub = Hub::start_as(Build::Normal, &database, &[("LIENTHONG_TOKEN_REQUESTS_PER_MINUTE", "4")]).await;
    let mut seen = Vec::new();
    for _ in 0..6 {
        let fields = [("grant_type", "client_credentials"), ("client_id", "a"), ("client_secret", "b")];
        let answer = form(&hub, "/oauth/token", &fields).send().await.unwrap();
        if answer.status() == 429 {
            let seconds: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&seconds), "{seconds}");
            assert_eq!(answer.headers()["ratelimit-policy"], "\"minute\";q=4;w=60");
        }
        seen.push(answer.status().as_u16());
    }
    assert_eq!(seen, [401, 401, 401, 401, 429, 429]);
    hub.finish().await;
}

both_engines!(a_client_has_its_own_budget, an_address_cannot_guess_secrets_quickly);

async fn a_price_is_told_before_anything_runs(database: Database) {
    let vendor = Vendor::make(&database, "30");
    let hub = Hub::start_as(Build::Normal, &database, &[("LIENTHONG_GRAPHQL_POINTS_PER_REQUEST", "80")]).await;
    let caller = Caller::client(&hub, &database, &vendor.id);
    let ask = "query ($document: String, $variables: JSON) { cost(document: $document, variables: $variables) {
        points limit refusal { code } requests { perMinute left } budget { perMinute left fullInSeconds } } }";
    let document = "query ($n: Int) { schools(first: $n) { nodes { id } } }";
    let told = caller.data(ask, json!({"document": document, "variables": {"n": 120}})).await;
    assert_eq!((&told["cost"]["points"], &told["cost"]["refusal"]), (&json!(120), &json!(null)));
    assert_eq!(told["cost"]["requests"], json!({"perMinute": 30, "left": 29}));
    assert_eq!(told["cost"]["budget"]["perMinute"], 2_400);
    let dear = "{ schools(first: 200) { nodes { classes(first: 200) { nodes { id } } } } }";
    let refused = caller.data(ask, json!({"document": dear})).await;
    assert_eq!(refused["cost"]["refusal"]["code"], "QUERY_TOO_COSTLY");
    let unfit = caller.data(ask, json!({"document": "{ nowhere }"})).await;
    assert_eq!(
        (&unfit["cost"]["refusal"]["code"], &unfit["cost"]["points"]),
        (&json!("GRAPHQL_VALIDATION_FAILED"), &json!(null))
    );
    let mut codes = Vec::new();
    for _ in 0..20 {
        let answer = caller.ask(document, json!({"n": 200})).await;
        codes.push((answer.status.as_u16(), answer.body["code"].as_str().unwrap_or("").to_owned()));
    }
    let spent = codes.iter().filter(|(status, _)| *status == 200).count();
    assert!((11..=13).contains(&spent), "2,400 points pay for twelve pages of 200: {codes:?}");
    assert_eq!(codes.last().unwrap(), &(429, "POINTS_EXHAUSTED".to_owned()));
    // Asking what is left costs a point, which must have come back.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let left = caller.data("{ cost { budget { left fullInSeconds } } }", json!({})).await;
    assert!(left["cost"]["budget"]["left"].as_u64().unwrap() < 400, "{left}");
    hub.finish().await;
}

both_engines!(a_price_is_told_before_anything_runs);
