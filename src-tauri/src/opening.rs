//! Opening the desk, step by step: settings → folder → lock → window → keys → files → line → reader → uploader. What is needed
//! from a person in between stands before the clerk: the set-up, the PIN or the recovery code.

use crate::dto::{Fact, Notice, Problem, Stage};
use crate::platform;
use crate::practice::Practice;
use crate::problem::why_recovery;
use crate::pump;
use crate::safe::Safe;
use crate::second;
use crate::setup::{self, Folder, Ground, ProfileLock};
use crate::shell::{Opened, Place, Shell};
use balie_desk::config::Config;
use balie_desk::desk::{Desk, system_clock};
use balie_remote::client::Api;
use balie_store::key;
use balie_store::ledger::Ledger;
use balie_store::machine::Witness;
use balie_store::open::StoreError;
use balie_store::snapshot::Snapshot;
use balie_store::vault::{Keys, Lock};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tauri::{AppHandle, Manager};

/// A profile that is ours: its settings, its folder and the lock on it.
pub struct Profile {
    /// The settings; absent where none were written yet.
    pub config: Option<Config>,
    /// Where they stand, or are to stand.
    pub settings: PathBuf,
    /// The folder of its files.
    pub folder: Folder,
    /// The keys, once they were looked for.
    pub safe: Option<Arc<Safe>>,
}

/// Opens the desk behind the window, which is there already and says what goes wrong.
pub fn begin(app: AppHandle, ground: Ground) {
    tauri::async_runtime::spawn(async move {
        let shell = app.state::<Shell>();
        let opened = match ground {
            Ground::Practice => practice(&shell).await,
            Ground::Missing(problem) => Err(problem),
            Ground::Profile(profile, lock) => {
                // Held until the program ends, whatever way it ends: the system lets go of it then.
                app.manage::<ProfileLock>(lock);
                tauri::async_runtime::spawn(second::answer(app.clone(), profile.folder.clone()));
                tauri::async_runtime::spawn(platform::lock_with_the_screen(app.clone()));
                *shell.profile.lock().await = Some(*profile);
                look(&shell).await
            }
        };
        if let Err(problem) = opened {
            tracing::error!(code = problem.code, "the desk could not be opened");
            shell.put(Place::Stopped(problem));
        }
    });
}

async fn practice(shell: &Shell) -> Result<(), Problem> {
    let opened = Practice::open(shell.language_before()).await?;
    work(shell, &opened);
    shell.put(Place::Desk(opened, Stage::Open));
    Ok(())
}

/// Looks what is needed to open the profile, and opens it when that is nothing.
pub async fn look(shell: &Shell) -> Result<(), Problem> {
    let safe = {
        let mut profile = shell.profile.lock().await;
        let Some(profile) = profile.as_mut() else { return Ok(()) };
        if profile.config.is_none() {
            shell.put(Place::Before(Stage::SetUp, None));
            return Ok(());
        }
        let id = setup::profile_id(profile.folder.path())?;
        let folder = profile.folder.clone();
        let found = tokio::task::spawn_blocking(move || Safe::at(&folder, id)).await;
        let safe = found.map_err(|_| Problem::fault("setup.failed"))??;
        profile.safe = Some(Arc::clone(&safe));
        safe
    };
    shell.keys_changed(&safe).await;
    match safe.lock().await? {
        Lock::New | Lock::Open => {
            let keys = safe.open().await?;
            open(shell, keys).await
        }
        Lock::Pin => {
            let waits = |seconds: u64| notice("pin.wait", vec![Fact::new("seconds", seconds)]);
            shell.put(Place::Before(Stage::Locked, safe.pin_waits().await.map(waits)));
            Ok(())
        }
        Lock::Recovery(error) => {
            tracing::error!(%error, "the keys");
            shell.put(Place::Before(Stage::Recovery, Some(notice(why_recovery(&error), Vec::new()))));
            Ok(())
        }
    }
}

/// Opens the profile with its PIN.
pub async fn with_pin(shell: &Shell, pin: &str) -> Result<(), Problem> {
    let keys = safe(shell).await?.open_with_pin(pin).await?;
    open(shell, keys).await
}

/// Opens the profile with its recovery code. A PIN that was forgotten is gone with it.
pub async fn with_recovery(shell: &Shell, code: String) -> Result<(), Problem> {
    let _turn = shell.turning.lock().await;
    match shell.place() {
        Place::Desk(opened, Stage::Locked) => {
            let safe = opened.safe.clone().ok_or_else(|| Problem::precondition("pin.none"))?;
            let keys = safe.open_with_recovery(code).await?;
            shell.keys_changed(&safe).await;
            opened.desk.unlock(&keys.snapshot).await?;
            shell.put(Place::Desk(opened, Stage::Open));
            Ok(())
        }
        Place::Before(Stage::Recovery | Stage::Locked, _) => {
            let safe = safe(shell).await?;
            let keys = safe.open_with_recovery(code).await?;
            shell.keys_changed(&safe).await;
            open(shell, keys).await
        }
        _ => Ok(()),
    }
}

