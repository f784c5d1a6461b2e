//! The watch of `balie-card` as a process of its own, told to us line by line (`examples/watch.rs` of that crate).

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Much longer than anything takes, so that a busy computer fails no test.
pub const SOON: Duration = Duration::from_secs(15);
/// Many times as long as an event takes: what has not come by then does not come.
pub const QUIET: Duration = Duration::from_millis(700);

/// The watch. It ends when this is dropped.
#[derive(Debug)]
pub struct Watcher {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    complaints: Receiver<String>,
    slots: RefCell<Option<String>>,
}

/// Hands over what is written, line by line.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

impl Watcher {
    /// Starts the program with these words, and with the variables that lead it to its service.
    pub fn start(program: impl AsRef<OsStr>, env: Vec<(String, String)>, words: &[&str]) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg("--whole-numbers")
            .args(words)
            .envs(env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take();
        let told = lines(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let complaints = lines(child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Self { child, stdin, lines: told, complaints, slots: RefCell::default() })
    }

    /// The next line, if one comes within this time. What slots take is learned from cards and told in between; that is left out.
    pub fn line(&self, limit: Duration) -> Result<String, RecvTimeoutError> {
        let began = Instant::now();
        loop {
            let line = self.lines.recv_timeout(limit.saturating_sub(began.elapsed()))?;
            match line.strip_prefix("slots\t") {
                Some(slots) => drop(self.slots.replace(Some(slots.to_owned()))),
                None => return Ok(line),
            }
        }
    }

    /// What was told last of what the slots take, since the readers were told.
    pub fn slots(&self) -> Option<String> {
        self.slots.borrow().clone()
    }

    /// The next line, if one comes soon.
    pub fn next(&self) -> Option<String> {
        self.line(SOON).ok()
    }

    /// What it complained of since this was last asked, panics above all.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.try_iter().collect()
    }

    /// Takes the next event, and holds that it is this one.
    #[track_caller]
    pub fn tells(&self, expected: &str) {
        assert_eq!(self.next().as_deref(), Some(expected));
    }

    /// Takes the next event, and holds that it names these readers.
    #[track_caller]
    pub fn tells_readers(&self, readers: &[&str]) {
        self.tells(&format!("readers\t{}", readers.join("\t")));
    }

    /// Holds that nothing is told for a while.
    #[track_caller]
    pub fn is_quiet(&self) {
        assert_eq!(self.line(QUIET), Err(RecvTimeoutError::Timeout));
    }

    /// Drops the watch in its process, and says how long the process took to end.
    pub fn stop(&mut self) -> io::Result<Duration> {
        let began = Instant::now();
        self.stdin = None;
        while self.child.try_wait()?.is_none() && began.elapsed() < SOON {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(began.elapsed())
    }

    /// Drops the watch in its process, and returns what it still told; an error when it does not end well.
    pub fn end(mut self) -> Result<Vec<String>, String> {
        self.stdin = None;
        let mut told = vec![];
        loop {
            match self.line(SOON) {
                Ok(line) => told.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => return Err("the watch does not end".into()),
            }
        }
        let status = self.child.wait().map_err(|why| why.to_string())?;
        if !status.success() || told.pop().as_deref() != Some("over") {
            return Err(format!("the watch came to a bad end: {status}"));
        }
        Ok(told)
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How many files and sockets it has open.
    pub fn open_files(&self) -> io::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.pid()))?.count())
    }

    /// Its sockets, by the numbers that the system gave them: a connection that was made anew has another one.
    pub fn sockets(&self) -> io::Result<Vec<String>> {
        let files = fs::read_dir(format!("/proc/{}/fd", self.pid()))?;
        let names = files.flatten().filter_map(|file| Some(fs::read_link(file.path()).ok()?.to_str()?.to_owned()));
        Ok(names.filter(|name| name.starts_with("socket:")).collect())
    }

    /// Waits until it has other sockets than these; whether it does.
    pub fn reconnects(&self, before: &[String]) -> io::Result<bool> {
        let began = Instant::now();
        while began.elapsed() < SOON {
            let now = self.sockets()?;
            if !now.is_empty() && now.iter().all(|socket| !before.contains(socket)) {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(false)
    }

    /// How many threads it has.
    pub fn threads(&self) -> io::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/task", self.pid()))?.count())
    }

    /// The memory that is its own, in KiB.
    pub fn own_memory_kib(&self) -> io::Result<u64> {
        let told = fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = told.lines().find_map(|line| line.strip_prefix("RssAnon:")).ok_or(io::ErrorKind::NotFound)?;
        line.trim().trim_end_matches(" kB").parse().map_err(io::Error::other)
    }

    /// The time that its threads worked, in clock ticks of the system (100 in a second).
    pub fn worked_ticks(&self) -> io::Result<u64> {
        let told = fs::read_to_string(format!("/proc/{}/stat", self.pid()))?;
        let fields: Vec<&str> = told.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect()).unwrap_or_default();
        let ticks =
            |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).ok_or(io::ErrorKind::NotFound);
        Ok(ticks(11)? + ticks(12)?)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // A test that fails shows what was complained of.
        while let Ok(complaint) = self.complaints.recv_timeout(Duration::from_millis(500)) {
            println!("the watch: {complaint}");
        }
    }
}
