//! The computer, the network and the server as they can be (sync.md §2.7, Q-8): each with its named outcome, for every kind of
//! act. There is never an "OK" without a row, never a loss, and never anything twice.
#![expect(clippy::unwrap_used, reason = "what the tests share fails them as well")]

#[path = "environment/disk.rs"]
mod disk;
#[path = "environment/machine.rs"]
mod machine;
#[path = "environment/server.rs"]
mod server;

use balie_core::outbox::State;
use balie_desk::to_check::Resolution;
use balie_tests::scene::{Done, Kind, Scene};

/// A desk for this kind of act: old sales that went together are told from those of other desks only where there is none.
async fn start(kind: Kind) -> Scene {
    Scene::start_as(&[], |config| config.only_desk = kind == Kind::Batch).await
}

/// What stands for "nobody knows": a cancellation is simply done again.
const fn doubt(kind: Kind) -> State {
    if matches!(kind, Kind::Cancel) { State::Queued } else { State::InDoubt }
}

/// How many requests it takes to send it once more: what went together goes alone the second time.
const fn once_more(kind: Kind) -> u64 {
    if matches!(kind, Kind::Batch) { 2 } else { 1 }
}

/// Lets a clerk settle what nobody can tell by the rows alone: the records of two computers look the same.
async fn a_clerk_finds_it(scene: &Scene) {
    scene.settle().await;
    for case in scene.desk.to_check().await.unwrap().cases {
        if let Some(candidate) = case.candidates.first() {
            let record = candidate.id.clone();
            scene.desk.resolve(case.recorded.entry.id, Resolution::IsThere { record }).await.unwrap();
        }
    }
}

/// Holds that all of it is at UiTPAS once, that the desk knows it, and that nothing is left to do.
async fn is_done(scene: &Scene, done: &Done, what: &str) {
    let (kind, states) = (done.kind, done.states(scene).await);
    assert!(states.iter().all(|state| *state == State::Confirmed), "{kind:?} {what}: {states:?}");
    assert_eq!(done.there(scene), kind.wanted(), "{kind:?} {what}");
    let counts = scene.counts().await;
    assert_eq!((counts.to_send, counts.to_check), (0, 0), "{kind:?} {what}");
}
