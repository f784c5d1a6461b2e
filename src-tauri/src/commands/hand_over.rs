//! Entries that were not sent, as a file: to another computer, or from one.

use crate::dto::{HandedView, Problem};
use crate::file;
use crate::shell::Shell;
use tauri::{AppHandle, State};

/// Asks for a file and puts every entry in it that was not sent. They are never sent from here again. Nothing happens, and
/// nothing is the answer, when no file was chosen.
#[tauri::command]
#[specta::specta]
pub async fn hand_over(app: AppHandle, shell: State<'_, Shell>) -> Result<Option<HandedView>, Problem> {
    let desk = shell.desk().await?;
    let Some(path) = file::to_write(&app, &file::name(desk.time()), file::PARCEL).await else { return Ok(None) };
    // The desk may have been locked behind the dialog of the system: the code would be shown to nobody.
    let desk = shell.desk().await?;
    let handed = desk.hand_over(&path).await?;
    Ok(Some(HandedView { count: handed.count, file: path.display().to_string(), code: Some(handed.code) }))
}

/// Asks for a file of another computer and takes in what stands in it, with the code that was shown there. Nothing happens, and nothing is the answer, when
/// no file was chosen.
#[tauri::command]
#[specta::specta]
pub async fn take_over(app: AppHandle, shell: State<'_, Shell>, code: String) -> Result<Option<HandedView>, Problem> {
    shell.desk().await?;
    let Some(path) = file::to_read(&app).await else { return Ok(None) };
    let desk = shell.desk().await?;
    let count = desk.take_over(&path, &code).await?;
    Ok(Some(HandedView { count, file: path.display().to_string(), code: None }))
}
