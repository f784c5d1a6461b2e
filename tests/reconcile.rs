//! What becomes of doubts, told in taps: found, absent, late, twice, or for a person (sync.md §1.5, §1.8).
#![expect(clippy::unwrap_used, reason = "what the tests share fails them as well")]

#[path = "reconcile/batches.rs"]
mod batches;
#[path = "reconcile/desks.rs"]
mod desks;
#[path = "reconcile/hand_over.rs"]
mod hand_over;
#[path = "reconcile/person.rs"]
mod person;
#[path = "reconcile/sums.rs"]
mod sums;
#[path = "reconcile/wish.rs"]
mod wish;

use balie_core::life::{Dispute, Proof};
use balie_core::outbox::State;
use balie_desk::to_check::Why;
use balie_sandbox::{FaultAction, FaultRule, Habits, Order};
use balie_store::entries::Recorded;
use balie_tests::scene::{Kind, NOOR, ONCE_A_WEEK, SHOW, Scene, YASMINA, json};

const SALES: &str = "/ticket-sales";
/// A group with fifty turns a year.
const GROUP: &str = "04D0AB6AF85C80";

/// A desk that sends its receipt along in the label.
async fn labelling() -> Scene {
    Scene::start_as(&[], |config| config.receipt_in_label = true).await
}

/// The only desk of its organizer.
async fn alone() -> Scene {
    Scene::start_as(&[], |config| config.only_desk = true).await
}

async fn sold(scene: &Scene) -> Recorded {
    scene.tap(YASMINA).await;
    scene.sell_first().await
}

/// A sale that was sent like this, and that nobody answered.
async fn unanswered(scene: &Scene, rule: FaultRule) -> Recorded {
    let sale = sold(scene).await;
    scene.sandbox.add_fault(rule.method("POST").times(1));
    scene.upload().await;
    assert_eq!(scene.state(&sale).await, State::InDoubt);
    sale
}

/// A sale that UiTPAS has, and that nobody answered.
async fn doubtful(scene: &Scene) -> Recorded {
    unanswered(scene, FaultRule::new(FaultAction::DropAfterCommit, SALES)).await
}

fn late(seconds: u64) -> FaultRule {
    FaultRule::new(FaultAction::LateCommit, SALES).late_ms(seconds * 1_000)
}

/// How an entry stands, how often sales were sent, and how many UiTPAS holds.
async fn stand(scene: &Scene, sale: &Recorded) -> (State, u64, usize) {
    (scene.state(sale).await, scene.sent(), scene.held())
}

#[tokio::test]
async fn what_is_carried_out_late_but_within_the_patience_is_found_and_not_sent_again() {
    // Beside other desks a minute is waited; longer where nobody else sells.
    for (scene, seconds) in
        [(Scene::start().await, 1), (Scene::start().await, 50), (alone().await, 100), (labelling().await, 100)]
    {
        let sale = unanswered(&scene, late(seconds)).await;
        scene.settle().await;
        assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 1, 1), "{seconds} s late");
        assert_eq!(scene.again(&sale).await.life.proof, Some(Proof::Rows));
    }
}

#[tokio::test]
async fn what_is_carried_out_later_than_anybody_waits_is_there_twice_and_healed_where_the_rows_tell() {
    for scene in [labelling().await, alone().await] {
        let sale = unanswered(&scene, late(900)).await;
        scene.settle().await;
        assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 1));
        scene.later(120).await;
        assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 2), "the first request was carried out after all");
        scene.settle_for_good().await;
        assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 1));
        let held = scene.sandbox.ticket_sales();
        assert_eq!(scene.server_ids(&sale).await, [held[0].id.clone()], "the one that the desk knows stays");
        assert_eq!(scene.counts().await.to_check, 0);
    }
}

#[tokio::test]
async fn what_is_there_twice_and_may_be_of_another_desk_is_shown_and_left_alone() {
    let scene = Scene::start().await;
    let sale = unanswered(&scene, late(700)).await;
    scene.settle_for_good().await;
    assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 2));
    let shown = scene.desk.to_check().await.unwrap().extras;
    let ours = scene.server_ids(&sale).await;
    assert_eq!((shown.len(), scene.counts().await.to_check), (1, 1));
    assert_eq!((shown[0].receipt.as_deref(), shown[0].number_masked.as_str()), (Some("B1-000001"), "0900 ••• ••7 513"));
    assert_ne!(shown[0].id, ours[0]);
    scene.desk.seen_extra(&shown[0].id).await.unwrap();
    assert_eq!((scene.desk.to_check().await.unwrap().extras, scene.counts().await.to_check), (Vec::new(), 0));
    scene.later(100_000).await;
    assert_eq!(scene.held(), 2, "nothing is taken out that is not provably ours");
}

