//! Taking back what was not sent yet.

use crate::desk::{Change, Desk};
use crate::person::PricedCategory;
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
    /// It was sent meanwhile, or is being sent.
    #[error("it was sent already")]
    TooLate,
    /// It could not be written; the entry is as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Takes back an entry that was not sent. The entry stays in the books, as withdrawn.
    ///
    /// # Errors
    /// Fails when it was sent meanwhile.
    pub async fn undo(&self, id: EntryId) -> Result<Recorded, UndoError> {
        let mut recorded = self.ledger.entry(id).await?.ok_or(UndoError::NotFound)?;
        recorded.state = loop {
            if recorded.state != State::Queued {
                return Err(UndoError::TooLate);
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
        self.sell_again(&recorded).await;
        Ok(recorded)
    }

    // The person may still stand there: what was taken back can be sold again.
    async fn sell_again(&self, recorded: &Recorded) {
        let Some(person) = self.person() else { return };
        let again = self.floor().next_offer();
        self.with_person(person.tap, |person| {
            let sold = |offer: &&mut PricedCategory| offer.sold == Some(recorded.entry.id);
            if let Some(offer) = person.offers.iter_mut().find(sold) {
                offer.sold = None;
                offer.id = again;
            }
        });
        self.requote(person.tap).await;
    }
}
