//! What can be seen of the readers and of the system that they are on, for whoever asks why a reader does not work.
//!
//! It only looks: nothing is read of a card and no driver is touched. A service that starts when it is asked for is started by that.

mod linux;
mod macos;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use balie_core::reader::{Reader, ReaderName};
use balie_core::reader_check::{Facts, Reach, Sandbox, System};
use pcsc::{Context, Error, Scope};

use crate::device;
use crate::line::lock;

/// How long the service may take to say which readers it knows.
const LIMIT: Duration = Duration::from_secs(3);
/// Each thread that waits for a service that hangs takes one of its places, so they are counted.
const LEFT_AT_MOST: usize = 3;

/// The threads that wait for an answer that nobody waits for any more.
static LEFT_BEHIND: AtomicUsize = AtomicUsize::new(0);

/// How a question to the service stands.
#[derive(Debug, PartialEq, Eq)]
enum Asking {
    Awaited,
    LeftBehind,
    Over,
}

/// Looks at the system that this program runs on.
pub fn look() -> Facts {
    let system = if cfg!(windows) {
        System::Windows
    } else if cfg!(target_os = "macos") {
        System::MacOs
    } else {
        System::Linux
    };
    let sandbox = match (std::env::var_os("FLATPAK_ID"), std::env::var_os("SNAP")) {
        (Some(_), _) => Some(Sandbox::Flatpak),
        (None, Some(_)) => Some(Sandbox::Snap),
        (None, None) => None,
    };
    look_at(system, Path::new("/"), sandbox)
}

/// Looks at a system whose files stand under `root`, so that a test can lay one out.
pub fn look_at(system: System, root: &Path, sandbox: Option<Sandbox>) -> Facts {
    let (asked, readers) = ask();
    let service = match asked {
        Reach::Stopped if system == System::Linux && !linux::has_service(root) => Reach::NotInstalled,
        other => other,
    };
    Facts {
        system,
        service,
        usb_driver: (system == System::Linux).then(|| linux::has_usb_driver(root)),
        usb: if system == System::Linux { linux::usb_readers(root) } else { vec![] },
        readers,
        sandbox,
        has_apt: root.join("usr/bin/apt").exists(),
        own_mac_driver: (system == System::MacOs).then(|| macos::uses_own_driver(root)),
        has_read: false,
        trouble: None,
    }
}

/// Asks the service, in a thread of its own: it may never answer, and then the thread is left behind.
fn ask() -> (Reach, Vec<Reader>) {
    if LEFT_BEHIND.load(Ordering::Acquire) >= LEFT_AT_MOST {
        return (Reach::Hangs, vec![]);
    }
    let (answer, answered) = mpsc::sync_channel(1);
    let asking = Arc::new(Mutex::new(Asking::Awaited));
    let asked = Arc::clone(&asking);
    let asks = thread::Builder::new().name("balie-card-look".to_owned()).spawn(move || {
        let readers = readers();
        if std::mem::replace(&mut *lock(&asked), Asking::Over) == Asking::LeftBehind {
            LEFT_BEHIND.fetch_sub(1, Ordering::AcqRel);
        }
        drop(answer.send(readers));
    });
    if let Err(error) = asks {
        tracing::error!(%error, "no thread to look at the readers");
    }
    match answered.recv_timeout(LIMIT) {
        Ok(Ok(readers)) => (Reach::Answers, readers),
        Ok(Err(Error::SecurityViolation | Error::NoAccess)) => (Reach::Refuses, vec![]),
        Ok(Err(Error::NoService | Error::ServiceStopped)) | Err(RecvTimeoutError::Disconnected) => {
            (Reach::Stopped, vec![])
        }
        // It runs, and lets nobody in.
        Ok(Err(_)) => (Reach::Hangs, vec![]),
        Err(RecvTimeoutError::Timeout) => {
            let mut asking = lock(&asking);
            if *asking == Asking::Awaited {
                *asking = Asking::LeftBehind;
                LEFT_BEHIND.fetch_add(1, Ordering::AcqRel);
            }
            (Reach::Hangs, vec![])
        }
    }
}

fn readers() -> Result<Vec<Reader>, Error> {
    let context = Context::establish(Scope::User)?;
    let mut buffer = [0_u8; 4096];
    match context.list_readers(&mut buffer) {
        Ok(names) => {
            let names = names.map(|name| ReaderName(name.to_string_lossy().into_owned()));
            Ok(device::readers(&names.filter(device::is_device).collect::<Vec<_>>()))
        }
        Err(Error::NoReadersAvailable) => Ok(vec![]),
        Err(error) => Err(error),
    }
}
