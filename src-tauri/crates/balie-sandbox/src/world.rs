//! Everything the sandbox holds, behind one lock that is never kept across an await.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use jiff::Timestamp;

use crate::checkins::HeldCheckin;
use crate::clock::Clock;
use crate::data;
use crate::events::Event;
use crate::fault::FaultScript;
use crate::habits::Manners;
use crate::late::{Late, carry_out_due};
use crate::passes::{Pass, is_uitpas_number};
use crate::permissions;
use crate::problem::Problem;
use crate::redeemed::HeldRedemption;
use crate::rewards::Reward;
use crate::ticket_sales::HeldTicketSale;
use crate::tokens::Tokens;

/// The world as every request handler sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    /// The world, for as long as the guard lives. A handler that broke while holding it leaves usable data behind.
    /// Whoever looks sees what was carried out late, up to this moment of the clock.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        carry_out_due(&mut world);
        world
    }
}

/// The state of the stand-in.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) faults: FaultScript,
    pub(crate) manners: Manners,
    /// What is carried out later than the client hears.
    pub(crate) late: Vec<Late>,
    /// The moment of the late request that is being carried out.
    pub(crate) acting_at: Option<Timestamp>,
    /// Whether the public port is away; only the port itself says so.
    pub(crate) offline: bool,
    pub(crate) requests: BTreeMap<String, u64>,
    /// Those of the requests that were answered with success.
    pub(crate) successes: BTreeMap<String, u64>,
    pub(crate) permissions: BTreeSet<String>,
    pub(crate) passes: Vec<Pass>,
    pub(crate) events: Vec<Event>,
    pub(crate) rewards: Vec<Reward>,
    pub(crate) ticket_sales: Vec<HeldTicketSale>,
    pub(crate) checkins: Vec<HeldCheckin>,
    pub(crate) redemptions: Vec<HeldRedemption>,
    last_sale_id: u64,
}

impl Default for World {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            tokens: Tokens::default(),
            faults: FaultScript::default(),
            manners: Manners::default(),
            late: Vec::new(),
            acting_at: None,
            offline: false,
            requests: BTreeMap::new(),
            successes: BTreeMap::new(),
            permissions: permissions::granted(),
            passes: data::passes::all(),
            events: data::events::all(),
            rewards: data::rewards::all(),
            ticket_sales: Vec::new(),
            checkins: Vec::new(),
            redemptions: Vec::new(),
            last_sale_id: 499_852,
        }
    }
}

impl World {
    /// Back to the first morning. Tokens stay valid: a client that is signed in keeps its session. An offline port
    /// stays offline. Sale ids are not
    /// handed out twice either, because a client may still remember the old ones.
    pub(crate) fn reset(&mut self) {
        let tokens = std::mem::take(&mut self.tokens);
        *self = Self { tokens, offline: self.offline, last_sale_id: self.last_sale_id, ..Self::default() };
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.acting_at.unwrap_or_else(|| self.clock.now())
    }

    /// A new ticket sale id: a number one above the last, as the published examples show.
    pub(crate) fn next_sale_id(&mut self) -> String {
        self.last_sale_id += 1;
        self.last_sale_id.to_string()
    }

    pub(crate) fn event(&self, id: &str) -> Option<&Event> {
        self.events.iter().find(|e| e.id == id)
    }

    /// The event, or the 400 of the endpoints that carry its id in the query or the body.
    pub(crate) fn known_event(&self, id: &str) -> Result<&Event, Problem> {
        self.event(id).ok_or_else(|| Problem::uitpas("event-not-found", &format!("Event id {id} not found")))
    }

    pub(crate) fn pass_by_number(&self, number: &str) -> Option<&Pass> {
        self.passes.iter().find(|p| p.number == number)
    }

    pub(crate) fn pass_by_identifier(&self, identifier: &str) -> Option<&Pass> {
        let chip = |p: &Pass| p.chip.is_some_and(|c| c.eq_ignore_ascii_case(identifier));
        self.passes.iter().find(|p| p.number == identifier || chip(p) || p.insz.contains(&identifier))
    }

    /// A pass that can be used at the desk, or the reason why not. `malformed` is the problem type for a text that is no
    /// UiTPAS number: the API spells it differently for tariffs and for rewards.
    pub(crate) fn usable_pass(&self, number: &str, malformed: &str) -> Result<&Pass, Problem> {
        if !is_uitpas_number(number) {
            return Err(Problem::uitpas(malformed, "Invalid UiTPAS number"));
        }
        let pass = self
            .pass_by_number(number)
            .ok_or_else(|| Problem::uitpas("passholder-not-found", "Passholder not found"))?;
        pass.card_refusal().map_or(Ok(pass), Err)
    }

    /// The points of a passholder: what they began with, plus what they saved, minus what they spent here.
    pub(crate) fn balance(&self, pass: &Pass) -> i64 {
        let held = |id: &str| id == pass.passholder_id;
        let saved: i64 = self.checkins.iter().filter(|c| held(&c.passholder_id)).map(|c| c.points).sum();
        let spent: i64 = self.redemptions.iter().filter(|r| held(&r.passholder_id)).map(|r| r.points).sum();
        pass.points + saved - spent
    }

    /// Demands a permission that is not bound to one organizer.
    pub(crate) fn demand_anywhere(&self, permission: &str) -> Result<(), Problem> {
        self.demand(permission, data::ORGANIZER_ID)
    }

    /// Demands a permission for an organizer. This token has permissions for the published test organizer only.
    pub(crate) fn demand(&self, permission: &str, organizer_id: &str) -> Result<(), Problem> {
        if organizer_id == data::ORGANIZER_ID && self.permissions.contains(permission) {
            Ok(())
        } else {
            Err(Problem::forbidden(permission, organizer_id))
        }
    }

    /// Demands a permission for each of the organizers that the query names; at least one must be named.
    pub(crate) fn demand_for_all(&self, permission: &str, organizer_ids: &[&str]) -> Result<(), Problem> {
        if organizer_ids.is_empty() {
            return Err(Problem::bad_query("query parameter organizerId is required"));
        }
        organizer_ids.iter().try_for_each(|id| self.demand(permission, id))
    }
}

/// Takes what was cancelled out of what is held; nothing when it is not, or no longer, there.
pub(crate) fn take_out<T>(held: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<StatusCode> {
    let place = held.iter().position(is_it)?;
    held.remove(place);
    Some(StatusCode::NO_CONTENT)
}
