//! The desk as the program opens it: encrypted files in a folder, and UiTPAS over real HTTP.

use super::Failure;
use super::pace::Pace;
use balie_core::event::OrganizerId;
use balie_core::outbox::State;
use balie_desk::config::Config;
use balie_desk::desk::Desk;
use balie_remote::access::Credentials;
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::snapshot::Snapshot;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// The organizer of the published test data.
const ORGANIZER: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";

/// More entries than a round ever makes.
pub const ALL: u32 = 1_000_000;

/// What the organizer chose for a desk, on which depends what the rows of UiTPAS prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Setting {
    /// The receipt goes along in the label.
    pub receipt_in_label: bool,
    /// Nobody else registers anything for the organizer. Here that is always true; a desk that is not told so shows a person
    /// what another desk might have done.
    pub only_desk: bool,
}

impl Setting {
    /// Every one that there is.
    pub const ALL: [Self; 4] = [
        Self { receipt_in_label: true, only_desk: false },
        Self { receipt_in_label: false, only_desk: false },
        Self { receipt_in_label: false, only_desk: true },
        Self { receipt_in_label: true, only_desk: true },
    ];
}

/// Prints `receipt,alone`, `receipt`, `alone` or `plain`.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.receipt_in_label, self.only_desk) {
            (true, true) => "receipt,alone",
            (true, false) => "receipt",
            (false, true) => "alone",
            (false, false) => "plain",
        })
    }
}

impl FromStr for Setting {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let known = Self::ALL.into_iter().find(|each| each.to_string() == text);
        known.ok_or_else(|| format!("`{text}` is no setting of a desk").into())
    }
}

/// An open desk.
pub struct Stage {
    /// The desk.
    pub desk: Arc<Desk>,
    /// Its ledger.
    pub ledger: Ledger,
    /// How many attempts were found cut off when it was opened.
    pub cut_off: usize,
}

impl Stage {
    /// Opens the desk of a folder, which makes it when there is none.
    ///
    /// # Errors
    /// Fails when a file cannot be opened: then what a kill left behind is no good.
    pub async fn open(folder: &Path, url: &str, pace: Pace, setting: Setting) -> Result<Self, Failure> {
        let config = config(url, setting)?;
        // The next process must open the same files. Only their encryption matters here, not who knows the key.
        let (key, other) = (Key::known([7; 32]), Key::known([11; 32]));
        let file = |name| folder.join(name);
        let ledger = Ledger::open(&file("ledger.db"), &key, config.environment, &config.receipt_prefix).await?;
        // What the computer remembers of its ledger, as the program keeps it in the keyring: a kill may come in between.
        let remembered = std::fs::read(file("witness")).ok().and_then(|bytes| bytes.try_into().ok());
        let witness =
            ledger.hold_against(remembered).await?.ok_or("the ledger is taken for one that was used elsewhere")?;
        std::fs::write(file("witness.new"), witness)?;
        std::fs::rename(file("witness.new"), file("witness"))?;
        let snapshot = Snapshot::open(&file("snapshot.db"), &other).await?;
        let newest = ledger.newest(100).await?;
        let cut_off = newest.iter().filter(|each| each.state == State::Sending).count();
        let api = Api::new(config.endpoints.clone(), config.credentials.clone())?;
        let desk = Desk::open(config, ledger.clone(), snapshot, api, pace.clock()).await?;
        Ok(Self { desk, ledger, cut_off })
    }
}

fn config(url: &str, setting: Setting) -> Result<Config, Failure> {
    let endpoint = |path: &str| Endpoint::parse(&format!("{url}{path}"));
    let endpoints = Endpoints { api: endpoint("")?, search: endpoint("/search")?, issuer: endpoint("/realms/uitid")? };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    let config = Config::new(Environment::Test, endpoints, credentials, OrganizerId(ORGANIZER.to_owned()));
    let Setting { receipt_in_label, only_desk } = setting;
    Ok(Config { probe_every: Duration::from_millis(50), receipt_in_label, only_desk, ..config })
}
