//! Odoo's museum of lost and doubled orders (sync.md §2.2), and what the one open client of this API does (§2.3): each bug as
//! a scenario that stays, named after its issue.

use std::sync::Arc;

use balie_core::outbox::State;
use balie_desk::act::ActError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::rehearsal;
use balie_tests::scene::{Kind, NOOR, NOORS_NUMBER, ONCE_A_WEEK, Scene, YASMINA, YASMINAS_NUMBER, json};

const SALES: &str = "/ticket-sales";
/// A group with fifty turns a year.
const GROUP: &str = "04D0AB6AF85C80";

async fn labelling() -> Scene {
    Scene::start_as(&[], |config| config.receipt_in_label = true).await
}

/// Odoo 40567, 40600, 85527: the answer is lost, the server has the order, and the client sends it again.
#[tokio::test]
async fn odoo_40567_a_lost_answer_is_matched_by_the_receipt_and_never_sent_again() {
    for scene in [labelling().await, Scene::start().await] {
        for lost in 1..=5_u64 {
            scene.tap(YASMINA).await;
            let sale = scene.sell_first().await;
            scene.once(FaultAction::DropAfterCommit, "POST", SALES);
            scene.upload().await;
            scene.later(3).await;
            scene.later(700).await;
            assert_eq!((scene.state(&sale).await, scene.sent()), (State::Confirmed, lost));
        }
        assert_eq!(scene.held(), 5);
    }
}

/// Odoo 42862, 108518: the same order twice within seconds under two references, from a double click or a second screen.
#[tokio::test]
async fn odoo_42862_a_double_click_is_one_sale_and_the_same_again_is_another_request() {
    for kind in Kind::MAKING {
        let scene = Scene::start().await;
        let person = scene.tap(YASMINA).await;
        let online = person.rewards.iter().find(|offered| offered.reward.id.0 == "5824").unwrap();
        let (offer, reward) = (person.offers[0].id, online.id);
        let desk = &scene.desk;
        let twice = match kind {
            Kind::CheckIn => {
                let (one, two) = tokio::join!(desk.check_in(person.tap), desk.check_in(person.tap));
                [one, two]
            }
            Kind::Redeem => {
                let (one, two) = tokio::join!(desk.redeem(person.tap, reward), desk.redeem(person.tap, reward));
                [one, two]
            }
            _ => {
                let (one, two) = tokio::join!(desk.sell(person.tap, offer, 1), desk.sell(person.tap, offer, 1));
                [one, two]
            }
        };
        assert_eq!(twice.iter().filter(|each| each.is_ok()).count(), 1, "{kind:?}");
        assert!(twice.iter().any(|each| matches!(each, Err(ActError::Done(_) | ActError::Changed))), "{kind:?}");
        scene.settle().await;
        assert_eq!(scene.desk.lines().await.unwrap().len(), 1, "{kind:?}");
    }
}

/// Odoo 152259: two browser tabs both send the same queue.
#[tokio::test]
async fn odoo_152259_two_windows_on_one_queue_send_it_once() {
    let first = Scene::start().await;
    for card in [YASMINA, NOOR] {
        first.tap(card).await;
        first.sell_first().await;
    }
    let second = first.start_again_beside().await;
    second.desk.refresh().await.unwrap();
    tokio::join!(first.upload(), second.upload());
    tokio::join!(first.upload(), second.upload());
    assert_eq!((first.sent(), first.held(), second.counts().await.to_send), (2, 2, 0));
}

/// Odoo 180278, 185229: the same draft is sent from several places of the program at once.
#[tokio::test]
async fn odoo_180278_however_many_ask_at_once_each_sale_is_sent_once() {
    let scene = Scene::start().await;
    for card in [YASMINA, NOOR, GROUP] {
        scene.tap(card).await;
        scene.sell_first().await;
    }
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Delay, SALES).method("POST").delay_ms(50));
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let desk = Arc::clone(&scene.desk);
            tokio::spawn(async move {
                desk.send_now().await.unwrap();
                desk.upload_all().await;
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!((scene.sent(), scene.held(), scene.counts().await.to_send), (3, 3, 0));
}

/// Odoo 125037: a power cut loses a confirmed order, and the next one takes its number and is dropped as a duplicate.
#[tokio::test]
async fn odoo_125037_what_was_confirmed_is_on_the_disk_and_its_number_is_never_used_again() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let first = scene.sell_first().await;
    let files = scene.copy_of_the_files();
    let scene = scene.restart_on(files).await;
    scene.later(1).await;
    assert_eq!(scene.state(&first).await, State::Confirmed);
    scene.choose(balie_tests::scene::SHOW).await;
    scene.tap(NOOR).await;
    let second = scene.sell_first().await;
    scene.upload().await;
    assert_eq!((second.entry.receipt.sequence, scene.held()), (2, 2));
    assert_ne!(first.entry.id, second.entry.id);
}

