//! From the values of the desk to what crosses to the window. Words stay behind: only codes and facts cross.

mod check;
pub mod day;
mod details;
mod keys;
mod line;
pub mod offline;
mod person;
pub mod reader;
mod reason;
pub mod settings;
mod story;
mod waiting;
pub mod way_in;

pub use check::to_check;
pub use line::{line, lines};
pub use person::person;
pub use story::story;

use crate::dto::{
    Agreement, AgreementView, Connection, DeskView, DiagnosisView, EventView, Fact, Notice, PriceView, Problem, Verb,
};
use crate::shell::{Shell, language};
use balie_core::agreement::{Agreement as CoreAgreement, Verb as CoreVerb};
use balie_core::money::Cents;
use balie_core::time::{Moment, date_of, in_brussels};
use balie_desk::connection::Connection as DeskConnection;
use balie_desk::desk::Desk;
use balie_store::ledger::Environment;

/// The head of the window.
pub async fn desk(desk: &Desk, shell: &Shell) -> Result<DeskView, Problem> {
    let counts = desk.counts().await?;
    let preferences = desk.settings().preferences;
    Ok(DeskView {
        organizer: desk.organizer_name(),
        environment: desk.config().environment.word().to_owned(),
        practice: desk.config().environment == Environment::Practice,
        reader: reader::reader(desk),
        connection: match desk.connection() {
            DeskConnection::Unknown => Connection::Unknown,
            DeskConnection::Connected => Connection::Connected,
            DeskConnection::Slow => Connection::Slow,
            DeskConnection::Offline => Connection::Offline,
            DeskConnection::SignInNeeded => Connection::SignInNeeded,
        },
        to_send: counts.to_send,
        to_check: counts.to_check,
        chosen_event: desk.chosen().map(|event| event.0),
        refreshing: desk.is_refreshing(),
        language: language(preferences.language),
        look: settings::look(preferences.look),
        sound: preferences.sound,
        volume: i32::try_from(preferences.volume_percent).unwrap_or_default(),
        fast_mode: preferences.fast_mode,
        lock_after_minutes: i32::try_from(preferences.lock_after_minutes).unwrap_or_default(),
        who_to_call: Some(preferences.who_to_call.clone()).filter(|text| !text.is_empty()),
        renew_at: preferences.renew_at.said(preferences.language).map(str::to_owned),
        to_send_before: counts.deadline.map(|at| soon(at, desk.time())),
        waiting: desk.warning(&counts).map(|warning| waiting::view(&warning, counts.to_send, desk.time())),
        read_only: desk.is_read_only(),
        clock_behind: desk.clock_is_behind(),
        by_person: desk.is_for_people(),
        signed_in: desk.is_signed_in(),
        can_lock: shell.can_lock(),
        keyring_fails: shell.keyring_fails(),
        growing_old: offline::growing_old(desk),
    })
}

/// The activities of today.
pub fn events(desk: &Desk) -> Vec<EventView> {
    let event = |event: balie_core::event::Event| EventView {
        id: event.id.0,
        title: event.title,
        from: event.starts.map(hour),
        until: event.ends.map(hour),
        prices: event
            .prices
            .into_iter()
            .map(|price| PriceView { label: price.label, regular_cents: cents(price.regular) })
            .collect(),
    };
    desk.events().into_iter().map(event).collect()
}

/// How well the answers of the desk agree with those of UiTPAS.
pub async fn diagnosis(desk: &Desk) -> Result<DiagnosisView, Problem> {
    let tallies = desk.agreement().await?;
    let differs = |agreement: CoreAgreement| !matches!(agreement, CoreAgreement::Same | CoreAgreement::LacksFacts);
    let mut lines = tallies.clone();
    lines.sort_by_key(|tally| (!differs(tally.agreement), std::cmp::Reverse(tally.count)));
    Ok(DiagnosisView {
        comparisons: tallies.iter().map(|tally| tally.count).sum(),
        differences: tallies.iter().filter(|tally| differs(tally.agreement)).map(|tally| tally.count).sum(),
        lines: lines
            .into_iter()
            .map(|tally| AgreementView {
                verb: match tally.verb {
                    CoreVerb::Sell => Verb::Sell,
                    CoreVerb::CheckIn => Verb::CheckIn,
                    CoreVerb::Redeem => Verb::Redeem,
                },
                local: tally.local,
                live: tally.live,
                agreement: match tally.agreement {
                    CoreAgreement::Same => Agreement::Same,
                    CoreAgreement::LacksFacts => Agreement::LacksFacts,
                    CoreAgreement::Stricter => Agreement::Stricter,
                    CoreAgreement::Looser => Agreement::Looser,
                    CoreAgreement::OtherTerms => Agreement::OtherTerms,
                },
                count: tally.count,
                last_at: day_and_hour(tally.last),
            })
            .collect(),
    })
}

impl Notice {
    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.push(Fact::new(name, value));
        self
    }

    fn dated(mut self, as_of: Moment) -> Self {
        self.as_of = Some(day_and_hour(as_of));
        self
    }
}

fn plain(code: &str) -> Notice {
    Notice { code: code.to_owned(), facts: Vec::new(), said: None, as_of: None }
}

// A price is at most a million euro, which fits in the whole numbers that the window can hold.
fn cents(amount: Cents) -> i32 {
    i32::try_from(amount.0).unwrap_or(i32::MAX)
}

fn money(amount: Cents) -> String {
    format!("€ {}", amount.to_string().replace('.', ","))
}

/// The time of the day in Brussels, for example `14:05`.
pub fn hour(at: Moment) -> String {
    in_brussels(at).strftime("%H:%M").to_string()
}

fn day(date: jiff::civil::Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

fn day_and_hour(at: Moment) -> String {
    in_brussels(at).strftime("%d/%m %H:%M").to_string()
}

/// A moment that is near: the hour today, the day as well on any other day.
fn soon(at: Moment, now: Moment) -> String {
    if date_of(at) == date_of(now) { hour(at) } else { day_and_hour(at) }
}

// A balance beyond what the window can hold is no balance of a person.
fn points(points: i64) -> i32 {
    i32::try_from(points).unwrap_or(if points < 0 { i32::MIN } else { i32::MAX })
}
