//! What `record.c` wrote down, read back: every change of the files in its order, with the marks of the workload between.

use crate::Fallible;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// How durable the commits are that a replay looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As recorded: what ships.
    Full,
    /// Without the syncs that `synchronous=NORMAL` leaves out: those of the journal at each commit.
    Normal,
    /// Without any sync: as `synchronous=OFF`, which makes a few of them only while the file is made.
    Off,
}

/// What the desk was doing when the current went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// A ledger is made.
    FirstStart,
    /// An act is recorded.
    Recording,
    /// An entry is claimed, settled or recovered.
    Outbox,
    /// What UiTPAS lists is kept as evidence, and what follows from it.
    Looking,
    /// A person decides, hands over or takes over.
    ByHand,
    /// The journal is being written into the file.
    Checkpoint,
    /// A ledger of an older version is brought up to date.
    Migration,
    /// The key is changed.
    KeyChange,
}

impl Phase {
    /// Every phase, with its name in marks and tables.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::FirstStart, "first start"),
        (Self::Recording, "recording"),
        (Self::Outbox, "outbox"),
        (Self::Looking, "looking up"),
        (Self::ByHand, "by hand"),
        (Self::Checkpoint, "checkpoint"),
        (Self::Migration, "migration"),
        (Self::KeyChange, "key change"),
    ];

    /// The phases of an ordinary day.
    pub const WORK: [Self; 4] = [Self::Recording, Self::Outbox, Self::Looking, Self::ByHand];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(phase, _)| *phase == self).map_or("", |(_, name)| name)
    }
}

/// One change of the files. Files have numbers, as a name can come to stand for another file.
#[derive(Debug, Clone)]
pub enum Step {
    /// A name for a new, empty file.
    Made(String, usize),
    /// Bytes at a place of a file.
    Written(usize, usize, Arc<[u8]>),
    /// A new length.
    Sized(usize, usize),
    /// What was done to this file is on the disk; whether it is the sync of a commit in the journal.
    Synced(usize, bool),
    /// What was done to the names is on the disk.
    NamesSynced,
    /// A name was given to the file of another one.
    Renamed(String, String),
    /// A name is gone.
    Removed(String),
    /// Nothing on the disk.
    Mark,
}

/// What holds at one place of a recording, for a cut just before the step with the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What was going on.
    pub phase: Phase,
    /// How many states were shown.
    pub shown: usize,
    /// Which keys may open the file.
    pub keys: Vec<usize>,
}

/// A recording.
#[derive(Debug, Default)]
pub struct Recording {
    /// Every change.
    pub steps: Vec<Step>,
    /// How many of them are history, and on the disk for good: those up to the mark `begin`.
    pub begin: usize,
    /// From `begin` on, and one more for the end.
    pub places: Vec<Place>,
    /// What the desk was shown, one after the other.
    pub states: Vec<String>,
}

/// What the journal got last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Journal {
    Header,
    Frames,
    Synced,
}

const HEADER: usize = 24;
/// The length of the header of a journal.
const JOURNAL_HEADER: usize = 32;

/// What is known while reading.
#[derive(Default)]
struct Reading {
    recording: Recording,
    names: HashMap<String, usize>,
    /// Which file a descriptor stands for; nothing for the folder.
    open: HashMap<i32, Option<usize>>,
    journals: HashMap<usize, Journal>,
    /// The database, and whether something was written to it that is not synced.
    database: BTreeMap<usize, bool>,
    phase: Option<Phase>,
    keys: Vec<usize>,
}

impl Recording {
    /// Reads a log.
    pub fn read(log: &Path) -> Fallible<Self> {
        let bytes = std::fs::read(log)?;
        let (mut reading, mut at) = (Reading::default(), 0);
        while at < bytes.len() {
            let header = bytes.get(at..at + HEADER).ok_or("the log ends in a header")?;
            let descriptor = i32::from_ne_bytes(header[4..8].try_into()?);
            let place = usize::try_from(u64::from_ne_bytes(header[8..16].try_into()?))?;
            let length = usize::try_from(u64::from_ne_bytes(header[16..24].try_into()?))?;
            let what = bytes.get(at + HEADER..at + HEADER + length).ok_or("the log ends in a record")?;
            reading.takes(header[0], descriptor, place, what)?;
            at += HEADER + length;
        }
        reading.places();
        if reading.recording.begin == 0 || reading.recording.states.is_empty() {
            return Err("the log has no beginning, or shows nothing".into());
        }
        Ok(reading.recording)
    }
}

