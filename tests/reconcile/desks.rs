//! Several desks of one organizer at the same person and activity.

use super::{SALES, alone, doubtful, labelling, sold, stand};
use balie_core::life::Dispute;
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_desk::to_check::{Resolution, Why};
use balie_sandbox::{FaultAction, OtherDeskSale};
use balie_tests::scene::{SHOW, Scene, YASMINAS_NUMBER};

/// A ticket that another desk sells and that looks like those of Yasmina here.
pub fn equal_sale(second: Option<i64>) -> OtherDeskSale {
    OtherDeskSale {
        uitpas_number: YASMINAS_NUMBER.to_owned(),
        event_id: SHOW.to_owned(),
        regular_price_label: Some("Basistarief".to_owned()),
        regular_price_cents: 1000,
        price_cents: 200,
        created: second.map(|second| Moment::from_second(second).unwrap()),
    }
}

#[tokio::test]
async fn with_the_receipt_in_the_label_two_desks_never_take_each_others_tickets() {
    let one = labelling().await;
    let other = Scene::start_beside(&one).await;
    let (first, second) = (doubtful(&one).await, doubtful(&other).await);
    one.later(3).await;
    other.later(3).await;
    assert_eq!((one.state(&first).await, other.state(&second).await), (State::Confirmed, State::Confirmed));
    let ids = [one.server_ids(&first).await, other.server_ids(&second).await].concat();
    let held: Vec<String> = one.sandbox.ticket_sales().into_iter().map(|sale| sale.id).collect();
    assert_eq!((ids, one.sent()), (held, 2), "although both count from B1-000001");
}

#[tokio::test]
async fn without_it_a_person_at_each_desk_says_which_is_whose() {
    let one = Scene::start().await;
    let other = Scene::start_beside(&one).await;
    let (first, second) = (doubtful(&one).await, doubtful(&other).await);
    one.settle().await;
    other.settle().await;
    for (desk, sale) in [(&one, &first), (&other, &second)] {
        let case = desk.case(sale).await.unwrap();
        assert_eq!((case.why, case.candidates.len()), (Why::Disputed(Dispute::Several), 2));
        assert_eq!((desk.held(), desk.sent()), (2, 2), "nothing is sent again in the meantime");
    }
    let candidates = one.case(&first).await.unwrap().candidates;
    for (desk, sale, record) in [(&one, &first, &candidates[0]), (&other, &second, &candidates[1])] {
        desk.desk.resolve(sale.entry.id, Resolution::IsThere { record: record.id.clone() }).await.unwrap();
        assert_eq!(desk.server_ids(sale).await, *std::slice::from_ref(&record.id));
        assert_eq!(stand(desk, sale).await, (State::Confirmed, 2, 2));
    }
}

#[tokio::test]
async fn an_equal_ticket_of_another_desk_in_the_same_minute_is_told_apart_by_the_receipt_only() {
    for labelled in [true, false] {
        let scene = if labelled { labelling().await } else { Scene::start().await };
        let sale = sold(&scene).await;
        scene.once(FaultAction::DropAfterCommit, "POST", SALES);
        scene.upload().await;
        scene.pass_time(1);
        scene.sandbox.other_desk_sells(equal_sale(None)).unwrap();
        scene.settle_for_good().await;
        let state = if labelled { State::Confirmed } else { State::InDoubt };
        assert_eq!(stand(&scene, &sale).await, (state, 1, 2), "labelled: {labelled}");
    }
}

#[tokio::test]
async fn an_equal_ticket_without_a_receipt_is_not_taken_for_one_that_was_sent_with_it() {
    let scene = labelling().await;
    let sale = super::unanswered(&scene, balie_sandbox::FaultRule::new(FaultAction::DropBeforeCommit, SALES)).await;
    scene.sandbox.other_desk_sells(equal_sale(None)).unwrap();
    scene.settle().await;
    assert_eq!(stand(&scene, &sale).await, (State::InDoubt, 1, 1));
    assert_eq!(scene.why(&sale).await, Why::Disputed(Dispute::WithoutReceipt));
}

#[tokio::test]
async fn what_another_desk_sold_before_is_none_of_ours() {
    for scene in [Scene::start().await, alone().await, labelling().await] {
        scene.sandbox.other_desk_sells(equal_sale(Some(scene.now().as_second() - 60))).unwrap();
        let sale = super::unanswered(&scene, balie_sandbox::FaultRule::new(FaultAction::DropBeforeCommit, SALES)).await;
        scene.settle().await;
        assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 2), "absent, and sent once more");
    }
}
