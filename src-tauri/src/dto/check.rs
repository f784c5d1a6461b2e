//! The vocabulary of what needs a person: the screen "to check", the life of one entry, and entries as a file.

use super::{LineView, Notice};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What needs a person, and what the lists of UiTPAS add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ToCheckView {
    /// One for each entry, at most 500: refused first, then what is in doubt, then what goes stale soon.
    pub cases: Vec<CaseView>,
    /// How many entries need a person, with those that are not listed: a long list is cut off.
    pub all: u32,
    /// Records at UiTPAS that are too many.
    pub extras: Vec<ExtraView>,
    /// One for each activity that was counted.
    pub sums: Vec<SumView>,
    /// What the organizer may lose on all that are listed, in cents.
    pub at_risk_cents: i32,
}

/// One entry that needs a person, or soon will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    /// The entry, and how it stands.
    pub line: LineView,
    /// On which day it was done, `21/11`; absent for today.
    pub day: Option<String>,
    /// Under which heading it stands.
    pub group: CaseGroup,
    /// Why it stands here, and what UiTPAS said.
    pub notice: Notice,
    /// What UiTPAS counts for one ticket, in cents, where that is not what was charged.
    pub accepted_cents: Option<i32>,
    /// What was charged for one ticket, in cents; absent for what costs no money.
    pub charged_cents: Option<i32>,
    /// What the organizer may lose on it, in cents.
    pub at_risk_cents: i32,
    /// Records at UiTPAS that could be it.
    pub candidates: Vec<CandidateView>,
    /// What a person can do about it, in the order of the buttons.
    pub ways: Vec<CaseWay>,
}

/// Under which heading a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CaseGroup {
    /// UiTPAS did not accept it.
    Refused,
    /// It is not known how it stands, or UiTPAS counts it otherwise.
    Disputed,
    /// It waits, and UiTPAS takes it for a short while only.
    Expiring,
}

/// What a person can do about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CaseWay {
    /// The cause is mended: it is sent again.
    SendAgain,
    /// The organizer takes the loss.
    WriteOff,
    /// It was booked at UiTPAS by hand.
    BookedByHand,
    /// It is there: one of the records is this one.
    IsThere,
    /// It is not there: it is sent again.
    IsNotThere,
    /// What UiTPAS made of it is fine.
    Accept,
}

/// A record at UiTPAS that could be an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CandidateView {
    /// Its id at UiTPAS.
    pub id: String,
    /// When UiTPAS made it, `21/11 10:42`.
    pub at: String,
    /// The price that it counts, in cents.
    pub price_cents: Option<i32>,
    /// The price category, as it was sent.
    pub label: Option<String>,
    /// The pass with its middle masked.
    pub number: String,
}

/// A record too many at UiTPAS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExtraView {
    /// Its id at UiTPAS.
    pub id: String,
    /// When UiTPAS made it, `21/11 10:42`.
    pub at: String,
    /// The price that it counts, in cents.
    pub price_cents: Option<i32>,
    /// The pass with its middle masked.
    pub number: String,
    /// The activity.
    pub title: String,
    /// The receipt of the entry that it looks like.
    pub receipt: Option<String>,
}

/// What UiTPAS lists for one activity beside what the books say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SumView {
    /// The activity.
    pub title: String,
    /// When it was counted, `21/11 10:42`.
    pub at: String,
    /// How many UiTPAS lists.
    pub listed: u32,
    /// How many of those are ours.
    pub ours: u32,
    /// How many are of other desks.
    pub others: u32,
    /// How many are too many.
    pub surplus: u32,
    /// How many of ours are not listed.
    pub missing: u32,
}

/// The life of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StoryView {
    /// The entry, and how it stands.
    pub line: LineView,
    /// What happened to it, oldest first.
    pub lines: Vec<StoryLineView>,
}

/// One thing that happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StoryLineView {
    /// When, `21/11 10:42:07`; empty when nobody knows.
    pub at: String,
    /// What, as a code: `story.step.found`.
    pub code: String,
    /// More about it, part by part, for whoever looks into it; numbers of passes are masked.
    pub details: Vec<String>,
}

/// Entries that went into a file, or came out of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HandedView {
    /// How many.
    pub count: u32,
    /// The name of the file, with its folder.
    pub file: String,
    /// The code that opens a file that was written. It is shown once and kept nowhere.
    pub code: Option<String>,
}
