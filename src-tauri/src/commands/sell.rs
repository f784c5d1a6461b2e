//! One key records the sale.

use crate::dto::{LineView, Problem};
use crate::shell::Shell;
use crate::view;
use balie_desk::person::{OfferId, TapId};
use tauri::State;

/// Records an offer for the person of a tap, for so many tickets. It answers after the entry is on the disk.
#[tauri::command]
#[specta::specta]
pub async fn sell(shell: State<'_, Shell>, tap: u32, offer: u32, quantity: u32) -> Result<LineView, Problem> {
    let recorded = shell.desk().await?.sell(TapId(tap), OfferId(offer), quantity).await?;
    Ok(view::line(&recorded))
}
