//! A screen of our own: Xvfb on a free display number, gone when the test is.
//!
//! Not here: what is drawn on it. The window is started by [`crate::driver`].

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(20);
const STOP_LIMIT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(10);

/// A running virtual screen of 1280 by 800.
#[derive(Debug)]
pub struct Display {
    xvfb: Child,
    number: u32,
}

impl Display {
    /// Starts Xvfb and waits until it accepts windows.
    pub fn start() -> io::Result<Self> {
        Self::start_with(&[])
    }

    /// The same, and what is drawn stands in a file of this folder, in the form of `xwd`.
    pub fn start_seen(folder: &Path) -> io::Result<Self> {
        Self::start_with(&[OsStr::new("-fbdir"), folder.as_os_str()])
    }

    fn start_with(more: &[&OsStr]) -> io::Result<Self> {
        // Xvfb chooses the number itself and tells it when it listens: no race, and nothing to poll.
        let mut xvfb = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| io::Error::new(why.kind(), format!("Xvfb does not start: {why}")))?;
        match first_line(&mut xvfb).map(|line| line.trim().parse::<u32>()) {
            Ok(Ok(number)) => Ok(Self { xvfb, number }),
            told => {
                end(&mut xvfb);
                Err(io::Error::other(format!("Xvfb opened no display: {told:?}")))
            }
        }
    }

    /// What a program needs to draw here.
    pub fn env(&self) -> Vec<(String, String)> {
        vec![
            ("DISPLAY".into(), format!(":{}", self.number)),
            // Without this GTK would prefer the Wayland session of whoever runs the tests.
            ("GDK_BACKEND".into(), "x11".into()),
        ]
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Asked first, because only then Xvfb takes its lock and its socket away.
        let asked = Command::new("kill").arg(self.xvfb.id().to_string()).status();
        let since = Instant::now();
        while asked.is_ok() && since.elapsed() < STOP_LIMIT && matches!(self.xvfb.try_wait(), Ok(None)) {
            thread::sleep(PAUSE);
        }
        end(&mut self.xvfb);
    }
}

/// The first line that a child prints, or an error when it stays silent.
pub(crate) fn first_line(child: &mut Child) -> io::Result<String> {
    let out = child.stdout.take().ok_or_else(|| io::Error::other("its output is not piped"))?;
    let (told, heard) = mpsc::channel();
    thread::spawn(move || {
        let mut out = BufReader::new(out);
        let mut line = String::new();
        let read = out.read_line(&mut line).map(|_| line);
        // Nobody listens any more when the limit has passed; that is not an error of this thread.
        let _ = told.send(read);
        // The pipe stays open: a program that prints later must not die of it.
        let _ = io::copy(&mut out, &mut io::sink());
    });
    heard.recv_timeout(START_LIMIT).map_err(io::Error::other)?
}

/// Ends one child by its process id and collects it.
pub(crate) fn end(child: &mut Child) {
    // Both fail only for a process that has already ended.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::Display;

    #[test]
    fn two_displays_stand_beside_each_other() {
        if crate::skip::skipped(crate::driver::stage_missing()) {
            return;
        }
        let one = Display::start().unwrap();
        let two = Display::start().unwrap();
        assert_ne!(one.env(), two.env());
    }
}
