//! Power cuts: `powercut RECORDER FOLDER CUTS SEED` has the desk recorded in FOLDER and cuts its current; `powercut again
//! FOLDER CUTS SEED` cuts what was recorded before. `cargo xtask powercut` builds the recorder and starts this.

#[path = "../powercut/acts.rs"]
mod acts;
#[path = "../powercut/day.rs"]
mod day;
#[path = "../powercut/disk.rs"]
mod disk;
#[path = "../powercut/recording.rs"]
mod recording;
#[path = "../powercut/replay.rs"]
mod replay;
#[path = "../powercut/work.rs"]
mod work;

use recording::{Mode, Phase, Recording};
use replay::Verdict;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// A step of the harness itself that may fail: that is no verdict.
pub(crate) type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A control is cut a tenth as often: enough to be caught in every phase, and no more than that takes.
const CONTROL: (u64, u64) = (600, 3_000);
/// How many failures are told in words.
const MOST_TOLD: usize = 5;

/// What ships, and the two controls that show that the rehearsal sees what it looks for.
const MODES: [(Mode, &str); 3] = [(Mode::Full, "FULL"), (Mode::Normal, "NORMAL"), (Mode::Off, "OFF")];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["work", scene, folder, seed] => play(scene, Path::new(folder), seed),
        ["again", folder, cuts, seed] => cut(Path::new(folder), cuts, seed),
        [recorder, folder, cuts, seed] => {
            record(recorder, Path::new(folder), seed).and_then(|()| cut(Path::new(folder), cuts, seed))
        }
        _ => Err("usage: powercut RECORDER FOLDER CUTS SEED".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            println!("the rehearsal broke off: {why}");
            ExitCode::from(2)
        }
    }
}

fn play(scene: &str, folder: &Path, seed: &str) -> Fallible<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work::play(scene, folder, seed.parse()?))?;
    Ok(true)
}

/// Has every scene played under the recorder.
fn record(recorder: &str, folder: &Path, seed: &str) -> Fallible<()> {
    for scene in work::SCENES {
        let folder = folder.join(scene);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => std::fs::create_dir_all(&folder)?,
        }
        // SQLite asks the kernel for the true names.
        let folder = folder.canonicalize()?;
        let mut desk = Command::new(std::env::current_exe()?);
        desk.args(["work", scene]).arg(&folder).arg(seed);
        desk.env("LD_PRELOAD", recorder).env("BALIE_POWERCUT_LOG", folder.join("log"));
        desk.env("BALIE_POWERCUT_FOLDER", folder.join("profile"));
        let ended = desk.status()?;
        if !ended.success() {
            return Err(format!("the scene {scene} was not played to its end: {ended}").into());
        }
    }
    Ok(())
}

/// Cuts the current of every mode, tells what was found, and whether it is what is wanted.
fn cut(folder: &Path, cuts: &str, seed: &str) -> Fallible<bool> {
    let (cuts, seed): (u64, u64) = (cuts.parse()?, seed.parse()?);
    let mut recordings = Vec::new();
    for scene in work::SCENES {
        let recording = Recording::read(&folder.join(scene).join("log"))?;
        println!("  recorded {scene}: {}", recording.told());
        recordings.push(recording);
    }
    let place = tempfile::Builder::new().prefix("balie-powercut-").tempdir_in(in_memory())?;
    let mut good = true;
    for (mode, name) in MODES {
        let started = Instant::now();
        let count = if mode == Mode::Full { cuts } else { (cuts / 10).clamp(CONTROL.0, CONTROL.1) };
        let drawn = replay::draw(&recordings, count, seed)?;
        let tally = replay::replay(&recordings, &drawn, mode, seed, place.path())?;
        let rate = drawn.len() as f64 / started.elapsed().as_secs_f64();
        println!("  {name}: {} cuts, {rate:.0} a second", drawn.len());
        good &= tally.tell(mode);
    }
    Ok(good)
}

/// A folder in memory where there is one: nothing here outlives the run, and it is written thousands of times.
fn in_memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

/// What was found, by phase.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    phases: BTreeMap<Phase, Count>,
    told: Vec<String>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    cuts: u64,
    corrupt: u64,
    lost: u64,
    most: usize,
}

impl Tally {
    pub(crate) fn count(&mut self, phase: Phase, verdict: &Verdict, told: impl FnOnce() -> String) {
        let count = self.phases.entry(phase).or_default();
        count.cuts += 1;
        match verdict {
            Verdict::Good => return,
            Verdict::Lost(many) => {
                count.lost += 1;
                count.most = count.most.max(*many);
            }
            Verdict::Corrupt(_) => count.corrupt += 1,
        }
        if self.told.len() < MOST_TOLD {
            self.told.push(format!("{}: {verdict:?}", told()));
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (phase, count) in other.phases {
            let mine = self.phases.entry(phase).or_default();
            mine.cuts += count.cuts;
            mine.corrupt += count.corrupt;
            mine.lost += count.lost;
            mine.most = mine.most.max(count.most);
        }
        self.told.extend(other.told);
        self.told.truncate(MOST_TOLD);
    }

    /// Prints the figures and says whether they are what the mode must give.
    fn tell(&self, mode: Mode) -> bool {
        let (mut corrupt, mut lost) = (0, 0);
        for (phase, count) in &self.phases {
            let Count { cuts, corrupt: bad, lost: older, most } = count;
            let name = phase.name();
            println!("    {name:<12} {cuts:>7} cuts {bad:>6} corrupt {older:>6} lost (at most {most} states)");
            corrupt += bad;
            lost += older;
        }
        let caught = |phase: &Phase| self.phases.get(phase).is_some_and(|count| count.corrupt + count.lost > 0);
        let (wanted, met) = match mode {
            Mode::Full => ("nothing may be lost or corrupt", corrupt + lost == 0),
            Mode::Normal => (
                "must lose in every phase of a day, and corrupt nothing",
                corrupt == 0 && Phase::WORK.iter().all(caught),
            ),
            Mode::Off => (
                "must be caught in every phase, and corrupt",
                corrupt > 0 && Phase::ALL.iter().all(|(phase, _)| caught(phase)),
            ),
        };
        println!("    all: {corrupt} corrupt, {lost} lost: {wanted}: {}", if met { "met" } else { "NOT MET" });
        if !met {
            self.told.iter().for_each(|told| println!("    {told}"));
        }
        met
    }
}
