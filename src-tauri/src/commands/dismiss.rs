//! Puts the person away.

use crate::dto::Problem;
use crate::shell::Shell;
use balie_desk::person::TapId;
use tauri::State;

/// Puts the person of a tap away; the next one may come.
#[tauri::command]
#[specta::specta]
pub async fn dismiss(shell: State<'_, Shell>, tap: u32) -> Result<(), Problem> {
    shell.desk().await?.dismiss(TapId(tap));
    Ok(())
}
