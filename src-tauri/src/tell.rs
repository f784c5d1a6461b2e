//! Tells the window what changed. Who stands at the desk comes before all else: neither the counts of a long queue nor the
//! checklist for offline, which both read files, stand between a card and its price.

use crate::dto::{PersonView, Phase, Stage};
use crate::news::News;
use crate::shell::{Opened, Place, Shell};
use crate::view;
use balie_desk::desk::{Change, Desk};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// So long it waits with somebody of whom nothing is decided yet: mostly this computer knows within a few milliseconds, and a
/// picture that is replaced at once only delays the one that counts. Nobody sees so short a wait.
const SOON: Duration = Duration::from_millis(40);

/// What is still to be told, each thing once: what changes again before it was told is read only once.
#[derive(Default)]
struct Wanted {
    changes: Mutex<Vec<Change>>,
    news: Notify,
}

impl Wanted {
    fn add(&self, change: Change) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        if !changes.contains(&change) {
            changes.push(change);
        }
        drop(changes);
        self.news.notify_one();
    }

    /// What changed first. It is taken off before it is read: what changes from then on is told once more.
    async fn next(&self) -> Change {
        loop {
            if let Some(change) = self.take() {
                return change;
            }
            self.news.notified().await;
        }
    }

    fn take(&self) -> Option<Change> {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        (!changes.is_empty()).then(|| changes.remove(0))
    }
}

/// Tells the window, until it is dropped.
pub struct Tell {
    person: Arc<Wanted>,
    rest: Arc<Wanted>,
    tasks: [JoinHandle<()>; 2],
}

impl Tell {
    /// Begins with nothing to tell.
    pub fn begin(app: &AppHandle, opened: &Opened) -> Self {
        let (person, rest) = (Arc::<Wanted>::default(), Arc::<Wanted>::default());
        let tasks = [
            tauri::async_runtime::spawn(tell_person(app.clone(), Arc::clone(&opened.desk), Arc::clone(&person))),
            tauri::async_runtime::spawn(tell_rest(app.clone(), Arc::clone(&opened.desk), Arc::clone(&rest))),
        ];
        Self { person, rest, tasks }
    }

    /// Something changed, and is told as soon as may be.
    pub fn of(&self, change: Change) {
        match change {
            Change::Person => self.person.add(change),
            Change::Desk | Change::Events | Change::Lines | Change::Ready => self.rest.add(change),
        }
    }
}

impl Drop for Tell {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn tell_person(app: AppHandle, desk: Arc<Desk>, wanted: Arc<Wanted>) {
    let mut told = None;
    loop {
        wanted.next().await;
        let mut person = view::person(&desk);
        let latest = Instant::now() + SOON;
        // Somebody who was waited with may have been read by the page itself, and then it has to hear that they left.
        let waits = person.as_ref().is_some_and(nothing_decided);
        while person.as_ref().is_some_and(nothing_decided) {
            if timeout_at(latest, wanted.next()).await.is_err() {
                break;
            }
            person = view::person(&desk);
        }
        if desk.is_locked() {
            // Nothing of the desk reaches the window behind its lock, and the window forgets what it knew.
            told = None;
            continue;
        }
        // One answer touches several things, of which each says that the person changed.
        if waits || told.as_ref() != Some(&person) {
            told = Some(person.clone());
            News::Person(person).tell(&app);
        }
    }
}

/// The card was read, and nothing is known yet of what can be done for whoever it belongs to.
fn nothing_decided(person: &PersonView) -> bool {
    match person.phase {
        Phase::Looking => person.notice.is_none(),
        Phase::Asking => person.offers.is_empty() && person.check_in.is_none(),
        Phase::Ready | Phase::Refused | Phase::NumberNeeded => false,
    }
}

async fn tell_rest(app: AppHandle, desk: Arc<Desk>, wanted: Arc<Wanted>) {
    loop {
        let change = wanted.next().await;
        // Nothing of the desk reaches the window behind its lock.
        if !desk.is_locked() {
            tell_of(&app, &desk, change).await;
        }
    }
}

async fn tell_of(app: &AppHandle, desk: &Desk, change: Change) {
    let shell = app.state::<Shell>();
    match change {
        Change::Ready => {
            if let Ok(ready) = view::offline::ready(desk).await {
                News::Ready(ready).tell(app);
            }
        }
        Change::Desk if matches!(shell.place(), Place::Desk(_, Stage::SetUp)) => view::way_in::changed(&shell).await,
        Change::Desk => {
            if let Ok(desk) = view::desk(desk, &shell).await {
                News::Desk(desk).tell(app);
            }
        }
        Change::Events => News::Events(view::events(desk)).tell(app),
        Change::Lines => {
            if let Ok(lines) = view::lines(desk).await {
                News::Lines(lines).tell(app);
            }
        }
        // That has a way of its own.
        Change::Person => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_changes_again_before_it_was_told_is_told_once_and_in_its_turn() {
        let wanted = Wanted::default();
        for change in [Change::Lines, Change::Desk, Change::Lines, Change::Lines] {
            wanted.add(change);
        }
        assert_eq!(wanted.next().await, Change::Lines);
        wanted.add(Change::Lines);
        assert_eq!(wanted.next().await, Change::Desk);
        assert_eq!(wanted.next().await, Change::Lines, "it changed after it was read");
        let more = tokio::time::timeout(Duration::from_millis(20), wanted.next()).await;
        assert!(more.is_err(), "{more:?}");
    }
}
