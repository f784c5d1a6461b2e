//! What card readers report to the desk: a closed set of events, made of core values only.

use crate::card::CardKind;

/// The name of a reader as its driver gives it, for example `ACS ACR122U PICC Interface 00 00`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReaderName(pub String);

/// Something that happened at a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// The readers that are connected now; empty when there is none, which is a calm state and no error.
    Readers(Vec<ReaderName>),
    /// A card was laid on a reader and read. A card that stays lying gives one event only.
    Card(CardRead),
    /// The card was taken from the reader.
    Removed(ReaderName),
    /// Reading did not work, or the smart-card service did not answer.
    Trouble(ReaderTrouble),
}

/// One successful reading of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRead {
    /// Which reader it lay on.
    pub reader: ReaderName,
    /// What it is, as far as its identifier tells.
    pub kind: CardKind,
}

/// Why a card or reader could not be used; each has a sentence for the clerk and a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderTrouble {
    /// The smart-card service of the system is not running (pcscd, SCardSvr). The loop keeps trying.
    NoService,
    /// The card was taken away before it was read: hold it a little longer.
    RemovedTooSoon(ReaderName),
    /// Another program holds the card.
    InUse(ReaderName),
    /// The card does not answer, or answers nonsense.
    Unreadable(ReaderName),
}