/// Odoo 284784: the browser throws away what the till kept when the disk is low.
#[tokio::test]
async fn odoo_284784_all_that_waits_is_in_the_ledger_and_nowhere_else() {
    let scene = Scene::start().await;
    let done = scene.act(Kind::Sale).await;
    let files = scene.copy_of_the_files();
    for file in std::fs::read_dir(files.path()).unwrap().map(Result::unwrap) {
        if !file.file_name().to_string_lossy().starts_with("ledger") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    let scene = scene.restart_on(files).await;
    scene.later(1).await;
    assert!(done.all(&scene, State::Confirmed).await);
    assert_eq!(scene.held(), 1);
}

/// Odoo 258304: one order that the server never takes ends the program at every start, with all others behind it.
#[tokio::test]
async fn odoo_258304_one_sale_that_is_refused_holds_up_no_other_and_no_start() {
    let refusal = r#"{"type":"https://api.publiq.be/probs/uitpas/invalid-uitpasnumber","status":400}"#;
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let poison = scene.sell_first().await;
    scene.tap(NOOR).await;
    let good = scene.sell_first().await;
    scene
        .sandbox
        .add_fault(json(FaultRule::new(FaultAction::Status, SALES).method("POST").times(1).answering(400, refusal)));
    scene.upload().await;
    let mut scene = scene;
    for _ in 0..3 {
        scene = scene.restart().await;
        scene.later(60).await;
    }
    let states = [scene.state(&poison).await, scene.state(&good).await];
    assert_eq!(states.iter().filter(|state| **state == State::Refused).count(), 1, "{states:?}");
    assert_eq!(states.iter().filter(|state| **state == State::Confirmed).count(), 1, "{states:?}");
    assert_eq!((scene.sent(), scene.held(), scene.counts().await.to_check), (2, 1, 1));
}

/// Odoo 60939: printed, gone from the queue, and no trace of it anywhere.
#[tokio::test]
async fn odoo_60939_every_receipt_that_was_given_leaves_a_trace_whatever_becomes_of_it() {
    let scene = Scene::start().await;
    for card in [YASMINA, NOOR, GROUP] {
        scene.tap(card).await;
        scene.sell_first().await;
    }
    let lines = scene.desk.lines().await.unwrap();
    scene.desk.undo(lines[0].entry.id).await.unwrap();
    scene.once(FaultAction::DropBeforeCommit, "POST", SALES);
    scene.upload().await;
    let scene = scene.restart().await;
    scene.settle_for_good().await;
    let receipts: Vec<i64> = scene.desk.lines().await.unwrap().iter().map(|line| line.entry.receipt.sequence).collect();
    assert_eq!(receipts, [3, 2, 1]);
    for line in lines {
        let story = scene.desk.life_of(line.entry.id).await.unwrap().unwrap();
        assert!(story.recorded.state.is_final() && story.lines.len() >= 2, "{story:?}");
    }
    scene.ledger.verify_trail().await.unwrap();
    assert_eq!(rehearsal::fault(&scene.ledger).await.unwrap(), None);
}

/// Odoo 288974: what another device says makes a draft of an order that was paid offline.
#[tokio::test]
async fn odoo_288974_what_uitpas_says_changes_nothing_of_what_was_done_here() {
    let scene = Scene::start().await;
    scene.choose(ONCE_A_WEEK).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    let sale = scene.sell_first().await;
    let other = Scene::start_beside(&scene);
    scene.bring_the_network_back().await;
    let other = other.await;
    other.choose(ONCE_A_WEEK).await;
    other.tap(YASMINA).await;
    other.sell_first().await;
    other.upload().await;
    scene.desk.refresh().await.unwrap();
    scene.tap(YASMINA).await;
    let waiting = scene.again(&sale).await;
    assert_eq!((waiting.state, &waiting.entry), (State::Queued, &sale.entry));
    scene.later(1).await;
    let refused = scene.again(&sale).await;
    assert_eq!((refused.state, &refused.entry), (State::Refused, &sale.entry), "and a person hears of it");
    assert_eq!((scene.held(), scene.counts().await.to_check), (1, 1));
}

/// STAM: after a lost answer the sale is kept as registered without an id: never tried again, never to be cancelled.
#[tokio::test]
async fn stam_a_sale_whose_answer_was_lost_is_tried_again_or_can_be_cancelled() {
    for (action, sent) in [(FaultAction::DropAfterCommit, 1), (FaultAction::DropBeforeCommit, 2)] {
        let scene = Scene::start().await;
        scene.tap(YASMINA).await;
        let sale = scene.sell_first().await;
        scene.once(action, "POST", SALES);
        scene.upload().await;
        scene.settle().await;
        assert_eq!((scene.state(&sale).await, scene.sent(), scene.held()), (State::Confirmed, sent, 1), "{action:?}");
        scene.desk.undo(sale.entry.id).await.unwrap();
        scene.upload().await;
        assert_eq!((scene.state(&sale).await, scene.held()), (State::Cancelled, 0), "{action:?}");
    }
}

/// STAM: of two equal tickets in one request both are matched to the same answer, and the id of the second is lost.
#[tokio::test]
async fn stam_equal_tickets_keep_an_id_each_and_all_of_them_can_be_taken_out() {
    let scene = Scene::start().await;
    let group = scene.tap(GROUP).await;
    let sale = scene.desk.sell(group.tap, group.offers[0].id, 5).await.unwrap();
    scene.upload().await;
    let mut ids = scene.server_ids(&sale).await;
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), scene.held()), (5, 5));
    scene.desk.undo(sale.entry.id).await.unwrap();
    scene.upload().await;
    assert_eq!((scene.state(&sale).await, scene.held()), (State::Cancelled, 0));
}

/// STAM: the numbers of passes go to the log.
#[tokio::test]
async fn stam_no_number_stands_in_what_the_program_prints_of_a_sale() {
    let scene = Scene::start().await;
    for card in [YASMINA, NOOR] {
        scene.tap(card).await;
        scene.sell_first().await;
    }
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    scene.settle().await;
    let (lines, found) = (scene.desk.lines().await.unwrap(), scene.desk.to_check().await.unwrap());
    let printed = format!("{lines:?} {found:?} {:?}", scene.person());
    for number in [YASMINAS_NUMBER, NOORS_NUMBER] {
        assert!(!printed.contains(number), "{printed}");
    }
}
