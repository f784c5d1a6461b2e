//! Requests that the server carries out long after the client was sent away: by the clock of the sandbox, so that ten
//! minutes pass when a test says so.

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::world::World;
use crate::{checkins, redeemed, ticket_sales};

/// A request that waits for its moment.
#[derive(Clone, Debug)]
pub(crate) struct Late {
    due: Timestamp,
    method: String,
    path: String,
    body: Bytes,
    twice: bool,
}

impl Late {
    /// A request that is carried out so many milliseconds from now on this clock.
    pub(crate) fn after(clock: Clock, milliseconds: u64, request: (&str, &str, Bytes), twice: bool) -> Self {
        let wait = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
        // A moment that no clock reaches never comes.
        let due = clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        let (method, path, body) = request;
        Self { due, method: method.to_owned(), path: path.to_owned(), body, twice }
    }
}

/// Carries out every request whose moment has passed, in the order of their moments, each dated by its own.
pub(crate) fn carry_out_due(world: &mut World) {
    let now = world.clock.now();
    loop {
        let next = world.late.iter().enumerate().filter(|(_, l)| l.due <= now).min_by_key(|(_, l)| l.due);
        let Some(place) = next.map(|(place, _)| place) else { return };
        let late = world.late.remove(place);
        world.acting_at = Some(late.due);
        let stored = carry_out(world, &late);
        if late.twice {
            world.store_again(&stored);
        }
        world.acting_at = None;
    }
}

/// The ids of what was stored. What is refused now has nobody left to hear of it.
fn carry_out(world: &mut World, late: &Late) -> Vec<String> {
    match (late.method.as_str(), late.path.as_str()) {
        ("POST", "/ticket-sales") => ticket_sales::store(world, &late.body).unwrap_or_default(),
        ("POST", "/checkins") => checkins::store(world, &late.body).into_iter().collect(),
        ("POST", "/rewards/redeemed") => redeemed::store(world, &late.body).into_iter().collect(),
        ("DELETE", path) => {
            if let Some((_, id)) = path.rsplit_once('/') {
                world.take_out_anywhere(id);
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}
