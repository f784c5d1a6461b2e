//! Every example of the published contract, read by what reads the answers of the server. Left out where no copy of the
//! contract lies beside the checkout.
//!
//! The search is not here: the only example of its contract is one without the activities themselves, which Balie asks for.

use std::path::PathBuf;

use crate::bench::{check_in, event, now, number, redemption, sale};
use crate::skip::skipped;
use balie_core::checkin::CheckInAnswer;
use balie_core::entry::Holder;
use balie_core::event::OrganizerId;
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reward::{RedeemAnswer, RedeemReason};
use balie_core::tariff::{ServerAnswer, TariffId};
use balie_remote::cancels::{Cancelled, TakenOut, judge_cancel};
use balie_remote::checkins::{read_check_in_status, read_registered_check_in};
use balie_remote::event_settings::{read_event_card_systems, read_event_settings};
use balie_remote::outcome::{Observation, Outcome};
use balie_remote::pages::Page;
use balie_remote::passes::read_pass;
use balie_remote::permissions::read_permissions;
use balie_remote::problem::{Problem, ProblemKind};
use balie_remote::redeemed::read_registered_redemption;
use balie_remote::rewards::{read_redeem_status, read_redeemable, read_rewards};
use balie_remote::rows::{read_event_rows, read_reward_rows};
use balie_remote::tariffs::read_tariffs;
use balie_remote::ticket_sales::read_registered_sales;
use serde_json::{Value, json};

/// A test card. Numbers in the examples are invented and fail their check digit, which no real one does.
const VALID_NUMBER: &str = "0900000067513";

/// Reads one example of a success, and holds what was understood against what stands there.
type Reader = fn(&Value);

/// Every operation that Balie uses and whose answer has a body.
const OPERATIONS: [(&str, &str, Reader); 16] = [
    ("get", "/passes", pass),
    ("get", "/tariffs", tariffs),
    ("get", "/tariffs/static", tariffs),
    ("post", "/ticket-sales", registered_sales),
    ("get", "/ticket-sales", |example| page(example, read_event_rows(&bytes(example)).unwrap())),
    ("post", "/checkins", registered_check_in),
    ("get", "/checkins", |example| page(example, read_event_rows(&bytes(example)).unwrap())),
    ("get", "/checkin-status", check_in_status),
    ("get", "/rewards", rewards),
    ("get", "/rewards/{rewardId}/redeem-status", redeem_status),
    ("post", "/rewards/redeemed", registered_redemption),
    ("get", "/rewards/redeemed", |example| page(example, read_reward_rows(&bytes(example)).unwrap())),
    ("get", "/events/{eventId}/settings", event_settings),
    ("get", "/events/{eventId}/card-systems", event_card_systems),
    ("get", "/permissions", permissions),
    ("delete", "/ticket-sales/{ticketSaleId}", |_| panic!("an answer without a body has no example")),
];

fn contract() -> Option<Value> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let text = std::fs::read_to_string(root.join("../shared/api/uitpas.openapi.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn bytes(example: &Value) -> Vec<u8> {
    example.to_string().into_bytes()
}

fn text<'a>(example: &'a Value, pointer: &str) -> &'a str {
    example.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {example}"))
}

/// The amount in cents. The examples have no more than one decimal.
fn cents(amount: &Value) -> Cents {
    let tenths = (amount.as_f64().unwrap() * 10.0).round().to_string();
    Cents(tenths.parse::<i64>().unwrap() * 10)
}

/// Puts a valid number wherever a number of a pass stands.
fn with_valid_numbers(example: &mut Value) {
    match example {
        Value::Array(items) => items.iter_mut().for_each(with_valid_numbers),
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| match value.as_str() {
            Some(digits) if name == "uitpasNumber" && UitpasNumber::parse(digits).is_none() => {
                *value = json!(VALID_NUMBER);
            }
            _ => with_valid_numbers(value),
        }),
        _ => {}
    }
}

fn holder(example: &Value) -> Holder {
    Holder {
        number: number(text(example, "/uitpasNumber")),
        passholder: PassholderId("p".to_owned()),
        organizer: OrganizerId("o".to_owned()),
    }
}

fn page<T>(example: &Value, read: Page<T>) {
    let members = example["member"].as_array().unwrap();
    assert!(!members.is_empty() && read.items.len() == members.len() && read.listed == members.len());
    assert_eq!(json!(read.total), example["totalItems"]);
}

fn pass(example: &Value) {
    let read = read_pass(&bytes(example), now()).unwrap();
    assert_eq!(read.passholder.0, text(example, "/passholderId"));
    assert_eq!(
        (json!(read.points), read.first_name.as_deref()),
        (example["points"].clone(), example["firstName"].as_str())
    );
    assert_eq!(read.ends.is_some(), example["socialTariff"]["endDate"].is_string());
    assert_eq!(read.messages.len(), example["messages"].as_array().map_or(0, Vec::len));
    assert_eq!(json!(read.card_system.unwrap().id), example["cardSystem"]["id"]);
}

fn tariffs(example: &Value) {
    let read = read_tariffs(&bytes(example), Cents(1000), now()).unwrap();
    let of = |kind: &str| example["available"].as_array().unwrap().iter().filter(move |t| t["type"] == kind).count();
    assert_eq!(read.coupons.len(), of("COUPON"));
    match read.social.answer {
        ServerAnswer::Granted { price, remaining, .. } => {
            assert_eq!((price, json!(remaining)), (Cents(150), example["available"][0]["remaining"].clone()));
        }
        ServerAnswer::NotGranted { said } => {
            assert_eq!((said.as_deref(), of("SOCIALTARIFF")), (Some(text(example, "/endUserMessage/nl")), 0));
        }
    }
}

