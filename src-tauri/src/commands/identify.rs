//! A number was typed or scanned.

use crate::dto::Problem;
use crate::shell::Shell;
use balie_core::pass::Identifier;
use balie_core::pass::IdentifierError;
use tauri::State;

/// The longest text that any number could be typed as.
const LONGEST: usize = 64;

/// Looks up who a typed number belongs to. What is no number at all is told at once, and changes nothing on the screen.
#[tauri::command]
#[specta::specta]
pub async fn identify(shell: State<'_, Shell>, text: String) -> Result<(), Problem> {
    if text.len() > LONGEST {
        return Err(Problem::clerk("number.notANumber"));
    }
    match Identifier::parse(&text) {
        Ok(Identifier::Insz(_)) => return Err(Problem::clerk("insz.off")),
        Ok(Identifier::Chip(_) | Identifier::Number(_)) => {}
        Err(IdentifierError::CheckDigit) => return Err(Problem::clerk("number.checkDigit")),
        Err(IdentifierError::InszCheckDigits) => return Err(Problem::clerk("insz.checkDigits")),
        Err(IdentifierError::Length { digits }) => return Err(Problem::clerk("number.length").with("digits", digits)),
        Err(IdentifierError::NotANumber) => return Err(Problem::clerk("number.notANumber")),
    }
    let desk = shell.desk().await?;
    // The person appears on the screen by events, as after a tap; nobody waits for the network to type on.
    tauri::async_runtime::spawn(async move { desk.typed(&text).await });
    Ok(())
}
