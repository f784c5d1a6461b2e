//! Why does the reader not work?

use crate::dto::{Problem, ReaderCheckView};
use crate::shell::{Place, Shell, desk_language};
use crate::view;
use tauri::State;

/// Looks at the readers and at the system that they are on. It reads no card and changes nothing.
#[tauri::command]
#[specta::specta]
pub async fn reader_check(shell: State<'_, Shell>) -> Result<ReaderCheckView, Problem> {
    let facts = tokio::task::spawn_blocking(balie_card::look).await;
    let mut facts = facts.map_err(|_| Problem::fault("readerCheck.failed"))?;
    if let Place::Desk(opened, _) = shell.place() {
        view::reader::with_learned(&mut facts.readers, &opened.desk.readers());
    }
    Ok(view::reader::check(facts, shell.last_card(), desk_language(shell.language_now())))
}
