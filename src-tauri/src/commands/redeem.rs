//! A confirmation redeems a reward.

use crate::dto::{LineView, Problem};
use crate::shell::Shell;
use crate::view;
use balie_desk::person::{OfferId, TapId};
use tauri::State;

/// Redeems a reward for the person of a tap. It answers after the entry is on the disk.
#[tauri::command]
#[specta::specta]
pub async fn redeem(shell: State<'_, Shell>, tap: u32, reward: u32) -> Result<LineView, Problem> {
    let recorded = shell.desk().await?.redeem(TapId(tap), OfferId(reward)).await?;
    Ok(view::line(&recorded))
}
