//! S-17: real acts, test acts and practice never share a file, whatever is open in it.

use balie_core::outbox::State;
use balie_desk::hand_over::HandOverError;
use balie_store::ledger::Environment;
use balie_store::open::StoreError;
use balie_tests::scene::{Scene, YASMINA};

const WORLDS: [Environment; 3] = [Environment::Production, Environment::Test, Environment::Practice];

#[tokio::test]
async fn a_ledger_with_open_items_is_refused_by_every_other_world_and_stays_as_it_was() {
    for own in WORLDS {
        let scene = Scene::start_as(&[], |config| config.environment = own).await;
        scene.tap(YASMINA).await;
        let sent = scene.sell_first().await;
        scene.upload().await;
        scene.go_offline().await;
        scene.pass_time(1);
        scene.tap(YASMINA).await;
        let open = scene.sell_first().await;
        let before = balie_store::rehearsal::contents(&scene.ledger).await.unwrap();
        for other in WORLDS.into_iter().filter(|other| *other != own) {
            let refused = scene.try_to_open_as(other, "XX").await.unwrap_err();
            assert!(
                matches!(&refused, StoreError::OtherEnvironment { found, wanted }
                    if found == own.word() && wanted == other.word()),
                "{refused:?}"
            );
        }
        assert_eq!(balie_store::rehearsal::contents(&scene.ledger).await.unwrap(), before, "nothing was written");
        let scene = scene.restart().await;
        assert_eq!((scene.state(&sent).await, scene.state(&open).await), (State::Confirmed, State::Queued));
        scene.bring_the_network_back().await;
        scene.later(1).await;
        assert_eq!(scene.state(&open).await, State::Confirmed, "what was open goes where it was meant for");
    }
}

#[tokio::test]
async fn no_file_of_a_hand_over_goes_from_one_world_to_another() {
    for own in WORLDS {
        let scene = Scene::start_as(&[], |config| config.environment = own).await;
        scene.tap(YASMINA).await;
        scene.sell_first().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("over.balie");
        let handed = scene.desk.hand_over(&file).await.unwrap();
        for other in WORLDS {
            let beside = Scene::start_as(&[], |config| config.environment = other).await;
            let taken = beside.desk.take_over(&file, &handed.code).await;
            match other == own {
                true => assert_eq!(taken.unwrap(), 1),
                false => assert!(matches!(taken, Err(HandOverError::OtherEnvironment)), "{taken:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_receipt_keeps_the_prefix_that_it_was_given_and_the_numbers_go_on() {
    let scene = Scene::start_as(&[], |config| config.receipt_prefix = "TEST".to_owned()).await;
    scene.tap(YASMINA).await;
    let first = scene.sell_first().await;
    let scene = scene.restart_as(|config| config.receipt_prefix = "T2".to_owned()).await;
    scene.desk.refresh().await.unwrap();
    scene.choose(balie_tests::scene::SHOW).await;
    scene.tap(YASMINA).await;
    let second = scene.sell_first().await;
    assert_eq!(scene.again(&first).await.entry.receipt.to_string(), "TEST-000001");
    assert_eq!(second.entry.receipt.to_string(), "T2-000002");
}
