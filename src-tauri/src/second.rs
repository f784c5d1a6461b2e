//! A second start on the same profile: it asks the first to come to the front, and ends.
//!
//! The lock on the profile says who was first. They meet in the folder of the profile, which no other user can enter: at a
//! socket there, or on Windows at a pipe that bears the name of the profile. The second says why it comes: an empty line, or
//! the deep link that the system started it with; the first says "shown".

use crate::setup::{Folder, MAIN};
use crate::shell::Shell;
use std::io::{Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// What the first one answers when its window is in front.
const SHOWN: &[u8] = b"shown\n";

/// How long a second start waits for the first: it may still be opening, or be closing.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one answer may take.
const ONE_ANSWER: Duration = Duration::from_secs(2);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// What became of the wait for the profile.
pub enum Turn<T> {
    /// It became free, and is ours.
    Ours(T),
    /// The one who has it showed its window.
    Shown,
    /// The one who has it does not answer.
    Silent,
}

/// Asks whoever has the profile to show its window, until it does or the profile becomes free.
pub fn wait<T, E>(folder: &Folder, link: Option<&str>, take: impl Fn() -> Result<Option<T>, E>) -> Result<Turn<T>, E> {
    let since = Instant::now();
    loop {
        if let Some(taken) = take()? {
            return Ok(Turn::Ours(taken));
        }
        if is_shown(folder, link) {
            return Ok(Turn::Shown);
        }
        if since.elapsed() > PATIENCE {
            return Ok(Turn::Silent);
        }
        thread::sleep(PAUSE);
    }
}

fn is_shown(folder: &Folder, link: Option<&str>) -> bool {
    let folder = folder.clone();
    // A line has one end, so a link that holds another is none.
    let line = format!("{}\n", link.filter(|link| !link.contains(['\n', '\r'])).unwrap_or_default());
    let (told, heard) = mpsc::channel();
    // A thread of its own, because neither a socket nor a pipe lets every system wait for a limited time.
    thread::spawn(move || {
        let mut answer = Vec::new();
        let asked = place::ask(&folder).and_then(|mut stream| {
            stream.write_all(line.as_bytes())?;
            stream.take(SHOWN.len() as u64).read_to_end(&mut answer)
        });
        let _ = told.send(asked.is_ok() && answer == SHOWN);
    });
    heard.recv_timeout(ONE_ANSWER).unwrap_or(false)
}

/// Shows the window whenever somebody asks, for as long as the program runs. Without a place to meet, a second start says
/// that the desk is open already.
pub async fn answer(app: AppHandle, folder: Folder) {
    if let Err(error) = place::answer(&folder, |line| show(&app, line)).await {
        tracing::warn!(%error, "a second start cannot bring this window to the front");
    }
}

/// The longest line that is read: the links of sign-in servers stay well below it.
const LONGEST_LINE: u64 = 8 * 1024;

/// How long the line of a second start may take; then it is taken for an empty one.
const ONE_LINE: Duration = Duration::from_secs(1);

/// What a second start says it comes for.
async fn line_of(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut line = String::new();
    let read = tokio::time::timeout(ONE_LINE, BufReader::new(stream.take(LONGEST_LINE)).read_line(&mut line)).await;
    if matches!(read, Ok(Ok(_))) { line.trim_end().to_owned() } else { String::new() }
}

/// Whether there is a window, now in front. While the program is ending there is none.
fn show(app: &AppHandle, line: &str) -> bool {
    if !line.is_empty() {
        app.state::<Shell>().links.came(line);
    }
    let Some(window) = app.get_webview_window(MAIN) else { return false };
    // Each of these may be refused by a system that decides for itself what is in front; the window is there all the same.
    for outcome in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = outcome {
            tracing::warn!(%error, "the window does not come to the front");
        }
    }
    tracing::info!("a second start: the window comes to the front");
    true
}

#[cfg(unix)]
mod place {
    use super::{SHOWN, line_of};
    use crate::setup::Folder;
    use std::io::{self, ErrorKind};
    use std::os::unix::net::UnixStream;
    use tokio::io::AsyncWriteExt;
    use tokio::net::UnixListener;

    const SOCKET: &str = "balie.sock";

    pub fn ask(folder: &Folder) -> io::Result<UnixStream> {
        UnixStream::connect(folder.path().join(SOCKET))
    }

    pub async fn answer(folder: &Folder, show: impl Fn(&str) -> bool) -> io::Result<()> {
        let socket = folder.path().join(SOCKET);
        // Whoever left it there is gone: the lock of the profile is ours.
        match std::fs::remove_file(&socket) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&socket)?;
        loop {
            let (mut stream, _) = listener.accept().await?;
            let line = line_of(&mut stream).await;
            if show(&line) {
                // Whoever asked may have lost patience.
                let _ = stream.write_all(SHOWN).await;
            }
        }
    }
}

#[cfg(windows)]
mod place {
    use super::{SHOWN, line_of};
    use crate::setup::Folder;
    use std::fs::File;
    use std::io;
    use tokio::io::AsyncWriteExt;
    use tokio::net::windows::named_pipe::ServerOptions;

    fn pipe(folder: &Folder) -> io::Result<String> {
        let id = folder.id().ok_or(io::ErrorKind::NotFound)?;
        Ok(format!(r"\\.\pipe\balie-{id}"))
    }

    pub fn ask(folder: &Folder) -> io::Result<File> {
        File::options().read(true).write(true).open(pipe(folder)?)
    }

    pub async fn answer(folder: &Folder, show: impl Fn(&str) -> bool) -> io::Result<()> {
        let name = pipe(folder)?;
        // Nobody may have put a pipe of that name there before us.
        let mut waiting = ServerOptions::new().first_pipe_instance(true).create(&name)?;
        loop {
            waiting.connect().await?;
            let mut stream = std::mem::replace(&mut waiting, ServerOptions::new().create(&name)?);
            let line = line_of(&mut stream).await;
            if show(&line) && stream.write_all(SHOWN).await.is_ok() {
                // What was written is gone when the pipe is closed before it was read.
                let _ = stream.flush().await;
            }
            drop(stream);
        }
    }
}
