//! What a person decides (T17 to T20), and what cannot be decided.

use super::{SALES, doubtful, sold, stand, unanswered};
use balie_core::entry::EntryId;
use balie_core::life::{Dispute, Proof};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_desk::to_check::{Resolution, ResolveError, Way, Why};
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_tests::scene::{Kind, NOOR, ONCE_A_WEEK, SHOW, Scene, WORKSHOP, json, tariff_answer};

const READ_ONLY_OF_SALES: [&str; 3] = ["TICKETSALES_REGISTER", "TARIFFS_READ", "PASSES_READ"];

/// A sale that UiTPAS refuses.
async fn refused(scene: &Scene) -> Recorded {
    let refusal = r#"{"type":"https://api.publiq.be/probs/uitpas/invalid-uitpasnumber","status":400,
        "endUserMessage":{"nl":"Dit nummer ken ik niet."}}"#;
    let sale = sold(scene).await;
    scene.sandbox.add_fault(json(FaultRule::new(FaultAction::Status, SALES).times(1).answering(400, refusal)));
    scene.upload().await;
    assert_eq!(scene.state(&sale).await, State::Refused);
    sale
}

fn is_there(record: &str) -> Resolution {
    Resolution::IsThere { record: record.to_owned() }
}

/// Every decision, with a record that is none of ours.
fn every_resolution() -> [Resolution; 6] {
    [
        Resolution::SendAgain,
        Resolution::WriteOff,
        Resolution::BookedByHand,
        is_there("1"),
        Resolution::IsNotThere,
        Resolution::Accept,
    ]
}

/// Holds that of all decisions only these are taken, each on an entry that was made for it.
async fn takes_only(scene: &Scene, entry: &Recorded, possible: &[Resolution]) {
    for resolution in every_resolution().into_iter().filter(|each| !possible.contains(each)) {
        let answer = scene.desk.resolve(entry.entry.id, resolution.clone()).await;
        assert!(matches!(answer, Err(ResolveError::NotPossible)), "{resolution:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_sent_again_written_off_or_booked_by_hand() {
    for (resolution, state, held) in [
        (Resolution::SendAgain, State::Confirmed, 1),
        (Resolution::WriteOff, State::WrittenOff, 0),
        (Resolution::BookedByHand, State::Confirmed, 0),
    ] {
        let scene = Scene::start().await;
        let sale = refused(&scene).await;
        let case = scene.case(&sale).await.unwrap();
        assert_eq!((case.why, case.at_risk), (Why::Refused, Cents(800)));
        assert_eq!(case.ways, [Way::SendAgain, Way::BookedByHand, Way::WriteOff]);
        assert_eq!(case.recorded.said.as_deref(), Some("Dit nummer ken ik niet."));
        takes_only(&scene, &sale, &[Resolution::SendAgain, Resolution::WriteOff, Resolution::BookedByHand]).await;
        scene.desk.resolve(sale.entry.id, resolution.clone()).await.unwrap();
        let scene = scene.restart().await;
        scene.later(1).await;
        let settled = scene.again(&sale).await;
        assert_eq!((settled.state, scene.held()), (state, held), "{resolution:?}");
        let proof = (resolution == Resolution::BookedByHand).then_some(Proof::Person);
        assert_eq!(settled.life.proof.filter(|proof| *proof == Proof::Person), proof);
        assert_eq!(scene.counts().await.to_check, 0);
        assert!(scene.case(&sale).await.is_none());
        takes_only(&scene, &sale, &[]).await;
    }
}

#[tokio::test]
async fn what_waits_or_is_settled_takes_no_decision() {
    let scene = Scene::start().await;
    let sale = sold(&scene).await;
    takes_only(&scene, &sale, &[]).await;
    scene.upload().await;
    takes_only(&scene, &sale, &[]).await;
    scene.tap(NOOR).await;
    let withdrawn = scene.sell_first().await;
    scene.desk.undo(withdrawn.entry.id).await.unwrap();
    takes_only(&scene, &withdrawn, &[]).await;
    let nobody = scene.desk.resolve(EntryId([9; 16]), Resolution::IsNotThere).await;
    assert!(matches!(nobody, Err(ResolveError::Gone)));
    assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 1, 1));
}

