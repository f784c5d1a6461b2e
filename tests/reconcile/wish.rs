//! The clerk takes back what is under way or in doubt (T15): it ends as it should whatever became of the attempt.

use super::{SALES, doubtful, late, sold, stand, unanswered};
use balie_core::outbox::State;
use balie_desk::to_check::Resolution;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_tests::scene::{Kind, Scene, json};

/// A sale that the clerk takes back while it is under way, and what becomes of its request.
async fn taken_back_under_way(rule: FaultRule) -> (Scene, Recorded) {
    let scene = Scene::start().await;
    let sale = sold(&scene).await;
    scene.sandbox.add_fault(rule.method("POST").times(1).delay_ms(150));
    let wish = async {
        scene.asked("POST", SALES, 1).await;
        scene.desk.undo(sale.entry.id).await.unwrap()
    };
    let ((), wished) = tokio::join!(scene.upload(), wish);
    assert!(wished.life.cancel_wanted && wished.state == State::Sending);
    (scene, sale)
}

#[tokio::test]
async fn what_is_taken_back_while_it_is_sent_is_taken_out_when_uitpas_has_it() {
    let (scene, sale) = taken_back_under_way(FaultRule::new(FaultAction::Delay, SALES)).await;
    scene.later(1).await;
    assert_eq!(stand(&scene, &sale).await, (State::Cancelled, 1, 0));
    assert_eq!(scene.counts().await.to_check, 0);
}

#[tokio::test]
async fn what_is_taken_back_while_it_is_sent_is_withdrawn_when_uitpas_does_not_have_it() {
    let refusal = r#"{"type":"https://api.publiq.be/probs/uitpas/invalid-uitpasnumber","status":400}"#;
    let status = FaultRule::new(FaultAction::Status, SALES);
    for rule in [json(status.clone().answering(400, refusal)), status.answering(429, "{}")] {
        let (scene, sale) = taken_back_under_way(rule).await;
        assert_eq!(stand(&scene, &sale).await, (State::Withdrawn, 1, 0));
        scene.settle_for_good().await;
        assert_eq!(stand(&scene, &sale).await, (State::Withdrawn, 1, 0));
        assert_eq!((scene.counts().await.to_check, scene.counts().await.to_send), (0, 0));
    }
}

#[tokio::test]
async fn what_is_taken_back_while_it_is_sent_and_then_is_in_doubt_waits_for_the_rows() {
    for (action, held) in [(FaultAction::DropAfterCommit, 1), (FaultAction::DropBeforeCommit, 0)] {
        let (scene, sale) = taken_back_under_way(FaultRule::new(action, SALES)).await;
        assert_eq!(stand(&scene, &sale).await, (State::InDoubt, 1, held));
        let scene = scene.restart().await;
        scene.settle().await;
        let state = if held == 1 { State::Cancelled } else { State::Withdrawn };
        assert_eq!(stand(&scene, &sale).await, (state, 1, 0), "{action:?}");
        assert_eq!((scene.counts().await.to_check, scene.counts().await.to_send), (0, 0));
    }
}

#[tokio::test]
async fn what_is_taken_back_in_doubt_ends_as_the_rows_say() {
    for (rule, held, state) in [
        (FaultRule::new(FaultAction::DropAfterCommit, SALES), 1, State::Cancelled),
        (FaultRule::new(FaultAction::DropBeforeCommit, SALES), 0, State::Withdrawn),
        (late(60), 0, State::Cancelled),
    ] {
        let scene = Scene::start().await;
        let sale = unanswered(&scene, rule).await;
        let wished = scene.desk.undo(sale.entry.id).await.unwrap();
        assert_eq!((wished.state, scene.held()), (State::InDoubt, held), "only wanted");
        assert!(scene.desk.undo(sale.entry.id).await.is_err(), "once is enough");
        scene.settle().await;
        assert_eq!(stand(&scene, &sale).await, (state, 1, 0));
    }
}

