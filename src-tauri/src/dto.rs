//! The vocabulary between the window and the rest: what crosses, and nothing that the clerk may not see.
//!
//! Money crosses as whole cents, time as text that is ready for the eye (`10:42`), numbers of passes masked. Sentences
//! do not cross: reasons are codes, and `ui/src/texts` holds the words.

mod check;
mod day;
mod keys;
mod offline;
mod reader;
mod settings;
mod way_in;

pub use check::{
    CandidateView, CaseGroup, CaseView, CaseWay, ExtraView, HandedView, StoryLineView, StoryView, SumView, ToCheckView,
};
pub use day::{
    DayActivity, DayColumns, DayCount, DayCounted, DayFormat, DayHour, DayKinds, DayPage, DayPlace, DayPlaces,
    DayQuery, DaySlip, DaySplit, DaySum, DayView, DayWords,
};
pub use keys::{AutomaticKey, ChosenKeys, KeyShare, KeyView, KeysView, ManualKeys, Municipality, OwnKey, ShareKind};
pub use offline::{KeptKind, KeptView, LimitsView, ProgressView, ReadyItem, ReadyState, ReadyView, ShrunkView};
pub use reader::{CheckedReader, FindingView, ReaderCheckView};
use serde::{Deserialize, Serialize};
pub use settings::{ChosenSettings, DiagnosisFile, Look, RewardsAlone, SettingsView, Spoken};
use specta::Type;
pub use way_in::{DeskChoice, PermissionView, ScreenView, SetUpView, Stage, StartView, StartupView};

/// The head of the window: who, where, and how things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeskView {
    /// The organizer whose desk this is.
    pub organizer: String,
    /// `production` or `test`; anything but production is said on the screen.
    pub environment: String,
    /// Practice mode: nothing leaves this computer.
    pub practice: bool,
    /// The reader.
    pub reader: ReaderView,
    /// The connection with UiTPAS.
    pub connection: Connection,
    /// How many acts still wait to be sent.
    pub to_send: u32,
    /// How many acts need a person: refused or in doubt.
    pub to_check: u32,
    /// The activity that is chosen, if any.
    pub chosen_event: Option<String>,
    /// The activities and prices are being fetched anew.
    pub refreshing: bool,
    /// The language of the desk.
    pub language: Language,
    /// Light or dark.
    pub look: Look,
    /// Whether there are sounds. They are the same for everybody who stands at the desk.
    pub sound: bool,
    /// How loud they are, in percent.
    pub volume: i32,
    /// A card that is laid on the reader at a chosen activity saves its point by itself.
    pub fast_mode: bool,
    /// How many minutes without a key or a pointer the desk stays open, when it can be locked.
    pub lock_after_minutes: i32,
    /// Whom a clerk calls when something does not work; absent when nobody said.
    pub who_to_call: Option<String>,
    /// Where a passholder goes to renew, in the organizer's own words; absent when the organizer did not say.
    pub renew_at: Option<String>,
    /// The nearest moment after which UiTPAS no longer takes something that waits to be sent: `18:30`, or
    /// `22/11 02:00` on another day.
    pub to_send_before: Option<String>,
    /// What waits to be sent has waited long, or the calendar turns before it is sent; absent when there is nothing to say.
    pub waiting: Option<WaitingView>,
    /// The ledger was also used elsewhere, or is an older copy: nothing can be recorded or sent.
    pub read_only: bool,
    /// The clock of the computer was set back: nothing can be recorded until it is right.
    pub clock_behind: bool,
    /// People sign in here, in the browser.
    pub by_person: bool,
    /// Somebody is signed in, or a client of the test environment is.
    pub signed_in: bool,
    /// There is a PIN, so the desk can be locked.
    pub can_lock: bool,
    /// The keyring of the computer fails, and the desk was opened with the recovery code: it does not lock itself, and needs
    /// the code again at the next start.
    pub keyring_fails: bool,
    /// Facts grow old, and then less works without a connection: what, and until when; absent when there is nothing to say.
    pub growing_old: Option<Notice>,
}

