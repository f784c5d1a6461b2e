//! Reads what stands on the screen: at the start of the window, and whenever it has lost the thread.

use crate::dto::{DeskView, EventView, LineView, PersonView, Problem};
use crate::shell::Shell;
use crate::view;
use tauri::State;

/// The head of the window.
#[tauri::command]
#[specta::specta]
pub async fn desk(shell: State<'_, Shell>) -> Result<DeskView, Problem> {
    view::desk(&*shell.desk().await?, &shell).await
}

/// The activities of today.
#[tauri::command]
#[specta::specta]
pub async fn events(shell: State<'_, Shell>) -> Result<Vec<EventView>, Problem> {
    Ok(view::events(&*shell.desk().await?))
}

/// The person at the desk.
#[tauri::command]
#[specta::specta]
pub async fn person(shell: State<'_, Shell>) -> Result<Option<PersonView>, Problem> {
    Ok(view::person(&*shell.desk().await?))
}

/// What was done, newest first.
#[tauri::command]
#[specta::specta]
pub async fn lines(shell: State<'_, Shell>) -> Result<Vec<LineView>, Problem> {
    view::lines(&*shell.desk().await?).await
}
