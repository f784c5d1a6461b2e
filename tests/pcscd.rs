//! A real smart-card service of our own: pcscd with two virtual readers or four, on loopback only.
//!
//! pcscd knows one place for its socket, so each instance lives in a mount namespace in which that place is a temporary
//! folder. Several run side by side, none needs root, and neither the pcscd nor the readers of this computer are
//! touched. Without namespaces root may still use the place itself, one instance at a time.
//!
//! Not here: the cards. They are laid with [`crate::virtual_card`].

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PCSCD: &str = "/usr/sbin/pcscd";
const VPCD: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const SOCKET_FOLDER: &str = "/run/pcscd";
const SOCKET: &str = "pcscd.comm";
const LIMIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);
const SHIMS: [(&str, &str); 2] =
    [("loopback.c", include_str!("stage/loopback.c")), ("quick_poll.c", include_str!("stage/quick_poll.c"))];

// Started in the folder that becomes the place of the socket. The drivers of real readers are hidden: theirs is a desk
// somewhere, not a test.
const IN_NAMESPACE: &str = "set -e
mount -t tmpfs none /usr/lib/pcsc/drivers
mount -t tmpfs none /run
mkdir /run/pcscd
mount --bind . /run/pcscd
LD_PRELOAD=\"$1\" exec /usr/sbin/pcscd --foreground --info --config \"$2\"";

/// Where an instance keeps its socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a mount namespace, as root.
    Mount,
    /// In a mount and user namespace.
    MountAndUser,
    /// The one of the system.
    Fixed,
}

/// Why tests with a real pcscd cannot run on this machine, or nothing when they can.
///
/// In CI (the variable `CI` is set) a missing program on Linux is not a reason to skip: the test then fails at its start.
pub fn stage_missing() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("reader tests need pcscd with vpcd, which only Linux has".into());
    }
    if std::env::var_os("CI").is_some() {
        return None;
    }
    for (file, package) in [(PCSCD, "pcscd"), (VPCD, "vsmartcard-vpcd")] {
        if !Path::new(file).exists() {
            return Some(format!("reader tests need {package}; `cargo xtask test` installs it"));
        }
    }
    if !succeeds(Command::new("cc").arg("--version")) {
        return Some("reader tests need a C compiler, to keep vpcd on loopback".into());
    }
    place().err().map(|why| why.to_string())
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn place() -> io::Result<Place> {
    static PLACE: OnceLock<Result<Place, String>> = OnceLock::new();
    PLACE.get_or_init(|| find_place().map_err(|why| why.to_string())).clone().map_err(io::Error::other)
}

fn find_place() -> io::Result<Place> {
    let try_out = "mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind . /run/pcscd";
    for (place, flags) in [(Place::Mount, &["-m"][..]), (Place::MountAndUser, &["-r", "-m"])] {
        if succeeds(Command::new("unshare").args(flags).args(["sh", "-c", try_out])) {
            return Ok(place);
        }
    }
    let neither = "reader tests need user namespaces, or root, and this machine gives neither";
    // While it is our turn, whoever answers there is not one of us.
    let _turn = fs::create_dir_all(SOCKET_FOLDER).and_then(|()| turn()).map_err(|_| io::Error::other(neither))?;
    if UnixStream::connect(Path::new(SOCKET_FOLDER).join(SOCKET)).is_ok() {
        return Err(io::Error::other("reader tests need namespaces here, because a pcscd of the system is running"));
    }
    Ok(Place::Fixed)
}

/// Waits until the place of the system is free for us; it is until the file is closed.
fn turn() -> io::Result<File> {
    let file = File::create(std::env::temp_dir().join("balie-pcscd.lock"))?;
    file.lock()?;
    Ok(file)
}

