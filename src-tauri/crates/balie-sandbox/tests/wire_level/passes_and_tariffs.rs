//! Identification of every test card, and what a ticket costs for it.

use crate::desk::{Desk, EXHIBITION, GROUP, HUNDRED_A_WEEK, NO_PERMISSION, ONE_A_WEEK, SWIMMING, YASMINA, sale};
use balie_sandbox::test_cards;
use serde_json::json;

#[tokio::test]
async fn every_test_card_is_identified_by_number_and_by_chip() {
    let desk = Desk::open().await;
    for card in test_cards() {
        for identifier in [Some(&card.number), card.chip.as_ref()].into_iter().flatten() {
            let answer = desk.get(&format!("/passes?identifier={identifier}")).await;
            if matches!(card.what, "blocked" | "unregistered") {
                assert_eq!((answer.status, answer.problem().as_str()), (400, "uitpas/invalid-card-status"));
                let status = if card.what == "blocked" { "BLOCKED" } else { "LOCAL_STOCK" };
                assert_eq!(answer.json()["cardStatus"], status);
                assert_eq!(answer.json()["passholderId"].is_string(), card.what == "blocked");
                continue;
            }
            assert_eq!(answer.status, 200, "{identifier}: {}", answer.text);
            let pass = answer.json();
            assert_eq!(pass["uitpasNumber"], json!(card.number));
            assert_eq!(pass["firstName"], json!(card.first_name));
            let standing = match card.what {
                "active" | "other_region" | "group" => "ACTIVE",
                "expired" => "EXPIRED",
                _ => "NONE",
            };
            assert_eq!(pass["socialTariff"]["status"], standing, "{identifier}");
        }
    }
}

#[tokio::test]
async fn a_national_number_and_a_small_chip_number_are_accepted() {
    let desk = Desk::open().await;
    for identifier in ["36051380284", "04363cdaee3880"] {
        let pass = desk.get(&format!("/passes?identifier={identifier}")).await.json();
        assert_eq!(pass["firstName"], "Yasmina");
    }
    let unknown = desk.get("/passes?identifier=0900000000001").await;
    assert_eq!((unknown.status, unknown.problem().as_str()), (404, "uitpas/pass-not-found"));
}

#[tokio::test]
async fn standing_ends_in_april_and_an_expired_pass_carries_a_message() {
    let desk = Desk::open().await;
    desk.sandbox.set_now(Some("2026-11-21T12:00:00Z".parse().unwrap()));
    let active = desk.get(&format!("/passes?identifier={YASMINA}")).await.json();
    assert_eq!(active["socialTariff"]["endDate"], "2027-04-30T21:59:59+00:00");
    assert!(active.get("messages").is_none());
    let expired = desk.get("/passes?identifier=0900000031618").await.json();
    assert_eq!(expired["socialTariff"]["endDate"], "2025-04-30T21:59:59+00:00");
    assert_eq!(expired["messages"][0]["level"], "WARN");
}

fn tariffs(number: &str, event: &str, price: &str) -> String {
    format!("/tariffs?uitpasNumber={number}&eventId={event}&regularPrice={price}")
}

#[tokio::test]
async fn ten_euro_becomes_two_and_is_written_as_a_json_number() {
    let desk = Desk::open().await;
    let answer = desk.get(&tariffs(YASMINA, HUNDRED_A_WEEK, "10")).await;
    assert!(answer.text.contains("\"price\":2.0"), "{}", answer.text);
    let offer = &answer.json()["available"][0];
    assert_eq!((&offer["id"], &offer["remaining"]), (&json!("SOCIALTARIFF"), &json!(1)));
    let rounded = desk.get(&tariffs(YASMINA, HUNDRED_A_WEEK, "12.34")).await;
    assert!(rounded.text.contains("\"price\":2.47"), "{}", rounded.text);
    let fixed = desk.get(&format!("/tariffs/static?eventId={EXHIBITION}&regularPrice=8.00")).await;
    assert!(fixed.text.contains("\"price\":1.5"), "{}", fixed.text);
    let never_more = desk.get(&format!("/tariffs/static?eventId={EXHIBITION}&regularPrice=1")).await;
    assert!(never_more.text.contains("\"price\":1.0"), "{}", never_more.text);
}

