//! Taking back what was not sent yet.

use crate::desk::{Change, Desk};
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
    Store(StoreError),
}

impl Desk {
    /// Takes back an entry that was not sent. The entry stays in the books, as withdrawn.
    ///
    /// # Errors
    /// Fails when it was sent meanwhile.
    pub async fn undo(&self, id: EntryId) -> Result<Recorded, UndoError> {
        let recorded = self.ledger.entry(id).await.map_err(UndoError::Store)?.ok_or(UndoError::NotFound)?;
        if recorded.state != State::Queued {
            return Err(UndoError::TooLate);
        }
        match self.ledger.withdraw(&recorded).await {
            Ok(_) => {}
            Err(StoreError::Changed | StoreError::IllegalStep(_)) => return Err(UndoError::TooLate),
            Err(error) => return Err(UndoError::Store(error)),
        }
        tracing::info!(receipt = %recorded.entry.receipt, "withdrawn");
        self.tell(Change::Lines);
        self.tell(Change::Desk);
        self.sell_again(&recorded).await;
        self.ledger.entry(id).await.map_err(UndoError::Store)?.ok_or(UndoError::NotFound)
    }

    // The person may still stand there: what was taken back can be sold again.
    async fn sell_again(&self, recorded: &Recorded) {
        let sale = &recorded.entry.sale;
        let Some(person) = self.person() else { return };
        let same = person.pass.as_ref().is_some_and(|pass| pass.passholder == sale.passholder)
            && self.chosen().as_ref() == Some(&sale.event);
        if !same {
            return;
        }
        let again = self.floor().next_offer();
        self.with_person(person.tap, |person| {
            let sold = person.offers.iter_mut().find(|offer| offer.sold && offer.label == sale.label);
            if let Some(offer) = sold {
                offer.sold = false;
                offer.id = again;
            }
        });
        self.requote(person.tap).await;
    }
}