#[tokio::test]
async fn a_list_that_lags_behind_is_waited_for() {
    for lag_is_counted in [false, true] {
        for kind in Kind::MAKING {
            let scene = Scene::start_as(&[], |config| config.only_desk = kind == Kind::Batch).await;
            let done = scene.act(kind).await;
            scene.sandbox.set_habits(Habits { list_lag_ms: 90_000, lag_is_counted, ..Habits::default() });
            scene.once(FaultAction::DropAfterCommit, "POST", kind.path());
            scene.upload().await;
            for seconds in [3, 10, 30] {
                scene.later(seconds).await;
                assert!(done.all(&scene, State::InDoubt).await, "{kind:?}");
            }
            scene.settle().await;
            assert!(done.all(&scene, State::Confirmed).await, "{kind:?} {:?}", done.states(&scene).await);
            assert_eq!((done.sent(&scene), done.there(&scene)), (1, kind.wanted()), "{kind:?}");
        }
    }
}

#[tokio::test]
async fn one_reading_of_a_list_proves_nothing() {
    let scene = Scene::start().await;
    let sale = doubtful(&scene).await;
    // Long enough after the attempt that a list may say no.
    scene.pass_time(400);
    let empty = FaultRule::new(FaultAction::Status, SALES).method("GET").times(1);
    scene.sandbox.add_fault(json(empty.answering(200, r#"{"totalItems":0,"member":[]}"#)));
    scene.later(1).await;
    assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 1, 1));
}

#[tokio::test]
async fn after_a_look_that_uitpas_finds_too_much_nothing_else_is_looked_up_either() {
    let scene = Scene::start().await;
    scene.tap(NOOR).await;
    let first = scene.sell_first().await;
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    let second = doubtful(&scene).await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, SALES).method("GET").times(1).answering(429, "{}"));
    scene.later(3).await;
    let asked = scene.sandbox.request_count("GET", SALES);
    for _ in 0..2 {
        scene.later(14).await;
        assert_eq!(scene.sandbox.request_count("GET", SALES), asked, "UiTPAS is left alone for half a minute");
    }
    scene.later(40).await;
    scene.later(40).await;
    assert_eq!(stand(&scene, &first).await, (State::Confirmed, 2, 2));
    assert_eq!(scene.state(&second).await, State::Confirmed);
}

#[tokio::test]
async fn the_patience_grows_with_the_lag_that_was_seen() {
    let scene = Scene::start().await;
    scene.sandbox.set_list_lag(100_000);
    sold(&scene).await;
    scene.upload().await;
    for _ in 0..4 {
        scene.later(30).await;
    }
    assert_eq!(scene.ledger.settling().await.unwrap().longest_lag_ms / 10_000, 12, "it was listed after 120 s");
    let scene = scene.restart().await;
    scene.sandbox.set_list_lag(250_000);
    scene.later(1).await;
    scene.choose(SHOW).await;
    let sale = doubtful(&scene).await;
    for _ in 0..8 {
        scene.later(30).await;
        assert_eq!(stand(&scene, &sale).await, (State::InDoubt, 2, 2), "three times as long is waited");
    }
    scene.settle().await;
    assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 2));
}

#[tokio::test]
async fn what_was_taken_back_before_it_was_listed_says_nothing_of_the_lag() {
    let scene = Scene::start().await;
    scene.sandbox.set_list_lag(60_000);
    let sale = sold(&scene).await;
    scene.upload().await;
    scene.desk.undo(sale.entry.id).await.unwrap();
    scene.upload().await;
    assert_eq!((scene.state(&sale).await, scene.held()), (State::Cancelled, 0));
    for _ in 0..5 {
        scene.later(300).await;
    }
    assert_eq!(scene.ledger.settling().await.unwrap().longest_lag_ms, 0);
}

