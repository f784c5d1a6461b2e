//! The settings that a person can change while the desk is open.

use crate::dto::{ChosenSettings, Problem, SettingsView};
use crate::shell::{Opened, Shell};
use crate::view;
use balie_desk::config::{Settings, change};
use tauri::State;

/// The settings as they hold now, and what stands beside them.
#[tauri::command]
#[specta::specta]
pub async fn settings(shell: State<'_, Shell>) -> Result<SettingsView, Problem> {
    Ok(view::settings::settings(&shell.opened().await?))
}

/// Changes the settings: on the disk first, and then at the desk. Nothing changes when one of them is out of bounds. In practice
/// they hold until the window closes.
#[tauri::command]
#[specta::specta]
pub async fn change_settings(shell: State<'_, Shell>, chosen: ChosenSettings) -> Result<SettingsView, Problem> {
    let _turn = shell.turning.lock().await;
    let opened = shell.opened().await?;
    let wanted = view::settings::wanted(chosen)?.checked()?;
    keep(&opened, wanted).await?;
    Ok(view::settings::settings(&opened))
}

/// Writes settings to the disk, where there is a file of them, and has the desk work by them.
pub(super) async fn keep(opened: &Opened, wanted: Settings) -> Result<(), Problem> {
    let settings = match opened.settings.clone() {
        Some(file) => {
            let held = opened.desk.settings();
            let written = tokio::task::spawn_blocking(move || change(&file, &held, &wanted)).await;
            written.map_err(|_| Problem::fault("settings.file.failed"))??
        }
        None => wanted,
    };
    opened.desk.settle_in(settings).await;
    Ok(())
}
