//! One loop between the world and the window: what readers report goes to the desk, what changed goes to the window.

use crate::dto::{DeskView, EventView, LineView, PersonView, ReadyView, SetUpView, StartView};
use crate::shell::Opened;
use crate::view;
use balie_card::Watch;
use balie_core::reader::ReaderEvent;
use balie_desk::desk::{Change, Desk};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// What stands before the clerk changed: the desk was locked or opened.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct StartChanged {
    /// What stands there now.
    pub start: StartView,
}

/// The set-up changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct SetUpChanged {
    /// How far it is now.
    pub set_up: SetUpView,
}

/// How ready the desk is to work without a connection changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct ReadyChanged {
    /// How ready it is now.
    pub ready: ReadyView,
}

/// The head of the window changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct DeskChanged {
    /// How it stands now.
    pub desk: DeskView,
}

/// The list of activities changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct EventsChanged {
    /// The list now.
    pub events: Vec<EventView>,
}

/// The person at the desk changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct PersonChanged {
    /// Who stands there now.
    pub person: Option<PersonView>,
}

/// What was done changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct LinesChanged {
    /// The list now.
    pub lines: Vec<LineView>,
}

/// More reports than this are never under way: the reader thread waits then.
const REPORTS: usize = 64;

/// Runs for as long as the program does.
pub async fn run(app: AppHandle, opened: Opened, mut changes: Receiver<Change>) {
    let (send, mut reports) = mpsc::channel::<ReaderEvent>(REPORTS);
    // The window and the desk are open by now: a driver that hangs takes nothing with it.
    let watch = Watch::start(send);
    loop {
        tokio::select! {
            Some(report) = reports.recv() => {
                // Reports are taken in in their order; only looking up waits for the network, and no tap waits for that.
                if let Some(whom) = opened.desk.reader_reports(report) {
                    let desk = Arc::clone(&opened.desk);
                    tauri::async_runtime::spawn(async move { desk.look_up(whom).await });
                }
            }
            change = changes.recv() => match change {
                Ok(change) => show(&app, &opened, change).await,
                Err(RecvError::Lagged(_)) => {
                    for change in [Change::Desk, Change::Events, Change::Person, Change::Lines] {
                        show(&app, &opened, change).await;
                    }
                }
                Err(RecvError::Closed) => break,
            },
        }
    }
    drop(watch);
}

async fn show(app: &AppHandle, opened: &Opened, change: Change) {
    let desk: &Desk = &opened.desk;
    let told = match change {
        Change::Desk => match view::desk(desk).await {
            Ok(desk) => DeskChanged { desk }.emit(app),
            Err(_) => return,
        },
        Change::Events => EventsChanged { events: view::events(desk) }.emit(app),
        Change::Person => PersonChanged { person: view::person(desk) }.emit(app),
        Change::Lines => match view::lines(desk).await {
            Ok(lines) => LinesChanged { lines }.emit(app),
            Err(_) => return,
        },
    };
    if let Err(error) = told {
        tracing::error!(%error, "the window was not told");
    }
}
