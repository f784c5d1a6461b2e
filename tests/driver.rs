//! The window under a test's hands: WebKitWebDriver starts the application, fantoccini speaks to it.
//!
//! The application inherits the environment of the *driver*, so everything it must know is given at the start. All
//! processes of one session carry a mark in their environment: that is how they are found again, and how all of them
//! end with the test, also when it panics.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{sleep, timeout};

use crate::display::end;

const MARK: &str = "BALIE_STAGE";
const PROGRAMS: [&str; 6] = ["Xvfb", "xwininfo", "dbus-daemon", "dbus-send", "gnome-keyring-daemon", "WebKitWebDriver"];
const DRIVER_LIMIT: Duration = Duration::from_secs(20);
const SESSION_LIMIT: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(30);

// WebKitWebDriver allows one session, and two windows on two cores make every waiting time a guess.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
static SESSIONS: AtomicU32 = AtomicU32::new(0);

/// Why window tests cannot run on this machine, or nothing when they can.
///
/// In CI (the variable `CI` is set) a missing program on Linux is not a reason to skip: the test then fails at its start.
pub fn stage_missing() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("window tests need WebKitWebDriver, which only Linux has".into());
    }
    let missing: Vec<&str> = PROGRAMS.into_iter().filter(|name| !on_path(name)).collect();
    if missing.is_empty() || std::env::var_os("CI").is_some() {
        return None;
    }
    Some(format!("window tests need {}; `cargo xtask test` installs them", missing.join(", ")))
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// One session: a driver, the application that it started, and the client that commands both.
#[derive(Debug)]
pub struct Driver {
    client: Client,
    driver: Child,
    app: PathBuf,
    mark: String,
    _turn: MutexGuard<'static, ()>,
}

impl Driver {
    /// Waits for its turn, starts the application in this folder under a driver of its own and opens a session. What it
    /// logs goes into the file, or where the test prints.
    ///
    /// Of a variable that `env` names twice the last one counts.
    pub async fn start(
        app: &Path,
        args: &[String],
        env: &[(String, String)],
        (folder, log): (&Path, Option<&Path>),
    ) -> io::Result<Self> {
        let turn = ONE_AT_A_TIME.lock().await;
        let app = app.canonicalize().map_err(|why| io::Error::new(why.kind(), format!("{}: {why}", app.display())))?;
        let mark = format!("{}-{}", process::id(), SESSIONS.fetch_add(1, Ordering::Relaxed));
        let port = free_port()?;
        let log = log.map(|log| fs::File::options().create(true).append(true).open(log)).transpose()?;
        // Whoever wants to leave a core file behind may: it is for the program to see that there is none.
        let mut driver = Command::new("sh")
            .current_dir(folder)
            .args(["-c", "ulimit -c $(ulimit -Hc); exec WebKitWebDriver \"$@\"", "WebKitWebDriver"])
            .args([format!("--port={port}"), "--host=127.0.0.1".into()])
            .envs(env.iter().map(|(name, value)| (name, value)).collect::<HashMap<_, _>>())
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env(MARK, &mark)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.map_or_else(Stdio::inherit, Stdio::from))
            .spawn()
            .map_err(|why| io::Error::new(why.kind(), format!("WebKitWebDriver does not start: {why}")))?;
        match open_session(port, &app, args, driver.id()).await {
            Ok(client) => Ok(Self { client, driver, app, mark, _turn: turn }),
            Err(why) => {
                end_all(&mut driver, &mark);
                Err(why)
            }
        }
    }

    /// The fantoccini client: find, click, type, wait.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The process of the application itself, not of the web processes that it starts.
    pub fn app_pid(&self) -> io::Result<u32> {
        running(&self.app, self.driver.id())
            .ok_or_else(|| io::Error::other(format!("{} does not run", self.app.display())))
    }

    /// The processes that the application started: those of its page.
    pub fn started_by_app(&self) -> io::Result<Vec<u32>> {
        Ok(below(self.app_pid()?).into_iter().map(|(pid, _)| pid).collect())
    }

    /// Ends the application as a power cut does: no signal handler runs. Returns when it is gone.
    pub async fn kill_app(&self) -> io::Result<()> {
        self.end_app_by("KILL").await
    }

    /// Sends the application a signal that ends it, and returns when it is gone.
    pub async fn end_app_by(&self, signal: &str) -> io::Result<()> {
        let pid = self.app_pid()?;
        send(signal, &[pid])?;
        let since = Instant::now();
        while self.app_pid().is_ok_and(|still| still == pid) {
            if since.elapsed() > DRIVER_LIMIT {
                return Err(io::Error::other(format!("process {pid} survived SIG{signal}")));
            }
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Saves what the window shows as a PNG.
    pub async fn screenshot(&self, path: &Path) -> io::Result<()> {
        let picture = self.client.screenshot().await.map_err(io::Error::other)?;
        fs::write(path, picture)
    }

    /// Closes the window as a person does and ends the session. Dropping ends it as well, but less politely.
    pub async fn close(self) -> io::Result<()> {
        // Cloned because dropping `self` at the end of this function ends what did not close by itself.
        match timeout(DRIVER_LIMIT, self.client.clone().close()).await {
            Ok(closed) => closed.map_err(io::Error::other),
            Err(_) => Err(io::Error::other("the session did not close in time")),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        end_all(&mut self.driver, &self.mark);
    }
}

async fn open_session(port: u16, app: &Path, args: &[String], driver: u32) -> io::Result<Client> {
    let since = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if since.elapsed() > DRIVER_LIMIT {
            return Err(io::Error::other("WebKitWebDriver does not listen"));
        }
        sleep(PAUSE).await;
    }
    let mut wanted = serde_json::Map::new();
    wanted.insert("webkitgtk:browserOptions".into(), json!({ "binary": app, "args": args }));
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(wanted);
    let address = format!("http://127.0.0.1:{port}");
    tokio::select! {
        client = builder.connect(&address) => client.map_err(io::Error::other),
        // The driver itself would wait for ever for an application that has ended.
        () = seen_and_gone(app, driver) => Err(io::Error::other("the application ended before it opened a window")),
        () = sleep(SESSION_LIMIT) => Err(io::Error::other("the application opened no window that can be driven")),
    }
}

async fn seen_and_gone(app: &Path, driver: u32) {
    while running(app, driver).is_none() {
        sleep(PAUSE).await;
    }
    while running(app, driver).is_some() {
        sleep(PAUSE).await;
    }
}

/// The process that runs this program for this driver. The first one, should it have started itself again.
fn running(app: &Path, driver: u32) -> Option<u32> {
    // The system cuts names off after 15 bytes. What a process runs it tells to nobody when it is not dumpable.
    let name = app.file_name()?.to_string_lossy().chars().take(15).collect::<String>();
    below(driver).into_iter().filter(|(_, runs)| *runs == name).map(|(pid, _)| pid).min()
}

/// Every process that this one started, or that one of those did, with its name. What has ended and waits to be collected
/// is not among them.
pub fn below(root: u32) -> Vec<(u32, String)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let all: Vec<_> = entries.flatten().filter_map(|entry| status(entry.file_name().to_str()?.parse().ok()?)).collect();
    let (mut found, mut parents) = (Vec::new(), vec![root]);
    while let Some(parent) = parents.pop() {
        for (pid, name, of) in &all {
            if *of == parent {
                found.push((*pid, name.clone()));
                parents.push(*pid);
            }
        }
    }
    found
}