/// The items of one example are about different passes and tariffs, so each is held against a sale of its own.
fn registered_sales(example: &Value) {
    for item in example.as_array().unwrap() {
        let mut sold = sale(holder(item), 1);
        (sold.event, sold.regular) = (event(text(item, "/eventId")), cents(&item["regularPrice"]));
        let tariff = TariffId(text(item, "/tariff/id").to_owned());
        let rows = read_registered_sales(&bytes(&json!([item])), &sold, &tariff).unwrap();
        assert_eq!((rows[0].id.as_str(), rows[0].price), (text(item, "/id"), Some(cents(&item["tariff"]["price"]))));
    }
}

fn registered_check_in(example: &Value) {
    let mut saved = check_in(holder(example));
    saved.event = event(text(example, "/eventId"));
    let row = read_registered_check_in(&bytes(example), &saved).unwrap();
    assert_eq!((row.id.as_str(), json!(row.points)), (text(example, "/id"), example["points"].clone()));
}

fn check_in_status(example: &Value) {
    match read_check_in_status(&bytes(example), now()).unwrap().answer {
        CheckInAnswer::Allowed => assert_eq!(example["allowed"], true),
        CheckInAnswer::NotAllowed { said } => {
            assert_eq!(
                (said.as_deref(), &example["allowed"]),
                (Some(text(example, "/endUserMessage/nl")), &json!(false))
            );
        }
    }
}

fn rewards(example: &Value) {
    page(example, read_rewards(&bytes(example), now()).unwrap());
    page(example, read_redeemable(&bytes(example)).unwrap());
}

fn redeem_status(example: &Value) {
    match read_redeem_status(&bytes(example), now()).unwrap().answer {
        RedeemAnswer::Redeemable => assert_eq!(example["redeemable"], true),
        RedeemAnswer::NotRedeemable { why, said } => {
            assert!(why == RedeemReason::PassholderPoints && said.as_deref() == example["message"].as_str());
        }
    }
}

fn registered_redemption(example: &Value) {
    // The answer does not repeat the number.
    let someone = Holder {
        number: number(VALID_NUMBER),
        passholder: PassholderId("p".to_owned()),
        organizer: OrganizerId("o".to_owned()),
    };
    let row =
        read_registered_redemption(&bytes(example), &redemption(someone, text(example, "/reward/id"), 1)).unwrap();
    assert_eq!((row.id.as_str(), row.at.is_some()), (text(example, "/id"), true));
    assert_eq!(row.code.as_deref(), example["redeemCode"].as_str());
    assert_eq!(row.link.as_deref(), Some(text(example, "/redeemInfo/link")));
}

fn event_settings(example: &Value) {
    let read = read_event_settings(&bytes(example)).unwrap();
    assert_eq!(json!(read.check_in_points), example["checkinPoints"]);
    assert_eq!(read.ticket_limit.is_some(), example["passholderTicketLimit"].is_object());
    assert_eq!(read.check_in_limit.is_some(), example["checkinLimit"].is_object());
}

fn event_card_systems(example: &Value) {
    let read = read_event_card_systems(&bytes(example)).unwrap();
    assert_eq!(read.len(), example.as_array().unwrap().iter().filter(|row| row["enabled"] == true).count());
}

fn permissions(example: &Value) {
    let read = read_permissions(&bytes(example)).unwrap();
    assert_eq!(read.len(), example.as_array().unwrap().len());
    for (one, row) in read.iter().zip(example.as_array().unwrap()) {
        assert_eq!(
            (one.organizer.0.as_str(), one.name.as_str()),
            (text(row, "/organizer/id"), text(row, "/organizer/name"))
        );
        assert_eq!(json!(one.granted), row["permissions"]);
    }
}

/// A refusal of the contract has a kind; for a cancellation it means that there is nothing to cancel.
fn refusal(path: &str, status: u16, example: &Value) {
    let problem = Problem::parse(&bytes(example)).unwrap_or_else(|| panic!("{path}: {example}"));
    if path.starts_with("/ticket-sales/{") {
        let seen = Observation::Answer { status, json: true, body: bytes(example), retry_after: None };
        assert_eq!(judge_cancel(Cancelled::TicketSale, &seen), Outcome::Accepted(TakenOut::WasGone));
    } else {
        assert!(!matches!(problem.kind, ProblemKind::Other(_)), "{path}: {problem:?}");
    }
}

#[test]
fn every_example_of_the_contract_is_understood() {
    let contract = contract();
    let missing = contract.is_none().then(|| "the contract of UiTPAS does not lie beside the checkout".to_owned());
    if skipped(missing) {
        return;
    }
    let (contract, mut successes, mut refusals) = (contract.unwrap(), 0, 0);
    for (method, path, read) in OPERATIONS {
        let responses = contract["paths"][path][method]["responses"].as_object();
        let responses = responses.unwrap_or_else(|| panic!("the contract has no {method} {path}"));
        let mut of_this = 0;
        for (status, response) in responses {
            let contents = response["content"].as_object().into_iter().flat_map(|kinds| kinds.values());
            let examples = contents.flat_map(|content| content["examples"].as_object().into_iter().flatten());
            for (name, example) in examples {
                println!("{method} {path} {status}: {name}");
                let mut value = example["value"].clone();
                with_valid_numbers(&mut value);
                of_this += 1;
                if status.starts_with('2') {
                    read(&value);
                    successes += 1;
                } else {
                    refusal(path, status.parse().unwrap(), &value);
                    refusals += 1;
                }
            }
        }
        assert!(of_this > 0, "{method} {path}: the contract has no example");
    }
    println!("{successes} successes and {refusals} refusals");
    assert!(successes > 0 && refusals > 0);
}
