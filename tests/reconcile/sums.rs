//! The sums of an activity (I10): what UiTPAS lists is what is ours, too many, and of others; a difference is shown.

use super::{alone, labelling, sold};
use balie_core::life::Dispute;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_desk::to_check::{Resolution, Sum, Why};
use balie_tests::scene::{NOOR, Scene};

async fn sum(scene: &Scene) -> Sum {
    let found = scene.desk.to_check().await.unwrap().sums;
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

/// Listed, ours, too many, of others, missing.
fn figures(sum: &Sum) -> [u32; 5] {
    assert_eq!(sum.listed, sum.ours + sum.surplus + sum.other);
    [sum.listed, sum.ours, sum.surplus, sum.other, sum.missing]
}

/// Two sales of ours and one of another desk at the same activity, checked.
async fn checked(scene: &Scene) -> [balie_store::entries::Recorded; 2] {
    let first = sold(scene).await;
    scene.tap(NOOR).await;
    let second = scene.sell_first().await;
    scene.upload().await;
    scene.sandbox.other_desk_sells(super::desks::equal_sale(None)).unwrap();
    scene.later(800).await;
    assert!(scene.desk.to_check().await.unwrap().sums.is_empty(), "not while people still buy");
    scene.later(200).await;
    [first, second]
}

#[tokio::test]
async fn what_another_desk_sold_stands_in_the_sum_and_is_no_case() {
    let scene = Scene::start().await;
    checked(&scene).await;
    assert_eq!(figures(&sum(&scene).await), [3, 2, 0, 1, 0]);
    let found = scene.desk.to_check().await.unwrap();
    assert_eq!((found.cases.len(), found.extras.len(), found.at_risk), (0, 0, Cents::ZERO));
}

#[tokio::test]
async fn where_there_is_no_other_desk_it_is_a_record_too_many_and_nothing_is_taken_out() {
    let scene = alone().await;
    checked(&scene).await;
    assert_eq!(figures(&sum(&scene).await), [3, 2, 0, 1, 0]);
    assert_eq!(scene.desk.to_check().await.unwrap().extras.len(), 1);
    scene.settle_for_good().await;
    assert_eq!(scene.held(), 3);
}

#[tokio::test]
async fn a_ticket_that_somebody_else_took_out_is_missed_the_next_morning() {
    let scene = Scene::start().await;
    let [first, second] = checked(&scene).await;
    let gone = scene.server_ids(&first).await.remove(0);
    assert!(scene.sandbox.other_desk_cancels(&gone));
    scene.later(57_700).await;
    assert_eq!(figures(&sum(&scene).await), [2, 1, 0, 1, 1]);
    let case = scene.case(&first).await.unwrap();
    assert_eq!((case.why, case.at_risk), (Why::Disputed(Dispute::Gone), Cents(800)));
    assert!(scene.case(&second).await.is_none());
    scene.desk.resolve(first.entry.id, Resolution::Accept).await.unwrap();
    assert_eq!((scene.state(&first).await, scene.counts().await.to_check), (State::Confirmed, 0));
}

#[tokio::test]
async fn what_the_clerk_took_back_is_not_missed() {
    let scene = Scene::start().await;
    let [first, _] = checked(&scene).await;
    scene.desk.undo(first.entry.id).await.unwrap();
    scene.later(57_700).await;
    assert_eq!(figures(&sum(&scene).await), [2, 1, 0, 1, 0]);
    assert_eq!(scene.counts().await.to_check, 0);
}

#[tokio::test]
async fn a_record_with_our_receipt_that_is_not_ours_by_its_id_is_too_many_and_is_taken_out() {
    let scene = labelling().await;
    let sale = sold(&scene).await;
    scene.upload().await;
    let label = scene.sandbox.ticket_sales()[0].regular_price_label.clone();
    let twin = balie_sandbox::OtherDeskSale { regular_price_label: label, ..super::desks::equal_sale(None) };
    scene.sandbox.other_desk_sells(twin).unwrap();
    scene.later(1_000).await;
    assert_eq!(figures(&sum(&scene).await), [2, 1, 1, 0, 0]);
    scene.later(3).await;
    assert_eq!(scene.held(), 1);
    assert_eq!(scene.server_ids(&sale).await, [scene.sandbox.ticket_sales()[0].id.clone()]);
}

#[tokio::test]
async fn without_the_permission_to_read_the_sums_are_tried_again_later() {
    let scene = Scene::start().await;
    sold(&scene).await;
    scene.upload().await;
    scene.sandbox.set_permissions(["TICKETSALES_REGISTER", "TARIFFS_READ", "PASSES_READ"]);
    scene.later(1_000).await;
    assert!(scene.desk.to_check().await.unwrap().sums.is_empty());
    scene.sandbox.set_permissions(["TICKETSALES_REGISTER", "TICKETSALES_SEARCH"]);
    scene.later(1_000).await;
    assert_eq!(figures(&sum(&scene).await), [1, 1, 0, 0, 0]);
}
