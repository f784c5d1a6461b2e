//! Numbers with a moment each, the earliest first.

use crate::time::Moment;
use std::collections::{BTreeSet, HashMap};

/// Numbers with a moment each.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    order: BTreeSet<(Moment, i64)>,
    at: HashMap<i64, Moment>,
}

impl Agenda {
    /// Notes a number for a moment, instead of the one that it had.
    pub(super) fn set(&mut self, number: i64, at: Moment) {
        self.remove(number);
        self.at.insert(number, at);
        self.order.insert((at, number));
    }

    pub(super) fn remove(&mut self, number: i64) {
        if let Some(at) = self.at.remove(&number) {
            self.order.remove(&(at, number));
        }
    }

    /// The earliest number whose moment has come.
    pub(super) fn due(&self, now: Moment) -> Option<i64> {
        self.order.first().filter(|(at, _)| *at <= now).map(|(_, number)| *number)
    }

    /// The earliest number.
    pub(super) fn earliest(&self) -> Option<i64> {
        self.order.first().map(|(_, number)| *number)
    }

    /// The earliest moment.
    pub(super) fn first(&self) -> Option<Moment> {
        self.order.first().map(|(at, _)| *at)
    }

    /// The numbers whose moment is past.
    pub(super) fn before(&self, now: Moment) -> impl Iterator<Item = i64> {
        self.order.iter().take_while(move |(at, _)| *at < now).map(|(_, number)| *number)
    }

    /// The numbers whose moment has come.
    pub(super) fn until(&self, now: Moment) -> impl Iterator<Item = i64> {
        self.order.iter().take_while(move |(at, _)| *at <= now).map(|(_, number)| *number)
    }

    /// Every number, the earliest first.
    pub(super) fn all(&self) -> impl Iterator<Item = i64> {
        self.order.iter().map(|(_, number)| *number)
    }
}

#[cfg(test)]
mod tests;
