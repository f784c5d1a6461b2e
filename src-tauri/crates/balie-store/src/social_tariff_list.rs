//! The social tariff lists: who has the social tariff in a region, as UiTPAS last listed them all.
//!
//! Each stands in a file of its own and in memory, as hashes in order. A look-up is a search in memory: it waits for no
//! file and for no import, and a new list takes the place of the old one in one step.

use crate::listing::Listing;
use crate::open::StoreError;
use crate::snapshot::Snapshot;
use balie_core::pass::{CardSystem, UitpasNumber};
use balie_core::social_tariff::ExportEvidence;
use balie_core::time::Moment;

/// A list, told without its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocialTariffList {
    /// The region.
    pub card_system: CardSystem,
    /// When UiTPAS last said it.
    pub as_of: Moment,
    /// How many cards are listed.
    pub count: usize,
    /// The size of its file.
    pub bytes: u64,
    /// A newer one that shrank so much that a person must say whether it is right.
    pub held: Option<HeldList>,
}

/// A list that was not taken into use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldList {
    /// When UiTPAS said it.
    pub as_of: Moment,
    /// How many cards are listed.
    pub count: usize,
}

/// What a list says of one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Whether the card is listed, and when the list was taken.
    pub evidence: ExportEvidence,
    /// The tickets that a group pass had left.
    pub tickets: Option<u32>,
}

/// What became of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It says the same as the list that was there, which now holds until the new moment.
    Unchanged {
        /// How many cards are listed.
        count: usize,
    },
    /// It took the place of the list that was there.
    Replaced {
        /// How many cards were listed before; absent when there was no list.
        before: Option<usize>,
        /// How many are listed now.
        after: usize,
    },
}

/// Why a download was not taken into use. The list that was there still is.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It lists less than half of what the last one did. It is kept aside until a person says whether it is right.
    #[error("the list shrank from {before} cards to {after}")]
    Shrunk {
        /// How many cards are listed.
        before: usize,
        /// How many the new one lists.
        after: usize,
    },
    /// The file could not be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Snapshot {
    /// Puts a download in the place of the list of its card system, unless it shrank too much.
    ///
    /// # Errors
    /// Fails when the file cannot be written, and holds back a list that shrank ([`ImportError::Shrunk`]); the list that
    /// was there then stays in use.
    pub async fn keep_list(
        &self,
        card_system: &CardSystem,
        listing: Listing,
        as_of: Moment,
    ) -> Result<Imported, ImportError> {
        let (lists, index) = (self.social_tariff()?, self.index()?);
        lists.import(index, card_system, listing, as_of).await
    }

    /// Takes into use a list that was held back; `false` when there is none.
    ///
    /// # Errors
    /// Fails when the file cannot be read or put in its place.
    pub async fn accept_shrunk(&self, card_system: i64) -> Result<bool, StoreError> {
        self.social_tariff()?.accept(card_system).await
    }

    /// Throws away a list that was held back.
    ///
    /// # Errors
    /// Fails when the file cannot be removed.
    pub async fn refuse_shrunk(&self, card_system: i64) -> Result<(), StoreError> {
        self.social_tariff()?.refuse(card_system).await
    }

    /// What the list of a card system says of a card; nothing when there is no list.
    ///
    /// # Errors
    /// Fails when the snapshot is locked.
    pub fn listed(&self, card_system: i64, number: &UitpasNumber) -> Result<Option<Listed>, StoreError> {
        let (lists, index) = (self.social_tariff()?, self.index()?);
        Ok(lists.find(&index, card_system, number))
    }

    /// The lists, by card system.
    ///
    /// # Errors
    /// Fails when the snapshot is locked.
    pub fn lists(&self) -> Result<Vec<SocialTariffList>, StoreError> {
        Ok(self.social_tariff()?.all())
    }
}
