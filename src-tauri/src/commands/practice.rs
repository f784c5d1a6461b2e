//! The practice tray. At a real desk every one of these answers that practice is off.

use crate::dto::{PracticeCard, Problem};
use crate::practice::Practice;
use crate::shell::{Opened, Shell};
use std::sync::Arc;
use tauri::State;

async fn practice(shell: &Shell) -> Result<(Opened, Arc<Practice>), Problem> {
    let opened = shell.opened().await?;
    let practice = opened.practice.clone().ok_or_else(|| Problem::precondition("practice.off"))?;
    Ok((opened, practice))
}

/// The cards of the tray.
#[tauri::command]
#[specta::specta]
pub async fn practice_cards(shell: State<'_, Shell>) -> Result<Vec<PracticeCard>, Problem> {
    Ok(practice(&shell).await?.1.cards())
}

/// Lays a card of the tray on the desk, as if a reader had read it.
#[tauri::command]
#[specta::specta]
pub async fn practice_tap(shell: State<'_, Shell>, uid: String) -> Result<(), Problem> {
    let (opened, practice) = practice(&shell).await?;
    practice.tap(opened.desk, &uid)
}

/// Pulls the network out of the stand-in, or puts it back.
#[tauri::command]
#[specta::specta]
pub async fn practice_network(shell: State<'_, Shell>, on: bool) -> Result<(), Problem> {
    practice(&shell).await?.1.network(on).await
}
