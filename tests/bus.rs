//! A session of our own: a private D-Bus with an unlocked key ring, in a folder that is removed afterwards.
//!
//! The key ring of whoever runs the tests is never touched: its files, its socket and its bus are all elsewhere.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::display::{end, first_line};

const START_LIMIT: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(50);

/// A running private session: D-Bus and the Secret Service on it.
#[derive(Debug)]
pub struct Bus {
    daemon: Child,
    keyring: Option<Child>,
    address: String,
    folder: TempDir,
}

impl Bus {
    /// Starts both daemons and waits until the key ring is there and open.
    pub fn start() -> io::Result<Self> {
        let mut bus = Self::without_keyring()?;
        bus.start_keyring()?;
        Ok(bus)
    }

    /// Starts the bus alone: nobody on it keeps secrets.
    pub fn without_keyring() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("balie-bus-").tempdir()?;
        for name in ["run", "data", "config", "cache"] {
            private_folder(&folder.path().join(name))?;
        }
        let mut daemon = dbus_daemon(folder.path())?;
        let address = match first_line(&mut daemon) {
            Ok(line) if !line.trim().is_empty() => line.trim().to_owned(),
            told => {
                end(&mut daemon);
                return Err(io::Error::other(format!("dbus-daemon told no address: {told:?}")));
            }
        };
        // From here on dropping the bus ends what has been started.
        Ok(Self { daemon, keyring: None, address, folder })
    }

    /// Starts the key ring and opens it, and waits until it is. What it kept before is in it.
    pub fn start_keyring(&mut self) -> io::Result<()> {
        self.end_keyring();
        self.keyring = Some(self.keyring(Some(b"balie-tests"))?);
        self.wait_until_it_says("boolean false")
    }

    /// Starts the key ring again as a session does that did not ask for the password: all that it keeps is locked.
    pub fn lock_keyring(&mut self) -> io::Result<()> {
        self.end_keyring();
        self.keyring = Some(self.keyring(None)?);
        self.wait_until_it_says("boolean true")
    }

    /// Ends the key ring; the bus goes on without one.
    pub fn end_keyring(&mut self) {
        if let Some(mut keyring) = self.keyring.take() {
            end(&mut keyring);
        }
    }

    /// Ends the key ring and removes all that it kept.
    pub fn lose_keyring(&mut self) -> io::Result<()> {
        self.end_keyring();
        fs::remove_dir_all(self.data_folder())?;
        private_folder(&self.data_folder())
    }

    /// Takes every item of Balie out of the key ring, as a person can with any program for that; says how many there were.
    pub fn forget_items(&self) -> io::Result<usize> {
        let ours = "dict:string:string:service,be.balie.desk";
        let found = self.secrets(&["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SearchItems", ours])?;
        let items = found.lines().filter_map(|line| line.split_once("object path \"")?.1.split('"').next());
        let items: Vec<_> = items.collect();
        for item in &items {
            self.secrets(&[item, "org.freedesktop.Secret.Item.Delete"])?;
        }
        Ok(items.len())
    }

    /// What a program needs to use this session instead of the one of the machine.
    pub fn env(&self) -> Vec<(String, String)> {
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("DBUS_SESSION_BUS_ADDRESS".into(), self.address.clone()),
            // What the machine says of sleep and of sessions is said here too.
            ("DBUS_SYSTEM_BUS_ADDRESS".into(), self.address.clone()),
            ("XDG_RUNTIME_DIR".into(), at("run")),
            ("XDG_DATA_HOME".into(), at("data")),
            ("XDG_CONFIG_HOME".into(), at("config")),
            ("XDG_CACHE_HOME".into(), at("cache")),
            // Nobody listens for accessibility on this bus, and waiting for it costs GTK a time-out.
            ("NO_AT_BRIDGE".into(), "1".into()),
        ]
    }

    /// Sends a signal, as a desktop or the machine does: its path, its name, and whether something is on, if it says.
    pub fn signal(&self, path: &str, name: &str, on: Option<bool>) -> io::Result<()> {
        let mut send = Command::new("dbus-send");
        send.args(["--session", "--type=signal", path, name])
            .args(on.map(|on| format!("boolean:{on}")))
            .envs(self.env());
        if send.status()?.success() { Ok(()) } else { Err(io::Error::other(format!("{name} cannot be sent"))) }
    }

    /// Everything of this session stands below this folder: data, settings, caches, sockets.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder in which programs on this session keep their data (`XDG_DATA_HOME`).
    pub fn data_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn keyring(&self, password: Option<&[u8]>) -> io::Result<Child> {
        let mut keyring = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(password.map(|_| "--unlock"))
            .envs(self.env())
            .env_remove("GNOME_KEYRING_CONTROL")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| io::Error::new(why.kind(), format!("gnome-keyring-daemon does not start: {why}")))?;
        // Closing the pipe ends the password; an empty one would make an unencrypted key ring.
        let told = keyring.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(password.unwrap_or_default()));
        if let Err(why) = told {
            end(&mut keyring);
            return Err(why);
        }
        Ok(keyring)
    }

    fn wait_until_it_says(&self, wanted: &str) -> io::Result<()> {
        let since = Instant::now();
        loop {
            let answer = self.is_locked()?;
            if answer.contains(wanted) {
                return Ok(());
            }
            if since.elapsed() > START_LIMIT {
                return Err(io::Error::other(format!("the key ring does not say {wanted}: {answer}")));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Asks the Secret Service whether the collection that programs get by default is locked.
    fn is_locked(&self) -> io::Result<String> {
        let default = "/org/freedesktop/secrets/aliases/default";
        let locked = ["string:org.freedesktop.Secret.Collection", "string:Locked"];
        self.secrets(&[&[default, "org.freedesktop.DBus.Properties.Get"], locked.as_slice()].concat())
    }

    /// Asks the Secret Service something: an object, a method, and its arguments.
    fn secrets(&self, words: &[&str]) -> io::Result<String> {
        let out = Command::new("dbus-send")
            .args(["--session", "--print-reply", "--reply-timeout=2000", "--dest=org.freedesktop.secrets"])
            .args(words)
            .envs(self.env())
            .output()?;
        Ok(format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        if let Some(keyring) = self.keyring.as_mut() {
            end(keyring);
        }
        end(&mut self.daemon);
    }
}

fn dbus_daemon(folder: &Path) -> io::Result<Child> {
    // No service folders: on this bus nothing starts by itself, so nothing is left behind.
    let config = format!(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
         <busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\n\
         <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\n\
         <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n",
        folder.join("run/bus").display()
    );
    let file = folder.join("bus.conf");
    fs::write(&file, config)?;
    Command::new("dbus-daemon")
        .args(["--nofork", "--nopidfile", "--print-address=1"])
        .arg(format!("--config-file={}", file.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| io::Error::new(why.kind(), format!("dbus-daemon does not start: {why}")))
}

fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Everything that keeps a socket in XDG_RUNTIME_DIR insists on this.
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Bus;

    #[test]
    fn the_key_ring_is_open_and_ends_with_the_bus() {
        if crate::skip::skipped(crate::driver::stage_missing()) {
            return;
        }
        let bus = Bus::start().unwrap();
        let folder = bus.data_folder();
        assert!(bus.is_locked().unwrap().contains("boolean false"));
        drop(bus);
        assert!(!folder.exists());
    }
}
