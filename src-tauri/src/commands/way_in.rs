//! The way in: the PIN, the recovery code, signing in and out, and the choice of a desk.

use crate::dto::{DeskChoice, Problem, SetUpView};
use crate::shell::Shell;
use tauri::State;

/// Opens a locked desk with its PIN.
#[tauri::command]
#[specta::specta]
pub async fn unlock(shell: State<'_, Shell>, pin: String) -> Result<(), Problem> {
    let _ = (shell, pin);
    Err(Problem::fault("setup.failed"))
}

/// Locks the desk now. What waits goes on being sent.
#[tauri::command]
#[specta::specta]
pub async fn lock(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Opens a desk whose keys are lost, with its recovery code.
#[tauri::command]
#[specta::specta]
pub async fn recover(shell: State<'_, Shell>, code: String) -> Result<(), Problem> {
    let _ = (shell, code);
    Err(Problem::fault("setup.failed"))
}

/// Tries the keyring once more, after it was unlocked.
#[tauri::command]
#[specta::specta]
pub async fn try_again(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Sets the PIN, changes it, or takes it away; the old one is asked where there is one.
#[tauri::command]
#[specta::specta]
pub async fn set_pin(shell: State<'_, Shell>, old: Option<String>, pin: Option<String>) -> Result<(), Problem> {
    let _ = (shell, old, pin);
    Err(Problem::fault("setup.failed"))
}

/// Draws a new recovery code. It is shown once; the one before holds until it was typed.
#[tauri::command]
#[specta::specta]
pub async fn recovery_code(shell: State<'_, Shell>) -> Result<String, Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Takes the recovery code as somebody wrote it down; from now on it holds.
#[tauri::command]
#[specta::specta]
pub async fn confirm_recovery_code(shell: State<'_, Shell>, code: String) -> Result<(), Problem> {
    let _ = (shell, code);
    Err(Problem::fault("setup.failed"))
}

/// Opens the browser to sign in, and answers when that is done.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Waits no longer for the browser.
#[tauri::command]
#[specta::specta]
pub async fn cancel_sign_in(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Signs out, here and in the browser. What waits stays, and is sent when somebody signs in again.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// The desks that whoever is signed in may stand at.
#[tauri::command]
#[specta::specta]
pub async fn desks(shell: State<'_, Shell>) -> Result<Vec<DeskChoice>, Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Goes to stand at another desk.
#[tauri::command]
#[specta::specta]
pub async fn choose_desk(shell: State<'_, Shell>, id: String) -> Result<(), Problem> {
    let _ = (shell, id);
    Err(Problem::fault("setup.failed"))
}

/// How far the set-up is.
#[tauri::command]
#[specta::specta]
pub async fn set_up(shell: State<'_, Shell>) -> Result<SetUpView, Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Writes settings where there are none.
#[tauri::command]
#[specta::specta]
pub async fn write_settings(shell: State<'_, Shell>, environment: String, client: String) -> Result<(), Problem> {
    let _ = (shell, environment, client);
    Err(Problem::fault("setup.failed"))
}

/// Ends the set-up: the desk opens.
#[tauri::command]
#[specta::specta]
pub async fn end_set_up(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}

/// Opens a second window of the program in practice mode.
#[tauri::command]
#[specta::specta]
pub async fn practise(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _ = shell;
    Err(Problem::fault("setup.failed"))
}
