//! Waits until the desk is open, and says why when it cannot be opened.

use crate::dto::{Language, Problem, Stage, StartView};
use crate::shell::Shell;
use tauri::State;

/// Answers as soon as the desk is open.
#[tauri::command]
#[specta::specta]
pub async fn startup(shell: State<'_, Shell>) -> Result<StartView, Problem> {
    shell.desk().await?;
    Ok(StartView { stage: Stage::Open, language: Language::Nl, can_practise: cfg!(feature = "practice"), notice: None })
}
