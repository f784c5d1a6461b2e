//! What is sent once: sales, check-ins, redemptions, and taking them out.

use crate::bench::{
    Bench, GROUP, HUNDRED_A_WEEK, YASMINA, accepted, check_in, event, now, number, redemption, refused, sale,
    social_tariff,
};
use balie_core::money::Cents;
use balie_core::tariff::ServerAnswer;
use balie_remote::cancels::{Cancelled, TakenOut};
use balie_remote::outcome::{Doubt, Hold, Outcome};
use balie_remote::problem::ProblemKind;
use balie_sandbox::{FaultAction, FaultRule};

async fn turns(bench: &Bench) -> Option<u32> {
    let fact = bench.api.tariff(&event(HUNDRED_A_WEEK), &number(GROUP), Cents(1000), now()).await.unwrap().social;
    match fact.answer {
        ServerAnswer::Granted { remaining, .. } => remaining,
        ServerAnswer::NotGranted { said } => panic!("{said:?}"),
    }
}

#[tokio::test]
async fn a_group_buys_in_one_request_and_its_turns_shrink() {
    let bench = Bench::open().await;
    let before = turns(&bench).await.unwrap();
    let group = bench.holder(GROUP).await;
    let rows = accepted(bench.api.register(&sale(group.clone(), 3), &social_tariff()).await);
    assert_eq!((rows.len(), bench.sandbox.request_count("POST", "/ticket-sales")), (3, 1));
    assert!(rows.iter().all(|row| row.price == Some(Cents(200)) && row.created.is_some()));
    assert_eq!(turns(&bench).await, Some(before - 3));
    let too_many = bench.api.register(&sale(group, before), &social_tariff()).await;
    assert!(matches!(too_many, Outcome::Refused(_)), "{too_many:?}");
    assert_eq!(bench.sandbox.ticket_sales().len(), 3, "none of them");
}

#[tokio::test]
async fn a_point_is_saved_once_and_the_second_time_says_why_not() {
    let bench = Bench::open().await;
    let before = bench.points(YASMINA).await;
    let act = check_in(bench.holder(YASMINA).await);
    let row = accepted(bench.api.check_in(&act).await);
    assert_eq!((row.id.as_str(), row.points), (bench.sandbox.checkins()[0].id.as_str(), Some(1)));
    assert_eq!(bench.points(YASMINA).await, before + 1);
    let again = refused(bench.api.check_in(&act).await);
    assert_eq!(again.kind, ProblemKind::CheckInNotAllowed);
    assert!(again.said.is_some());
}

#[tokio::test]
async fn a_reward_takes_its_points_and_an_online_one_brings_its_code() {
    let bench = Bench::open().await;
    let before = bench.points(YASMINA).await;
    let holder = bench.holder(YASMINA).await;
    let online = accepted(bench.api.redeem(&redemption(holder.clone(), "5824", 1)).await);
    assert!(online.code.is_some() && online.info.is_some() && online.link.is_some() && online.at.is_some());
    let coffee = accepted(bench.api.redeem(&redemption(holder.clone(), "9001", 5)).await);
    assert_eq!((coffee.code, coffee.link), (None, None));
    assert_eq!(bench.points(YASMINA).await, before - 6);
    for (reward, kind) in [
        ("9001", ProblemKind::RewardVolume),
        ("9004", ProblemKind::RewardSoldOut),
        ("5825", ProblemKind::RewardPeriod),
        ("9005", ProblemKind::RewardRegion),
    ] {
        assert_eq!(refused(bench.api.redeem(&redemption(holder.clone(), reward, 1)).await).kind, kind, "{reward}");
    }
    let poor = bench.holder("1000000520006").await;
    assert_eq!(refused(bench.api.redeem(&redemption(poor, "5687", 1)).await).kind, ProblemKind::RewardPoints);
}

#[tokio::test]
async fn each_kind_is_taken_out_and_a_second_time_it_was_gone() {
    let bench = Bench::open().await;
    let before = bench.points(YASMINA).await;
    let holder = bench.holder(YASMINA).await;
    let sold = accepted(bench.api.register(&sale(holder.clone(), 1), &social_tariff()).await);
    let saved = accepted(bench.api.check_in(&check_in(holder.clone())).await);
    let redeemed = accepted(bench.api.redeem(&redemption(holder, "9001", 5)).await);
    for (what, id) in
        [(Cancelled::TicketSale, &sold[0].id), (Cancelled::CheckIn, &saved.id), (Cancelled::Redemption, &redeemed.id)]
    {
        assert_eq!(accepted(bench.api.cancel(what, id).await), TakenOut::Now, "{what:?}");
        assert_eq!(accepted(bench.api.cancel(what, id).await), TakenOut::WasGone, "{what:?}");
    }
    assert_eq!(bench.points(YASMINA).await, before);
    assert!(bench.sandbox.ticket_sales().is_empty() && bench.sandbox.redemptions().is_empty());
    let whole_list = bench.api.cancel(Cancelled::CheckIn, "").await;
    assert_eq!(whole_list, Outcome::Unknown(Doubt::Mismatch));
    assert_eq!(bench.sandbox.request_count("DELETE", "/checkins"), 0);
}

#[tokio::test]
async fn taking_out_without_an_answer_is_not_known_and_may_be_asked_again() {
    let bench = Bench::open().await;
    let holder = bench.holder(YASMINA).await;
    let sold = accepted(bench.api.register(&sale(holder, 1), &social_tariff()).await);
    let on_cancel = |action| FaultRule::new(action, "/ticket-sales").method("DELETE").times(1);
    let cancel = async || bench.api.cancel(Cancelled::TicketSale, &sold[0].id).await;
    bench.sandbox.add_fault(on_cancel(FaultAction::Status).answering(503, "vol"));
    assert_eq!(cancel().await, Outcome::Unknown(Doubt::Status(503)));
    bench.sandbox.add_fault(on_cancel(FaultAction::DropAfterCommit));
    assert_eq!(cancel().await, Outcome::Unknown(Doubt::NoAnswer));
    assert_eq!(cancel().await, Outcome::Accepted(TakenOut::WasGone));
    bench.sandbox.set_permissions(["PASSES_READ"]);
    assert_eq!(cancel().await, Outcome::NotProcessed(Hold::Forbidden));
    bench.sandbox.set_offline(true).await.unwrap();
    assert_eq!(cancel().await, Outcome::NotSent);
}
