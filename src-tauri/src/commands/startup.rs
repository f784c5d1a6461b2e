//! Waits until it is known what stands before the clerk, and says why when the desk cannot be opened.

use crate::dto::{Problem, ScreenView, Stage, StartupView};
use crate::shell::Shell;
use crate::view;
use tauri::State;

/// Answers as soon as that is known, the first time with all that the page shows then: each question of the page takes a turn of
/// the window.
#[tauri::command]
#[specta::specta]
pub async fn startup(shell: State<'_, Shell>) -> Result<StartupView, Problem> {
    let (start, asks_again) = shell.start().await?;
    let screen = if start.stage == Stage::Open && !asks_again { screen(&shell).await.ok() } else { None };
    Ok(StartupView { start, screen })
}

/// The page stands there: nobody has to hear that it does not come up.
#[tauri::command]
#[specta::specta]
pub fn came(shell: State<'_, Shell>) {
    shell.page_came();
}

async fn screen(shell: &Shell) -> Result<ScreenView, Problem> {
    let desk = shell.desk().await?;
    Ok(ScreenView {
        desk: view::desk(&desk, shell).await?,
        events: view::events(&desk),
        person: view::person(&desk),
        lines: view::lines(&desk).await?,
    })
}