/// A pcscd with virtual readers. It ends when this is dropped.
#[derive(Debug)]
pub struct Pcscd {
    child: Option<Child>,
    place: Place,
    /// Of each device the port of its first slot; that of its second one is the next.
    devices: Vec<u16>,
    folder: TempDir,
    // Held while the one place of the system is in use.
    _turn: Option<File>,
}

impl Pcscd {
    /// The names of the two readers, as the service gives them.
    pub const READERS: [&'static str; 2] = ["Balie Test Reader 00 00", "Balie Test Reader 00 01"];

    /// The names of the four readers of [`Pcscd::prepare_four`]; two of them are slots of one device.
    pub const FOUR: [&'static str; 4] =
        [Self::READERS[0], Self::READERS[1], "Balie Second Reader 00 00", "Balie Second Reader 00 01"];

    /// Prepares an instance and starts it; its readers are there when this returns.
    pub fn start() -> io::Result<Self> {
        let mut pcscd = Self::prepare()?;
        pcscd.run()?;
        Ok(pcscd)
    }

    /// Starts an instance that has no reader at all.
    pub fn start_without_readers() -> io::Result<Self> {
        let mut pcscd = Self::prepare_devices(&[])?;
        pcscd.run()?;
        Ok(pcscd)
    }

    /// Whether this machine lets several instances run side by side; elsewhere a second one waits for the first to end.
    pub fn runs_side_by_side() -> io::Result<bool> {
        Ok(place()? != Place::Fixed)
    }

    /// Prepares an instance that does not run yet: for whoever meets it, the service is missing.
    pub fn prepare() -> io::Result<Self> {
        Self::prepare_devices(&["Balie Test Reader"])
    }

    /// The same, with two devices that have two slots each.
    pub fn prepare_four() -> io::Result<Self> {
        Self::prepare_devices(&["Balie Test Reader", "Balie Second Reader"])
    }

    fn prepare_devices(names: &[&str]) -> io::Result<Self> {
        let place = place()?;
        let turn = if place == Place::Fixed { Some(turn()?) } else { None };
        let folder = tempfile::Builder::new().prefix("balie-pcscd-").tempdir()?;
        let path = folder.path();
        fs::create_dir(path.join("run"))?;
        fs::create_dir(path.join("config"))?;
        let (mut devices, mut config) = (vec![], String::new());
        for (at, name) in names.iter().enumerate() {
            let port = free_ports()?;
            // The driver keeps what it knows of a device in itself, so each device has a copy of its own.
            let driver = path.join(format!("libifdvpcd{at}.so"));
            fs::copy(VPCD, &driver)?;
            config += &format!(
                "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:{port:#X}\nLIBPATH {}\nCHANNELID {port:#X}\n\n",
                driver.display()
            );
            devices.push(port);
        }
        fs::write(path.join("config/readers"), config)?;
        compile_shims(path)?;
        Ok(Self { child: None, place, devices, folder, _turn: turn })
    }

    /// Starts the prepared service, unless it runs, and waits until all readers take cards.
    pub fn run(&mut self) -> io::Result<()> {
        if self.child.is_some() {
            return Ok(());
        }
        let path = self.folder.path();
        let (shims, config) = (path.join("shims.so"), path.join("config"));
        let mut command = match self.place {
            Place::Fixed => {
                let mut pcscd = Command::new(PCSCD);
                pcscd.args(["--foreground", "--info", "--config"]).arg(config).env("LD_PRELOAD", shims);
                pcscd
            }
            Place::Mount | Place::MountAndUser => {
                let flags: &[&str] = if self.place == Place::Mount { &["-m"] } else { &["-r", "-m"] };
                let mut unshare = Command::new("unshare");
                unshare.args(flags).args(["sh", "-c", IN_NAMESPACE, "sh"]).arg(shims).arg(config);
                unshare.current_dir(path.join("run"));
                unshare
            }
        };
        let log = File::create(self.log())?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        self.child = Some(child);
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> io::Result<()> {
        let since = Instant::now();
        while since.elapsed() < LIMIT && matches!(self.child.as_mut().map(Child::try_wait), Some(Ok(None))) {
            let reachable = UnixStream::connect(self.socket()).is_ok();
            if reachable
                && self
                    .all_ports()
                    .into_iter()
                    .try_fold(true, |all, port| Ok::<_, io::Error>(all && listens_on_loopback(port)?))?
            {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        self.kill();
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        Err(io::Error::other(format!("pcscd does not come up:\n{log}")))
    }

    /// Asks the service to end, as the system does, and waits until it has.
    pub fn stop(&mut self) {
        if let Some(child) = &mut self.child {
            let asked = succeeds(Command::new("kill").arg(child.id().to_string()));
            let since = Instant::now();
            while asked && since.elapsed() < Duration::from_secs(3) && matches!(child.try_wait(), Ok(None)) {
                thread::sleep(PAUSE);
            }
        }
        self.kill();
    }

    /// Ends the service at once, as a crash does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; then there is nothing to end, and waiting only collects it.
            let _ = child.kill();
            let _ = child.wait();
        }
        for left in [SOCKET, "pcscd.pid"] {
            let _ = fs::remove_file(self.socket().with_file_name(left));
        }
    }

    /// Stops the service and starts it again.
    pub fn restart(&mut self) -> io::Result<()> {
        self.stop();
        self.run()
    }

    /// What a program needs to find this service instead of the one of the system. It may be set before the service
    /// runs, and holds over restarts.
    pub fn env(&self) -> Vec<(String, String)> {
        vec![("PCSCLITE_CSOCK_NAME".into(), self.socket().display().to_string())]
    }

    /// The ports on which the first two readers wait for a card.
    pub fn ports(&self) -> [u16; 2] {
        [self.devices[0], self.devices[0] + 1]
    }

    /// The ports of all readers, in the order of their names.
    pub fn all_ports(&self) -> Vec<u16> {
        self.devices.iter().flat_map(|port| [*port, port + 1]).collect()
    }

    /// The process of the service, when it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    fn socket(&self) -> PathBuf {
        match self.place {
            Place::Fixed => Path::new(SOCKET_FOLDER).join(SOCKET),
            Place::Mount | Place::MountAndUser => self.folder.path().join("run").join(SOCKET),
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("pcscd.log")
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.kill();
    }
}

fn compile_shims(folder: &Path) -> io::Result<()> {
    for (name, source) in SHIMS {
        fs::write(folder.join(name), source)?;
    }
    let cc = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", "shims.so"])
        .args(SHIMS.map(|(name, _)| name))
        .arg("-ldl")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    if cc.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("the shims do not compile: {}", String::from_utf8_lossy(&cc.stderr))))
}

/// Two neighbouring ports that are free, below those that the system hands out for outgoing connections.
fn free_ports() -> io::Result<u16> {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(process::id() % 100).unwrap_or_default() * 100;
    let free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    (0..1000)
        .map(|_| 20_000 + (first + 2 * TAKEN.fetch_add(1, Ordering::Relaxed) % 10_000) % 10_000)
        .find(|port| free(*port) && free(*port + 1))
        .ok_or_else(|| io::Error::other("no two free ports for the readers"))
}

/// Whether the port is listened on; an error when it is open to more than loopback.
fn listens_on_loopback(port: u16) -> io::Result<bool> {
    let (loopback, everywhere) = (format!(" 0100007F:{port:04X} "), format!(" 00000000:{port:04X} "));
    let sockets = fs::read_to_string("/proc/net/tcp")?;
    let mut listening = sockets.lines().filter(|line| line.contains(" 00000000:0000 0A "));
    if sockets.lines().any(|line| line.contains(&everywhere) && line.contains(" 0A ")) {
        return Err(io::Error::other("vpcd listens to the whole network, not only to this machine"));
    }
    Ok(listening.any(|line| line.contains(&loopback)))
}
