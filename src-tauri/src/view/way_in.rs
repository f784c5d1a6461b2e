//! What the window shows of the way in: the desks, what may be done there, and how far the set-up is.

use crate::dto::{DeskChoice, PermissionView, Problem, ReaderState, ReaderView, SetUpView, Stage};
use crate::news::News;
use crate::shell::{Opened, Place, Shell};
use crate::view::reader::reader as view_reader;
use balie_desk::desk::Desk;
use std::sync::atomic::Ordering;

/// What may be done, and the permissions of the API that it takes (domain.md §7.4).
const PERMISSIONS: [(&str, &[&str]); 9] = [
    ("permission.passes", &["PASSES_READ"]),
    ("permission.chips", &["PASSES_CHIPNUMBERS_READ"]),
    ("permission.tariffs", &["TARIFFS_READ"]),
    ("permission.sell", &["TICKETSALES_REGISTER"]),
    ("permission.sales", &["TICKETSALES_SEARCH"]),
    ("permission.checkIns", &["CHECKINS_WRITE"]),
    ("permission.rewards", &["REWARDS_READ", "REWARDS_REDEEM"]),
    ("permission.settings", &["EVENT_SETTINGS_READ"]),
    ("permission.list", &["SOCIALTARIFF_EXPORT"]),
];

/// The desks that may be chosen.
pub fn desks(desk: &Desk) -> Vec<DeskChoice> {
    let chosen = desk.organizer();
    let choice = |permitted: balie_store::permitted::PermittedDesk| DeskChoice {
        chosen: permitted.organizer == chosen,
        id: permitted.organizer.0,
        name: permitted.name,
    };
    desk.desks().into_iter().map(choice).collect()
}

fn permissions(desk: &Desk) -> Vec<PermissionView> {
    let Some(granted) = desk.permissions() else { return Vec::new() };
    let has = |name: &&str| granted.iter().any(|granted| granted == name || *granted == format!("{name}_ALL"));
    let view =
        |(code, names): &(&str, &[&str])| PermissionView { code: (*code).to_owned(), granted: names.iter().all(has) };
    PERMISSIONS.iter().map(view).collect()
}

/// How far the set-up is.
pub async fn set_up(shell: &Shell) -> Result<SetUpView, Problem> {
    match shell.place() {
        Place::Desk(_, Stage::Locked) => Err(Problem::precondition("desk.locked")),
        Place::Desk(opened, _) => of_desk(shell, &opened).await,
        _ => Ok(SetUpView {
            has_settings: false,
            environment: None,
            by_person: true,
            signed_in: false,
            desks: Vec::new(),
            permissions: Vec::new(),
            reader: ReaderView { state: ReaderState::Absent, name: None, trouble: None },
            card_read: false,
            has_pin: false,
            has_recovery_code: false,
        }),
    }
}

async fn of_desk(shell: &Shell, opened: &Opened) -> Result<SetUpView, Problem> {
    let desk = &opened.desk;
    Ok(SetUpView {
        has_settings: true,
        environment: Some(desk.config().environment.word().to_owned()),
        by_person: desk.is_for_people(),
        signed_in: desk.is_signed_in(),
        desks: desks(desk),
        permissions: permissions(desk),
        reader: view_reader(desk),
        card_read: shell.card_read.load(Ordering::Relaxed),
        has_pin: shell.can_lock(),
        has_recovery_code: desk.set_up().await?.recovery_noted.is_some(),
    })
}

/// Tells the window how far the set-up is now.
pub async fn changed(shell: &Shell) {
    match set_up(shell).await {
        Ok(set_up) => News::SetUp(set_up).tell(&shell.app),
        Err(problem) => tracing::error!(code = problem.code, "how far the set-up is cannot be told"),
    }
}
