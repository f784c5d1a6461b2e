//! The vocabulary of the settings: what a person can change while the desk is open, and what stands beside it.

use super::{ChosenKeys, Connection, DeskView, DiagnosisView, KeysView, Language, ReaderView};
use serde::{Deserialize, Serialize};
use specta::Type;

/// The screen of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// What can be changed, as it holds now.
    pub chosen: ChosenSettings,
    /// The file that they stand in; absent in practice, where they hold until the window closes.
    pub file: Option<String>,
    /// The distribution keys in words.
    pub keys: KeysView,
    /// `production`, `test` or `practice`.
    pub environment: String,
    /// The version of Balie.
    pub version: String,
}

/// What a person can change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChosenSettings {
    /// The language of the desk.
    pub language: Language,
    /// Light or dark.
    pub look: Look,
    /// Whether there are sounds.
    pub sound: bool,
    /// How loud they are, in percent.
    pub volume: i32,
    /// A card that is laid on the reader at a chosen activity saves its point by itself.
    pub fast_mode: bool,
    /// People may be looked up by their national number.
    pub uses_national_number: bool,
    /// How many minutes without a key or a pointer a desk with a PIN stays open.
    pub lock_after_minutes: i32,
    /// Where a passholder goes to renew.
    pub renew_at: Spoken,
    /// Whom a clerk calls.
    pub who_to_call: String,
    /// How many provisional sales may wait to be sent.
    pub most_open: i32,
    /// How much discount they may come to, in euro.
    pub most_discount_euro: i32,
    /// Which rewards may be exchanged without a connection.
    pub rewards: RewardsAlone,
    /// The most points that such a reward may cost, where there is such a limit.
    pub rewards_most: i32,
    /// How old what is known of a standing may be without a connection, in days.
    pub standing_max_age_days: i32,
    /// Who pays which part of a ticket.
    pub keys: ChosenKeys,
}

/// One text for each language; empty when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Spoken {
    /// In Dutch.
    pub nl: String,
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Look {
    /// As the system is.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which rewards may be exchanged without a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RewardsAlone {
    /// None.
    Off,
    /// Those that cost no more than so many points.
    UpTo,
    /// All.
    All,
}

/// What is written in the file of the diagnosis. It holds no person, and no text that somebody typed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosisFile {
    at: String,
    version: &'static str,
    system: &'static str,
    environment: String,
    organizer: String,
    language: Language,
    reader: ReaderView,
    connection: Connection,
    signed_in: bool,
    to_send: u32,
    to_check: u32,
    read_only: bool,
    clock_behind: bool,
    keyring_fails: bool,
    fast_mode: bool,
    agreement: DiagnosisView,
}

impl DiagnosisFile {
    /// The file of this moment.
    pub fn new(desk: DeskView, agreement: DiagnosisView, at: String) -> Self {
        Self {
            at,
            version: env!("CARGO_PKG_VERSION"),
            system: std::env::consts::OS,
            environment: desk.environment,
            organizer: desk.organizer,
            language: desk.language,
            reader: desk.reader,
            connection: desk.connection,
            signed_in: desk.signed_in,
            to_send: desk.to_send,
            to_check: desk.to_check,
            read_only: desk.read_only,
            clock_behind: desk.clock_behind,
            keyring_fails: desk.keyring_fails,
            fast_mode: desk.fast_mode,
            agreement,
        }
    }
}
