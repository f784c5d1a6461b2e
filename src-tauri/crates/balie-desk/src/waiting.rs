//! Saying in time that something waits to be sent for long, or is about to be counted by UiTPAS in another month.

use crate::desk::{Change, Desk};
use balie_core::outbox::State;
use balie_core::waiting::{Waiting, Warning};
use balie_store::outbox::Counts;

impl Desk {
    /// What a person should hear about what waits, if anything. Nothing where the ledger was also used elsewhere: there
    /// nobody knows whether it still waits.
    pub fn warning(&self, counts: &Counts) -> Option<Warning> {
        if self.is_read_only() { None } else { counts.waiting.warning(self.now()) }
    }

    /// Notices that something has waited long enough to say so, or a day is about to end, though nobody does anything. It
    /// is found out from the queue, as the table would have to be read every few seconds; what is shown comes from there.
    pub(crate) fn watch_what_waits(&self) {
        let mut waiting = Waiting::default();
        for open in Self::held(&self.queue).iter() {
            if matches!(open.life.state, State::Queued | State::Sending) {
                waiting.take_in(&open.entry.act, open.entry.occurred);
            }
        }
        let warning = waiting.warning(self.now());
        let before = std::mem::replace(&mut self.floor().warned, warning);
        if before != warning {
            self.tell(Change::Desk);
        }
    }
}