/// What there is to say about what waits to be sent. It is about all of it, and about no person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WaitingView {
    /// It waits for a day or more.
    pub long: bool,
    /// Since when the oldest waits, when that is long ago, and on which side of a month or a day it comes to lie.
    pub notices: Vec<Notice>,
}

/// The languages that a clerk can work in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// Dutch.
    Nl,
    /// French.
    Fr,
    /// English.
    En,
}

/// How the connection with UiTPAS stands, from real exchanges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Connection {
    /// Nothing was asked yet.
    Unknown,
    /// The last exchange went well.
    Connected,
    /// UiTPAS answers, but later than the desk can wait.
    Slow,
    /// UiTPAS cannot be reached.
    Offline,
    /// UiTPAS does not accept who we are.
    SignInNeeded,
}

/// How the card reader stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReaderView {
    /// Whether a card can be tapped.
    pub state: ReaderState,
    /// The name of the first reader that takes cards which are laid on it; a combi reader is one.
    pub name: Option<String>,
    /// Why no reader can be used: a code, for example `reader.noService`.
    pub trouble: Option<String>,
}

/// Whether a card can be tapped now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ReaderState {
    /// A reader is connected.
    Ready,
    /// No reader is connected: type or scan the number.
    Absent,
    /// The smart-card service of this computer does not answer.
    NoService,
}

/// One activity of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its id in the UiTdatabank.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `09:00`; absent when it has no hours.
    pub from: Option<String>,
    /// `18:00`; absent when it has no hours.
    pub until: Option<String>,
    /// The prices an ordinary visitor pays, in the order of the organizer.
    pub prices: Vec<PriceView>,
}

/// One price category of an activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PriceView {
    /// For example `Volwassene`.
    pub label: String,
    /// The regular price in cents.
    pub regular_cents: i32,
}

/// The person who stands at the desk now. Each tap has a number of its own, so that two people never mix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// The number of the tap; every command about this person repeats it.
    pub tap: u32,
    /// How far the desk is with this person.
    pub phase: Phase,
    /// The first name, when UiTPAS gave it in this session.
    pub first_name: Option<String>,
    /// The number of the pass with its middle masked: `0900 ••• ••7 513`.
    pub number: Option<String>,
    /// A group pass.
    pub group: bool,
    /// The balance of points, when known: what UiTPAS said and what this desk did since.
    pub points: Option<i32>,
    /// One offer for each price category of the chosen activity, in the same order.
    pub offers: Vec<OfferView>,
    /// Whether a point can be saved; absent without a chosen activity.
    pub check_in: Option<CheckInView>,
    /// The rewards of this desk: welcome advantages first, then what can be redeemed, then what is nearest in reach.
    pub rewards: Vec<RewardView>,
    /// What the tap did by itself, in fast mode.
    pub by_itself: Option<ByItselfView>,
    /// The card before this one was to save a point by itself, and did not: nobody saw why.
    pub before_not_saved: bool,
    /// Why nothing can be done, or what the clerk should know.
    pub notice: Option<Notice>,
    /// What UiTPAS itself has to say to the person, as given.
    pub messages: Vec<String>,
    /// What stands behind the details key only.
    pub details: Vec<Detail>,
}

/// What a tap did by itself, in fast mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ByItselfView {
    /// The entry of the point that it saved; absent when it could not be written, so that nothing was saved.
    pub entry: Option<String>,
    /// For how many milliseconds it can still be taken back as if nothing happened.
    pub left_ms: i32,
}

/// How far the desk is with a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// The pass is being looked up.
    Looking,
    /// The pass is known; a live price may still be on its way.
    Asking,
    /// All that will be known is on the screen.
    Ready,
    /// A number is needed: this card was never seen and there is no connection.
    NumberNeeded,
    /// Nothing can be done for this pass; `notice` says why.
    Refused,
}

