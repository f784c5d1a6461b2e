//! The vocabulary of the way in: what stands before the desk, signing in, the PIN and the recovery code, and the set-up.

use super::{DeskView, EventView, Language, LineView, Look, Notice, PersonView, ReaderView};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What the page is told when it comes, and when it asks again after the desk was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StartupView {
    /// What stands before the clerk.
    pub start: StartView,
    /// The screen of the desk, for a page that just came, where that is what stands there and it could be read; else the page
    /// reads it piece by piece.
    pub screen: Option<ScreenView>,
}

/// All that stands on the screen of a desk that was just opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScreenView {
    /// The head of the window.
    pub desk: DeskView,
    /// The activities of today.
    pub events: Vec<EventView>,
    /// The person at the desk.
    pub person: Option<PersonView>,
    /// What was done, newest first.
    pub lines: Vec<LineView>,
}

/// What stands before the clerk: the desk, or what comes before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StartView {
    /// Which of them.
    pub stage: Stage,
    /// The language of the desk.
    pub language: Language,
    /// Light or dark.
    pub look: Look,
    /// This build can practise.
    pub can_practise: bool,
    /// What waits goes on being sent meanwhile: the desk is open behind what stands before it.
    pub sending: bool,
    /// Why the recovery code is needed, or for how long a PIN must wait; absent otherwise.
    pub notice: Option<Notice>,
}

/// What can stand before the clerk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// The set-up, which was not ended yet.
    SetUp,
    /// The PIN is needed: at the start, or after the desk was locked.
    Locked,
    /// The keys of the files are not where they were kept: the recovery code is needed.
    Recovery,
    /// The desk.
    Open,
}

/// How far the set-up is, and what it has to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SetUpView {
    /// There are settings: an environment and a client are known.
    pub has_settings: bool,
    /// `production` or `test`, once there are settings.
    pub environment: Option<String>,
    /// People sign in here, in the browser; false where the settings hold the secret of a test client.
    pub by_person: bool,
    /// Somebody is signed in.
    pub signed_in: bool,
    /// The desks that whoever is signed in may stand at.
    pub desks: Vec<DeskChoice>,
    /// What may be done at the chosen desk.
    pub permissions: Vec<PermissionView>,
    /// The reader.
    pub reader: ReaderView,
    /// Something was laid on the reader since the set-up began, and it was read.
    pub card_read: bool,
    /// There is a PIN.
    pub has_pin: bool,
    /// The recovery code was shown and typed once.
    pub has_recovery_code: bool,
}

/// A desk that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeskChoice {
    /// The id of the organizer.
    pub id: String,
    /// Its name.
    pub name: String,
    /// It is the one in use.
    pub chosen: bool,
}

/// Something that a desk may or may not do. What it is stands in the texts as `permission.tariffs` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PermissionView {
    /// What it is about: one of `permission.passes`, `permission.chips`, `permission.tariffs`, `permission.sell`,
    /// `permission.sales`, `permission.checkIns`, `permission.rewards`, `permission.settings`, `permission.list`.
    pub code: String,
    /// It may be done.
    pub granted: bool,
}
