//! Holds the answers against the published contract, where a copy of it lies beside the checkout.

use std::path::PathBuf;

use crate::desk::{Desk, HUNDRED_A_WEEK, ORGANIZER, YASMINA, sale};
use crate::skip::skipped;
use serde_json::{Value, json};

fn contract() -> Option<Value> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let text = std::fs::read_to_string(root.join("../shared/api/uitpas.openapi.json")).ok()?;
    serde_json::from_str(&text).ok()
}

/// The schema itself, whatever it refers to.
fn resolved<'a>(contract: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(contract, contract.pointer(reference.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

/// Checks required properties, types and enumerations, all the way down; unknown properties are reported too.
fn hold(contract: &Value, schema: &Value, value: &Value, place: &str) {
    let schema = resolved(contract, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        hold_object(contract, resolved(contract, part), value, place, false);
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{place}: {value} is not in the enumeration");
    }
    let fits = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    assert!(fits, "{place}: {value} is not of type {}", schema["type"]);
    for (position, item) in value.as_array().into_iter().flatten().enumerate() {
        hold(contract, &schema["items"], item, &format!("{place}/{position}"));
    }
    if schema["properties"].is_object() {
        hold_object(contract, schema, value, place, true);
    }
}

fn hold_object(contract: &Value, schema: &Value, value: &Value, place: &str, closed: bool) {
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{place}: {name} is missing in {value}");
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(known) => hold(contract, known, inner, &format!("{place}/{name}")),
            None => assert!(!closed, "{place}: the contract does not know {name}"),
        }
    }
}

/// Sends one request and holds the answer against the contract of its path and method.
async fn check(desk: &Desk, contract: &Value, template: &str, method: &str, path: &str, body: Option<&Value>) -> Value {
    let operation = &contract["paths"][template][method];
    assert!(operation.is_object(), "the contract has no {method} {template}");
    let answer = desk.attempt(&method.to_uppercase(), path, body).await.unwrap();
    let documented = &operation["responses"][answer.status.to_string()];
    assert!(documented.is_object(), "{method} {template}: status {} is not documented", answer.status);
    if answer.status == 204 {
        return Value::Null;
    }
    let content = resolved(contract, documented)["content"].as_object().unwrap();
    let kind = answer.headers["content-type"].to_str().unwrap();
    let schema = &content.get(kind).unwrap_or_else(|| panic!("{template}: {kind} is not documented"))["schema"];
    hold(contract, schema, &answer.json(), template);
    answer.json()
}

#[tokio::test]
async fn every_answer_follows_the_contract() {
    let contract = contract();
    let missing = contract.is_none().then(|| "the contract of UiTPAS does not lie beside the checkout".to_owned());
    if skipped(missing) {
        return;
    }
    let (desk, c) = (Desk::open().await, &contract.unwrap());
    let read = async |template: &str, path: &str| check(&desk, c, template, "get", path, None).await;
    let price = format!("eventId={HUNDRED_A_WEEK}&regularPrice=10");

    let pass = read("/passes", &format!("/passes?identifier={YASMINA}")).await;
    let holder = pass["passholderId"].as_str().unwrap();
    for identifier in ["0900000031618", "0900000002312", "0900000045410", "nobody"] {
        read("/passes", &format!("/passes?identifier={identifier}")).await;
    }
    read("/tariffs", &format!("/tariffs?uitpasNumber={YASMINA}&{price}")).await;
    read("/tariffs", &format!("/tariffs?uitpasNumber=0900000093204&{price}")).await;
    read("/tariffs", &format!("/tariffs?uitpasNumber=0900000031618&{price}")).await;
    read("/tariffs/static", &format!("/tariffs/static?{price}")).await;

    let items = json!([sale(YASMINA, HUNDRED_A_WEEK)]);
    let sold = check(&desk, c, "/ticket-sales", "post", "/ticket-sales", Some(&items)).await;
    read("/ticket-sales", &format!("/ticket-sales?eventId={HUNDRED_A_WEEK}")).await;
    let path = format!("/ticket-sales/{}", sold[0]["id"].as_str().unwrap());
    for _ in 0..2 {
        check(&desk, c, "/ticket-sales/{ticketSaleId}", "delete", &path, None).await;
    }

    let checkin = json!({ "uitpasNumber": YASMINA, "eventId": HUNDRED_A_WEEK });
    read("/checkin-status", &format!("/checkin-status?uitpasNumber={YASMINA}&eventId={HUNDRED_A_WEEK}")).await;
    let saved = check(&desk, c, "/checkins", "post", "/checkins", Some(&checkin)).await;
    check(&desk, c, "/checkins", "post", "/checkins", Some(&checkin)).await;
    read("/checkins", &format!("/checkins?passholderId={holder}&organizerId[]={ORGANIZER}")).await;
    let path = format!("/checkins/{}", saved["id"].as_str().unwrap());
    for _ in 0..2 {
        check(&desk, c, "/checkins/{checkinId}", "delete", &path, None).await;
    }

    read("/rewards", "/rewards?type=ANY&subset=ALL&limit=500").await;
    read("/rewards/{rewardId}", "/rewards/5687").await;
    let status = format!("/rewards/9005/redeem-status?uitpasNumber={YASMINA}");
    read("/rewards/{rewardId}/redeem-status", &status).await;
    let wish = json!({ "uitpasNumber": YASMINA, "rewardId": "5824" });
    let redeemed = check(&desk, c, "/rewards/redeemed", "post", "/rewards/redeemed", Some(&wish)).await;
    read("/rewards/redeemed", &format!("/rewards/redeemed?uitpasNumber={YASMINA}")).await;
    let of_holder = format!("passholderId={holder}&organizerId={ORGANIZER}");
    read("/rewards/redeemed", &format!("/rewards/redeemed?{of_holder}")).await;
    read("/ticket-sales", &format!("/ticket-sales?{of_holder}")).await;
    read("/rewards", &format!("/rewards?organizerId={ORGANIZER}&isRedeemableByPassholderId={holder}")).await;
    let path = format!("/rewards/redeemed/{}", redeemed["id"].as_str().unwrap());
    for _ in 0..2 {
        check(&desk, c, "/rewards/redeemed/{redeemedRewardId}", "delete", &path, None).await;
    }

    let settings_path = format!("/events/{HUNDRED_A_WEEK}/settings");
    let settings = read("/events/{eventId}/settings", &settings_path).await;
    check(&desk, c, "/events/{eventId}/settings", "put", &settings_path, Some(&settings)).await;
    read("/events/{eventId}/card-systems", &format!("/events/{HUNDRED_A_WEEK}/card-systems")).await;
    read("/permissions", "/permissions").await;
    read("/cards/social-tariff/{cardSystemId}/active", "/cards/social-tariff/5/active").await;
}
