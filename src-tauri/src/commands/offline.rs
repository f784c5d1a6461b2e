//! Getting ready to work without a connection, and what this computer keeps.

use crate::dto::{KeptView, Problem, ReadyView};
use crate::shell::Shell;
use crate::view;
use std::sync::Arc;
use tauri::State;

/// How ready the desk is.
#[tauri::command]
#[specta::specta]
pub async fn ready(shell: State<'_, Shell>) -> Result<ReadyView, Problem> {
    view::offline::ready(&*shell.desk().await?).await
}

/// Brings everything up to date for the coming days; what it is at is told by events.
#[tauri::command]
#[specta::specta]
pub async fn prepare(shell: State<'_, Shell>) -> Result<(), Problem> {
    let desk = Arc::clone(&shell.desk().await?);
    // Whoever asked looks at the progress, and at what came of it: nobody waits for the answer.
    tauri::async_runtime::spawn(async move {
        if let Err(error) = desk.prepare().await {
            tracing::info!(%error, "getting ready ended early");
        }
    });
    Ok(())
}

/// Ends that early. What was fetched stays, and the next time goes on from there.
#[tauri::command]
#[specta::specta]
pub async fn stop_preparing(shell: State<'_, Shell>) -> Result<(), Problem> {
    shell.desk().await?.stop_preparing();
    Ok(())
}

/// A person says whether a list that became much shorter is right.
#[tauri::command]
#[specta::specta]
pub async fn judge_list(shell: State<'_, Shell>, card_system: i32, right: bool) -> Result<(), Problem> {
    Ok(shell.desk().await?.judge_list(i64::from(card_system), right).await?)
}

/// What this computer keeps.
#[tauri::command]
#[specta::specta]
pub async fn kept(shell: State<'_, Shell>) -> Result<KeptView, Problem> {
    let opened = shell.opened().await?;
    view::offline::kept(&opened.desk).await
}

/// Wipes all that is known of people. What was not sent yet stays.
#[tauri::command]
#[specta::specta]
pub async fn wipe(shell: State<'_, Shell>) -> Result<(), Problem> {
    Ok(shell.desk().await?.wipe_people().await?)
}
