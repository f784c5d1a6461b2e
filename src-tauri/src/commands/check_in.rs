//! One key saves a point.

use crate::dto::{LineView, Problem};
use crate::shell::Shell;
use crate::view;
use balie_desk::person::TapId;
use tauri::State;

/// Saves a point for the person of a tap. It answers after the entry is on the disk.
#[tauri::command]
#[specta::specta]
pub async fn check_in(shell: State<'_, Shell>, tap: u32) -> Result<LineView, Problem> {
    let recorded = shell.desk().await?.check_in(TapId(tap)).await?;
    Ok(view::line(&recorded))
}
