//! What can be seen of the readers and of the system that they are on, for whoever asks why a reader does not work.
//!
//! It only looks: nothing is read of a card and no driver is touched. A service that starts when it is asked for is started by that.

mod linux;
mod macos;

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use balie_core::reader::{Reader, ReaderName};
use balie_core::reader_check::{Facts, Reach, Sandbox, System};
use pcsc::{Context, Error, Scope};

use crate::device;

/// How long the service may take to say which readers it knows.
const LIMIT: Duration = Duration::from_secs(3);

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
    let (answer, answered) = mpsc::sync_channel(1);
    let asks = thread::Builder::new().name("balie-card-look".to_owned()).spawn(move || drop(answer.send(readers())));
    if let Err(error) = asks {
        tracing::error!(%error, "no thread to look at the readers");
    }
    match answered.recv_timeout(LIMIT) {
        Ok(Ok(readers)) => (Reach::Answers, readers),
        Ok(Err(Error::SecurityViolation | Error::NoAccess)) => (Reach::Refuses, vec![]),
        Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => (Reach::Stopped, vec![]),
        Err(RecvTimeoutError::Timeout) => (Reach::Hangs, vec![]),
    }
}

fn readers() -> Result<Vec<Reader>, Error> {
    let context = Context::establish(Scope::User)?;
    let mut buffer = [0_u8; 4096];
    match context.list_readers(&mut buffer) {
        Ok(names) => {
            let names: Vec<_> = names.map(|name| ReaderName(name.to_string_lossy().into_owned())).collect();
            Ok(device::readers(&names))
        }
        Err(Error::NoReadersAvailable) => Ok(vec![]),
        Err(error) => Err(error),
    }
}
