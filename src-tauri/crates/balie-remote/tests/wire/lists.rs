//! What UiTPAS holds of a person, whole or not at all.

use crate::bench::{
    Bench, GROUP, HUNDRED_A_WEEK, YASMINA, accepted, check_in, event, nobody, organizer, redemption, sale,
    social_tariff,
};
use balie_core::event::OrganizerId;
use balie_core::reward::RewardId;
use balie_remote::ask::AskError;
use balie_sandbox::{FaultAction, FaultRule};

#[tokio::test]
async fn what_was_registered_is_listed_with_its_moment() {
    let bench = Bench::open().await;
    let holder = bench.holder(YASMINA).await;
    let sold = accepted(bench.api.register(&sale(holder.clone(), 1), &social_tariff()).await);
    let saved = accepted(bench.api.check_in(&check_in(holder.clone())).await);
    let redeemed = accepted(bench.api.redeem(&redemption(holder.clone(), "9001", 5)).await);
    let (who, organizer) = (&holder.passholder, &organizer());

    let sales = bench.api.ticket_sale_rows(who, organizer).await.unwrap();
    assert_eq!((sales[0].row.id.as_str(), &sales[0].event), (sold[0].id.as_str(), &event(HUNDRED_A_WEEK)));
    assert_eq!(Some(sales[0].row.at), sold[0].created);
    let check_ins = bench.api.check_in_rows(who, organizer).await.unwrap();
    assert_eq!((check_ins.len(), &check_ins[0].row.id), (1, &saved.id));
    let redemptions = bench.api.redeemed_rows(who, organizer).await.unwrap();
    assert_eq!((&redemptions[0].row.id, &redemptions[0].reward), (&redeemed.id, &RewardId("9001".to_owned())));
    assert!(bench.api.check_in_rows(&nobody(), organizer).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_list_of_several_pages_is_read_to_its_end() {
    let bench = Bench::open().await;
    let holder = bench.holder(YASMINA).await;
    bench.sandbox.add_fault(page(
        "/rewards/redeemed",
        2,
        r#"[{"id":"a","redeemDate":"2026-11-21T10:00:00Z","reward":{"id":"1"}}]"#,
    ));
    bench.sandbox.add_fault(page(
        "/rewards/redeemed",
        2,
        r#"[{"id":"b","redeemDate":"2026-11-21T09:00:00Z","reward":{"id":"2"}}]"#,
    ));
    let rows = bench.api.redeemed_rows(&holder.passholder, &organizer()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.row.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(bench.sandbox.request_count("GET", "/rewards/redeemed"), 2);
}

fn page(path: &str, total: usize, members: &str) -> FaultRule {
    let body = format!(r#"{{"totalItems":{total},"member":{members}}}"#);
    FaultRule::new(FaultAction::Status, path).method("GET").times(1).answering(200, &body)
}

#[tokio::test]
async fn a_list_that_ends_too_early_is_no_list() {
    let bench = Bench::open().await;
    let holder = bench.holder(GROUP).await;
    accepted(bench.api.register(&sale(holder.clone(), 2), &social_tariff()).await);
    bench.sandbox.add_fault(page("/ticket-sales", 2, "[]"));
    let short = bench.api.ticket_sale_rows(&holder.passholder, &organizer()).await;
    assert_eq!(short, Err(AskError::Garbled("ticket sales")));
    assert_eq!(bench.api.ticket_sale_rows(&holder.passholder, &organizer()).await.unwrap().len(), 2);
    bench.sandbox.add_fault(page("/rewards", 3, "[]"));
    assert_eq!(bench.api.rewards(&organizer(), crate::bench::now()).await, Err(AskError::Garbled("rewards")));
}

#[tokio::test]
async fn a_list_that_may_not_be_read_is_not_an_empty_one() {
    let bench = Bench::open().await;
    let who = bench.pass(YASMINA).await.passholder;
    let elsewhere = OrganizerId("another".to_owned());
    assert_eq!(bench.api.check_in_rows(&who, &elsewhere).await, Err(AskError::Forbidden));
    bench.sandbox.set_permissions(["PASSES_READ"]);
    assert_eq!(bench.api.check_in_rows(&who, &organizer()).await, Err(AskError::Forbidden));
    bench.sandbox.set_offline(true).await.unwrap();
    assert_eq!(bench.api.ticket_sale_rows(&who, &organizer()).await, Err(AskError::Offline));
}