#[tokio::test]
async fn a_list_that_may_not_be_read_is_for_a_person_or_for_whoever_gives_the_permission() {
    for (resolution, sent, held) in [(is_there(""), 1, 1), (Resolution::IsNotThere, 2, 2)] {
        let scene = Scene::start().await;
        scene.sandbox.set_permissions(READ_ONLY_OF_SALES);
        let sale = doubtful(&scene).await;
        scene.later(3).await;
        let case = scene.case(&sale).await.unwrap();
        assert_eq!((case.why, case.ways.len()), (Why::Disputed(Dispute::Unreadable), 2));
        scene.desk.resolve(sale.entry.id, resolution).await.unwrap();
        scene.later(3).await;
        assert_eq!(stand(&scene, &sale).await, (State::Confirmed, sent, held), "as the person said, right or wrong");
    }
    let scene = Scene::start().await;
    scene.sandbox.set_permissions(READ_ONLY_OF_SALES);
    let sale = doubtful(&scene).await;
    scene.later(3).await;
    assert_eq!(scene.why(&sale).await, Why::Disputed(Dispute::Unreadable));
    scene.sandbox.set_permissions(READ_ONLY_OF_SALES.into_iter().chain(["TICKETSALES_SEARCH"]));
    scene.settle_for_good().await;
    assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 1, 1));
    assert_eq!(scene.counts().await.to_check, 0);
}

#[tokio::test]
async fn without_the_permission_to_read_every_kind_is_for_a_person() {
    for (kind, permissions) in [
        (Kind::CheckIn, ["CHECKINS_WRITE", "PASSES_READ", "TARIFFS_READ"]),
        (Kind::Redeem, ["REWARDS_REDEEM", "PASSES_READ", "TARIFFS_READ"]),
    ] {
        let scene = Scene::start().await;
        let done = scene.act(kind).await;
        scene.sandbox.set_permissions(permissions);
        scene.once(FaultAction::DropAfterCommit, "POST", kind.path());
        scene.upload().await;
        scene.later(3).await;
        assert_eq!(scene.why(&done.entries[0]).await, Why::Disputed(Dispute::Unreadable), "{kind:?}");
        assert_eq!(done.sent(&scene), 1);
    }
}

#[tokio::test]
async fn only_a_record_that_could_be_it_can_be_picked() {
    let scene = Scene::start().await;
    let first = sold(&scene).await;
    scene.upload().await;
    let ours = scene.server_ids(&first).await.remove(0);
    scene.pass_time(20);
    scene.tap(super::GROUP).await;
    let sale = unanswered(&scene, FaultRule::new(FaultAction::DropAfterCommit, SALES)).await;
    scene.pass_time(1);
    scene.sandbox.other_desk_sells(super::desks::equal_sale(None)).unwrap();
    scene.settle().await;
    let case = scene.case(&sale).await.unwrap();
    assert_eq!((case.why, case.candidates.len()), (Why::Disputed(Dispute::Several), 2));
    for record in [ours.as_str(), "no such record"] {
        let answer = scene.desk.resolve(sale.entry.id, is_there(record)).await;
        assert!(matches!(answer, Err(ResolveError::NotPossible)), "{record}: {answer:?}");
    }
    takes_only(&scene, &sale, &[Resolution::IsNotThere]).await;
    let picked = case.candidates[0].id.clone();
    scene.desk.resolve(sale.entry.id, is_there(&picked)).await.unwrap();
    assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 3));
    assert!(scene.server_ids(&sale).await.contains(&picked));
}