/// What one price category costs this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OfferView {
    /// The number of this offer; selling repeats it, and it can be sold once.
    pub id: u32,
    /// For example `Volwassene`.
    pub label: String,
    /// The regular price in cents.
    pub regular_cents: i32,
    /// What this person pays, in cents; the regular price when no tariff applies.
    pub price_cents: i32,
    /// Whether there is something to record: only a price below the regular one is.
    pub sellable: bool,
    /// Where the price comes from.
    pub source: PriceSource,
    /// When that price was asked, `dd/mm hh:mm`, for a price that is not live.
    pub as_of: Option<String>,
    /// How many can be recorded at once: one for a person, the turns that are left for a group.
    pub most: u32,
    /// Why no tariff applies.
    pub reason: Option<Notice>,
}

/// Whether this person can save a point at the chosen activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CheckInView {
    /// What it is worth.
    pub points: u32,
    /// Whether it can be recorded.
    pub saveable: bool,
    /// It was recorded for this tap.
    pub saved: bool,
    /// UiTPAS said so just now; otherwise it is provisional.
    pub live: bool,
    /// It must be sent before: `18:30`, or `22/11 02:00` on another day.
    pub deadline: Option<String>,
    /// Why it cannot be recorded.
    pub reason: Option<Notice>,
}

/// One reward, for this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RewardView {
    /// The number to redeem it by; it changes with the balance.
    pub id: u32,
    /// Its title.
    pub title: String,
    /// A welcome advantage, which costs nothing.
    pub welcome: bool,
    /// What it costs.
    pub points: i32,
    /// The points before, when known.
    pub before: Option<i32>,
    /// The points after, when known.
    pub after: Option<i32>,
    /// Whether it can be recorded.
    pub redeemable: bool,
    /// It was recorded for this tap.
    pub redeemed: bool,
    /// UiTPAS said so just now; otherwise it is provisional.
    pub live: bool,
    /// What the passholder must know to use it.
    pub practical: Option<String>,
    /// Why it cannot be recorded.
    pub reason: Option<Notice>,
}

/// Where a price comes from; all but `live` is shown as provisional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PriceSource {
    /// UiTPAS answered for this person just now.
    Live,
    /// The price that UiTPAS gave earlier for this activity.
    Cached,
    /// Computed with the organizer's own distribution key.
    Computed,
    /// The regular price: nothing to compute.
    Regular,
}

/// Something to tell the clerk: a code with facts; the words stand in `ui/src/texts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// The code, for example `standing.expired`.
    pub code: String,
    /// What the sentence needs, ready for the eye.
    pub facts: Vec<Fact>,
    /// What UiTPAS said about it, as given.
    pub said: Option<String>,
    /// From when the fact dates that decided, `dd/mm hh:mm`.
    pub as_of: Option<String>,
}

/// One named fact in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// The name of its place in the sentence.
    pub name: String,
    /// The text that goes there.
    pub value: String,
}

/// One line behind the details key: a code for its caption, and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// The caption, for example `details.standing`.
    pub code: String,
    /// A code of the catalogue for the value, when it is one of ours, for example `standing.active`.
    pub value_code: Option<String>,
    /// The value as text, when it is a fact such as a date or a name.
    pub value: Option<String>,
}

