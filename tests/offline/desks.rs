//! Going to stand at another desk.

use crate::{POOL, keep_house, prepared};
use balie_core::event::OrganizerId;
use balie_core::outbox::State;
use balie_desk::prepare::PrepareError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::permitted::FetchedPart;
use balie_tests::scene::{Scene, YASMINA, json};
use std::sync::Arc;

/// Two desks that may be stood at: that of the sandbox, and another one.
fn two_desks() -> FaultRule {
    let body = format!(
        r#"[{{"organizer":{{"id":"0ce87cbc-9299-4528-8d35-92225dc9489f","name":"Zwembad"}},
            "permissionDetails":[{{"id":"SOCIALTARIFF_EXPORT","cardSystemIds":[5]}}]}},
            {{"organizer":{{"id":"{ELSEWHERE}","name":"Bibliotheek"}},"permissionDetails":[]}}]"#
    );
    json(FaultRule::new(FaultAction::Status, "/permissions").method("GET").answering(200, &body))
}

const ELSEWHERE: &str = "b1d7a0c4-52f6-4d3e-8f0a-6c9e2b7d1f30";

#[tokio::test]
async fn going_to_another_desk_begins_with_an_empty_one() {
    let scene = prepared().await;
    let (ours, other) = (scene.desk.organizer(), OrganizerId(ELSEWHERE.to_owned()));
    assert!(scene.desk.choose_desk(&other).await.is_err(), "nobody may stand there");
    assert_eq!(scene.desk.organizer(), ours);
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    scene.sandbox.add_fault(two_desks());
    scene.desk.ask_desks().await.unwrap();
    scene.desk.choose_desk(&other).await.unwrap();
    assert_eq!((scene.desk.organizer(), scene.desk.organizer_name().as_str()), (other.clone(), "Bibliotheek"));
    assert!(scene.desk.events().is_empty() && scene.desk.rewards().is_empty() && scene.desk.person().is_none());
    let ready = scene.desk.ready().await.unwrap();
    assert_eq!(ready.good_until, None, "what was fetched was for the other desk");
    // What was noted at the one before is that one's.
    assert_eq!(sold.entry.act.holder().organizer, ours);
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed);
    let scene = scene.restart().await;
    assert_eq!(scene.desk.organizer(), other, "the last one is kept");
    scene.desk.refresh().await.unwrap();
    assert!(!scene.desk.events().iter().any(|event| event.id.0 == POOL), "the pool is elsewhere");
}

#[tokio::test]
async fn what_was_fetched_for_one_desk_is_not_put_in_place_at_another() {
    let scene = prepared().await;
    scene.sandbox.add_fault(two_desks());
    scene.desk.ask_desks().await.unwrap();
    // The answer about the rewards of the first desk comes when somebody stands at the second one.
    let slow = FaultRule::new(FaultAction::Delay, "/rewards").method("GET").delay_ms(400).times(1);
    scene.sandbox.add_fault(slow);
    let before = scene.sandbox.request_count("GET", "/rewards");
    let desk = Arc::clone(&scene.desk);
    let refreshing = tokio::spawn(async move { desk.refresh().await });
    scene.asked("GET", "/rewards", before + 1).await;
    scene.desk.choose_desk(&OrganizerId(ELSEWHERE.to_owned())).await.unwrap();
    refreshing.await.unwrap().unwrap();
    assert!(scene.desk.events().is_empty(), "the activities of the other desk are not shown here");
    assert!(scene.snapshot.events().await.unwrap().is_empty());
}

#[tokio::test]
async fn getting_ready_for_one_desk_ends_when_somebody_goes_to_another() {
    let scene = Scene::start().await;
    scene.sandbox.add_fault(two_desks());
    scene.desk.ask_desks().await.unwrap();
    // The list for the first desk is on its way when somebody goes to the second one.
    let path = "/cards/social-tariff";
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Delay, path).method("GET").delay_ms(2_000).times(1));
    let desk = Arc::clone(&scene.desk);
    let preparing = tokio::spawn(async move { desk.prepare().await });
    let list = async {
        while scene.sandbox.request_count_below("GET", path) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), list).await.unwrap();
    let prices = || async { scene.snapshot.fetched(FetchedPart::Prices).await.unwrap().0 };
    assert!(prices().await.is_some(), "the first desk has its prices");
    scene.desk.choose_desk(&OrganizerId(ELSEWHERE.to_owned())).await.unwrap();
    assert!(matches!(preparing.await.unwrap(), Err(PrepareError::Stopped)));
    assert_eq!(prices().await, None, "nothing is said of the second one");
    // It gets ready by itself, as if nothing had been tried before.
    for _ in 0..20 {
        keep_house(&scene.desk).await;
        if prices().await.is_some() {
            break;
        }
    }
    assert!(prices().await.is_some());
}

#[tokio::test]
async fn a_desk_whose_facts_cannot_be_cleared_is_not_left() {
    let scene = prepared().await;
    let ours = scene.desk.organizer();
    scene.sandbox.add_fault(two_desks());
    scene.desk.ask_desks().await.unwrap();
    scene.snapshot.lock().await;
    scene.desk.choose_desk(&OrganizerId(ELSEWHERE.to_owned())).await.unwrap_err();
    assert_eq!((scene.desk.organizer(), scene.ledger.chosen_desk().await.unwrap()), (ours, None));
}
