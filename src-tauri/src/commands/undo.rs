//! Takes back what was done.

use crate::dto::{LineView, Problem};
use crate::shell::Shell;
use crate::view;
use balie_core::entry::EntryId;
use tauri::State;

/// Takes back an entry by its id. What UiTPAS has is taken back by a new entry, which is the answer.
#[tauri::command]
#[specta::specta]
pub async fn undo(shell: State<'_, Shell>, id: String) -> Result<LineView, Problem> {
    let id = EntryId::parse(&id).ok_or_else(|| Problem::precondition("undo.tooLate"))?;
    let recorded = shell.desk().await?.undo(id).await?;
    Ok(view::line(&recorded))
}
