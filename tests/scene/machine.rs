//! The computer of the desk: its clocks, its files, and what becomes of them when somebody copies or opens them twice.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use balie_core::time::Moment;
use balie_desk::config::Config;
use balie_desk::desk::{Clocks, Desk};
use balie_remote::client::Api;
use balie_store::ledger::{Environment, Ledger};
use balie_store::open::StoreError;
use balie_store::rehearsal::close_all_in;
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

thread_local! {
    static FOLDERS: Folders = const { Folders(RefCell::new(Vec::new())) };
}

/// The folders of the desks of a test. What a test lets go of is closed by threads of their own, and at the end of a program
/// SQLCipher takes away the memory that they need: so the thread of a test ends after them.
struct Folders(RefCell<Vec<PathBuf>>);

impl Drop for Folders {
    fn drop(&mut self) {
        let folders = self.0.take();
        // A thread that ends can have no runtime any more.
        let closing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let closed = async {
                for folder in &folders {
                    close_all_in(folder).await;
                }
                while is_any_in_use(&folders) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                // The memory is given back just after the file.
                tokio::time::sleep(Duration::from_millis(1)).await;
            };
            // A test that broke off may still have somebody in a file.
            let _ = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(2), closed).await });
        });
        let _ = closing.join();
    }
}

/// Whether the program has a file in one of these folders open. Told on Linux only.
fn is_any_in_use(folders: &[PathBuf]) -> bool {
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return false };
    open.flatten()
        .filter_map(|file| std::fs::read_link(file.path()).ok())
        .any(|file| folders.iter().any(|folder| file.starts_with(folder)))
}

/// The thread of this test ends after the files in this folder are closed.
pub(super) fn will_be_closed(folder: &Path) {
    FOLDERS.with(|folders| folders.0.borrow_mut().push(folder.to_owned()));
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
