//! What is said of a request whose answer went wrong: the truth is with the server, and the client knows that it does not
//! know.

use crate::bench::{
    Bench, GROUP, HUNDRED_A_WEEK, YASMINA, accepted, check_in, organizer, redemption, sale, social_tariff,
};
use balie_remote::cancels::Cancelled;
use balie_remote::outcome::{Doubt, Outcome};
use balie_sandbox::{FaultAction, FaultRule, Habits, Order, OtherDeskSale};

const KINDS: [&str; 3] = ["/ticket-sales", "/checkins", "/rewards/redeemed"];

fn doubt<T: std::fmt::Debug>(outcome: Outcome<T>) -> Doubt {
    match outcome {
        Outcome::Unknown(doubt) => doubt,
        other => panic!("{other:?}"),
    }
}

fn stored(bench: &Bench) -> [usize; 3] {
    let sandbox = &bench.sandbox;
    [sandbox.ticket_sales().len(), sandbox.checkins().len(), sandbox.redemptions().len()]
}

/// Registers one of each kind and takes it out again, everything under the same fault; gives the six doubts.
async fn doubts(rule: &FaultRule) -> Vec<Doubt> {
    let bench = Bench::open().await;
    let holder = bench.holder(YASMINA).await;
    let on = |method: &str, path: &str| FaultRule { path: path.to_owned(), ..rule.clone() }.method(method).times(1);
    for path in KINDS {
        bench.sandbox.add_fault(on("POST", path));
    }
    let mut seen = vec![
        doubt(bench.api.register(&sale(holder.clone(), 1), &social_tariff()).await),
        doubt(bench.api.check_in(&check_in(holder.clone())).await),
        doubt(bench.api.redeem(&redemption(holder, "9001", 5)).await),
    ];
    assert_eq!(stored(&bench), [1, 1, 1], "{:?}: all were carried out", rule.action);
    let ids = [
        (Cancelled::TicketSale, bench.sandbox.ticket_sales()[0].id.clone()),
        (Cancelled::CheckIn, bench.sandbox.checkins()[0].id.clone()),
        (Cancelled::Redemption, bench.sandbox.redemptions()[0].id.clone()),
    ];
    for (path, (what, id)) in KINDS.into_iter().zip(ids) {
        bench.sandbox.add_fault(on("DELETE", path));
        seen.push(doubt(bench.api.cancel(what, &id).await));
    }
    assert_eq!(stored(&bench), [0, 0, 0], "{:?}: all were taken out", rule.action);
    seen
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    for action in [FaultAction::DropAfterCommit, FaultAction::Truncate, FaultAction::TruncateGzip] {
        assert_eq!(doubts(&FaultRule::new(action, "")).await, vec![Doubt::NoAnswer; 6], "{action:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_gives_up_after_the_commit_proves_nothing() {
    for status in [500, 502, 503, 504] {
        let rule = FaultRule::new(FaultAction::StatusAfterCommit, "").answering(status, "<html>");
        assert_eq!(doubts(&rule).await, vec![Doubt::Status(status); 6]);
    }
}

#[tokio::test]
async fn garbage_is_no_proof() {
    assert_eq!(doubts(&FaultRule::new(FaultAction::Garbage, "")).await, vec![Doubt::Garbled; 6]);
}

#[tokio::test]
async fn what_is_stored_late_was_never_answered() {
    let bench = Bench::open().await;
    let holder = bench.holder(YASMINA).await;
    bench
        .sandbox
        .add_fault(FaultRule::new(FaultAction::LateCommit, "/ticket-sales").method("POST").times(1).late_ms(600_000));
    assert_eq!(doubt(bench.api.register(&sale(holder.clone(), 1), &social_tariff()).await), Doubt::NoAnswer);
    assert!(bench.api.ticket_sale_rows(&holder.passholder, &organizer()).await.unwrap().is_empty());
    bench.sandbox.set_now(Some("2026-11-21T11:10:30Z".parse().unwrap()));
    assert_eq!(bench.api.ticket_sale_rows(&holder.passholder, &organizer()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_that_shifts_between_its_pages_is_never_taken_for_whole() {
    for action in [FaultAction::RowInFront, FaultAction::RowGone] {
        let bench = Bench::open().await;
        let group = bench.holder(GROUP).await;
        let theirs = OtherDeskSale {
            uitpas_number: GROUP.to_owned(),
            event_id: HUNDRED_A_WEEK.to_owned(),
            regular_price_label: None,
            regular_price_cents: 1000,
            price_cents: 200,
            created: Some("2026-11-21T10:00:00Z".parse().unwrap()),
        };
        bench.sandbox.other_desk_sells(theirs).unwrap();
        accepted(bench.api.register(&sale(group.clone(), 3), &social_tariff()).await);
        bench.sandbox.set_habits(Habits { largest_page: Some(2), ..Habits::default() });
        bench.sandbox.add_fault(FaultRule::new(action, "/ticket-sales").method("GET").times(1));
        let shifted = bench.api.ticket_sale_rows(&group.passholder, &organizer()).await;
        assert!(shifted.is_err(), "{action:?}: {shifted:?}");
        let rows = bench.api.ticket_sale_rows(&group.passholder, &organizer()).await.unwrap();
        assert_eq!(rows.len(), bench.sandbox.ticket_sales().len(), "{action:?}: the next look finds all of them");
    }
}

#[tokio::test]
async fn a_batch_is_understood_in_whatever_order_it_is_answered() {
    let bench = Bench::open().await;
    bench.sandbox.set_habits(Habits { batch_order: Order::Shuffled, ..Habits::default() });
    let rows = accepted(bench.api.register(&sale(bench.holder(GROUP).await, 5), &social_tariff()).await);
    let held: Vec<String> = bench.sandbox.ticket_sales().into_iter().map(|held| held.id).collect();
    assert!(rows.len() == 5 && rows.iter().all(|row| held.contains(&row.id)));
}