impl Reading {
    fn takes(&mut self, kind: u8, descriptor: i32, place: usize, what: &[u8]) -> Fallible<()> {
        self.places();
        let file = self.open.get(&descriptor).copied();
        let step = match (kind, file) {
            (b'o', _) => return self.opened(descriptor, place, std::str::from_utf8(what)?),
            (b'c', _) => {
                self.open.remove(&descriptor);
                return Ok(());
            }
            (b'w', Some(Some(file))) => {
                self.wrote(file, place, what.len());
                Step::Written(file, place, what.into())
            }
            (b't', Some(Some(file))) => Step::Sized(file, place),
            (b's', Some(Some(file))) => Step::Synced(file, self.synced(file)),
            (b's', Some(None)) => Step::NamesSynced,
            (b'u', _) => {
                let name = std::str::from_utf8(what)?.to_owned();
                self.names.remove(&name);
                Step::Removed(name)
            }
            (b'r', _) => {
                let (from, to) = std::str::from_utf8(what)?.split_once('\0').ok_or("a rename has two names")?;
                let file = self.names.remove(from).ok_or("what is renamed was never made")?;
                self.names.insert(to.to_owned(), file);
                Step::Renamed(from.to_owned(), to.to_owned())
            }
            (b'm', _) => {
                self.marked(std::str::from_utf8(what)?)?;
                Step::Mark
            }
            _ => {
                let told = String::from_utf8_lossy(what);
                return Err(format!("the recorder does not follow this: {} {told:.40}", char::from(kind)).into());
            }
        };
        self.recording.steps.push(step);
        Ok(())
    }

    fn opened(&mut self, descriptor: i32, how: usize, name: &str) -> Fallible<()> {
        if name.is_empty() {
            self.open.insert(descriptor, None);
            return Ok(());
        }
        let made = how & 1 != 0;
        if made {
            let file = self.recording.steps.len();
            self.names.insert(name.to_owned(), file);
            self.recording.steps.push(Step::Made(name.to_owned(), file));
        }
        let file = *self.names.get(name).ok_or_else(|| format!("{name} was there before the recorder"))?;
        if name.ends_with("-wal") {
            self.journals.entry(file).or_insert(Journal::Synced);
        } else if name.ends_with(".db") {
            self.database.entry(file).or_insert(false);
        }
        if how & 2 != 0 && !made {
            self.recording.steps.push(Step::Sized(file, 0));
        }
        self.open.insert(descriptor, Some(file));
        Ok(())
    }

    fn wrote(&mut self, file: usize, place: usize, length: usize) {
        if let Some(journal) = self.journals.get_mut(&file) {
            *journal = if place == 0 && length == JOURNAL_HEADER { Journal::Header } else { Journal::Frames };
        }
        if let Some(unsynced) = self.database.get_mut(&file) {
            *unsynced = true;
        }
    }

    /// Whether it is the sync of a commit: the one after frames of the journal. The one after its header and the one
    /// before a checkpoint, which finds nothing new since the commit, are made at `synchronous=NORMAL` too.
    fn synced(&mut self, file: usize) -> bool {
        if let Some(unsynced) = self.database.get_mut(&file) {
            *unsynced = false;
        }
        let before = self.journals.get_mut(&file).map(|journal| std::mem::replace(journal, Journal::Synced));
        before == Some(Journal::Frames)
    }

    fn marked(&mut self, mark: &str) -> Fallible<()> {
        let (word, rest) = mark.split_once([' ', '\n']).unwrap_or((mark, ""));
        match word {
            "begin" if self.phase.is_none() || self.keys.is_empty() => {
                return Err("it begins without a phase or a key".into());
            }
            "begin" => self.recording.begin = self.recording.steps.len() + 1,
            "state" => self.recording.states.push(rest.to_owned()),
            "keys" => self.keys = rest.split(' ').map(str::parse).collect::<Result<_, _>>()?,
            "phase" => {
                let known = Phase::ALL.iter().find(|(_, name)| *name == rest);
                self.phase = Some(known.ok_or_else(|| format!("there is no phase {rest}"))?.0);
            }
            _ => return Err(format!("there is no mark {word}").into()),
        }
        Ok(())
    }

    /// Notes what holds before each step that is not noted yet.
    fn places(&mut self) {
        let Some(phase) = self.phase.filter(|_| self.recording.begin > 0) else { return };
        let emptying = Phase::WORK.contains(&phase) && self.database.values().any(|unsynced| *unsynced);
        let place = Place {
            phase: if emptying { Phase::Checkpoint } else { phase },
            shown: self.recording.states.len(),
            keys: self.keys.clone(),
        };
        while self.recording.begin + self.recording.places.len() <= self.recording.steps.len() {
            self.recording.places.push(place.clone());
        }
    }
}

impl Recording {
    /// Its size in words.
    pub fn told(&self) -> String {
        let steps = &self.steps[self.begin..];
        let count = |is: fn(&Step) -> bool| steps.iter().filter(|step| is(step)).count();
        let written = count(|step| matches!(step, Step::Written(..)));
        let commits = count(|step| matches!(step, Step::Synced(_, true)));
        let others = count(|step| matches!(step, Step::Synced(_, false) | Step::NamesSynced));
        format!("{written} writes, {commits} syncs of commits and {others} others, {} states shown", self.states.len())
    }
}
