//! S-8: what the desk did is forgotten in its time, and what is open is not; seen on a whole desk.

use balie_core::entry::Act;
use balie_core::outbox::State;
use balie_core::pass::PassholderId;
use balie_desk::undo::UndoError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_store::rehearsal;
use balie_store::retention::{Retained, RetentionPolicy};
use balie_tests::scene::{Kind, NOOR, NOORS_NUMBER, Scene, YASMINA, YASMINAS_NUMBER, json};

const DAY: i64 = 86_400;

async fn retain(scene: &Scene) -> Retained {
    scene.ledger.retain(scene.now(), &RetentionPolicy::default()).await.unwrap()
}

/// Where in the ledger one of these texts stands.
async fn places(scene: &Scene, texts: &[&str]) -> Vec<String> {
    let all = rehearsal::texts_of_ledger(&scene.ledger).await.unwrap();
    all.into_iter().filter(|(_, cell)| texts.iter().any(|text| cell.contains(text))).map(|(place, _)| place).collect()
}

/// A desk with an act in every state that an act can end in, all of Yasmina; and what the ledger calls her.
async fn an_evening() -> (Scene, Vec<Recorded>, PassholderId) {
    let scene = Scene::start().await;
    let mut done = Vec::new();
    for kind in [Kind::Sale, Kind::CheckIn, Kind::Redeem, Kind::Cancel] {
        done.extend(scene.act(kind).await.entries);
        scene.upload().await;
        scene.pass_time(61);
    }
    // In doubt, and found at UiTPAS again.
    scene.tap(YASMINA).await;
    done.push(scene.sell_first().await);
    scene.once(FaultAction::DropAfterCommit, "POST", "/ticket-sales");
    scene.upload().await;
    scene.settle_for_good().await;
    // Taken back before it was sent.
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    done.push(scene.desk.undo(sold.entry.id).await.unwrap());
    // Refused, and the loss taken.
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    let body = format!(
        r#"{{"type":"https://api.publiq.be/probs/uitpas/invalid-card","endUserMessage":{{"nl":"Pas {YASMINAS_NUMBER} van Yasmina"}}}}"#
    );
    let refusing = FaultRule::new(FaultAction::Status, "/ticket-sales").method("POST").times(1).answering(400, &body);
    scene.sandbox.add_fault(json(refusing));
    scene.upload().await;
    done.push(scene.desk.resolve(sold.entry.id, balie_desk::to_check::Resolution::WriteOff).await.unwrap());
    let person = done[0].entry.act.holder().passholder.clone();
    (scene, done, person)
}

