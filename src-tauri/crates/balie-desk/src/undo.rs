//! Taking back what was done: before it was sent it is withdrawn here, afterwards UiTPAS is asked to take it out.

use crate::desk::{Change, Desk};
use crate::person::Person;
use crate::quote::ALL;
use balie_core::entry::EntryId;
use balie_core::outbox::State;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;

/// Why an entry was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such entry.
    #[error("there is no such entry")]
    NotFound,
    /// It is being sent now, nobody knows whether UiTPAS has it, or it is being taken back already.
    #[error("it can not be taken back now")]
    TooLate,
    /// It could not be written; the entry is as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Takes back an entry. One that was not sent stays in the books as withdrawn, and is the answer. One that UiTPAS has
    /// is taken back by a new entry, which is the answer.
    ///
    /// # Errors
    /// Fails while it is being sent, and when nobody knows whether UiTPAS has it.
    pub async fn undo(&self, id: EntryId) -> Result<Recorded, UndoError> {
        let mut recorded = self.ledger.entry(id).await?.ok_or(UndoError::NotFound)?;
        recorded.state = loop {
            match recorded.state {
                // Of a cancellation that was begun UiTPAS may have taken out a part: it can only be finished.
                State::Queued if recorded.begun => return Err(UndoError::TooLate),
                State::Queued => {}
                State::Confirmed => return self.reverse(&recorded).await,
                _ => return Err(UndoError::TooLate),
            }
            match self.ledger.withdraw(&recorded, self.now()).await {
                Ok(state) => break state,
                // It was tried meanwhile. When nothing left, it is queued again and can be taken back all the same.
                Err(StoreError::Changed) => {
                    recorded = self.ledger.entry(id).await?.ok_or(UndoError::NotFound)?;
                }
                Err(error) => return Err(error.into()),
            }
        };
        recorded.version += 1;
        tracing::info!(receipt = %recorded.entry.receipt, "withdrawn");
        self.tell(Change::Lines);
        self.tell(Change::Desk);
        self.offer_again(recorded.entry.id).await;
        Ok(recorded)
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
            }
            if let Some(redeemed) = person.rewards.iter_mut().find(|each| each.recorded == id) {
                (redeemed.recorded, redeemed.id) = (None, reward);
            }
        });
        self.requote(person.tap, ALL).await;
    }
}
