//! Fetches the activities and prices anew.

use crate::dto::Problem;
use crate::shell::Shell;
use tauri::State;

/// Fetches what the desk must know. What was known stays when this fails.
#[tauri::command]
#[specta::specta]
pub async fn refresh(shell: State<'_, Shell>) -> Result<(), Problem> {
    Ok(shell.desk().await?.refresh().await?)
}
