//! Takes back what was not sent.

use crate::dto::{LineView, Problem};
use crate::shell::Shell;
use crate::view;
use balie_core::entry::EntryId;
use tauri::State;

/// Takes back an entry by its id.
#[tauri::command]
#[specta::specta]
pub async fn undo(shell: State<'_, Shell>, id: String) -> Result<LineView, Problem> {
    let id = EntryId::parse(&id).ok_or_else(|| Problem::precondition("undo.tooLate"))?;
    let recorded = shell.desk().await?.undo(id).await?;
    Ok(view::line(&recorded))
}
