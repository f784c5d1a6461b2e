//! The clerk chooses the activity.

use crate::dto::Problem;
use crate::shell::Shell;
use balie_core::event::EventId;
use tauri::State;

/// Chooses an activity of today by its id.
#[tauri::command]
#[specta::specta]
pub async fn choose_event(shell: State<'_, Shell>, id: String) -> Result<(), Problem> {
    Ok(shell.desk().await?.choose(&EventId(id)).await?)
}
