//! What the window is told by itself. It is one event and not one for each thing: the page listens once, and what it is told
//! comes in the order in which it was said.

use crate::dto::{DeskView, EventView, LineView, PersonView, ReadyView, SetUpView, StartView};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;

/// Something changed, and stands so now.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[serde(rename_all = "camelCase", tag = "what", content = "now")]
pub enum News {
    /// What stands before the clerk: the desk was locked or opened.
    Start(StartView),
    /// The set-up.
    SetUp(SetUpView),
    /// How ready the desk is to work without a connection.
    Ready(ReadyView),
    /// The head of the window.
    Desk(DeskView),
    /// The list of activities.
    Events(Vec<EventView>),
    /// The person at the desk.
    Person(Option<PersonView>),
    /// What was done.
    Lines(Vec<LineView>),
}

impl News {
    /// Tells it to the window. One that cannot be told is on its way out.
    pub fn tell(self, app: &AppHandle) {
        if let Err(error) = self.emit(app) {
            tracing::error!(%error, "the window was not told");
        }
    }
}
