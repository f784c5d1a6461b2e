//! The way in: the PIN, the recovery code, signing in and out, the choice of a desk, and the set-up.

use super::{settings, short};
use crate::browser;
use crate::dto::{DeskChoice, Language, Problem, SetUpView, Stage};
use crate::opening;
use crate::setup;
use crate::shell::{Place, Shell, desk_language};
use crate::view;
use balie_core::event::OrganizerId;
use balie_desk::desk::Change;
use std::process::Command;
use tauri::State;

/// Opens a locked desk with its PIN.
#[tauri::command]
#[specta::specta]
pub async fn unlock(shell: State<'_, Shell>, pin: String) -> Result<(), Problem> {
    short(&pin)?;
    shell.unlock(&pin).await
}

/// Locks the desk now. What waits goes on being sent.
#[tauri::command]
#[specta::specta]
pub async fn lock(shell: State<'_, Shell>) -> Result<(), Problem> {
    shell.lock().await
}

/// Opens a desk whose keys are lost, or whose PIN is forgotten, with its recovery code.
#[tauri::command]
#[specta::specta]
pub async fn recover(shell: State<'_, Shell>, code: String) -> Result<(), Problem> {
    short(&code)?;
    opening::with_recovery(&shell, code).await
}

/// Tries the keyring once more, after it was unlocked.
#[tauri::command]
#[specta::specta]
pub async fn try_again(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _turn = shell.turning.lock().await;
    if matches!(shell.place(), Place::Before(Stage::Recovery, _)) { opening::look(&shell).await } else { Ok(()) }
}

/// Sets the PIN, changes it, or takes it away; the old one is asked where there is one.
#[tauri::command]
#[specta::specta]
pub async fn set_pin(shell: State<'_, Shell>, old: Option<String>, pin: Option<String>) -> Result<(), Problem> {
    for typed in old.iter().chain(&pin) {
        short(typed)?;
    }
    let opened = shell.unlocked().await?;
    let safe = opened.safe.ok_or_else(|| Problem::precondition("practice.on"))?;
    let set = safe.set_pin(old, pin).await;
    unless_too_many(&shell, set).await?;
    shell.keys_changed(&safe).await;
    // The lock of the window is armed by what it is told of the desk.
    opened.desk.tells(Change::Desk);
    view::way_in::changed(&shell).await;
    Ok(())
}

/// Draws a new recovery code. It is shown once; the one before holds until it was typed. Where there is a PIN, it is asked:
/// whoever has the code opens the desk without it.
#[tauri::command]
#[specta::specta]
pub async fn recovery_code(shell: State<'_, Shell>, pin: Option<String>) -> Result<String, Problem> {
    if let Some(typed) = &pin {
        short(typed)?;
    }
    let opened = shell.unlocked().await?;
    let safe = opened.safe.ok_or_else(|| Problem::precondition("practice.on"))?;
    let drawn = safe.draw_recovery_code(pin).await;
    unless_too_many(&shell, drawn).await
}

/// Locks the desk after the last wrong PIN: whoever tries so many is not the one who sat here.
async fn unless_too_many<T>(shell: &Shell, done: Result<T, Problem>) -> Result<T, Problem> {
    let last = |problem: &Problem| {
        problem.code == "pin.wrong" && problem.facts.iter().any(|fact| fact.name == "left" && fact.value == "0")
    };
    if done.as_ref().err().is_some_and(last) {
        shell.lock().await?;
    }
    done
}

/// Takes the recovery code as somebody wrote it down; from now on it holds.
#[tauri::command]
#[specta::specta]
pub async fn confirm_recovery_code(shell: State<'_, Shell>, code: String) -> Result<(), Problem> {
    short(&code)?;
    let opened = shell.unlocked().await?;
    opened.safe.ok_or_else(|| Problem::precondition("practice.on"))?.keep_recovery_code(code).await?;
    opened.desk.recovery_is_noted().await?;
    view::way_in::changed(&shell).await;
    Ok(())
}

/// Opens the browser to sign in, and answers when that is done.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(shell: State<'_, Shell>) -> Result<(), Problem> {
    let desk = shell.unlocked().await?.desk;
    browser::sign_in(&shell, &desk).await?;
    // The desks that may be chosen are on the screen next; without an answer they come with the next look at what is fresh.
    if let Err(error) = desk.ask_desks().await {
        tracing::warn!(%error, "where this desk may stand is not known yet");
    }
    view::way_in::changed(&shell).await;
    Ok(())
}