#[tokio::test]
async fn one_record_is_no_proof_of_two_tickets() {
    let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
    let group = scene.tap(super::GROUP).await;
    let sale = scene.desk.sell(group.tap, group.offers[0].id, 2).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    let gone = scene.sandbox.ticket_sales().remove(0);
    scene.sandbox.other_desk_cancels(&gone.id);
    scene.settle().await;
    let case = scene.case(&sale).await.unwrap();
    assert_eq!((case.why, case.candidates.len()), (Why::Disputed(Dispute::Partial), 1));
    let left = case.candidates[0].id.clone();
    let answer = scene.desk.resolve(sale.entry.id, is_there(&left)).await;
    assert!(matches!(answer, Err(ResolveError::TooFew)), "{answer:?}");
    assert_eq!(stand(&scene, &sale).await, (State::InDoubt, 1, 1));
    // As the desk advises: what is there is cancelled at UiTPAS, and all of it is sent again.
    scene.sandbox.other_desk_cancels(&left);
    scene.desk.resolve(sale.entry.id, Resolution::IsNotThere).await.unwrap();
    scene.later(1).await;
    assert_eq!(stand(&scene, &sale).await, (State::Confirmed, 2, 2));
}

#[tokio::test]
async fn a_record_of_another_price_that_a_person_picks_is_shown_with_both() {
    let scene = Scene::start_with(&[FaultRule { path: "/tariffs/static".to_owned(), ..tariff_answer("3.00") }]).await;
    scene.tap(super::GROUP).await;
    scene.go_offline().await;
    scene.tap(super::GROUP).await;
    let sale = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    scene.settle().await;
    let case = scene.case(&sale).await.unwrap();
    assert_eq!(case.why, Why::Disputed(Dispute::OtherDesk));
    scene.desk.resolve(sale.entry.id, is_there(&case.candidates[0].id)).await.unwrap();
    let case = scene.case(&sale).await.unwrap();
    assert_eq!((case.recorded.state, case.why), (State::Confirmed, Why::Disputed(Dispute::Price)));
    assert_eq!(case.ways, [Way::Accept]);
}

#[tokio::test]
async fn a_price_that_differs_is_shown_with_both_and_can_be_accepted() {
    for found in [false, true] {
        let scene =
            Scene::start_with(&[FaultRule { path: "/tariffs/static".to_owned(), ..tariff_answer("3.00") }]).await;
        scene.tap(balie_tests::scene::YASMINA).await;
        scene.go_offline().await;
        scene.tap(balie_tests::scene::YASMINA).await;
        let sale = scene.sell_first().await;
        scene.bring_the_network_back().await;
        if found {
            scene.once(FaultAction::DropAfterCommit, "POST", SALES);
        }
        scene.upload().await;
        scene.later(3).await;
        let case = scene.case(&sale).await.unwrap();
        assert_eq!((case.recorded.state, case.why), (State::Confirmed, Why::Disputed(Dispute::Price)));
        assert_eq!((case.recorded.server_price, case.at_risk), (Some(Cents(200)), Cents(100)));
        assert_eq!(case.ways, [Way::Accept]);
        takes_only(&scene, &sale, &[Resolution::Accept]).await;
        scene.desk.resolve(sale.entry.id, Resolution::Accept).await.unwrap();
        assert_eq!((scene.case(&sale).await, scene.counts().await.to_check), (None, 0));
        assert_eq!(scene.state(&sale).await, State::Confirmed);
    }
}