async fn safe(shell: &Shell) -> Result<Arc<Safe>, Problem> {
    let profile = shell.profile.lock().await;
    profile.as_ref().and_then(|profile| profile.safe.clone()).ok_or_else(|| Problem::fault("setup.failed"))
}

/// Opens the files and puts the desk before the clerk.
async fn open(shell: &Shell, keys: Keys) -> Result<(), Problem> {
    let mut slot = shell.profile.lock().await;
    let Some(profile) = slot.as_ref() else { return Ok(()) };
    let (Some(config), Some(safe)) = (profile.config.clone(), profile.safe.clone()) else {
        return Err(Problem::fault("setup.failed"));
    };
    let desk = open_files(config, &profile.folder, &safe, &keys).await?;
    let settings = Some(profile.settings.clone());
    let stage = if desk.needs_set_up().await? { Stage::SetUp } else { Stage::Open };
    *slot = None;
    drop(slot);
    let opened = Opened { desk, practice: None, safe: Some(safe), settings };
    work(shell, &opened);
    shell.put(Place::Desk(opened, stage));
    Ok(())
}

async fn open_files(config: Config, folder: &Folder, safe: &Safe, keys: &Keys) -> Result<Arc<Desk>, Problem> {
    let (ledger_file, snapshot_file) = (folder.path().join("ledger.db"), folder.path().join("snapshot.db"));
    let ledger = Ledger::open(&ledger_file, &keys.ledger, config.environment, &config.receipt_prefix).await?;
    let profile = safe.profile.clone();
    let remembered = tokio::task::spawn_blocking(move || key::remembered(&profile)).await;
    match remembered.map_err(|_| Problem::fault("setup.failed"))? {
        Ok(remembered) => {
            // Where the keyring takes nothing in, what it remembers from before stays good for the next start.
            if let Some(witness) = ledger.hold_against(remembered).await?
                && let Err(problem) = remember(&safe.profile, witness).await
            {
                tracing::warn!(code = problem.code, "this computer does not remember the ledger");
            }
        }
        // Opened with the recovery code where there is no keyring: nobody can say whether it was used elsewhere.
        Err(error) => {
            tracing::error!(%error, "what this computer remembers of the ledger");
            ledger.hold_against(None).await?;
        }
    }
    let snapshot = open_snapshot(&snapshot_file, keys).await?;
    let mut api = Api::new(config.endpoints.clone(), config.credentials.clone())?;
    if let Some(person) = &config.person {
        api = api.with_person(person.clone());
    }
    Ok(Desk::open(config, ledger, snapshot, api, system_clock()).await?)
}

/// What cannot be read, or whose key is lost, can be fetched again.
async fn open_snapshot(file: &Path, keys: &Keys) -> Result<Snapshot, StoreError> {
    if keys.snapshot_is_new {
        return Snapshot::begin_anew(file, &keys.snapshot).await;
    }
    let (snapshot, damage) = Snapshot::open_or_begin_anew(file, &keys.snapshot).await?;
    if let Some(error) = damage {
        tracing::warn!(%error, "the snapshot could not be read and was begun anew");
    }
    Ok(snapshot)
}

/// Starts what runs for as long as the program does.
fn work(shell: &Shell, opened: &Opened) {
    let changes = opened.desk.changes();
    tauri::async_runtime::spawn(pump::run(shell.app.clone(), opened.clone(), changes));
    tauri::async_runtime::spawn(Arc::clone(&opened.desk).keep_uploading());
    tauri::async_runtime::spawn(Arc::clone(&opened.desk).keep_fresh());
}

/// Lets this computer remember the ledger, so that a copy that was used elsewhere is known again.
pub async fn remember(profile: &str, witness: Witness) -> Result<(), Problem> {
    let profile = profile.to_owned();
    let remembered = tokio::task::spawn_blocking(move || key::remember(&profile, &witness)).await;
    Ok(remembered.map_err(|_| Problem::fault("setup.failed"))??)
}

/// What is told before the desk is open, in a code of the texts.
fn notice(code: &str, facts: Vec<Fact>) -> Notice {
    Notice { code: code.to_owned(), facts, said: None, as_of: None }
}