#[tokio::test]
async fn after_its_term_nothing_in_the_ledger_points_to_a_person_and_what_is_open_waits_on() {
    let (scene, done, person) = an_evening().await;
    let names = [YASMINAS_NUMBER, person.0.as_str(), "Yasmina"];
    let begun = scene.now();
    // Noor is refused, and nobody decides; and what was sold to Yasmina on the last day waits for the network.
    scene.tap(NOOR).await;
    let undecided = scene.sell_first().await;
    let body =
        format!(r#"{{"type":"https://api.publiq.be/probs/uitpas/x","endUserMessage":{{"nl":"{NOORS_NUMBER}"}}}}"#);
    let refusing = FaultRule::new(FaultAction::Status, "/ticket-sales").method("POST").times(1).answering(400, &body);
    scene.sandbox.add_fault(json(refusing));
    scene.upload().await;
    assert_eq!(scene.state(&undecided).await, State::Refused);
    let states: Vec<State> = scene.ledger.newest(100).await.unwrap().iter().map(|each| each.state).collect();
    for state in [State::Confirmed, State::Cancelled, State::Withdrawn, State::WrittenOff, State::Refused] {
        assert!(states.contains(&state), "{state:?} is missing in {states:?}");
    }
    assert!(!places(&scene, &names).await.is_empty());

    scene.pass_time(29 * DAY);
    assert_eq!(retain(&scene).await.deleted, 0);
    let whose = places(&scene, &names).await.into_iter().filter(|place| place == "entry.uitpas_number").count();
    assert_eq!(whose, states.len() - 1, "all but the one of Noor");
    scene.pass_time(2 * DAY);
    let closed = u32::try_from(states.len()).unwrap() - 1;
    assert_eq!(retain(&scene).await, Retained { reduced: closed, deleted: 0 });
    assert_eq!(places(&scene, &names).await, [""; 0], "after {} days", (scene.now() - begun).get_hours() / 24);
    assert_eq!(
        places(&scene, &[NOORS_NUMBER]).await,
        ["entry.uitpas_number", "outbox.said"],
        "it is still to be decided"
    );
    assert_eq!(retain(&scene).await, Retained::default());

    // Every view still reads.
    let lines = scene.desk.lines().await.unwrap();
    assert_eq!(lines.len(), states.len());
    for line in lines.iter().filter(|line| line.entry.id != undecided.entry.id) {
        assert!(line.entry.act.holder().number.is_forgotten());
        let story = scene.desk.life_of(line.entry.id).await.unwrap().unwrap();
        assert!(!story.lines.is_empty());
        assert!(matches!(scene.desk.undo(line.entry.id).await, Err(UndoError::TooLate)), "{:?}", line.state);
    }
    assert_eq!(scene.desk.to_check().await.unwrap().cases.len(), 1);
    assert!(scene.server_ids(&done[0]).await.is_empty(), "it counts for nobody here");
    let Act::Sale(was) = &done[0].entry.act else { panic!("a sale") };
    let Act::Sale(is) = scene.again(&done[0]).await.entry.act else { panic!("a sale") };
    assert_eq!((&is.event, &is.event_title, is.charged, is.quantity), (&was.event, &was.event_title, was.charged, 1));
    assert_eq!(rehearsal::fault(&scene.ledger).await.unwrap(), None);

    // The desk works on, also after it was started again.
    let scene = scene.restart().await;
    scene.desk.refresh().await.unwrap();
    scene.choose(balie_tests::scene::SHOW).await;
    scene.tap(YASMINA).await;
    let next = scene.sell_first().await;
    scene.upload().await;
    assert_eq!(scene.state(&next).await, State::Confirmed);
    scene.ledger.verify_trail().await.unwrap();
}

#[tokio::test]
async fn after_the_term_of_the_organizer_all_of_it_is_gone_and_no_receipt_comes_again() {
    let (scene, ..) = an_evening().await;
    let all = scene.ledger.newest(100).await.unwrap();
    let last = all[0].entry.receipt.sequence;
    for (days, gone) in [(399, false), (2, true)] {
        scene.pass_time(days * DAY);
        let done = retain(&scene).await;
        assert_eq!(done.deleted, if gone { u32::try_from(all.len()).unwrap() } else { 0 });
        assert_eq!(rehearsal::fault(&scene.ledger).await.unwrap(), None);
    }
    assert!(scene.desk.lines().await.unwrap().is_empty());
    assert!(scene.desk.to_check().await.unwrap().sums.is_empty());
    let left: Vec<String> =
        rehearsal::texts_of_ledger(&scene.ledger).await.unwrap().into_iter().map(|(place, _)| place).collect();
    let kept = ["desk.", "machine.", "trail."];
    assert!(left.iter().all(|place| kept.iter().any(|table| place.starts_with(table))), "{left:?}");
    let known = scene.ledger.trail_head().await.unwrap();
    scene.desk.refresh().await.unwrap();
    scene.choose(balie_tests::scene::SHOW).await;
    scene.tap(NOOR).await;
    assert_eq!(scene.sell_first().await.entry.receipt.sequence, last + 1);
    scene.ledger.verify_trail_since(&known.short()).await.unwrap();
}

#[tokio::test]
async fn what_was_handed_over_is_forgotten_when_its_file_is_in_its_place() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("over.balie");
    let handed = scene.desk.hand_over(&file).await.unwrap();
    scene.pass_time(31 * DAY);
    assert_eq!(retain(&scene).await, Retained { reduced: 1, deleted: 0 });
    let again = scene.desk.hand_over(&file).await;
    assert!(matches!(again, Err(balie_desk::hand_over::HandOverError::NothingToDo)), "{again:?}");
    // The other desk gives it back: it kept the number.
    assert_eq!(scene.desk.take_over(&file, &handed.code).await.unwrap(), 1);
    let back = scene.again(&sold).await;
    assert_eq!((back.state, back.entry.act.holder().number.reveal()), (State::InDoubt, YASMINAS_NUMBER));
    assert_eq!(back.entry.receipt.sequence, 2);
    scene.desk.refresh().await.unwrap();
    scene.settle().await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Confirmed, 1));
    assert_eq!(rehearsal::fault(&scene.ledger).await.unwrap(), None);
}

#[tokio::test]
async fn a_cut_between_two_turns_leaves_a_ledger_that_goes_on() {
    let (scene, ..) = an_evening().await;
    scene.pass_time(31 * DAY);
    for _ in 0..30 {
        // As a program that ends does: whoever waited for it is gone.
        let cut = tokio::time::timeout(std::time::Duration::from_micros(900), retain(&scene)).await;
        let copy = scene.copy_of_the_files();
        let beside = scene.start_on_a_copy(None).await;
        assert_eq!(rehearsal::fault(&beside.ledger).await.unwrap(), None, "{cut:?}");
        drop((copy, beside));
    }
    retain(&scene).await;
    assert_eq!(places(&scene, &[YASMINAS_NUMBER]).await, [""; 0]);
    assert_eq!(rehearsal::fault(&scene.ledger).await.unwrap(), None);
}
