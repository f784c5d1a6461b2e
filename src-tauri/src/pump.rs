//! One loop between the world and the desk: what readers report goes to the desk, what changed is told to the window.

use crate::dto::Stage;
use crate::shell::{Opened, Place, Shell};
use crate::tell::Tell;
use crate::view;
use balie_card::Watch;
use balie_core::reader::ReaderEvent;
use balie_core::time::Moment;
use balie_desk::desk::Change;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::Interval;

/// More reports than this are never under way: the reader thread waits then.
const REPORTS: usize = 64;

/// Runs for as long as the program does.
pub async fn run(app: AppHandle, opened: Opened, mut changes: Receiver<Change>) {
    let (send, mut reports) = mpsc::channel::<ReaderEvent>(REPORTS);
    // The window and the desk are open by now: a driver that hangs takes nothing with it.
    let watch = Watch::start(send);
    let shell = app.state::<Shell>();
    watch.allow_national_number(opened.desk.may_use_national_number());
    let tell = Tell::begin(&app, &opened);
    let mut wake = Wake::new();
    loop {
        tokio::select! {
            Some(report) = reports.recv() => {
                shell.reader_reports(&report, Moment::now());
                if note_card(&shell, &report).await {
                    continue;
                }
                // Reports are taken in in their order; only looking up waits for the network, and no tap waits for that.
                if let Some(whom) = opened.desk.reader_reports(report) {
                    let desk = Arc::clone(&opened.desk);
                    tauri::async_runtime::spawn(async move { desk.look_up(whom).await });
                }
            }
            change = changes.recv() => {
                watch.allow_national_number(opened.desk.may_use_national_number());
                match change {
                    Ok(change) => tell.of(change),
                    Err(RecvError::Lagged(_)) => {
                        for change in [Change::Person, Change::Desk, Change::Events, Change::Lines, Change::Ready] {
                            tell.of(change);
                        }
                    }
                    Err(RecvError::Closed) => break,
                }
            }
            () = wake.next() => wake.look(&shell).await,
        }
    }
    drop((watch, tell));
}

/// Tells the set-up that a card was read. Which one is nobody's business there, so it goes no further.
async fn note_card(shell: &Shell, report: &ReaderEvent) -> bool {
    let is_news = match report {
        ReaderEvent::Card(_) => !shell.card_read.swap(true, Ordering::Relaxed),
        ReaderEvent::Readers(_) | ReaderEvent::Trouble(_) => true,
        ReaderEvent::Removed(_) => false,
    };
    let in_set_up = matches!(shell.place(), Place::Desk(_, Stage::SetUp));
    if is_news && in_set_up {
        if let ReaderEvent::Readers(_) = report {
            // How the readers stand is taken in first, and told below as any other change.
            return false;
        }
        view::way_in::changed(shell).await;
    }
    in_set_up && matches!(report, ReaderEvent::Card(_))
}

/// How often it is looked whether the computer slept.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A gap like this between the clock on the wall and the one that stands still during a sleep was a sleep, in seconds. A clock
/// that is set by a program of the system moves by less.
const SLEPT_SECONDS: i64 = 30;

/// Locks the desk when the computer wakes from a sleep.
struct Wake {
    tick: Interval,
    seen: (Moment, Instant),
}

impl Wake {
    fn new() -> Self {
        Self { tick: tokio::time::interval(LOOK_EVERY), seen: (Moment::now(), Instant::now()) }
    }

    async fn next(&mut self) {
        self.tick.tick().await;
    }

    async fn look(&mut self, shell: &Shell) {
        let (now, steady) = (Moment::now(), Instant::now());
        let went_on = i64::try_from(steady.duration_since(self.seen.1).as_secs()).unwrap_or(i64::MAX);
        let slept = now.as_second() - self.seen.0.as_second() - went_on > SLEPT_SECONDS || went_on > SLEPT_SECONDS;
        self.seen = (now, steady);
        if slept && shell.can_lock() {
            tracing::info!("the computer slept");
            // Nothing can go wrong with it that somebody could mend here.
            let _ = shell.lock().await;
        }
    }
}