/// Waits no longer for the browser.
#[tauri::command]
#[specta::specta]
pub async fn cancel_sign_in(shell: State<'_, Shell>) -> Result<(), Problem> {
    shell.cancelled.notify_waiters();
    Ok(())
}

/// Signs out, here and in the browser. What waits stays, and is sent when somebody signs in again.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(shell: State<'_, Shell>) -> Result<(), Problem> {
    let url = shell.unlocked().await?.desk.sign_out().await?;
    browser::open(&url)
}

/// The desks that whoever is signed in may stand at.
#[tauri::command]
#[specta::specta]
pub async fn desks(shell: State<'_, Shell>) -> Result<Vec<DeskChoice>, Problem> {
    let desk = shell.unlocked().await?.desk;
    if let Err(error) = desk.ask_desks().await {
        tracing::info!(%error, "the desks as they were last known have to do");
    }
    Ok(view::way_in::desks(&desk))
}

/// Goes to stand at another desk.
#[tauri::command]
#[specta::specta]
pub async fn choose_desk(shell: State<'_, Shell>, id: String) -> Result<(), Problem> {
    short(&id)?;
    shell.unlocked().await?.desk.choose_desk(&OrganizerId(id)).await?;
    view::way_in::changed(&shell).await;
    Ok(())
}

/// How far the set-up is.
#[tauri::command]
#[specta::specta]
pub async fn set_up(shell: State<'_, Shell>) -> Result<SetUpView, Problem> {
    view::way_in::set_up(&shell).await
}

/// Writes settings where there are none.
#[tauri::command]
#[specta::specta]
pub async fn write_settings(shell: State<'_, Shell>, environment: String, client: String) -> Result<(), Problem> {
    short(&client)?;
    let _turn = shell.turning.lock().await;
    {
        let mut profile = shell.profile.lock().await;
        // Nothing was opened with them yet, so they can be written anew.
        let Some(profile) = profile.as_mut().filter(|_| matches!(shell.place(), Place::Before(Stage::SetUp, _))) else {
            return Ok(());
        };
        profile.config =
            Some(setup::write_settings(&profile.settings, &environment, client.trim(), shell.language_before())?);
    }
    opening::look(&shell).await?;
    view::way_in::changed(&shell).await;
    Ok(())
}

/// Ends the set-up: the desk opens.
#[tauri::command]
#[specta::specta]
pub async fn end_set_up(shell: State<'_, Shell>) -> Result<(), Problem> {
    let _turn = shell.turning.lock().await;
    let Place::Desk(opened, Stage::SetUp) = shell.place() else { return Ok(()) };
    opened.desk.end_set_up().await?;
    shell.put(Place::Desk(opened, Stage::Open));
    Ok(())
}

/// Speaks another language from now on, before there is a desk.
#[tauri::command]
#[specta::specta]
pub async fn speak(shell: State<'_, Shell>, language: Language) -> Result<(), Problem> {
    let _turn = shell.turning.lock().await;
    let place = shell.place();
    match &place {
        Place::Before(Stage::SetUp, _) => shell.speak(desk_language(language)),
        Place::Desk(opened, Stage::SetUp) => {
            let mut wanted = opened.desk.settings();
            wanted.preferences.language = desk_language(language);
            settings::keep(opened, wanted).await?;
        }
        Place::Opening | Place::Stopped(_) | Place::Before(..) | Place::Desk(..) => return Ok(()),
    }
    shell.put(place);
    Ok(())
}

/// Opens a second window of the program in practice mode, in the language that is spoken here.
#[tauri::command]
#[specta::specta]
pub async fn practise(shell: State<'_, Shell>) -> Result<(), Problem> {
    if !cfg!(feature = "practice") {
        return Err(Problem::precondition("practice.off"));
    }
    let language = desk_language(shell.language_now()).word();
    let arguments = ["--demo", "--language", language];
    let started = std::env::current_exe().and_then(|program| Command::new(program).args(arguments).spawn());
    match started {
        Ok(mut child) => {
            // Waited for, so that nothing is left of it when it ends.
            std::thread::spawn(move || child.wait());
            Ok(())
        }
        Err(error) => {
            tracing::error!(%error, "practice does not start");
            Err(Problem::fault("setup.failed"))
        }
    }
}
