//! The vocabulary of the day: its list, its books, and the words of its files.

use super::{LineKind, LineView, SumView};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Where an act stands in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum DayPlace {
    /// On this computer, to be sent.
    Noted,
    /// UiTPAS has it.
    Sent,
    /// UiTPAS did not accept it.
    Refused,
    /// It is not known whether UiTPAS has it.
    ToCheck,
    /// Taken back.
    TakenBack,
    /// Given to another desk.
    HandedOver,
}

/// Which acts of which day are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayQuery {
    /// The day, `2026-11-21`.
    pub day: String,
    /// Only what stands here.
    pub place: Option<DayPlace>,
    /// Only acts of this kind.
    pub kind: Option<LineKind>,
    /// Only at this activity.
    pub event: Option<String>,
    /// A part of the receipt, the title or the price category.
    pub text: String,
    /// How many are skipped.
    pub skipped: u32,
}

/// A part of the acts of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayPage {
    /// The acts, the newest first; at most 50.
    pub lines: Vec<LineView>,
    /// How many were asked for and are there.
    pub found: u32,
    /// How many the day has.
    pub all: u32,
}

/// What some acts add up to. Amounts are cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DaySum {
    /// Where they stand.
    pub place: DayPlace,
    /// How many acts.
    pub acts: u32,
    /// How many tickets.
    pub tickets: u32,
    /// Points that were saved.
    pub saved: i32,
    /// Points that were spent.
    pub spent: i32,
    /// What was charged.
    pub charged_cents: i32,
    /// The same at the regular price.
    pub regular_cents: i32,
    /// The one less the other.
    pub discount_cents: i32,
}

/// How many acts of a kind stand in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayCount {
    /// What was done.
    pub kind: LineKind,
    /// Where it stands.
    pub place: DayPlace,
    /// How many.
    pub acts: u32,
}

/// Who pays what of what UiTPAS has, in cents: an estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DaySplit {
    /// What passholders paid; this is exact.
    pub passholder_cents: i32,
    /// What the organizer bears.
    pub organizer_cents: i32,
    /// What the municipality pays back.
    pub municipality_cents: i32,
    /// The discount of which no key tells who bears it.
    pub unknown_cents: i32,
    /// The keys are those of the organizer, and not the default one.
    pub own_keys: bool,
}

/// What UiTPAS counts for the tickets that it has, beside what the desk counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayCounted {
    /// How many tickets UiTPAS has, as far as it told.
    pub tickets: u32,
    /// What it counts for them, in cents.
    pub cents: i32,
    /// Of so many tickets it did not say the price.
    pub unpriced: u32,
    /// Of so many it counts another price than was charged.
    pub differing: u32,
}

/// One hour of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayHour {
    /// Its hour, 0 to 23.
    pub hour: i8,
    /// How many acts.
    pub acts: u32,
}

/// One activity of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayActivity {
    /// Its id in the UiTdatabank.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many acts count.
    pub acts: u32,
    /// How many tickets count.
    pub tickets: u32,
    /// What was charged, sent or not, in cents.
    pub charged_cents: i32,
    /// What UiTPAS lists beside it; absent while that was not checked.
    pub sum: Option<SumView>,
}

/// The books of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayView {
    /// The day, `2026-11-21`.
    pub day: String,
    /// It is today.
    pub today: bool,
    /// The days on which something was done, the newest first, with today before them.
    pub days: Vec<String>,
    /// How many acts it has.
    pub acts: u32,
    /// By where they stand: each place once.
    pub sums: Vec<DaySum>,
    /// By kind and place: only where there are any.
    pub counts: Vec<DayCount>,
    /// Who pays what.
    pub split: DaySplit,
    /// What UiTPAS counts.
    pub counted: DayCounted,
    /// How many acts of earlier days were taken back.
    pub back_acts: u32,
    /// What was given back for them, in cents.
    pub back_cents: i32,
    /// From the first hour with an act to the last.
    pub hours: Vec<DayHour>,
    /// The busiest first.
    pub activities: Vec<DayActivity>,
    /// When it was closed, `18:02` or `22/11 09:00`, the first time first.
    pub closings: Vec<String>,
    /// How many acts were done or took a step after the last of those.
    pub changed_since: u32,
}

/// What kind of file a day goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum DayFormat {
    /// A list as text.
    Csv,
    /// A workbook.
    Xlsx,
    /// A slip to print.
    Pdf,
}

/// What stands above the columns of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayColumns {
    /// The receipt.
    pub receipt: String,
    /// The date.
    pub date: String,
    /// The hour.
    pub hour: String,
    /// What was done.
    pub kind: String,
    /// The activity or the reward.
    pub title: String,
    /// The price category.
    pub label: String,
    /// How many tickets.
    pub tickets: String,
    /// The regular price.
    pub regular: String,
    /// What was charged.
    pub charged: String,
    /// The points.
    pub points: String,
    /// Where it stands.
    pub place: String,
}

/// The kinds of acts, in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayKinds {
    /// A tariff was granted.
    pub sell: String,
    /// A point was saved.
    pub check_in: String,
    /// A reward was redeemed.
    pub redeem: String,
    /// An act was taken back.
    pub cancel: String,
}

/// Where acts stand, in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayPlaces {
    /// On this computer.
    pub noted: String,
    /// UiTPAS has it.
    pub sent: String,
    /// Not accepted.
    pub refused: String,
    /// Not known.
    pub to_check: String,
    /// Taken back.
    pub taken_back: String,
    /// Given to another desk.
    pub handed_over: String,
}

/// The sentences of the slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DaySlip {
    /// The heading, with the date.
    pub heading: String,
    /// Nothing on it is real.
    pub not_real: String,
    /// Before the moment at which it was made.
    pub made: String,
    /// Before the moment at which the day was closed.
    pub closed: String,
    /// The day was not closed.
    pub not_closed: String,
    /// Something changed after it was closed.
    pub changed: String,
    /// How many acts.
    pub acts: String,
    /// The discount.
    pub discount: String,
    /// Points that were saved.
    pub saved: String,
    /// Points that were spent.
    pub spent: String,
    /// What was given back for earlier days.
    pub back: String,
    /// The heading of the estimate.
    pub estimate: String,
    /// The passholder.
    pub passholder: String,
    /// The organizer.
    pub organizer: String,
    /// The municipality.
    pub municipality: String,
    /// Nobody knows who.
    pub unknown: String,
    /// The heading of the difference.
    pub difference: String,
    /// What the desk counts.
    pub ours: String,
    /// What UiTPAS counts.
    pub theirs: String,
    /// The one less the other.
    pub less: String,
    /// Tickets of which UiTPAS did not say the price.
    pub unpriced: String,
    /// Tickets of which it counts another price.
    pub differing: String,
    /// The heading of the activities.
    pub activities: String,
    /// Before the end of the trail.
    pub trail: String,
}

/// The captions of a file, in the language of the clerk. They come from the window, which has the one catalogue of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayWords {
    /// The language: it decides on the marks in amounts.
    pub language: super::Language,
    /// The name of the file, without its ending.
    pub file: String,
    /// The name of the sheet with the acts.
    pub list: String,
    /// The name of the sheet with the totals.
    pub totals: String,
    /// Above the columns.
    pub columns: DayColumns,
    /// The kinds of acts.
    pub kinds: DayKinds,
    /// Where they stand.
    pub places: DayPlaces,
    /// The slip.
    pub slip: DaySlip,
}
