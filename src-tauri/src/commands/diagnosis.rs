//! How well the answers of the desk agree with those of UiTPAS.

use crate::dto::{DiagnosisView, Problem};
use crate::shell::Shell;
use crate::view;
use tauri::State;

/// What was counted so far; no person can be found in it.
#[tauri::command]
#[specta::specta]
pub async fn diagnosis(shell: State<'_, Shell>) -> Result<DiagnosisView, Problem> {
    view::diagnosis(&*shell.desk().await?).await
}
