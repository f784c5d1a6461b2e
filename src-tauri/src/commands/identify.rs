//! A number was typed or scanned.

use crate::dto::Problem;
use crate::shell::Shell;
use tauri::State;

/// The longest text that any number could be typed as.
const LONGEST: usize = 64;

/// Looks up whose card a scanner read. In fast mode that saves a point, as laying the card on the reader does.
#[tauri::command]
#[specta::specta]
pub async fn scan(shell: State<'_, Shell>, text: String) -> Result<(), Problem> {
    if text.len() > LONGEST {
        return Err(Problem::clerk("number.notANumber"));
    }
    let desk = shell.desk().await?;
    let whom = desk.scanned(&text)?;
    tauri::async_runtime::spawn(async move { desk.look_up(whom).await });
    Ok(())
}

/// Looks up whose barcode this is, which is no UiTPAS number, once somebody said that it is to be looked up.
#[tauri::command]
#[specta::specta]
pub async fn forward(shell: State<'_, Shell>, text: String) -> Result<(), Problem> {
    let desk = shell.desk().await?;
    let whom = desk.forwarded(&text)?;
    tauri::async_runtime::spawn(async move { desk.look_up(whom).await });
    Ok(())
}

/// Looks up who a typed number belongs to. What is no number at all is told at once, and changes nothing on the screen.
#[tauri::command]
#[specta::specta]
pub async fn identify(shell: State<'_, Shell>, text: String) -> Result<(), Problem> {
    if text.len() > LONGEST {
        return Err(Problem::clerk("number.notANumber"));
    }
    let desk = shell.desk().await?;
    let whom = desk.typed(&text)?;
    // The person appears on the screen by events, as after a tap; nobody waits for the network to type on.
    tauri::async_runtime::spawn(async move { desk.look_up(whom).await });
    Ok(())
}
