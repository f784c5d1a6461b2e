//! What all acts have in common: who they are for, and how they are put in the books.

use crate::desk::{Change, Desk};
use crate::person::TapId;
use balie_core::agreement::Verb;
use balie_core::card::ChipNumber;
use balie_core::entry::{Act, EntryId, Holder};
use balie_core::life::Hold;
use balie_core::pass::Pass;
use balie_core::time::Moment;
use balie_core::upload::Change as Later;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;
use balie_store::trail::Actor;
use std::collections::HashMap;
use uuid::Uuid;

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// Another person stands at the desk now, or nobody.
    #[error("the person of this tap is no longer at the desk")]
    Gone,
    /// It is not what was on the screen; what holds now stands there.
    #[error("what was on the screen changed meanwhile")]
    Changed,
    /// This was recorded already.
    #[error("this was recorded already")]
    Done(Verb),
    /// The clock of the computer was set back, and without a connection nobody knows what day it is.
    #[error("the clock was set back")]
    ClockBehind,
    /// The ledger was also used elsewhere, or is an older copy.
    #[error("nothing is recorded in this ledger any more")]
    ReadOnly,
    /// It could not be written. Nothing was recorded.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Elsewhere => Self::ReadOnly,
            other => Self::Store(other),
        }
    }
}

impl Desk {
    /// Writes an act in the books, and wakes whoever sends it. When this returns, the entry survives a power cut.
    ///
    /// `card` is the card whose number was only typed, as it stood there when the act was decided: whether the two belong
    /// together is asked before it is sent.
    pub(crate) async fn record(&self, act: &Act, card: Option<ChipNumber>) -> Result<Recorded, StoreError> {
        self.record_waiting(act, card, None).await
    }

    /// The same, and it is not sent before a moment.
    pub(crate) async fn record_waiting(
        &self,
        act: &Act,
        card: Option<ChipNumber>,
        not_before: Option<Moment>,
    ) -> Result<Recorded, StoreError> {
        let (now, id) = (self.now(), EntryId(Uuid::now_v7().into_bytes()));
        let recorded = {
            let _books = self.books.lock().await;
            if let Some(card) = card {
                // Before the act itself: no act is ever without it.
                self.ledger.note_typed_card(id, card).await?;
                self.floor().typed_cards.insert(id, card);
            }
            let recorded = self.ledger.record(id, act, now).await?;
            let mut open = recorded.open();
            if let Some(not_before) = not_before {
                // Nor when the network comes back in between.
                (open.life.not_before, open.life.hold) = (not_before, Some(Hold::Wait));
            }
            let waits = not_before.map(|_| Later { receipt: open.receipt(), signal: None, life: open.life });
            Self::held(&self.queue).put(open, now);
            if let Some(later) = waits
                && let Err(error) = self.carry_out(&[later], &HashMap::new(), None, Actor::Machine).await
            {
                // It is recorded, and that is what was promised; it only goes sooner.
                tracing::warn!(%error, "an act is not kept back");
            }
            recorded
        };
        self.acted();
        self.tell(Change::Lines);
        self.tell(Change::Desk);
        self.bell.notify_one();
        tracing::info!(receipt = %recorded.entry.receipt, "recorded");
        Ok(recorded)
    }

    /// The card of the person of a tap, where its number is only what somebody typed. To be asked before their pass: an
    /// answer that comes in between may put in place who it really is, never the other way round.
    pub(crate) fn typed_card(&self, tap: TapId) -> Result<Option<ChipNumber>, ActError> {
        let (person, _) = self.person_and_event(tap).ok_or(ActError::Gone)?;
        Ok(person.typed_card)
    }

    pub(crate) fn holder(&self, pass: &Pass) -> Holder {
        Holder { number: pass.number.clone(), passholder: pass.passholder.clone(), organizer: self.organizer() }
    }
}