#[tokio::test]
async fn a_point_whose_time_passed_is_never_sent_and_can_be_booked_by_hand() {
    for (resolution, state) in [(Resolution::BookedByHand, State::Confirmed), (Resolution::WriteOff, State::WrittenOff)]
    {
        let scene = Scene::start().await;
        scene.choose(WORKSHOP).await;
        scene.tap(NOOR).await;
        scene.go_offline().await;
        let person = scene.tap(NOOR).await;
        let point = scene.desk.check_in(person.tap).await.unwrap();
        let left = point.entry.act.deadline().unwrap().duration_since(scene.now()).as_secs();
        scene.pass_time(left - 1_200);
        assert!(matches!(scene.why(&point).await, Why::Expiring(_)), "half an hour before");
        scene.pass_time(1_201);
        scene.bring_the_network_back().await;
        scene.later(0).await;
        let expired = scene.again(&point).await;
        assert_eq!((expired.state, expired.problem.as_deref()), (State::Refused, Some("expired")));
        assert_eq!(scene.sandbox.request_count("POST", "/checkins"), 0);
        assert_eq!(scene.case(&point).await.unwrap().ways, [Way::BookedByHand, Way::WriteOff]);
        scene.desk.resolve(point.entry.id, resolution).await.unwrap();
        assert_eq!((scene.state(&point).await, scene.counts().await.to_check), (state, 0));
    }
}

#[tokio::test]
async fn a_reward_waits_for_the_points_that_pay_for_it() {
    let scene = Scene::start().await;
    let point = scene.act(Kind::CheckIn).await;
    scene.once(FaultAction::DropAfterCommit, "POST", "/checkins");
    let reward = scene.act(Kind::Redeem).await;
    scene.upload().await;
    assert!(point.all(&scene, State::InDoubt).await && reward.all(&scene, State::Queued).await);
    scene.later(3).await;
    scene.later(1).await;
    assert!(point.all(&scene, State::Confirmed).await && reward.all(&scene, State::Confirmed).await);
    assert_eq!((reward.sent(&scene), reward.there(&scene)), (1, 1));
}

#[tokio::test]
async fn send_now_tries_at_once_what_waits_and_looks_at_once_at_what_is_in_doubt() {
    let scene = Scene::start().await;
    scene.choose(ONCE_A_WEEK).await;
    scene.tap(NOOR).await;
    scene.choose(SHOW).await;
    let doubt = unanswered(&scene, FaultRule::new(FaultAction::DropAfterCommit, SALES)).await;
    scene.lose_the_network().await;
    scene.choose(ONCE_A_WEEK).await;
    scene.tap(NOOR).await;
    let waits = scene.sell_first().await;
    scene.upload().await;
    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    scene.upload().await;
    assert_eq!(
        (scene.state(&doubt).await, scene.sent()),
        (State::InDoubt, 1 + u64::from(scene.state(&waits).await == State::Confirmed))
    );
    scene.desk.send_now().await.unwrap();
    scene.upload().await;
    assert_eq!((scene.state(&doubt).await, scene.state(&waits).await), (State::Confirmed, State::Confirmed));
    assert_eq!((scene.sent(), scene.held()), (2, 2));
}

#[tokio::test]
async fn the_story_of_an_entry_tells_all_that_happened_to_it_and_names_nobody() {
    let scene = Scene::start().await;
    let sale = unanswered(&scene, FaultRule::new(FaultAction::DropBeforeCommit, SALES)).await;
    scene.settle().await;
    let back = scene.desk.undo(sale.entry.id).await.unwrap();
    scene.upload().await;
    let story = scene.desk.life_of(sale.entry.id).await.unwrap().unwrap();
    let told: Vec<&str> = story.lines.iter().map(|line| line.what.as_str()).collect();
    let mut at = 0;
    for what in [
        "step.recorded",
        "step.claim",
        "answered.unknown",
        "looked.not_yet",
        "step.absent",
        "step.claim",
        "answered.accepted",
        "step.taken_out",
    ] {
        at += told[at..].iter().position(|each| *each == what).unwrap_or_else(|| panic!("{what} in {told:?}")) + 1;
    }
    assert_eq!(told.iter().filter(|what| **what == "sent.intent").count(), 2);
    assert!(told.contains(&"record.taken out") && story.recorded.state == State::Cancelled);
    let text = format!("{:?}", story.lines);
    for secret in ["0900000067513", "Yasmina", "7a3f0b52"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(scene.desk.life_of(back.entry.id).await.unwrap().unwrap().lines.len() >= 4);
    assert!(scene.desk.life_of(EntryId([9; 16])).await.unwrap().is_none());
}
