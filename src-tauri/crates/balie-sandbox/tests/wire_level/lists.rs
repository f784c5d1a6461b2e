//! Lists that lag, change their order and shift while they are read.

use crate::desk::{Desk, GROUP, HUNDRED_A_WEEK, ORGANIZER, YASMINA, sale};
use balie_sandbox::{FaultAction, FaultRule, Habits, Order, OtherDeskSale};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

const NOON: &str = "2026-11-21T11:00:00Z";

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

impl Desk {
    /// A desk at noon, plus so many milliseconds.
    fn set_clock(&self, milliseconds: i64) {
        self.sandbox.set_now(Some(noon().checked_add(milliseconds.milliseconds()).unwrap()));
    }

    /// `totalItems` and the ids of a list.
    async fn listed(&self, list: &str) -> (u64, Vec<String>) {
        let answer = self.get(list).await.json();
        let ids = answer["member"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
        (answer["totalItems"].as_u64().unwrap(), ids.collect())
    }

    async fn sell(&self, items: &Value) -> Vec<String> {
        let answer = self.post("/ticket-sales", items).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json().as_array().unwrap().iter().map(|sold| sold["id"].as_str().unwrap().to_owned()).collect()
    }

    /// A ticket that another desk sold to Yasmina before noon.
    fn sold_elsewhere(&self, label: &str) -> String {
        let created = Some(noon().checked_sub(1.hour()).unwrap());
        let sale = OtherDeskSale {
            uitpas_number: YASMINA.to_owned(),
            event_id: HUNDRED_A_WEEK.to_owned(),
            regular_price_label: Some(label.to_owned()),
            regular_price_cents: 1000,
            price_cents: 200,
            created,
        };
        self.sandbox.other_desk_sells(sale).unwrap()
    }
}

fn sales_of_event() -> String {
    format!("/ticket-sales?eventId={HUNDRED_A_WEEK}")
}

/// The three lists in which a record of Yasmina can stand.
fn lists(holder: &str) -> [String; 3] {
    let of_holder = format!("passholderId={holder}&organizerId={ORGANIZER}");
    ["/ticket-sales", "/checkins", "/rewards/redeemed"].map(|path| format!("{path}?{of_holder}"))
}

#[tokio::test]
async fn a_record_stays_out_of_its_list_until_the_lag_is_over() {
    let desk = Desk::open().await;
    desk.sandbox.set_list_lag(30_000);
    desk.set_clock(0);
    desk.sell(&json!([sale(YASMINA, HUNDRED_A_WEEK)])).await;
    desk.post("/checkins", &json!({ "uitpasNumber": YASMINA, "eventId": HUNDRED_A_WEEK })).await;
    desk.post("/rewards/redeemed", &json!({ "uitpasNumber": YASMINA, "rewardId": "5687" })).await;
    let holder = desk.sandbox.ticket_sales()[0].passholder_id.clone();
    for list in lists(&holder) {
        desk.set_clock(29_000);
        assert_eq!(desk.listed(&list).await, (0, Vec::new()), "{list}");
        let counted = Habits { list_lag_ms: 30_000, lag_is_counted: true, ..Habits::default() };
        desk.sandbox.set_habits(counted);
        assert_eq!(desk.listed(&list).await, (1, Vec::new()), "{list}");
        desk.sandbox.set_habits(Habits { list_lag_ms: 30_000, ..Habits::default() });
        // The clock runs on while the requests are made, so a second is left on each side.
        desk.set_clock(31_000);
        assert_eq!(desk.listed(&list).await.0, 1, "{list}");
    }
    let again = desk.post("/checkins", &json!({ "uitpasNumber": YASMINA, "eventId": HUNDRED_A_WEEK })).await;
    assert_eq!(again.problem(), "uitpas/checkin-not-allowed", "only the lists lag, not the rules");
}

#[tokio::test]
async fn lists_come_in_the_order_that_was_set() {
    let desk = Desk::open().await;
    let ids = desk.sell(&json!(vec![sale(GROUP, HUNDRED_A_WEEK); 9])).await;
    assert_eq!(desk.listed(&sales_of_event()).await, (9, ids.clone()));
    desk.sandbox.set_habits(Habits { list_order: Order::Reversed, ..Habits::default() });
    assert_eq!(desk.listed(&sales_of_event()).await.1, ids.iter().rev().cloned().collect::<Vec<_>>());
    let habits = json!({ "list_order": "shuffled", "seed": 3 });
    assert_eq!(desk.control("PUT", "/_sandbox/habits", Some(&habits)).await.status, 204);
    let (first, second) = (desk.listed(&sales_of_event()).await.1, desk.listed(&sales_of_event()).await.1);
    assert!(first != ids && first != second);
    let mut sorted = second.clone();
    sorted.sort();
    assert_eq!(sorted, ids, "every row, once");
    let shown = desk.control("GET", "/_sandbox/habits", None).await.json();
    assert_eq!((&shown["seed"], &shown["batch_order"], &shown["list_lag_ms"]), (&json!(3), &json!("kept"), &json!(0)));
    let unknown = desk.control("PUT", "/_sandbox/habits", Some(&json!({ "lag": 3 }))).await;
    assert_eq!(unknown.problem(), "body/invalid-data");
}

#[tokio::test]
async fn the_items_of_a_batch_are_answered_in_another_order_each_with_its_own_id() {
    let desk = Desk::open().await;
    desk.sandbox.set_habits(Habits { batch_order: Order::Shuffled, seed: 1, ..Habits::default() });
    let mut items = vec![sale(GROUP, HUNDRED_A_WEEK); 6];
    for (item, price) in items.iter_mut().zip([1, 2, 3, 4, 5, 6]) {
        item["regularPrice"] = json!(price);
    }
    let answer = desk.post("/ticket-sales", &json!(items)).await.json();
    let prices: Vec<i64> =
        answer.as_array().unwrap().iter().map(|sold| sold["regularPrice"].as_i64().unwrap()).collect();
    assert_ne!(prices, [1, 2, 3, 4, 5, 6]);
    for sold in answer.as_array().unwrap() {
        let held = desk.sandbox.ticket_sales().into_iter().find(|held| held.id == sold["id"]).unwrap();
        assert_eq!(json!(held.regular_price_cents / 100), sold["regularPrice"], "the id belongs to its item");
    }
}

#[tokio::test]
async fn equal_items_of_a_group_get_ids_of_their_own() {
    let desk = Desk::open().await;
    let mut ids = desk.sell(&json!(vec![sale(GROUP, HUNDRED_A_WEEK); 5])).await;
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

fn after_one_page(action: FaultAction) -> FaultRule {
    FaultRule::new(action, "/ticket-sales").method("GET").times(1)
}

async fn two_pages(desk: &Desk) -> [(u64, Vec<String>); 2] {
    let list = sales_of_event();
    [desk.listed(&format!("{list}&limit=2")).await, desk.listed(&format!("{list}&start=2&limit=2")).await]
}

#[tokio::test]
async fn a_row_that_comes_in_front_makes_the_next_page_repeat_one() {
    let desk = Desk::open().await;
    let ids = desk.sell(&json!(vec![sale(GROUP, HUNDRED_A_WEEK); 4])).await;
    desk.sandbox.add_fault(after_one_page(FaultAction::RowInFront));
    let [first, second] = two_pages(&desk).await;
    assert_eq!(first, (4, ids[..2].to_vec()));
    assert_eq!(second, (5, ids[1..3].to_vec()), "the second row once more");
    let came = desk.listed(&sales_of_event()).await.1[0].clone();
    assert!(!ids.contains(&came) && desk.sandbox.ticket_sales()[0].by_other_desk);
}

#[tokio::test]
async fn a_row_that_goes_makes_the_next_page_skip_one_although_the_numbers_agree() {
    let desk = Desk::open().await;
    desk.set_clock(0);
    let theirs = desk.sold_elsewhere("van daar");
    let ids = desk.sell(&json!(vec![sale(GROUP, HUNDRED_A_WEEK); 3])).await;
    desk.sandbox.add_fault(after_one_page(FaultAction::RowGone));
    let [first, second] = two_pages(&desk).await;
    assert_eq!(first, (4, vec![theirs, ids[0].clone()]));
    assert_eq!(second, (3, vec![ids[2].clone()]), "three rows were read and three there are, but one was never seen");
    assert_eq!(desk.sandbox.ticket_sales().len(), 3, "only the row of the other desk went");
    desk.sandbox.add_fault(after_one_page(FaultAction::RowGone));
    two_pages(&desk).await;
    assert_eq!(desk.sandbox.ticket_sales().len(), 3, "no row of this desk ever goes");
}

#[tokio::test]
async fn the_other_lists_shift_too_and_a_server_may_give_short_pages() {
    let desk = Desk::open().await;
    desk.set_clock(0);
    let event = HUNDRED_A_WEEK;
    for _ in 0..3 {
        desk.sandbox.other_desk_checks_in(YASMINA, event, None).unwrap();
        desk.sandbox.other_desk_redeems(YASMINA, "5687", None).unwrap();
    }
    let holder = desk.sandbox.checkins()[0].passholder_id.clone();
    for list in &lists(&holder)[1..] {
        let path = list.split('?').next().unwrap();
        let (_, before) = desk.listed(list).await;
        desk.sandbox.set_habits(Habits { largest_page: Some(1), ..Habits::default() });
        desk.sandbox.add_fault(FaultRule::new(FaultAction::RowInFront, path).method("GET").times(1));
        assert_eq!(desk.listed(list).await, (3, vec![before[0].clone()]), "{list}");
        assert_eq!(desk.listed(&format!("{list}&start=1")).await, (4, vec![before[0].clone()]), "{list}");
        desk.sandbox.add_fault(FaultRule::new(FaultAction::RowGone, path).method("GET").times(1));
        desk.listed(list).await;
        assert_eq!(desk.listed(list).await, (3, vec![before[0].clone()]), "{list}");
        desk.sandbox.set_habits(Habits::default());
    }
}
