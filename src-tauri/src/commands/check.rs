//! What needs a person: looking at it, and doing something about it.

use crate::dto::{CaseWay, LineView, Problem, StoryView, ToCheckView};
use crate::opening;
use crate::shell::Shell;
use crate::view;
use balie_core::entry::EntryId;
use balie_desk::to_check::Resolution;
use tauri::State;

/// What needs a person now.
#[tauri::command]
#[specta::specta]
pub async fn to_check(shell: State<'_, Shell>) -> Result<ToCheckView, Problem> {
    view::to_check(&*shell.desk().await?).await
}

/// Does what a person decided about an entry. For `isThere`, `record` is the id of the record at UiTPAS that it is; nothing
/// where this desk could list none.
#[tauri::command]
#[specta::specta]
pub async fn resolve(
    shell: State<'_, Shell>,
    id: String,
    way: CaseWay,
    record: Option<String>,
) -> Result<LineView, Problem> {
    let resolution = match way {
        CaseWay::SendAgain => Resolution::SendAgain,
        CaseWay::WriteOff => Resolution::WriteOff,
        CaseWay::BookedByHand => Resolution::BookedByHand,
        CaseWay::IsThere => Resolution::IsThere { record: record.unwrap_or_default() },
        CaseWay::IsNotThere => Resolution::IsNotThere,
        CaseWay::Accept => Resolution::Accept,
    };
    let recorded = shell.desk().await?.resolve(entry(&id)?, resolution).await?;
    Ok(view::line(&recorded))
}

/// A person knows of a record too many at UiTPAS.
#[tauri::command]
#[specta::specta]
pub async fn seen_extra(shell: State<'_, Shell>, id: String) -> Result<(), Problem> {
    Ok(shell.desk().await?.seen_extra(&id).await?)
}

/// Sends at once what waits, and looks up at once what is in doubt.
#[tauri::command]
#[specta::specta]
pub async fn send_now(shell: State<'_, Shell>) -> Result<(), Problem> {
    Ok(shell.desk().await?.send_now().await?)
}

/// The life of one entry.
#[tauri::command]
#[specta::specta]
pub async fn story(shell: State<'_, Shell>, id: String) -> Result<StoryView, Problem> {
    let story = view::story(&*shell.desk().await?, entry(&id)?).await?;
    story.ok_or_else(|| Problem::precondition("check.changed"))
}

/// A person looked at the clock of the computer, and it is right.
#[tauri::command]
#[specta::specta]
pub async fn clock_is_right(shell: State<'_, Shell>) -> Result<(), Problem> {
    Ok(shell.desk().await?.clock_is_right().await?)
}

/// This computer goes on with a ledger that was also used elsewhere.
#[tauri::command]
#[specta::specta]
pub async fn work_on_here(shell: State<'_, Shell>) -> Result<(), Problem> {
    let opened = shell.opened().await?;
    let witness = opened.desk.work_on_here().await?;
    match &opened.safe {
        Some(safe) => opening::remember(&safe.profile, witness).await,
        None => Ok(()),
    }
}

fn entry(id: &str) -> Result<EntryId, Problem> {
    EntryId::parse(id).ok_or_else(|| Problem::precondition("check.changed"))
}
