//! The three programs that read the same cards, and what is C beside them.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use balie_tests::pcscd::Pcscd;
use tempfile::TempDir;

/// What is compiled: its source in this folder, what becomes of it, and how.
const PARTS: [(&str, &str, &[&str]); 3] = [
    ("reader.c", "reader", &["-lpcsclite"]),
    ("cpu.c", "cpu", &[]),
    // Of libpcsclite it needs every function, by name, before the program loads it by itself.
    ("meter.c", "meter.so", &["-shared", "-fPIC", "-Wl,--no-as-needed", "-lpcsclite", "-ldl"]),
];

/// Whose figures they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The watch of `balie-card`, which fills a channel that is printed.
    Ours,
    /// The one of `reader.c`.
    C,
    /// The one of `nfc-pcsc/reader.mjs`.
    NfcPcsc,
}

impl Which {
    pub(crate) const ALL: [Self; 3] = [Self::Ours, Self::C, Self::NfcPcsc];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "our watch",
            Self::C => "C",
            Self::NfcPcsc => "nfc-pcsc",
        }
    }
}

/// Where everything stands that is started.
pub(crate) struct Tools {
    folder: TempDir,
    sources: PathBuf,
    watch: PathBuf,
}

impl Tools {
    /// Compiles what is C. The watch is built by whoever starts this, and named by `BALIE_WATCH`.
    pub(crate) fn build() -> io::Result<Self> {
        let watch = std::env::var_os("BALIE_WATCH").map(PathBuf::from).filter(|watch| watch.is_file());
        let watch =
            watch.ok_or_else(|| io::Error::other("BALIE_WATCH names no program; `cargo xtask bench reader` does"))?;
        let sources = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("bench");
        let folder = tempfile::Builder::new().prefix("balie-reader-").tempdir()?;
        for (source, made, words) in PARTS {
            let cc = Command::new("cc")
                .args(["-O2", "-Wall", "-Wextra", "-Werror", "-I/usr/include/PCSC", "-o"])
                .args([folder.path().join(made), sources.join("reader").join(source)])
                .args(words)
                .status()?;
            if !cc.success() {
                return Err(io::Error::other(format!("{source} does not compile")));
            }
        }
        Ok(Self { folder, sources, watch })
    }

    /// Where the moments of a program are noted.
    pub(crate) fn moments(&self, which: Which) -> PathBuf {
        self.folder.path().join(format!("{which:?}.moments"))
    }

    /// The milliseconds of a processor that programs took so far.
    pub(crate) fn cpu(&self, programs: &[&Program]) -> io::Result<Vec<f64>> {
        let pids = programs.iter().map(|program| program.pid().to_string());
        let told = Command::new(self.folder.path().join("cpu")).args(pids).output()?;
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let took: Vec<f64> = told.lines().filter_map(|line| line.parse().ok()).map(|ns: f64| ns / 1e6).collect();
        if took.len() == programs.len() { Ok(took) } else { Err(io::Error::other("a program ended by itself")) }
    }

    fn command(&self, which: Which) -> Command {
        match which {
            Which::Ours => {
                let mut watch = Command::new(&self.watch);
                watch.arg("--whole-numbers");
                watch
            }
            Which::C => Command::new(self.folder.path().join("reader")),
            Which::NfcPcsc => {
                let mut node = Command::new("node");
                node.arg(self.sources.join("nfc-pcsc/reader.mjs"));
                node
            }
        }
    }
}

/// A program that runs and tells what it sees, line by line. It ends when this is dropped.
pub(crate) struct Program {
    pub(crate) which: Which,
    child: Child,
    lines: Receiver<String>,
    // Those that read it end when it is closed, also when the bench is killed.
    _stdin: Option<ChildStdin>,
}

impl Program {
    /// Starts a program at this service, with the meter in it or without.
    pub(crate) fn start(tools: &Tools, which: Which, pcscd: &Pcscd, measured: bool) -> io::Result<Self> {
        let mut command = tools.command(which);
        if measured {
            command.env("LD_PRELOAD", tools.folder.path().join("meter.so")).env("BALIE_METER", tools.moments(which));
        }
        let mut child = command.envs(pcscd.env()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { which, child, lines, _stdin: stdin })
    }

    /// The next line, when there is one within so long.
    pub(crate) fn line(&self, limit: Duration) -> Option<String> {
        self.lines.recv_timeout(limit).ok()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that ended by itself is only collected.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
