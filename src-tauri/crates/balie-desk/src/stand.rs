//! At which desk this is: the organizer that was chosen, of those that whoever is signed in may work for.

use crate::desk::{Change, Desk};
use crate::refresh::RefreshError;
use balie_core::event::OrganizerId;
use balie_store::open::StoreError;
use balie_store::permitted::PermittedDesk;

/// The desk cannot be stood at.
#[derive(Debug, thiserror::Error)]
pub enum ChooseDeskError {
    /// Whoever is signed in may not stand there.
    #[error("whoever is signed in may not stand at this desk")]
    NotPermitted,
    /// The choice could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// The organizer whose desk this is; empty as long as none was chosen.
    pub fn organizer(&self) -> OrganizerId {
        self.floor().organizer.clone()
    }

    /// The desks that whoever is signed in may stand at, as UiTPAS last said.
    pub fn desks(&self) -> Vec<PermittedDesk> {
        self.floor().desks.clone()
    }

    /// Asks UiTPAS anew where this desk may stand. Where there is only one place, it is taken.
    ///
    /// # Errors
    /// UiTPAS gives no answer, or it could not be kept.
    pub async fn ask_desks(&self) -> Result<Vec<PermittedDesk>, RefreshError> {
        self.fetch_desks().await?;
        let desks = self.desks();
        if let [only] = desks.as_slice()
            && self.organizer().0.is_empty()
        {
            self.stand_at(only).await?;
        }
        Ok(desks)
    }

    /// Goes to stand at another desk. What was noted at the one before stays that one's, and is sent for it.
    ///
    /// # Errors
    /// Whoever is signed in may not stand there, or the choice could not be kept.
    pub async fn choose_desk(&self, organizer: &OrganizerId) -> Result<(), ChooseDeskError> {
        let found = self.desks().into_iter().find(|desk| desk.organizer == *organizer);
        let Some(desk) = found else { return Err(ChooseDeskError::NotPermitted) };
        if self.organizer() != *organizer {
            self.stand_at(&desk).await?;
        }
        Ok(())
    }

    async fn stand_at(&self, desk: &PermittedDesk) -> Result<(), StoreError> {
        // What was fetched for the other desk, or still is, says nothing about this one.
        self.stop_preparing();
        let _standing = self.standing.lock().await;
        // It goes before the choice is kept: where the current fails in between, it is fetched again, and nothing is noted
        // at this desk for an activity of the other.
        self.snapshot.keep_events(&[]).await?;
        self.snapshot.keep_rewards(&[]).await?;
        self.snapshot.forget_fetched().await?;
        self.ledger.choose_desk(&desk.organizer, &desk.name, self.now()).await?;
        {
            let mut floor = self.floor();
            floor.organizer = desk.organizer.clone();
            floor.organizer_name.clone_from(&desk.name);
            floor.coming.clear();
            floor.events.clear();
            floor.rewards.clear();
            floor.chosen = None;
            floor.at_desk.clear();
            floor.refreshed = None;
            floor.laid_out = None;
            floor.prepare_tried = None;
            floor.prepare_failed = None;
            floor.listed.clear();
        }
        for change in [Change::Desk, Change::Events, Change::Person, Change::Ready] {
            self.tell(change);
        }
        self.freshen.notify_one();
        Ok(())
    }
}
