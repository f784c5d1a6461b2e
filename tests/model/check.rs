//! What must hold in every state, and what must hold when nothing is left to do.

use crate::case::{Case, What};
use crate::moves::Wrong;
use crate::world::World;
use balie_core::outbox::State;

/// What must hold in every state.
pub fn state(case: &Case, world: &World) -> Result<(), Wrong> {
    let mut ids: Vec<u8> = world.lines.iter().flat_map(|line| line.ids.iter().copied()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    if case.desks == 1 && ids.len() < count {
        return Err("I3: two acts have the same record".to_owned());
    }
    for act in 0..case.plans.len() {
        let kept = world.lines[act].kept;
        if kept.is_some_and(|kept| kept.state == State::Confirmed) && owed(case, world, act) > there(case, world, act) {
            return Err(format!("lost: act {} is confirmed, and UiTPAS does not have it", act + 1));
        }
        // Within the settle time nothing is ever made twice.
        if !case.very_late && world.records.iter().filter(|record| record.of == act).count() > 1 {
            return Err(format!("twice: UiTPAS has act {} two times", act + 1));
        }
    }
    Ok(())
}

/// How many acts that cannot be told from this one are confirmed, and not being taken back.
fn owed(case: &Case, world: &World, act: usize) -> usize {
    let taken_back = |of: usize| {
        let cancel = (0..case.plans.len()).find(|at| case.plans[*at].what == What::Cancel(of));
        cancel.is_some_and(|at| world.lines[at].kept.is_some())
    };
    let confirmed = |other: &usize| world.state(*other) == Some(State::Confirmed) && !taken_back(*other);
    (0..case.plans.len()).filter(|other| case.same(act, *other)).filter(confirmed).count()
}

/// How many records UiTPAS has that our desks made for such acts.
fn there(case: &Case, world: &World, act: usize) -> usize {
    world.records.iter().filter(|record| record.of < case.plans.len() && case.same(act, record.of)).count()
}

/// Whether nothing is left to do, for the machine or for a person.
pub fn is_end(world: &World) -> bool {
    let idle = world.desks.iter().all(|desk| desk.flights.is_empty() && desk.listing.is_none());
    let done = |line: &crate::world::Line| line.kept.is_none_or(|kept| kept.is_done()) && line.doomed.is_empty();
    idle && world.late.is_empty()
        && world.records.iter().all(|record| record.hidden.is_none())
        && world.lines.iter().all(done)
}

/// What must hold at the end: each act is there exactly once, or not at all where it is not owed, or a person was told.
pub fn end(case: &Case, world: &World) -> Result<(), Wrong> {
    for act in 0..case.plans.len() {
        let (owed, there) = (owed(case, world, act), there(case, world, act));
        let told = (0..case.plans.len())
            .filter(|other| case.same(act, *other))
            .any(|other| world.lines[other].kept.is_some_and(|kept| kept.shown));
        if there > owed && !told {
            return Err(format!(
                "silent: UiTPAS has {there} of act {} where {owed} are owed, and nobody was told",
                act + 1
            ));
        }
    }
    Ok(())
}
