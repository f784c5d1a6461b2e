//! The ground that the desk stands on: settings, folder, and the lock on the profile.

use crate::arguments::Options;
use crate::dto::Problem;
use crate::opening::Profile;
use crate::second::{self, Turn};
use balie_desk::config::{Config, Language};
use balie_store::durable;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager};
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Starts logging to the standard error. No number of a person, no address and no body is ever logged: other libraries would
/// log addresses, which hold numbers, so only what Balie says itself is let through.
pub fn log() {
    let level = EnvFilter::try_from_env("BALIE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let ours = FilterFn::new(|said| said.target().starts_with("balie"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_filter(ours);
    // Set twice only when a test starts the program twice, which is harmless.
    let _ = tracing_subscriber::registry().with(level).with(lines).try_init();
    // A crash says where it was, and nothing of whom it was about.
    std::panic::set_hook(Box::new(|info| tracing::error!("{}", balie_core::redact::panic_line(info))));
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
    /// A profile, and the lock on it: this program's alone.
    Profile(Box<Profile>, ProfileLock),
    /// None, for this reason; the window says so.
    Missing(Problem),
}

impl Ground {
    /// The language of the settings; absent where there are none yet.
    pub fn language(&self) -> Option<Language> {
        match self {
            Self::Profile(profile, _) => profile.config.as_ref().map(|config| config.preferences.language),
            Self::Practice | Self::Missing(_) => None,
        }
    }
}

/// Finds out where the desk will stand; `None` when it stands there already and its window came to the front.
pub fn find_ground(app: &AppHandle, options: &Options) -> Option<Ground> {
    if options.demo {
        return Some(Ground::Practice);
    }
    let found = settings(app, options).and_then(|found| {
        let Settings { config, file, folder } = found;
        match second::wait(&folder, options.link.as_deref(), || lock(folder.path()))? {
            Turn::Ours(lock) => {
                // Drawn before anybody meets us at it: on Windows the pipe bears it.
                profile_id(folder.path())?;
                let profile = Profile { config, settings: file, folder, safe: None };
                Ok(Some(Ground::Profile(Box::new(profile), lock)))
            }
            Turn::Shown => Ok(None),
            Turn::Silent => Err(Problem::clerk("setup.alreadyOpen")),
        }
    });
    found.unwrap_or_else(|problem| Some(Ground::Missing(problem)))
}

/// The settings of a profile and where they are.
struct Settings {
    /// Absent where none were written yet: the set-up writes them.
    config: Option<Config>,
    file: PathBuf,
    folder: Folder,
}

/// The settings, and the folder that the files are in: the one that was asked for, else the one that the settings name,
/// else the one beside the settings. Settings of a test never lead to the files of the user.
fn settings(app: &AppHandle, options: &Options) -> Result<Settings, Problem> {
    let system = || app.path().app_local_data_dir().map_err(|_| Problem::fault("setup.noFolder"));
    let named = std::env::var_os("BALIE_CONFIG").map(PathBuf::from);
    let asked_for = named.is_some();
    let file = match (named, &options.profile) {
        (Some(file), _) => file,
        (None, Some(profile)) => profile.join("balie.toml"),
        (None, None) => system()?.join("balie.toml"),
    };
    // What is beside the settings must not depend on where the program was started.
    let file = std::path::absolute(&file).unwrap_or(file);
    // A file that somebody named has to be there; the one of the profile is written by the set-up.
    let config = if asked_for || file.exists() { Some(Config::read(&file)?) } else { None };
    let named = options.profile.clone().or_else(|| config.as_ref().and_then(|config| config.profile.clone()));
    let folder = named.or_else(|| file.parent().map(Path::to_owned)).ok_or_else(|| Problem::fault("setup.noFolder"))?;
    durable::private_folder(&folder).map_err(|error| {
        tracing::error!(%error, "the folder of the profile");
        Problem::fault("setup.noFolder")
    })?;
    Ok(Settings { config, file, folder: Folder(folder) })
}

/// Writes settings where there are none, with the language that was spoken until now: what they do not say holds as it is by
/// itself.
pub fn write_settings(file: &Path, environment: &str, client: &str, language: Language) -> Result<Config, Problem> {
    let known = KNOWN.iter().find(|known| known.environment == environment);
    let Some(known) = known else { return Err(Problem::clerk("setup.config").with("what", "environment")) };
    let plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    if client.is_empty() || client.len() > 100 || !client.chars().all(plain) {
        return Err(Problem::clerk("setup.client"));
    }
    let text = format!(
        "environment = \"{environment}\"\n\n[servers]\napi = \"{}\"\nsearch = \"{}\"\nissuer = \"{}\"\n\n[sign_in]\nclient_id = \"{client}\"\n\n[desk]\nlanguage = \"{}\"\n",
        known.api,
        known.search,
        known.issuer,
        language.word()
    );
    durable::write(file, text.as_bytes()).map_err(|error| {
        tracing::error!(%error, "the settings");
        Problem::fault("setup.noFolder")
    })?;
    Ok(Config::read(file)?)
}

/// Where publiq has its servers (domain.md §7.1).
struct Known {
    environment: &'static str,
    api: &'static str,
    search: &'static str,
    issuer: &'static str,
}

const KNOWN: [Known; 2] = [
    Known {
        environment: "production",
        api: "https://api.uitpas.be",
        search: "https://search.uitdatabank.be",
        issuer: "https://account.uitid.be/realms/uitid",
    },
    Known {
        environment: "test",
        api: "https://api-test.uitpas.be",
        search: "https://search-test.uitdatabank.be",
        issuer: "https://account-test.uitid.be/realms/uitid",
    },
];

/// The lock on a profile: one program owns the queue.
pub struct ProfileLock(
    #[expect(dead_code, reason = "held, never read: the lock lasts as long as the file is open")] File,
);

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
pub fn profile_id(folder: &Path) -> Result<String, Problem> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "the name of the profile");
        Problem::fault("setup.noFolder")
    };
    let file = folder.join(PROFILE_ID);
    match std::fs::read_to_string(&file) {
        Ok(id) if id.trim().is_empty() => Err(Problem::fault("setup.keyLost")),
        Ok(id) => Ok(id.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            // The keys know whose they are: losing this file alone costs nothing.
            let id = balie_store::vault::profile_of(folder).unwrap_or_else(balie_desk::desk::draw_id);
            durable::write(&file, id.as_bytes()).map_err(failed)?;
            Ok(id)
        }
        Err(error) => Err(failed(error)),
    }
}