/// A process with its name and its parent, which everybody may read.
fn status(pid: u32) -> Option<(u32, String, u32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets, and may hold any sign itself.
    let (begin, rest) = text.rsplit_once(')')?;
    let (state, rest) = rest.trim_start().split_once(' ')?;
    let parent = rest.split(' ').next()?.parse().ok()?;
    (state != "Z").then(|| (pid, begin.split_once('(').map_or("", |(_, name)| name).to_owned(), parent))
}

fn free_port() -> io::Result<u16> {
    // The listener is dropped at the end of this line; the driver cannot be handed a socket.
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn end_all(driver: &mut Child, mark: &str) {
    // A program that is not dumpable shows its environment to nobody else than the system.
    let started = below(driver.id());
    // The driver first, so that it does not start anything again; then whatever it has started.
    end(driver);
    let mut left = marked(mark);
    let goes_on = |(pid, name): &(u32, String)| status(*pid).is_some_and(|(_, now, _)| now == *name);
    left.extend(started.iter().filter(|started| goes_on(started)).map(|(pid, _)| *pid));
    left.sort_unstable();
    left.dedup();
    if !left.is_empty() {
        // A process that ended between the look and the signal makes it fail, and that is fine here.
        let _ = send("KILL", &left);
    }
}

/// The processes that carry this session's mark in their environment. Zombies have no environment any more.
fn marked(mark: &str) -> Vec<u32> {
    let wanted = format!("{MARK}={mark}").into_bytes();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            fs::read(format!("/proc/{pid}/environ"))
                .is_ok_and(|env| env.split(|byte| *byte == 0).any(|variable| variable == wanted))
        })
        .collect()
}

/// Sends a signal to these processes.
pub fn send(signal: &str, pids: &[u32]) -> io::Result<()> {
    let mut command = Command::new("kill");
    command.arg(format!("-{signal}")).args(pids.iter().map(u32::to_string)).stderr(Stdio::null());
    if command.status()?.success() { Ok(()) } else { Err(io::Error::other(format!("{pids:?} hear no {signal}"))) }
}
