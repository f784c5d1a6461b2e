//! Taking back what UiTPAS has: a new entry that asks it to take the first one out again.

use crate::desk::Desk;
use crate::undo::UndoError;
use balie_core::entry::{Act, Cancellation};
use balie_core::outbox::State;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;

impl Desk {
    /// Records that a confirmed act is taken back. The first entry stays in the books, and becomes cancelled when UiTPAS
    /// took it out.
    ///
    /// # Errors
    /// Fails when UiTPAS does not have it, or when it is being taken back already.
    pub(crate) async fn reverse(&self, recorded: &Recorded) -> Result<Recorded, UndoError> {
        let cancellation = Cancellation::of(&recorded.entry).filter(|_| recorded.state == State::Confirmed);
        let act = Act::Cancellation(cancellation.ok_or(UndoError::TooLate)?);
        match self.record(&act, None).await {
            Ok(cancellation) => Ok(cancellation),
            Err(StoreError::Changed) => Err(UndoError::TooLate),
            Err(error) => Err(error.into()),
        }
    }
}