#[tokio::test]
async fn in_whatever_order_the_rows_come_each_is_used_once() {
    for order in [Order::Kept, Order::Reversed, Order::Shuffled] {
        let scene = alone().await;
        let habits = Habits { list_order: order, batch_order: order, seed: 7, ..Habits::default() };
        scene.sandbox.set_habits(habits);
        let group = scene.tap(GROUP).await;
        let first = scene.desk.sell(group.tap, group.offers[0].id, 4).await.unwrap();
        scene.upload().await;
        let group = scene.tap(GROUP).await;
        let second = scene.desk.sell(group.tap, group.offers[0].id, 3).await.unwrap();
        scene.once(FaultAction::DropAfterCommit, "POST", SALES);
        scene.upload().await;
        scene.later(3).await;
        assert_eq!(stand(&scene, &second).await, (State::Confirmed, 2, 7), "{order:?}");
        let ours = scene.ledger.sold_at(&balie_tests::scene::sale_of(&first).event).await.unwrap();
        let of = |sale: &Recorded| ours.iter().filter(|(_, receipt)| *receipt == sale.entry.receipt.sequence).count();
        assert_eq!((of(&first), of(&second), ours.len()), (4, 3, 7), "{order:?}: told apart by their ids");
    }
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_again() {
    for action in [FaultAction::RowInFront, FaultAction::RowGone] {
        let scene = Scene::start().await;
        for hours in 1..=3 {
            let before = scene.now().as_second() - 3_600 * hours;
            scene.sandbox.other_desk_sells(desks::equal_sale(Some(before))).unwrap();
        }
        let sale = doubtful(&scene).await;
        scene.sandbox.set_habits(Habits { largest_page: Some(2), ..Habits::default() });
        scene.sandbox.add_fault(FaultRule::new(action, SALES).method("GET").times(1));
        scene.settle().await;
        assert_eq!((scene.state(&sale).await, scene.sent()), (State::Confirmed, 1), "{action:?}");
        let ids = scene.server_ids(&sale).await;
        let ours = scene.sandbox.ticket_sales().into_iter().find(|held| !held.by_other_desk).unwrap();
        assert_eq!(ids, [ours.id], "{action:?}");
    }
}

#[tokio::test]
async fn equal_tickets_of_a_group_are_there_all_together_or_a_person_looks() {
    for (gone, state, why) in [(0, State::Confirmed, None), (1, State::InDoubt, Some(Why::Disputed(Dispute::Partial)))]
    {
        for scene in [labelling().await, alone().await] {
            let group = scene.tap(GROUP).await;
            let sale = scene.desk.sell(group.tap, group.offers[0].id, 3).await.unwrap();
            scene.once(FaultAction::DropAfterCommit, "POST", SALES);
            scene.upload().await;
            for held in scene.sandbox.ticket_sales().into_iter().take(gone) {
                scene.sandbox.other_desk_cancels(&held.id);
            }
            scene.settle().await;
            assert_eq!(stand(&scene, &sale).await, (state, 1, 3 - gone));
            assert_eq!(scene.case(&sale).await.map(|case| case.why), why);
        }
    }
}

#[tokio::test]
async fn a_server_that_stores_everything_twice_is_healed_where_the_rows_tell() {
    for (action, labelled) in [
        (FaultAction::DropAfterCommit, true),
        (FaultAction::Delay, true),
        (FaultAction::DropAfterCommit, false),
        (FaultAction::Delay, false),
    ] {
        let scene = if labelled { labelling().await } else { Scene::start().await };
        let sale = sold(&scene).await;
        scene.sandbox.add_fault(FaultRule::new(action, SALES).method("POST").times(1).twice());
        scene.upload().await;
        assert_eq!(scene.held(), 2);
        scene.settle_for_good().await;
        let case = scene.case(&sale).await.map(|case| case.why);
        match (action, labelled) {
            (_, true) => assert_eq!((stand(&scene, &sale).await, case), ((State::Confirmed, 1, 1), None)),
            (FaultAction::Delay, false) => {
                // The sums show one that is not ours; whose it is nobody can tell.
                assert_eq!((stand(&scene, &sale).await, case), ((State::Confirmed, 1, 2), None));
                let sums = scene.desk.to_check().await.unwrap().sums;
                assert_eq!((sums[0].listed, sums[0].ours, sums[0].other), (2, 1, 1));
            }
            _ => {
                let several = Some(Why::Disputed(Dispute::Several));
                assert_eq!((stand(&scene, &sale).await, case), ((State::InDoubt, 1, 2), several));
            }
        }
    }
}

#[tokio::test]
async fn a_limit_after_a_doubt_is_looked_into_and_finds_the_first_success() {
    for kind in [Kind::CheckIn, Kind::Sale] {
        let scene = alone().await;
        if kind == Kind::Sale {
            scene.choose(ONCE_A_WEEK).await;
        }
        let done = scene.act(kind).await;
        scene.sandbox.set_list_lag(500_000);
        scene.once(FaultAction::DropAfterCommit, "POST", kind.path());
        scene.upload().await;
        for seconds in [3, 10, 30, 130, 60] {
            scene.later(seconds).await;
        }
        assert_eq!((done.sent(&scene), done.there(&scene)), (2, 1), "{kind:?}: sent again, and stopped by the limit");
        assert!(done.all(&scene, State::InDoubt).await, "{kind:?}: a limit is no refusal after a doubt");
        scene.settle_for_good().await;
        assert!(done.all(&scene, State::Confirmed).await, "{kind:?} {:?}", done.states(&scene).await);
        assert_eq!((done.sent(&scene), done.there(&scene)), (2, 1), "{kind:?}");
        assert_eq!(scene.again(&done.entries[0]).await.life.proof, Some(Proof::Rows));
    }
}

#[tokio::test]
async fn a_limit_that_another_desk_used_up_meanwhile_is_for_a_person_and_then_a_refusal() {
    let scene = Scene::start().await;
    scene.choose(ONCE_A_WEEK).await;
    let sale = unanswered(&scene, FaultRule::new(FaultAction::DropBeforeCommit, SALES)).await;
    let theirs = desks::equal_sale(None);
    let theirs = balie_sandbox::OtherDeskSale {
        event_id: ONCE_A_WEEK.to_owned(),
        regular_price_label: Some("Volwassene".to_owned()),
        ..theirs
    };
    scene.sandbox.other_desk_sells(theirs).unwrap();
    scene.settle().await;
    assert_eq!(stand(&scene, &sale).await, (State::InDoubt, 2, 1));
    assert_eq!(scene.why(&sale).await, Why::Disputed(Dispute::LimitAfterDoubt));
    scene.desk.resolve(sale.entry.id, balie_desk::to_check::Resolution::IsNotThere).await.unwrap();
    scene.later(1).await;
    let refused = scene.again(&sale).await;
    assert_eq!((refused.state, refused.problem.as_deref()), (State::Refused, Some("uitpas/maximum-reached")));
    assert_eq!((scene.sent(), scene.held()), (3, 1));
}

#[tokio::test]
async fn a_record_that_came_long_after_it_was_sent_is_for_a_person() {
    let scene = Scene::start().await;
    let sale = unanswered(&scene, late(700)).await;
    scene.lose_the_network().await;
    scene.pass_time(800);
    scene.bring_the_network_back().await;
    scene.settle().await;
    assert_eq!(stand(&scene, &sale).await, (State::InDoubt, 1, 1));
    let case = scene.case(&sale).await.unwrap();
    assert_eq!((case.why, case.candidates.len()), (Why::Disputed(Dispute::Late), 1));
}

#[tokio::test]
async fn a_list_that_uitpas_never_gives_is_for_a_person_after_a_day() {
    let scene = Scene::start().await;
    let sale = doubtful(&scene).await;
    let rule = FaultRule::new(FaultAction::Status, SALES).method("GET").answering(200, "[]");
    scene.sandbox.add_fault(json(rule));
    scene.settle().await;
    assert_eq!(scene.why(&sale).await, Why::Looking);
    for _ in 0..26 {
        scene.later(3_600).await;
    }
    assert_eq!(scene.why(&sale).await, Why::Disputed(Dispute::TooLong));
    assert_eq!(stand(&scene, &sale).await, (State::InDoubt, 1, 1));
}

#[tokio::test]
async fn one_record_too_many_that_cannot_be_taken_out_keeps_no_other_in() {
    let scene = labelling().await;
    for number in [YASMINA, NOOR] {
        scene.tap(number).await;
        scene.sell_first().await;
    }
    scene.sandbox.add_fault(FaultRule::new(FaultAction::DropAfterCommit, SALES).method("POST").times(2).twice());
    scene.upload().await;
    scene.later(1).await;
    assert_eq!(scene.held(), 4);
    let refusal = r#"{"type":"https://api.publiq.be/probs/uitpas/ticket-sale-too-old","status":400}"#;
    let rule = FaultRule::new(FaultAction::Status, SALES).method("DELETE").times(1).answering(400, refusal);
    scene.sandbox.add_fault(json(rule));
    scene.later(3).await;
    assert_eq!(scene.held(), 3, "the second goes although the first is refused");
    scene.later(3).await;
    let shown = scene.desk.to_check().await.unwrap().extras;
    assert_eq!((scene.held(), shown.len()), (3, 1), "what UiTPAS keeps is for a person");
}
