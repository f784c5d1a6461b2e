//! The vocabulary of the distribution keys: what a person chooses, and what it comes to in words.

use super::Notice;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Who pays which part of a ticket, as the organizer chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChosenKeys {
    /// Prices are computed where UiTPAS does not answer and never said them.
    pub computes: bool,
    /// The organizer's own keys count. Otherwise the default key does, and its own are kept.
    pub own: bool,
    /// The own keys that apply by their conditions, in the order in which they are tried.
    pub automatic: Vec<AutomaticKey>,
    /// The own keys that are chosen for the activities; they go before all others.
    pub manual: Option<ManualKeys>,
}

/// A key that applies by its conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AutomaticKey {
    /// Where the passholder lives.
    pub municipality: Municipality,
    /// The rest of it.
    pub key: OwnKey,
}

/// A key that is chosen for the activities: one for passholders of the organizer's own municipality, one for all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ManualKeys {
    /// For passholders of the same municipality.
    pub own: OwnKey,
    /// For all others.
    pub other: OwnKey,
}

/// A key: when it applies, and what each pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OwnKey {
    /// The price is below so many cents; absent where that is no condition.
    pub below_cents: Option<i32>,
    /// The price is so many cents.
    pub is_cents: Option<i32>,
    /// The price is above so many cents.
    pub above_cents: Option<i32>,
    /// The pass has standing in the card system of the organizer; otherwise any will do.
    pub own_card_system: bool,
    /// What the passholder pays.
    pub passholder: KeyShare,
    /// What the organizer bears.
    pub organizer: KeyShare,
    /// What the government pays back.
    pub government: KeyShare,
}

/// A part of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyShare {
    /// What the amount counts.
    pub kind: ShareKind,
    /// Cents, or hundredths of a percent; nothing for the rest.
    pub amount: i32,
}

/// What a part of a price is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ShareKind {
    /// A fixed amount, in cents.
    Fixed,
    /// A share of the price, in hundredths of a percent.
    OfPrice,
    /// A share of what the fixed amounts and the shares of the price leave.
    OfRemainder,
    /// All that is left.
    Rest,
}

/// Where a passholder lives, as a condition of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Municipality {
    /// Anywhere.
    Any,
    /// In the municipality of the organizer.
    Own,
    /// In another.
    Other,
}

/// The distribution keys in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeysView {
    /// What a new key begins as: the default key.
    pub proposed: OwnKey,
    /// The default key.
    pub standard: KeyView,
    /// The own keys that apply by their conditions, in the order in which they are tried.
    pub automatic: Vec<KeyView>,
    /// The pair that is chosen for the activities; empty where there is none.
    pub manual: Vec<KeyView>,
}

/// One distribution key in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    /// What it is called: its number, or `A` and `B` for the pair that is chosen for the activities.
    pub name: String,
    /// When it applies; always, when there is none.
    pub conditions: Vec<Notice>,
    /// What the passholder pays.
    pub passholder: Notice,
    /// What the organizer bears.
    pub organizer: Notice,
    /// What the government pays back.
    pub government: Notice,
    /// What it comes to for a price that it applies to; absent where there is no such price.
    pub example: Option<Notice>,
    /// Why it never applies here.
    pub notes: Vec<Notice>,
}
