//! The vocabulary of working without a connection: how ready the desk is, and what this computer keeps.

use super::Notice;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How ready the desk is to work without a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReadyView {
    /// What it takes, in the order of the screen.
    pub items: Vec<ReadyItem>,
    /// Until when all of it holds: `24/11 10:00`; absent when something is missing already.
    pub good_until: Option<String>,
    /// How long that is from now, in whole hours.
    pub hours_left: Option<i32>,
    /// What will not work without a connection, whatever is fetched.
    pub wont: Vec<Notice>,
    /// The limits of the organizer, and how much of them is used.
    pub limits: LimitsView,
    /// What is being fetched now; absent when nothing is.
    pub progress: Option<ProgressView>,
    /// Why the last fetching ended before it was whole; absent after a whole one.
    pub failed: Option<Notice>,
    /// Lists that became so much shorter that a person must say whether that is right.
    pub shrunk: Vec<ShrunkView>,
}

/// One thing that working without a connection takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReadyItem {
    /// What it is: `ready.signIn`, `ready.events`, `ready.prices`, `ready.rewards`, `ready.list`, `ready.cards`,
    /// `ready.reader`.
    pub code: String,
    /// How it stands.
    pub state: ReadyState,
    /// How many there are, where that says something.
    pub count: Option<u32>,
    /// From when it dates: `21/11 10:42`.
    pub as_of: Option<String>,
    /// Until when it can be relied on: `28/11 10:42`.
    pub until: Option<String>,
    /// What it means for the desk, or what to do; absent when it is good.
    pub notice: Option<Notice>,
}

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ReadyState {
    /// Good for now.
    Good,
    /// It ends within a day, a part of it is lacking, or it would help and is not there.
    Soon,
    /// Too old, or never fetched.
    Missing,
    /// This desk may not have it.
    Forbidden,
}

/// How far the organizer lets the desk go without a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LimitsView {
    /// How old the evidence of a kansenstatuut may be, in days.
    pub most_age_days: i32,
    /// How many provisional sales wait to be sent.
    pub open: u32,
    /// How many may.
    pub most_open: u32,
    /// How much discount they come to, in cents.
    pub discount_cents: i32,
    /// How much they may come to, in cents.
    pub most_discount_cents: i32,
    /// How many points a reward may cost: a number, `all`, or absent when no rewards are exchanged.
    pub rewards: Option<String>,
}

/// What is being fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProgressView {
    /// What: `refresh.permissions`, `refresh.events`, `refresh.prices`, `refresh.list`, `refresh.cards`.
    pub code: String,
    /// How many steps are done.
    pub done: u32,
    /// How many there are, as far as is known.
    pub all: u32,
}

/// A list that became so much shorter that a person must say whether that is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ShrunkView {
    /// The region.
    pub card_system: i32,
    /// Its name.
    pub name: String,
    /// How many cards were on it.
    pub before: u32,
    /// How many are now.
    pub after: u32,
}

/// What this computer keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeptView {
    /// One for each kind.
    pub kinds: Vec<KeptKind>,
    /// How much room all files take, in kilobytes.
    pub kilobytes: i32,
    /// Acts that were not sent yet. Nothing wipes these.
    pub unsent: u32,
    /// After so many days what points to a person is taken out of an act that UiTPAS has.
    pub reduced_after_days: u32,
    /// After so many days such an act is taken out altogether.
    pub removed_after_days: u32,
    /// After so many days without fetching, all that is known of people is wiped.
    pub wiped_after_days: u32,
}

/// One kind of what this computer keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeptKind {
    /// What: `kept.acts`, `kept.events`, `kept.prices`, `kept.rewards`, `kept.cards`, `kept.typed`, `kept.list`,
    /// `kept.listed`, `kept.backups`.
    pub code: String,
    /// It can be wiped: it is about people, and UiTPAS can be asked again.
    pub people: bool,
    /// How many.
    pub count: u32,
    /// From when the oldest dates: `14/11 10:42`.
    pub oldest: Option<String>,
    /// From when the newest dates.
    pub newest: Option<String>,
}
