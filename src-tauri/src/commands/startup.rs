//! Waits until the desk is open, and says why when it cannot be opened.

use crate::dto::Problem;
use crate::shell::Shell;
use tauri::State;

/// Answers as soon as the desk is open.
#[tauri::command]
#[specta::specta]
pub async fn startup(shell: State<'_, Shell>) -> Result<(), Problem> {
    shell.desk().await.map(|_| ())
}
