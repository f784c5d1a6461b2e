//! What one desk could not send goes to another as a file.

use super::{SALES, alone, labelling, sold, stand};
use balie_core::outbox::State;
use balie_desk::hand_over::HandOverError;
use balie_sandbox::FaultAction;
use balie_store::entries::Recorded;
use balie_store::ledger::Environment;
use balie_tests::scene::{Kind, NOOR, Scene};

/// The newest entry of a desk.
async fn newest(scene: &Scene) -> Recorded {
    scene.desk.lines().await.unwrap().remove(0)
}

#[tokio::test]
async fn what_waits_is_sent_by_the_other_desk_after_a_look_and_never_by_this_one() {
    for kind in Kind::MAKING {
        let scene = alone().await;
        let other = Scene::start_beside(&scene).await;
        let done = scene.act(kind).await;
        let file = scene.file("parcel");
        let parcel = scene.desk.hand_over(&file).await.unwrap();
        assert_eq!(usize::try_from(parcel.count).unwrap(), done.entries.len());
        assert!(done.all(&scene, State::HandedOver).await, "{kind:?}");
        scene.settle().await;
        assert_eq!((done.sent(&scene), scene.counts().await.to_send), (0, 0), "{kind:?}");
        assert_eq!(other.desk.take_over(&file, &parcel.code).await.unwrap(), parcel.count);
        assert_eq!(other.desk.take_over(&file, &parcel.code).await.unwrap(), 0, "twice is once");
        assert!(done.all(&other, State::InDoubt).await, "{kind:?}");
        other.settle().await;
        assert!(done.all(&other, State::Confirmed).await, "{kind:?} {:?}", done.states(&other).await);
        assert_eq!((done.sent(&other), done.there(&other)), (done.entries.len() as u64, kind.wanted()), "{kind:?}");
        let scene = scene.restart().await;
        scene.settle().await;
        assert_eq!(done.there(&scene), kind.wanted(), "{kind:?}");
    }
}

#[tokio::test]
async fn what_the_first_desk_sent_after_all_is_found() {
    // Without the receipt in the label nobody can tell the records of two desks apart.
    for (first, state) in [(labelling().await, State::Confirmed), (alone().await, State::InDoubt)] {
        let other = Scene::start_beside(&first).await;
        let sale = sold(&first).await;
        first.once(FaultAction::DropAfterCommit, "POST", SALES);
        first.upload().await;
        let file = first.file("parcel");
        let parcel = first.desk.hand_over(&file).await.unwrap();
        other.desk.take_over(&file, &parcel.code).await.unwrap();
        other.settle().await;
        assert_eq!(stand(&other, &sale).await, (state, 1, 1));
        let came = newest(&other).await;
        assert_eq!(came.first_receipt.unwrap().split('/').next(), Some("B1-000001"), "the receipt that was printed");
    }
}

#[tokio::test]
async fn what_the_first_desk_sent_and_uitpas_carries_out_very_late_is_healed_by_its_receipt() {
    let first = labelling().await;
    let other = Scene::start_beside(&first).await;
    let sale = super::unanswered(&first, super::late(900)).await;
    let file = first.file("parcel");
    let parcel = first.desk.hand_over(&file).await.unwrap();
    other.desk.take_over(&file, &parcel.code).await.unwrap();
    other.settle_for_good().await;
    assert_eq!(stand(&other, &sale).await, (State::Confirmed, 2, 1));
}

#[tokio::test]
async fn a_file_without_its_code_or_its_bytes_brings_nothing_and_can_be_written_again() {
    let scene = Scene::start().await;
    let other = Scene::start_beside(&scene).await;
    assert!(matches!(scene.desk.hand_over(&scene.file("parcel")).await, Err(HandOverError::NothingToDo)));
    let sale = sold(&scene).await;
    let nowhere = scene.file("no folder").join("parcel");
    assert!(scene.desk.hand_over(&nowhere).await.is_err());
    assert_eq!(scene.state(&sale).await, State::Queued, "what could not be written is not handed over");

    let file = scene.file("parcel");
    let parcel = scene.desk.hand_over(&file).await.unwrap();
    let wrong = parcel.code.chars().rev().collect::<String>();
    let whole = std::fs::read(&file).unwrap();
    for bytes in [&whole[..whole.len() / 2], &[0; 8_192], b""] {
        std::fs::write(&file, bytes).unwrap();
        let answer = other.desk.take_over(&file, &parcel.code).await;
        assert!(matches!(answer, Err(HandOverError::Unreadable)), "{answer:?}");
    }
    std::fs::write(&file, &whole).unwrap();
    for (file, code) in [(&file, wrong.as_str()), (&file, ""), (&scene.file("none"), parcel.code.as_str())] {
        let answer = other.desk.take_over(file, code).await;
        assert!(matches!(answer, Err(HandOverError::Unreadable)), "{answer:?}");
    }
    assert_eq!(other.desk.lines().await.unwrap(), Vec::new());
    let text = String::from_utf8_lossy(&whole).into_owned();
    assert!(!text.contains("0900000067513"), "the file is encrypted");

    std::fs::remove_file(&file).unwrap();
    let again = scene.desk.hand_over(&file).await.unwrap();
    assert_ne!(again.code, parcel.code);
    assert_eq!(other.desk.take_over(&file, &again.code).await.unwrap(), 1);
    assert_eq!(other.state(&sale).await, State::InDoubt);
}

#[tokio::test]
async fn a_file_of_another_environment_is_not_taken_over() {
    let scene = Scene::start().await;
    let practice = Scene::start_as(&[], |config| config.environment = Environment::Practice).await;
    sold(&scene).await;
    let file = scene.file("parcel");
    let parcel = scene.desk.hand_over(&file).await.unwrap();
    let answer = practice.desk.take_over(&file, &parcel.code).await;
    assert!(matches!(answer, Err(HandOverError::OtherEnvironment)), "{answer:?}");
    assert_eq!(practice.desk.lines().await.unwrap(), Vec::new());
}

#[tokio::test]
async fn what_is_on_its_way_is_not_handed_over() {
    let scene = Scene::start().await;
    let sale = sold(&scene).await;
    scene.tap(NOOR).await;
    let other = scene.sell_first().await;
    scene.begin_sending().await;
    let file = scene.file("parcel");
    let parcel = scene.desk.hand_over(&file).await.unwrap();
    assert_eq!((parcel.count, scene.state(&sale).await), (1, State::Sending));
    assert_eq!(scene.state(&other).await, State::HandedOver);
}