/// One line in the list of what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LineView {
    /// The id of the entry.
    pub id: String,
    /// The receipt number, for example `B1-000412`.
    pub receipt: String,
    /// When it was done, `10:42`.
    pub at: String,
    /// What was done.
    pub kind: LineKind,
    /// The activity or the reward.
    pub title: String,
    /// The price category; empty for what has none.
    pub label: String,
    /// How many tickets.
    pub quantity: u32,
    /// What was charged for all of them, in cents; absent for what costs no money.
    pub charged_cents: Option<i32>,
    /// How the points of the person change; absent for what changes none.
    pub points: Option<i32>,
    /// It must be sent before: `18:30`, or `22/11 02:00` on another day; absent when it is out of the queue.
    pub deadline: Option<String>,
    /// The code that the passholder needs to use a reward.
    pub redeem_code: Option<String>,
    /// What the passholder must know to use a reward.
    pub redeem_info: Option<String>,
    /// The pass with its middle masked.
    pub number: String,
    /// How it stands.
    pub state: LineState,
    /// Whether it can be taken back: before it was sent, or after UiTPAS accepted it.
    pub can_undo: bool,
    /// UiTPAS has it: taking it back is sent as well.
    pub undo_sends: bool,
    /// Why it was refused or is in doubt.
    pub notice: Option<Notice>,
}

/// How an act stands: four different words and looks, and one for what was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LineState {
    /// On this computer, to be sent.
    Queued,
    /// On its way.
    Sending,
    /// Accepted by UiTPAS.
    Confirmed,
    /// Not accepted by UiTPAS.
    Refused,
    /// Sent, but no answer came: it is not known whether UiTPAS has it.
    InDoubt,
    /// Taken back before it was sent.
    Withdrawn,
    /// Taken out at UiTPAS, at our request.
    Cancelled,
    /// Not accepted by UiTPAS, and the loss was taken.
    WrittenOff,
    /// Given to another desk as a file, and never sent from here.
    HandedOver,
}

/// What a clerk did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LineKind {
    /// A tariff was granted.
    Sell,
    /// A point was saved.
    CheckIn,
    /// A reward was redeemed.
    Redeem,
    /// An earlier act was taken back at UiTPAS.
    Cancel,
}

/// How well the answers of the desk agree with those of UiTPAS. No person can be found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosisView {
    /// How often two answers met.
    pub comparisons: u32,
    /// How often they contradicted each other.
    pub differences: u32,
    /// By verb and reason, differences first.
    pub lines: Vec<AgreementView>,
}

/// How often two answers met in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgreementView {
    /// What was decided about.
    pub verb: Verb,
    /// The answer of the desk: `granted`, or the code of its reason.
    pub local: String,
    /// The answer of UiTPAS.
    pub live: String,
    /// How they stand.
    pub agreement: Agreement,
    /// How often.
    pub count: u32,
    /// The last time, `dd/mm hh:mm`.
    pub last_at: String,
}

/// What a desk decides about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Verb {
    /// What a person pays.
    Sell,
    /// Whether a point can be saved.
    CheckIn,
    /// Whether a reward can be redeemed.
    Redeem,
}

/// How two answers stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Agreement {
    /// They agree.
    Same,
    /// The desk would have said that it does not know enough.
    LacksFacts,
    /// The desk would have refused what UiTPAS grants.
    Stricter,
    /// The desk would have granted what UiTPAS refuses.
    Looser,
    /// Both grant, on other terms.
    OtherTerms,
}

/// A card of the practice tray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PracticeCard {
    /// What the tray taps: 14 hexadecimal digits, or any other identifier of a card that is no UiTPAS.
    pub uid: String,
    /// The number that is printed on it; absent for a card that is no UiTPAS.
    pub number: Option<String>,
    /// A first name, or nothing.
    pub first_name: Option<String>,
    /// What it is for, as a code: `practice.card.active`.
    pub code: String,
}

/// A command that could not be done. It is never a crash: it says whose problem it is and what now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The code of the sentence in `ui/src/texts`.
    pub code: String,
    /// Whose turn it is.
    pub severity: Severity,
    /// What the sentence needs.
    pub facts: Vec<Fact>,
}

/// Whose turn it is after a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The clerk can mend it at once: another number, another activity.
    Clerk,
    /// The state of things does not allow it; nothing is wrong.
    Precondition,
    /// Something in the computer or the program is wrong; nothing was recorded.
    Fault,
}
