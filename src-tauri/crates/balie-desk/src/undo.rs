//! Taking back what was done: before it was sent it is withdrawn here, afterwards UiTPAS is asked to take it out.

use crate::desk::Desk;
use crate::person::Person;
use crate::quote::ALL;
use balie_core::entry::{Act, EntryId};
use balie_core::outbox::State;
use balie_core::upload::take_back;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;
use balie_store::trail::Actor;
use std::collections::HashMap;

/// Why an entry was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such entry.
    #[error("there is no such entry")]
    NotFound,
    /// It is settled, or being taken back already.
    #[error("it can not be taken back now")]
    TooLate,
    /// It could not be written; the entry is as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Takes back an entry. One that was not sent stays in the books as withdrawn, and is the answer. One that is under way
    /// is taken back as soon as it is known what became of it (T15). One that UiTPAS has is taken back by a new entry, which
    /// is the answer.
    ///
    /// # Errors
    /// Fails for what is settled otherwise, and for a cancellation of which a part was done.
    pub async fn undo(&self, id: EntryId) -> Result<Recorded, UndoError> {
        let recorded = self.ledger.entry(id).await?.ok_or(UndoError::NotFound)?;
        if recorded.state == State::Confirmed {
            return self.reverse(&recorded).await;
        }
        let recorded = match self.take_back(id).await {
            // It was confirmed meanwhile.
            Err(UndoError::TooLate) => {
                let recorded = self.ledger.entry(id).await?.ok_or(UndoError::NotFound)?;
                return self.reverse(&recorded).await;
            }
            other => other?,
        };
        tracing::info!(receipt = %recorded.entry.receipt, state = ?recorded.state, "taken back");
        if recorded.state == State::Withdrawn {
            self.offer_again(recorded.entry.id).await;
        }
        Ok(recorded)
    }

    async fn take_back(&self, id: EntryId) -> Result<Recorded, UndoError> {
        let _books = self.books.lock().await;
        let recorded = self.ledger.entry(id).await?.ok_or(UndoError::NotFound)?;
        let is_cancellation = matches!(recorded.entry.act, Act::Cancellation(_));
        let open = matches!(recorded.state, State::Queued | State::Sending | State::InDoubt);
        // Of a cancellation that was begun UiTPAS may have taken out a part: it can only be finished.
        if !open
            || recorded.life.cancel_wanted
            || (is_cancellation && (recorded.begun || recorded.state != State::Queued))
        {
            return Err(UndoError::TooLate);
        }
        let change = take_back(&recorded.open(), self.now()).map_err(StoreError::from)?;
        self.carry_out(&[change], &HashMap::new(), None, Actor::Clerk).await?;
        self.ledger.entry(id).await?.ok_or(UndoError::NotFound)
    }

    // The person may still stand there: what was taken back can be done again.
    pub(crate) async fn offer_again(&self, id: EntryId) {
        let Some(person) = self.person() else { return };
        let (offer, reward) = {
            let mut floor = self.floor();
            (floor.next_offer(), floor.next_offer())
        };
        let id = Some(id);
        self.with_person(person.tap, |person: &mut Person| {
            if let Some(sold) = person.offers.iter_mut().find(|category| category.sold == id) {
                (sold.sold, sold.id) = (None, offer);
            }
            if let Some(point) = person.check_in.as_mut().filter(|point| point.recorded == id) {
                point.recorded = None;
                person.by_itself = None;
            }
            if let Some(redeemed) = person.rewards.iter_mut().find(|each| each.recorded == id) {
                (redeemed.recorded, redeemed.id) = (None, reward);
            }
        });
        self.requote(person.tap, ALL).await;
    }
}
