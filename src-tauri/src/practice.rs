//! Practice mode: the same desk on a stand-in of UiTPAS inside the program. Nothing leaves this computer, and nothing is
//! kept when the window closes.

use crate::dto::{PracticeCard, Problem};
use crate::shell::Opened;
use balie_desk::config::Language;
use balie_desk::desk::Desk;

#[cfg(feature = "practice")]
pub use with_stand_in::Practice;

#[cfg(not(feature = "practice"))]
pub use without_stand_in::Practice;

#[cfg(not(feature = "practice"))]
mod without_stand_in {
    use super::{Desk, Language, Opened, PracticeCard, Problem};
    use std::sync::Arc;

    /// Practice is not part of this build, so there never is one.
    pub enum Practice {}

    impl Practice {
        pub async fn open(_language: Language) -> Result<Opened, Problem> {
            Err(Problem::precondition("practice.off"))
        }

        pub fn cards(&self) -> Vec<PracticeCard> {
            match *self {}
        }

        pub fn tap(&self, _desk: Arc<Desk>, _uid: &str) -> Result<(), Problem> {
            match *self {}
        }

        pub fn end(&self) {
            match *self {}
        }

        pub async fn network(&self, _on: bool) -> Result<(), Problem> {
            match *self {}
        }
    }
}

#[cfg(feature = "practice")]
mod with_stand_in {
    use super::{Desk, Language, Opened, PracticeCard, Problem};
    use balie_core::card::CardKind;
    use balie_core::event::OrganizerId;
    use balie_core::reader::{CardRead, ReaderEvent, ReaderName};
    use balie_desk::config::{Config, Distribution, Preferences};
    use balie_desk::desk::system_clock;
    use balie_remote::access::Credentials;
    use balie_remote::client::{Api, Endpoints};
    use balie_remote::endpoint::Endpoint;
    use balie_sandbox::{Sandbox, test_cards};
    use balie_store::key::Key;
    use balie_store::ledger::{Environment, Ledger};
    use balie_store::snapshot::Snapshot;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;
    use tempfile::TempDir;

    /// A telephone, as a reader sees it: drawn at random for every touch.
    const TELEPHONE: &str = "08A1B2C3";
    /// A chip that nobody has.
    const NOBODY: &str = "04FFFFFFFFFF80";
    /// The organizer of the published test data.
    const ORGANIZER: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";

    /// The stand-in and the folder of one practice.
    pub struct Practice {
        sandbox: Sandbox,
        folder: Mutex<Option<TempDir>>,
    }

    impl Practice {
        /// Opens a practice desk on a stand-in of its own, that speaks this language.
        pub async fn open(language: Language) -> Result<Opened, Problem> {
            let failed = |error: std::io::Error| {
                tracing::error!(%error, "the practice desk");
                Problem::fault("setup.failed")
            };
            let sandbox = Sandbox::start(([127, 0, 0, 1], 0).into()).await.map_err(failed)?;
            let folder = tempfile::tempdir().map_err(failed)?;
            let config = config(&sandbox.url(), language).ok_or_else(|| Problem::fault("setup.failed"))?;
            // Keys of one practice: they are as lasting as its files.
            let (ledger_key, snapshot_key) = (Key::random()?, Key::random()?);
            let path = folder.path().join("ledger.db");
            let ledger = Ledger::open(&path, &ledger_key, Environment::Practice, &config.receipt_prefix).await?;
            let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &snapshot_key).await?;
            let api = Api::new(config.endpoints.clone(), config.credentials.clone())?;
            let desk = Desk::open(config, ledger, snapshot, api, system_clock()).await?;
            Ok(Opened {
                desk,
                practice: Some(Arc::new(Self { sandbox, folder: Mutex::new(Some(folder)) })),
                safe: None,
                settings: None,
            })
        }

        /// The cards of the tray: the published test cards, a telephone, and a card that nobody knows.
        pub fn cards(&self) -> Vec<PracticeCard> {
            let card = |uid: &str, number: Option<String>, first_name: Option<String>, what: &str| PracticeCard {
                uid: uid.to_owned(),
                number,
                first_name,
                code: format!("practice.card.{}", camel(what)),
            };
            let mut tray: Vec<PracticeCard> = test_cards()
                .into_iter()
                .filter_map(|held| {
                    let name = Some(held.first_name).filter(|name| !name.is_empty());
                    Some(card(&held.chip?, Some(held.number), name, held.what))
                })
                .collect();
            tray.push(card(TELEPHONE, None, None, "telephone"));
            tray.push(card(NOBODY, None, None, "unknown"));
            tray
        }

        /// Lays a card on the desk.
        pub fn tap(&self, desk: Arc<Desk>, uid: &str) -> Result<(), Problem> {
            let bytes = bytes(uid).ok_or_else(|| Problem::clerk("number.notANumber"))?;
            let read = CardRead { reader: ReaderName("practice".to_owned()), kind: CardKind::of_uid(&bytes) };
            if let Some(whom) = desk.reader_reports(ReaderEvent::Card(read)) {
                tauri::async_runtime::spawn(async move { desk.look_up(whom).await });
            }
            Ok(())
        }

        /// Removes the folder. Its keys are gone with the program anyway, so nobody could ever read it again.
        pub fn end(&self) {
            let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(Err(error)) = folder.map(TempDir::close) {
                tracing::warn!(%error, "the folder of the practice stays behind");
            }
        }

        /// Pulls the network out, or puts it back.
        pub async fn network(&self, on: bool) -> Result<(), Problem> {
            self.sandbox.set_offline(!on).await.map_err(|_| Problem::fault("practice.network"))
        }
    }

    fn config(url: &str, language: Language) -> Option<Config> {
        let endpoint = |path: &str| Endpoint::parse(&format!("{url}{path}")).ok();
        let endpoints =
            Endpoints { api: endpoint("")?, search: endpoint("/search")?, issuer: endpoint("/realms/uitid")? };
        let credentials =
            Credentials { client_id: "balie-practice".to_owned(), client_secret: Some("practice".to_owned()) };
        let organizer = OrganizerId(ORGANIZER.to_owned());
        Some(Config {
            organizer_name: "Oefenbalie".to_owned(),
            receipt_prefix: "OEF".to_owned(),
            // A newcomer who puts the network back should not have to wait for it.
            probe_every: Duration::from_secs(2),
            distribution: Distribution { computes: true, ..Distribution::default() },
            preferences: Preferences { language, ..Preferences::default() },
            ..Config::new(Environment::Practice, endpoints, credentials, organizer)
        })
    }

    fn camel(word: &str) -> String {
        let mut parts = word.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |whole, part| {
            let mut letters = part.chars();
            let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
            whole + &capital.into_iter().collect::<String>() + letters.as_str()
        })
    }

    fn bytes(hex: &str) -> Option<Vec<u8>> {
        let digits = hex.as_bytes();
        if !digits.len().is_multiple_of(2) || digits.len() > 20 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_tray_has_words_for_every_kind_of_card() {
            assert_eq!(camel("other_region"), "otherRegion");
            assert_eq!(camel("active"), "active");
            assert_eq!(bytes(TELEPHONE).map(|uid| CardKind::of_uid(&uid)), Some(CardKind::RandomId));
            assert!(matches!(bytes(NOBODY).map(|uid| CardKind::of_uid(&uid)), Some(CardKind::UitpasLike(_))));
            assert_eq!(bytes("0"), None);
            assert_eq!(bytes("zz"), None);
        }
    }
}