#[tokio::test]
async fn who_gets_no_social_tariff_hears_why() {
    let desk = Desk::open().await;
    for number in ["0900000093204", "0900000095902"] {
        let answer = desk.get(&tariffs(number, SWIMMING, "5")).await;
        assert_eq!((answer.status, &answer.json()["available"]), (200, &json!([])));
        assert!(answer.json()["endUserMessage"]["nl"].is_string());
    }
    let refused = [
        ("0900000031618", "uitpas/social-tariff-expired"),
        ("0900000002312", "uitpas/invalid-card-status"),
        ("0900000074519", "uitpas/invalid-card-status"),
        ("0900000000001", "uitpas/passholder-not-found"),
        ("123", "uitpas/invalid-uitpasnumber"),
    ];
    for (number, problem) in refused {
        let answer = desk.get(&tariffs(number, SWIMMING, "5")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, problem), "{number}");
    }
    let elsewhere = desk.get(&tariffs(YASMINA, NO_PERMISSION, "10")).await;
    assert_eq!((elsewhere.status, elsewhere.problem().as_str()), (403, "auth/forbidden"));
    let nowhere = desk.get(&tariffs(YASMINA, "no-such-event", "10")).await;
    assert_eq!((nowhere.status, nowhere.problem().as_str()), (400, "uitpas/event-not-found"));
}

#[tokio::test]
async fn coupons_are_offered_beside_the_social_tariff() {
    let desk = Desk::open().await;
    let both = desk.get(&tariffs("0900000672312", HUNDRED_A_WEEK, "10")).await.json();
    assert_eq!(both["available"].as_array().unwrap().len(), 2);
    assert_eq!(both["available"][1]["type"], "COUPON");
    let only = desk.get(&(tariffs("0900010888817", HUNDRED_A_WEEK, "10") + "&type=COUPON")).await.json();
    assert_eq!(only["available"][0]["id"], "COUPON_1079");
    let mut used = sale("0900010888817", HUNDRED_A_WEEK);
    used["tariff"]["id"] = json!("COUPON_1079");
    assert_eq!(desk.post("/ticket-sales", &json!([used])).await.status, 200);
    let again = desk.post("/ticket-sales", &json!([used])).await;
    assert_eq!(again.problem(), "uitpas/maximum-reached");
    let group = desk.get(&tariffs("0900000191800", HUNDRED_A_WEEK, "10")).await.json();
    assert_eq!(group["available"][0]["remaining"], 50);
}

#[tokio::test]
async fn the_limit_of_a_week_is_reached_and_opens_again_on_monday() {
    let desk = Desk::open().await;
    desk.sandbox.set_now(Some("2026-11-22T20:00:00Z".parse().unwrap()));
    assert_eq!(desk.post("/ticket-sales", &json!([sale(YASMINA, ONE_A_WEEK)])).await.status, 200);
    let refused = desk.post("/ticket-sales", &json!([sale(YASMINA, ONE_A_WEEK)])).await;
    assert_eq!((refused.status, refused.problem().as_str()), (400, "uitpas/maximum-reached"));
    let empty = desk.get(&tariffs(YASMINA, ONE_A_WEEK, "10")).await.json();
    assert_eq!(empty["available"], json!([]));
    assert!(empty["endUserMessage"]["nl"].as_str().unwrap().contains("1 ticket per week"));
    desk.sandbox.set_now(Some("2026-11-22T23:30:00Z".parse().unwrap()));
    assert_eq!(desk.post("/ticket-sales", &json!([sale(YASMINA, ONE_A_WEEK)])).await.status, 200);
}

#[tokio::test]
async fn a_group_buys_several_at_once_until_its_year_is_used_up() {
    let desk = Desk::open().await;
    let offer = desk.get(&tariffs(GROUP, HUNDRED_A_WEEK, "10")).await.json();
    assert_eq!(offer["available"][0]["remaining"], 50);
    let items = |n: usize| json!(vec![sale(GROUP, HUNDRED_A_WEEK); n]);
    assert_eq!(desk.post("/ticket-sales", &items(48)).await.status, 200);
    let too_many = desk.post("/ticket-sales", &items(3)).await;
    assert_eq!(too_many.problem(), "uitpas/maximum-reached");
    assert_eq!(too_many.json()["jsonPointer"], "/2");
    assert_eq!(desk.sandbox.ticket_sales().len(), 48);
    let export = desk.get("/cards/social-tariff/5/active").await.json();
    let group = export.as_array().unwrap().iter().find(|c| c["uitpasNumber"] == GROUP).unwrap().clone();
    assert_eq!(group, json!({ "uitpasNumber": GROUP, "cardType": "GROUP", "availableTickets": 2 }));
}