#[tokio::test]
async fn what_is_withdrawn_and_carried_out_much_later_is_taken_out_where_the_rows_tell() {
    for (labelled, alone, held) in [(true, false, 0), (false, true, 0), (false, false, 1)] {
        let scene = Scene::start_as(&[], |config| {
            (config.receipt_in_label, config.only_desk) = (labelled, alone);
        })
        .await;
        let sale = unanswered(&scene, late(900)).await;
        scene.desk.undo(sale.entry.id).await.unwrap();
        scene.settle().await;
        assert_eq!(stand(&scene, &sale).await, (State::Withdrawn, 1, 0));
        scene.settle_for_good().await;
        assert_eq!(stand(&scene, &sale).await, (State::Withdrawn, 1, held));
        assert_eq!(scene.desk.to_check().await.unwrap().extras.len(), held, "what cannot be told is shown");
    }
}

#[tokio::test]
async fn every_kind_that_is_taken_back_in_doubt_is_gone_in_the_end() {
    for kind in Kind::MAKING {
        for action in [FaultAction::DropAfterCommit, FaultAction::DropBeforeCommit] {
            let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
            let done = scene.act(kind).await;
            scene.once(action, "POST", kind.path());
            scene.upload().await;
            for entry in &done.entries {
                scene.desk.undo(entry.entry.id).await.unwrap();
            }
            scene.settle_for_good().await;
            assert_eq!((done.there(&scene), done.sent(&scene)), (0, 1), "{kind:?} {action:?}");
            let state = if action == FaultAction::DropAfterCommit { State::Cancelled } else { State::Withdrawn };
            assert!(done.all(&scene, state).await, "{kind:?} {action:?} {:?}", done.states(&scene).await);
        }
    }
}

#[tokio::test]
async fn what_is_wanted_back_is_not_sent_because_a_person_says_that_it_is_not_there() {
    let scene = Scene::start().await;
    scene.sandbox.set_permissions(["TICKETSALES_REGISTER", "TARIFFS_READ", "PASSES_READ"]);
    let sale = unanswered(&scene, FaultRule::new(FaultAction::DropBeforeCommit, SALES)).await;
    scene.later(3).await;
    scene.desk.undo(sale.entry.id).await.unwrap();
    let resolved = scene.desk.resolve(sale.entry.id, Resolution::IsNotThere).await.unwrap();
    assert_eq!(resolved.state, State::Withdrawn);
    scene.settle().await;
    assert_eq!(stand(&scene, &sale).await, (State::Withdrawn, 1, 0));
}

#[tokio::test]
async fn what_is_wanted_back_is_taken_out_when_a_person_picks_the_record() {
    let scene = Scene::start().await;
    scene.tap(super::GROUP).await;
    let group = scene.person();
    let sale = scene.desk.sell(group.tap, group.offers[0].id, 2).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    scene.settle().await;
    scene.desk.undo(sale.entry.id).await.unwrap();
    let record = scene.case(&sale).await.unwrap().candidates[0].id.clone();
    scene.desk.resolve(sale.entry.id, Resolution::IsThere { record }).await.unwrap();
    scene.later(1).await;
    assert_eq!(stand(&scene, &sale).await, (State::Cancelled, 1, 0));
}

#[tokio::test]
async fn what_is_wanted_back_stays_so_when_it_is_handed_over() {
    let scene = Scene::start().await;
    let other = Scene::start_beside(&scene).await;
    let sale = doubtful(&scene).await;
    scene.desk.undo(sale.entry.id).await.unwrap();
    let file = scene.file("parcel");
    let parcel = scene.desk.hand_over(&file).await.unwrap();
    assert_eq!(other.desk.take_over(&file, &parcel.code).await.unwrap(), 1);
    other.desk.refresh().await.unwrap();
    let came = other.desk.lines().await.unwrap().remove(0);
    assert!(came.life.cancel_wanted);
    let scene = other;
    scene.settle().await;
    let why = scene.case(&came).await.map(|case| (case.why, case.candidates));
    if let Some((_, candidates)) = why {
        let record = candidates[0].id.clone();
        scene.desk.resolve(came.entry.id, Resolution::IsThere { record }).await.unwrap();
        scene.later(1).await;
    }
    assert_eq!((scene.state(&came).await, scene.held()), (State::Cancelled, 0));
}
