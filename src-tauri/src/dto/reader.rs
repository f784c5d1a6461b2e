//! The vocabulary of the reader check. It holds no person: of a card only what kind it is.

use super::Fact;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What can be seen of the readers of this computer, what is wrong with them, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReaderCheckView {
    /// What is wrong, the deepest cause first; never empty.
    pub findings: Vec<FindingView>,
    /// How the smart-card service stands, for example `readerCheck.service.answers`.
    pub service: String,
    /// How the driver for USB readers stands, for example `readerCheck.driver.there`.
    pub driver: String,
    /// The readers, each with its slots.
    pub readers: Vec<CheckedReader>,
    /// The readers on the USB bus, as the kernel names them; empty where that cannot be seen.
    pub usb: Vec<String>,
    /// What the last card was, or what it met: a code, for example `readerCheck.card.uitpas` or `reader.inUse`.
    pub last_card: Option<String>,
    /// When that was, for example `14:05`.
    pub last_card_at: Option<String>,
    /// All of it as text, for whoever looks after the computers.
    pub report: String,
}

/// One thing that is wrong, or that all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    /// The key of its sentence; what to do stands under the same key with `.next`.
    pub code: String,
    /// What the sentence needs.
    pub facts: Vec<Fact>,
    /// Somebody has to do something about it.
    pub fault: bool,
    /// What an administrator of this computer types in a terminal.
    pub command: Option<String>,
}

/// One reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CheckedReader {
    /// Its name, without what tells its slots apart.
    pub name: String,
    /// What each of its slots takes, for example `readerCheck.slot.contactless`.
    pub slots: Vec<String>,
}
