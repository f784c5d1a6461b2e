//! Opening the desk, step by step: settings → folder → lock → window → keys → files → line → reader → uploader.

use crate::arguments::Options;
use crate::dto::Problem;
use crate::practice::Practice;
use crate::pump;
use crate::second::{self, Turn};
use crate::shell::{Opened, Shell};
use balie_desk::config::Config;
use balie_desk::desk::{Desk, system_clock};
use balie_remote::client::Api;
use balie_store::key::{self, Key, KeyError, KeyFor};
use balie_store::ledger::Ledger;
use balie_store::machine::Witness;
use balie_store::open::StoreError;
use balie_store::snapshot::Snapshot;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tauri::{AppHandle, Manager};
use tracing_subscriber::EnvFilter;

/// Starts logging to the standard error. No number of a person, no address and no body is ever logged.
pub fn log() {
    let filter = EnvFilter::try_from_env("BALIE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Set twice only when a test starts the program twice, which is harmless.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// The label of the window, in `tauri.conf.json` and in its capability.
pub const MAIN: &str = "main";

/// The folder of a profile.
#[derive(Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The name of the profile, once it was drawn.
    #[cfg_attr(unix, expect(dead_code, reason = "the name of the pipe on Windows"))]
    pub fn id(&self) -> Option<String> {
        let id = std::fs::read_to_string(self.0.join(PROFILE_ID)).ok()?;
        Some(id.trim().to_owned()).filter(|id| !id.is_empty())
    }
}

/// Where the desk will stand: found before there is a window, because a second start gets none.
pub enum Ground {
    /// Practice, which leaves nothing behind.
    Practice,
    /// A profile, locked for this program.
    Profile(Box<Profile>),
    /// None, for this reason; the window says so.
    Missing(Problem),
}

/// A profile that is ours: its settings, its folder and the lock on it.
pub struct Profile {
    config: Config,
    folder: Folder,
    lock: ProfileLock,
}

/// Finds out where the desk will stand; `None` when it stands there already and its window came to the front.
pub fn find_ground(app: &AppHandle, options: &Options) -> Option<Ground> {
    if options.demo {
        return Some(Ground::Practice);
    }
    let found = settings(app, options).and_then(|(config, path)| {
        let folder = Folder(path);
        match second::wait(&folder, || lock(folder.path()))? {
            Turn::Ours(lock) => Ok(Some(Ground::Profile(Box::new(Profile { config, folder, lock })))),
            Turn::Shown => Ok(None),
            Turn::Silent => Err(Problem::clerk("setup.alreadyOpen")),
        }
    });
    found.unwrap_or_else(|problem| Some(Ground::Missing(problem)))
}

/// Opens the desk behind the window, which is there already and says what goes wrong.
pub fn begin(app: AppHandle, ground: Ground) {
    let (shell, place) = Shell::new();
    app.manage(shell);
    tauri::async_runtime::spawn(async move {
        let opened = open(&app, ground).await;
        match &opened {
            Ok(opened) => {
                let changes = opened.desk.changes();
                tauri::async_runtime::spawn(pump::run(app, opened.clone(), changes));
                tauri::async_runtime::spawn(Arc::clone(&opened.desk).keep_uploading());
                tauri::async_runtime::spawn(Arc::clone(&opened.desk).keep_fresh());
            }
            Err(problem) => tracing::error!(code = problem.code, "the desk could not be opened"),
        }
        // The receiver lives as long as the program, so somebody always hears this.
        let _ = place.send(Some(opened));
        // The sender stays with this task for as long as the program runs.
        std::future::pending::<()>().await;
    });
}

async fn open(app: &AppHandle, ground: Ground) -> Result<Opened, Problem> {
    let Profile { config, folder, lock } = match ground {
        Ground::Practice => return Practice::open().await,
        Ground::Missing(problem) => return Err(problem),
        Ground::Profile(profile) => *profile,
    };
    // Held until the program ends, whatever way it ends: the system lets go of it then.
    app.manage(lock);
    let profile = profile_id(folder.path())?;
    tauri::async_runtime::spawn(second::answer(app.clone(), folder.clone()));
    let (ledger_file, snapshot_file) = (folder.path().join("ledger.db"), folder.path().join("snapshot.db"));
    let keys = {
        let (ledger_file, snapshot_file) = (ledger_file.clone(), snapshot_file.clone());
        let profile = profile.clone();
        // The keyring may ask the user for a password, and waits for it.
        tokio::task::spawn_blocking(move || {
            let ledger = Key::in_keyring(&profile, KeyFor::Ledger, &ledger_file)?;
            Ok::<_, Problem>((ledger, snapshot_key(&profile, &snapshot_file)?, key::remembered(&profile)?))
        })
    };
    let (ledger_key, snapshot_key, remembered) = keys.await.map_err(|_| Problem::fault("setup.failed"))??;
    let ledger = Ledger::open(&ledger_file, &ledger_key, config.environment, &config.receipt_prefix).await?;
    if let Some(witness) = ledger.hold_against(remembered).await? {
        remember(&profile, witness).await?;
    }
    let snapshot = match Snapshot::open(&snapshot_file, &snapshot_key).await {
        Err(StoreError::WrongKey) => {
            tracing::warn!("the snapshot cannot be read and is begun anew");
            Snapshot::begin_anew(&snapshot_file, &snapshot_key).await?
        }
        opened => opened?,
    };
    let api = Api::new(config.endpoints.clone(), config.credentials.clone())?;
    let desk = Desk::open(config, ledger, snapshot, api, system_clock()).await?;
    Ok(Opened { desk, practice: None, profile: Some(profile) })
}

/// Lets this computer remember the ledger, so that a copy that was used elsewhere is known again.
pub async fn remember(profile: &str, witness: Witness) -> Result<(), Problem> {
    let profile = profile.to_owned();
    let remembered = tokio::task::spawn_blocking(move || key::remember(&profile, &witness)).await;
    Ok(remembered.map_err(|_| Problem::fault("setup.failed"))??)
}

/// The key of the snapshot. The file can be fetched again, so a key that is lost costs no more than that.
fn snapshot_key(profile: &str, file: &Path) -> Result<Key, KeyError> {
    match Key::in_keyring(profile, KeyFor::Snapshot, file) {
        Err(KeyError::Lost(_)) => Key::anew_in_keyring(profile, KeyFor::Snapshot),
        other => other,
    }
}

/// The settings, and the folder that the files are in: the one that was asked for, else the one that the settings name,
/// else the one beside the settings. Settings of a test never lead to the files of the user.
fn settings(app: &AppHandle, options: &Options) -> Result<(Config, PathBuf), Problem> {
    let system = || app.path().app_local_data_dir().map_err(|_| Problem::fault("setup.noFolder"));
    let named = std::env::var_os("BALIE_CONFIG").map(PathBuf::from);
    let file = match (named, &options.profile) {
        (Some(file), _) => file,
        (None, Some(profile)) => profile.join("balie.toml"),
        (None, None) => system()?.join("balie.toml"),
    };
    // What is beside the settings must not depend on where the program was started.
    let file = std::path::absolute(&file).unwrap_or(file);
    let config = Config::read(&file)?;
    let named = options.profile.clone().or_else(|| config.profile.clone());
    let folder = named.or_else(|| file.parent().map(Path::to_owned)).ok_or_else(|| Problem::fault("setup.noFolder"))?;
    create_private(&folder).map_err(|error| {
        tracing::error!(%error, "the folder of the profile");
        Problem::fault("setup.noFolder")
    })?;
    Ok((config, folder))
}

fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The lock on a profile: one program owns the queue.
struct ProfileLock(#[expect(dead_code, reason = "held, never read: the lock lasts as long as the file is open")] File);

/// The lock, or nothing while another program has it.
fn lock(folder: &Path) -> Result<Option<ProfileLock>, Problem> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "the lock of the profile");
        Problem::fault("setup.noFolder")
    };
    let file =
        File::options().create(true).truncate(false).write(true).open(folder.join("balie.lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(ProfileLock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// The file with the name of the profile.
const PROFILE_ID: &str = "profile-id";

/// The name of the profile in the keyring. It is drawn once, so that a moved or renamed folder keeps its keys. Losing it
/// would lose the ledger with it, so it is on the disk, whole, before any key is made.
fn profile_id(folder: &Path) -> Result<String, Problem> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "the name of the profile");
        Problem::fault("setup.noFolder")
    };
    let file = folder.join(PROFILE_ID);
    match std::fs::read_to_string(&file) {
        Ok(id) if id.trim().is_empty() => Err(Problem::fault("setup.keyLost")),
        Ok(id) => Ok(id.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let id = balie_desk::desk::draw_id();
            write_durably(folder, &file, &id).map_err(failed)?;
            Ok(id)
        }
        Err(error) => Err(failed(error)),
    }
}

fn write_durably(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    let draft = file.with_extension("new");
    let mut written = File::create(&draft)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    std::fs::rename(&draft, file)?;
    // Windows has no handle to sync on a folder; there the rename is durable by itself.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
