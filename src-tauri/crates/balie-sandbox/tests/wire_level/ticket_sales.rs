//! Ticket sales: all or none, listed in pages, cancelled once.

use crate::desk::{Desk, HUNDRED_A_WEEK, NO_PERMISSION, NOOR, ONE_A_WEEK, ORGANIZER, YASMINA, sale};
use serde_json::json;

#[tokio::test]
async fn a_sale_is_stored_listed_and_cancelled() {
    let desk = Desk::open().await;
    let made = desk.post("/ticket-sales", &json!([sale(YASMINA, HUNDRED_A_WEEK)])).await;
    assert_eq!(made.status, 200);
    assert!(made.text.contains("\"regularPrice\":10,"), "{}", made.text);
    let record = made.json()[0].clone();
    assert_eq!(record["regularPriceLabel"], "Basistarief");
    assert_eq!(record["tariff"]["price"], json!(2.0));
    assert!(record["creationDate"].as_str().unwrap().ends_with('Z'));

    let by_event = desk.get(&format!("/ticket-sales?eventId={HUNDRED_A_WEEK}")).await.json();
    assert_eq!(by_event, json!({ "totalItems": 1, "member": [record] }));
    let holder = desk.sandbox.ticket_sales()[0].passholder_id.clone();
    let by_holder = desk.get(&format!("/ticket-sales?passholderId={holder}&organizerId[]={ORGANIZER}")).await.json();
    assert_eq!(by_holder["totalItems"], 1);
    let without_organizer = desk.get(&format!("/ticket-sales?passholderId={holder}")).await;
    assert_eq!(without_organizer.status, 400);

    let path = format!("/ticket-sales/{}", record["id"].as_str().unwrap());
    assert_eq!(desk.delete(&path).await.status, 204);
    let again = desk.delete(&path).await;
    assert_eq!((again.status, again.problem().as_str()), (404, "uitpas/ticket-sale-not-found"));
    assert!(desk.sandbox.ticket_sales().is_empty());
}

#[tokio::test]
async fn one_bad_item_keeps_the_whole_array_out() {
    let desk = Desk::open().await;
    let mixed = json!([sale(YASMINA, HUNDRED_A_WEEK), sale("0900000031618", HUNDRED_A_WEEK)]);
    let refused = desk.post("/ticket-sales", &mixed).await;
    assert_eq!((refused.status, refused.problem().as_str()), (400, "uitpas/social-tariff-expired"));
    assert_eq!(refused.json()["jsonPointer"], "/1");
    assert!(refused.json()["endUserMessage"]["nl"].is_string());
    assert!(desk.sandbox.ticket_sales().is_empty());
    let two_people = json!([sale(YASMINA, ONE_A_WEEK), sale(NOOR, ONE_A_WEEK)]);
    assert_eq!(desk.post("/ticket-sales", &two_people).await.json().as_array().unwrap().len(), 2);
    let twice = json!(vec![sale(YASMINA, HUNDRED_A_WEEK); 2]);
    assert_eq!(desk.post("/ticket-sales", &twice).await.problem(), "uitpas/invalid-number-of-tickets");
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let desk = Desk::open().await;
    assert_eq!(desk.attempt("POST", "/ticket-sales", None).await.unwrap().problem(), "body/missing");
    assert_eq!(desk.post("/ticket-sales", &json!({})).await.problem(), "body/invalid-data");
    let mut odd = sale(YASMINA, HUNDRED_A_WEEK);
    odd["regularPrice"] = json!(1.005);
    let third_decimal = desk.post("/ticket-sales", &json!([odd])).await;
    assert_eq!(third_decimal.problem(), "body/invalid-data");
    assert!(third_decimal.json()["schemaErrors"][0]["jsonPointer"].is_string());
    odd = sale(YASMINA, HUNDRED_A_WEEK);
    odd["tariff"]["id"] = json!("COUPON_9");
    assert_eq!(desk.post("/ticket-sales", &json!([odd])).await.problem(), "uitpas/invalid-coupon");
    let elsewhere = desk.post("/ticket-sales", &json!([sale(YASMINA, NO_PERMISSION)])).await;
    assert_eq!((elsewhere.status, elsewhere.problem().as_str()), (403, "auth/forbidden"));
    assert!(desk.sandbox.ticket_sales().is_empty());
}

#[tokio::test]
async fn lists_come_in_pages() {
    let desk = Desk::open().await;
    for _ in 0..25 {
        assert_eq!(desk.post("/ticket-sales", &json!([sale(YASMINA, HUNDRED_A_WEEK)])).await.status, 200);
    }
    let list = format!("/ticket-sales?eventId={HUNDRED_A_WEEK}");
    let first = desk.get(&list).await.json();
    assert_eq!((&first["totalItems"], first["member"].as_array().unwrap().len()), (&json!(25), 20));
    let last = desk.get(&format!("{list}&start=20&limit=500")).await.json();
    assert_eq!(last["member"].as_array().unwrap().len(), 5);
    assert_eq!(last["member"][0]["id"], json!(desk.sandbox.ticket_sales()[20].id));
    let count = desk.get(&format!("{list}&limit=0")).await.json();
    assert_eq!(count, json!({ "totalItems": 25, "member": [] }));
    let too_large = desk.get(&format!("{list}&limit=501")).await;
    assert_eq!((too_large.status, too_large.problem().as_str()), (400, "url/query-limit-exceeded"));
}
