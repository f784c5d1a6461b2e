//! The computer of the desk: its clocks, its files, and what becomes of them when somebody copies or opens them twice.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use balie_core::time::Moment;
use balie_desk::config::Config;
use balie_desk::desk::{Clocks, Desk};
use balie_remote::client::Api;
use balie_store::ledger::{Environment, Ledger};
use balie_store::open::StoreError;
use tempfile::TempDir;

use super::{Scene, open};

/// The time, and how far the clocks of the desk are from it. All in milliseconds.
#[derive(Debug)]
pub struct Times {
    really: AtomicI64,
    /// How far the clock on the wall is ahead.
    ahead: AtomicI64,
    /// How long the computer slept: the steady clock stood still.
    slept: AtomicI64,
}

impl Times {
    /// Both clocks are right at this moment.
    pub fn starting(at: Moment) -> Self {
        Self { really: AtomicI64::new(at.as_millisecond()), ahead: AtomicI64::new(0), slept: AtomicI64::new(0) }
    }

    /// Time passes.
    pub fn pass(&self, seconds: i64) {
        self.really.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// The time, which is that of UiTPAS.
    pub fn really(&self) -> Moment {
        Moment::from_millisecond(self.really.load(Ordering::Relaxed)).unwrap()
    }

    /// What the clock of the desk shows.
    pub fn on_the_wall(&self) -> Moment {
        let shown = self.really.load(Ordering::Relaxed) + self.ahead.load(Ordering::Relaxed);
        Moment::from_millisecond(shown).unwrap()
    }

    fn steady(&self) -> Duration {
        let ran = self.really.load(Ordering::Relaxed) - self.slept.load(Ordering::Relaxed);
        Duration::from_millis(u64::try_from(ran).unwrap())
    }

    /// Both clocks of a desk.
    pub fn clocks(self: &Arc<Self>) -> Clocks {
        let (wall, steady) = (Arc::clone(self), Arc::clone(self));
        Clocks { wall: Arc::new(move || wall.on_the_wall()), steady: Arc::new(move || steady.steady()) }
    }
}

impl Scene {
    /// Somebody sets the clock of the desk forward, or back; no time passes.
    pub fn set_the_clock(&self, seconds: i64) {
        self.time.ahead.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// The computer sleeps: time passes, and its steady clock stands still.
    pub fn sleep(&self, seconds: i64) {
        self.time.slept.fetch_add(seconds * 1_000, Ordering::Relaxed);
        self.pass_time(seconds);
    }

    /// A file in the folder of the desk.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of the desk as it is at this moment, as a power cut would leave it.
    pub fn copy_of_the_files(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
        copy
    }

    /// Ends the program, and starts it again on other files.
    pub async fn restart_on(self, files: TempDir) -> Self {
        let Self { sandbox, desk, ledger, snapshot, keys, config, time, folder } = self;
        drop((desk, ledger, snapshot, folder));
        let folder = Arc::new(files);
        let (desk, ledger, snapshot) = open(&config, &keys, &folder, &time, None).await;
        Self { sandbox, desk, ledger, snapshot, keys, config, time, folder }
    }

    /// Ends the program, and starts it again with other settings.
    pub async fn restart_as(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self.restart().await
    }

    /// Starts the program a second time on the same files, while the first still runs.
    pub async fn start_again_beside(&self) -> Self {
        self.open_beside(Arc::clone(&self.folder), None).await
    }

    /// Starts the program on a copy of the files, on a computer that remembers this of the ledger.
    pub async fn start_on_a_copy(&self, remembered: Option<[u8; 16]>) -> Self {
        self.open_beside(Arc::new(self.copy_of_the_files()), Some(remembered)).await
    }

    /// Opens the ledger once more, as the program does when it starts.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn try_to_open(&self) -> Result<Ledger, StoreError> {
        let (environment, prefix) = (self.config.environment, &self.config.receipt_prefix);
        Ledger::open(&self.file("ledger.db"), &self.keys.0, environment, prefix).await
    }

    /// Opens the ledger as a desk of this environment does, with this prefix for its receipts.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn try_to_open_as(&self, environment: Environment, prefix: &str) -> Result<Ledger, StoreError> {
        Ledger::open(&self.file("ledger.db"), &self.keys.0, environment, prefix).await
    }

    /// Starts the program once more on these files, as far as it comes.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub async fn try_to_start_again(&self) -> Result<Arc<Desk>, StoreError> {
        let api = Api::new(self.config.endpoints.clone(), self.config.credentials.clone()).unwrap();
        Desk::open(self.config.clone(), self.ledger.clone(), self.snapshot.clone(), api, self.time.clocks()).await
    }

    async fn open_beside(&self, folder: Arc<TempDir>, remembered: Option<Option<[u8; 16]>>) -> Self {
        let (sandbox, keys, config) = (Arc::clone(&self.sandbox), self.keys.clone(), self.config.clone());
        let time = Arc::clone(&self.time);
        let (desk, ledger, snapshot) = open(&config, &keys, &folder, &time, remembered).await;
        Self { sandbox, desk, ledger, snapshot, keys, config, time, folder }
    }
}
