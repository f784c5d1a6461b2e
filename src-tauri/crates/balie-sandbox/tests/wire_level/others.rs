//! What other desks do, and what the server does on its own: late, twice, and with or without saying which item was bad.

use crate::desk::{Desk, GROUP, HUNDRED_A_WEEK, NOOR, ONE_A_WEEK, ORGANIZER, YASMINA, sale};
use balie_sandbox::{FaultAction, FaultRule, Habits};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

const NOON: &str = "2026-11-21T11:00:00Z";

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

fn bodies() -> [(&'static str, Value); 3] {
    [
        ("/ticket-sales", json!([sale(YASMINA, ONE_A_WEEK)])),
        ("/checkins", json!({ "uitpasNumber": YASMINA, "eventId": HUNDRED_A_WEEK })),
        ("/rewards/redeemed", json!({ "uitpasNumber": YASMINA, "rewardId": "5687" })),
    ]
}

impl Desk {
    fn at(&self, seconds: i64) {
        self.sandbox.set_now(Some(noon().checked_add(seconds.seconds()).unwrap()));
    }

    /// Ids and moments of everything that is held of one kind.
    fn held(&self, path: &str) -> Vec<(String, Timestamp)> {
        match path {
            "/ticket-sales" => self.sandbox.ticket_sales().into_iter().map(|h| (h.id, h.created)).collect(),
            "/checkins" => self.sandbox.checkins().into_iter().map(|h| (h.id, h.created)).collect(),
            _ => self.sandbox.redemptions().into_iter().map(|h| (h.id, h.redeemed)).collect(),
        }
    }
}

fn late(method: &str, path: &str, seconds: u64) -> FaultRule {
    FaultRule::new(FaultAction::LateCommit, path).method(method).times(1).late_ms(seconds * 1_000)
}

#[tokio::test]
async fn what_is_stored_late_is_stored_at_its_own_moment_and_not_before() {
    for (path, body) in bodies() {
        let desk = Desk::open().await;
        desk.at(0);
        desk.sandbox.add_fault(late("POST", path, 600));
        assert!(desk.attempt("POST", path, Some(&body)).await.is_err(), "{path}: no answer");
        assert_eq!((desk.held(path).len(), desk.sandbox.late_count()), (0, 1), "{path}");
        desk.at(599);
        assert_eq!(desk.held(path).len(), 0, "{path}");
        desk.at(3_600);
        let held = desk.held(path);
        assert_eq!((held.len(), desk.sandbox.late_count()), (1, 0), "{path}");
        // The request itself took some milliseconds of the clock.
        let late_by = held[0].1.duration_since(noon()).as_secs();
        assert!((600..603).contains(&late_by), "{path}: {late_by}");

        desk.at(4_000);
        desk.sandbox.add_fault(late("DELETE", path, 30).answering(504, "te laat"));
        let gone = format!("{path}/{}", held[0].0);
        assert_eq!(desk.delete(&gone).await.status, 504, "{path}");
        assert_eq!(desk.held(path).len(), 1, "{path}");
        desk.at(4_031);
        assert_eq!(desk.held(path).len(), 0, "{path}");
        assert_eq!(desk.delete(&gone).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_late_commit_meets_the_rules_of_its_own_moment() {
    let desk = Desk::open().await;
    desk.at(0);
    desk.sandbox.add_fault(late("POST", "/ticket-sales", 20));
    let items = json!([sale(YASMINA, ONE_A_WEEK)]);
    assert!(desk.attempt("POST", "/ticket-sales", Some(&items)).await.is_err());
    desk.at(10);
    assert_eq!(desk.post("/ticket-sales", &items).await.status, 200, "the client was faster");
    desk.at(60);
    assert_eq!((desk.sandbox.ticket_sales().len(), desk.sandbox.late_count()), (1, 0));
    // Two that wait are carried out in the order of their moments.
    desk.sandbox.add_fault(late("POST", "/ticket-sales", 40));
    desk.sandbox.add_fault(late("POST", "/ticket-sales", 20));
    for number in [YASMINA, NOOR] {
        assert!(desk.attempt("POST", "/ticket-sales", Some(&json!([sale(number, HUNDRED_A_WEEK)]))).await.is_err());
    }
    let state = desk.control("GET", "/_sandbox/state", None).await.json();
    assert_eq!(state["late"], 2);
    desk.at(600);
    let numbers: Vec<String> = desk.sandbox.ticket_sales().into_iter().map(|held| held.uitpas_number).collect();
    assert_eq!(numbers, [YASMINA, NOOR, YASMINA]);
}

#[tokio::test]
async fn lag_and_late_commits_are_scripted_over_http_and_a_reset_forgets_them() {
    let desk = Desk::open().await;
    desk.at(0);
    let rule = json!({ "method": "POST", "path": "/ticket-sales", "action": "late_commit", "late_ms": 10_000,
        "twice": true, "status": 504, "times": 2 });
    assert_eq!(desk.control("POST", "/_sandbox/faults", Some(&rule)).await.status, 204);
    let habits = json!({ "list_lag_ms": 5_000, "lag_is_counted": true });
    assert_eq!(desk.control("PUT", "/_sandbox/habits", Some(&habits)).await.status, 204);
    let items = json!([sale(YASMINA, HUNDRED_A_WEEK)]);
    assert_eq!(desk.post("/ticket-sales", &items).await.status, 504);
    let later = json!({ "now": "2026-11-21T11:00:12Z" });
    assert_eq!(desk.control("PUT", "/_sandbox/clock", Some(&later)).await.status, 204);
    let list = format!("/ticket-sales?eventId={HUNDRED_A_WEEK}");
    assert_eq!(desk.get(&list).await.json(), json!({ "totalItems": 2, "member": [] }));
    desk.at(60);
    assert_eq!(desk.get(&list).await.json()["member"].as_array().unwrap().len(), 2);
    assert_eq!(desk.post("/ticket-sales", &items).await.status, 504);
    desk.sandbox.reset();
    desk.at(3_600);
    assert_eq!((desk.sandbox.habits(), desk.sandbox.late_count()), (Habits::default(), 0));
    assert!(desk.sandbox.ticket_sales().is_empty(), "what was to come late does not come any more");
}

#[tokio::test]
async fn a_request_without_a_good_token_is_refused_at_once_and_never_stored() {
    let desk = Desk::open().await;
    desk.at(0);
    desk.sandbox.add_fault(late("POST", "/ticket-sales", 1));
    desk.sandbox.end_access_tokens();
    assert_eq!(desk.post("/ticket-sales", &json!([sale(YASMINA, ONE_A_WEEK)])).await.status, 401);
    desk.at(60);
    assert_eq!((desk.sandbox.ticket_sales().len(), desk.sandbox.late_count()), (0, 0));
}

#[tokio::test]
async fn a_server_can_store_twice_what_it_was_asked_once_past_every_limit() {
    for (path, body) in bodies() {
        let desk = Desk::open().await;
        desk.at(0);
        desk.sandbox.add_fault(FaultRule::new(FaultAction::Delay, path).method("POST").times(1).twice());
        let answer = desk.post(path, &body).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
        let ids: Vec<String> = desk.held(path).into_iter().map(|(id, _)| id).collect();
        assert!(ids.len() == 2 && ids[0] != ids[1] && answer.text.contains(&ids[0]), "{path}: {ids:?}");
    }
    let desk = Desk::open().await;
    desk.at(0);
    desk.sandbox.add_fault(late("POST", "/ticket-sales", 10).twice());
    assert!(desk.attempt("POST", "/ticket-sales", Some(&json!(vec![sale(GROUP, HUNDRED_A_WEEK); 2]))).await.is_err());
    desk.at(11);
    assert_eq!(desk.sandbox.ticket_sales().len(), 4);
    desk.sandbox.add_fault(FaultRule::new(FaultAction::Delay, "/ticket-sales").method("POST").times(1).twice());
    assert_eq!(desk.post("/ticket-sales", &json!([])).await.status, 400);
    assert_eq!(desk.sandbox.ticket_sales().len(), 4, "nothing is stored twice that is refused");
}

#[tokio::test]
async fn a_refused_batch_names_the_bad_item_only_when_the_server_is_so_kind() {
    let desk = Desk::open().await;
    let mixed = json!([sale(YASMINA, HUNDRED_A_WEEK), sale("0900000031618", HUNDRED_A_WEEK)]);
    assert_eq!(desk.post("/ticket-sales", &mixed).await.json()["jsonPointer"], "/1");
    desk.sandbox.set_habits(Habits { points_at_item: false, ..Habits::default() });
    let refused = desk.post("/ticket-sales", &mixed).await;
    assert_eq!(refused.problem(), "uitpas/social-tariff-expired");
    assert_eq!(refused.json().get("jsonPointer"), None);
    assert!(desk.sandbox.ticket_sales().is_empty());
}

#[tokio::test]
async fn other_desks_register_and_cancel_over_the_control_port() {
    let desk = Desk::open().await;
    desk.at(0);
    desk.post("/ticket-sales", &json!([sale(YASMINA, HUNDRED_A_WEEK)])).await;
    let theirs = json!({ "uitpas_number": YASMINA, "event_id": HUNDRED_A_WEEK, "regular_price_label": "bon C9-000001",
        "regular_price_cents": 1250, "price_cents": 250, "created": "2026-11-21T10:00:00Z" });
    let made = desk.control("POST", "/_sandbox/other-desk/ticket-sales", Some(&theirs)).await;
    assert_eq!(made.status, 201);
    let listed = desk.get(&format!("/ticket-sales?eventId={HUNDRED_A_WEEK}")).await.json();
    let row = &listed["member"][0];
    assert_eq!((&row["id"], &row["regularPriceLabel"]), (&made.json()["id"], &json!("bon C9-000001")));
    assert_eq!((&row["creationDate"], &row["regularPrice"]), (&json!("2026-11-21T10:00:00Z"), &json!(12.5)));
    assert_eq!(listed["totalItems"], 2);
    for (path, id) in [("checkins", HUNDRED_A_WEEK), ("redemptions", "5687")] {
        let act = json!({ "uitpas_number": YASMINA, "id": id });
        assert_eq!(desk.control("POST", &format!("/_sandbox/other-desk/{path}"), Some(&act)).await.status, 201);
        let nobody = json!({ "uitpas_number": "0000000000000", "id": id });
        let unknown = desk.control("POST", &format!("/_sandbox/other-desk/{path}"), Some(&nobody)).await;
        assert_eq!(unknown.problem(), "body/invalid-data");
    }
    assert!(desk.sandbox.checkins()[0].by_other_desk && desk.sandbox.redemptions()[0].by_other_desk);
    let holder = desk.sandbox.checkins()[0].passholder_id.clone();
    let saved = desk.get(&format!("/checkins?passholderId={holder}&organizerId={ORGANIZER}")).await.json();
    assert_eq!(saved["totalItems"], 1);
    let gone = format!("/_sandbox/other-desk/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(desk.control("DELETE", &gone, None).await.status, 204);
    assert_eq!(desk.control("DELETE", &gone, None).await.status, 404);
    assert!(!desk.sandbox.ticket_sales()[0].by_other_desk && desk.sandbox.ticket_sales().len() == 1);
}
