//! Getting ready to work without a connection, and what this computer keeps.

use crate::dto::{KeptView, Problem, ReadyView};
use crate::shell::Shell;
use tauri::State;

/// How ready the desk is.
#[tauri::command]
#[specta::specta]
pub async fn ready(shell: State<'_, Shell>) -> Result<ReadyView, Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Brings everything up to date for the coming days; what it is at is told by events.
#[tauri::command]
#[specta::specta]
pub async fn prepare(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Ends that early. What was fetched stays, and the next time goes on from there.
#[tauri::command]
#[specta::specta]
pub async fn stop_preparing(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// A person says whether a list that became much shorter is right.
#[tauri::command]
#[specta::specta]
pub async fn judge_list(shell: State<'_, Shell>, card_system: i32, right: bool) -> Result<(), Problem> {
    let _ = (shell, card_system, right);
    Err(Problem::fault("setup.failed"))
}

/// What this computer keeps.
#[tauri::command]
#[specta::specta]
pub async fn kept(shell: State<'_, Shell>) -> Result<KeptView, Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Wipes all that is known of people. What was not sent yet stays.
#[tauri::command]
#[specta::specta]
pub async fn wipe(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}
