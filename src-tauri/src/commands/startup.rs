//! Waits until it is known what stands before the clerk, and says why when the desk cannot be opened.

use crate::dto::{Problem, StartView};
use crate::shell::Shell;
use tauri::State;

/// Answers as soon as that is known.
#[tauri::command]
#[specta::specta]
pub async fn startup(shell: State<'_, Shell>) -> Result<StartView, Problem> {
    shell.page_came();
    shell.start().await
}
