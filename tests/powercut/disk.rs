//! A disk that loses its current: what was synced is there, and of the rest anything may be.

use crate::recording::{Mode, Step};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is written at once, or not at all.
const SECTOR: usize = 512;

/// What becomes of the changes that were not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// None is there.
    Dropped,
    /// All are there.
    Kept,
    /// Of each the coin decides.
    Half,
    /// Of each sector of each the coin decides.
    Torn,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Self; 4] = [Self::Dropped, Self::Kept, Self::Half, Self::Torn];
}

#[derive(Debug, Clone)]
enum Change {
    Written(usize, Arc<[u8]>),
    Sized(usize),
}

#[derive(Debug, Clone, Default)]
struct File {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

/// A change of the names, by name: the file that it stands for from then on, if any.
type NameChange = Vec<(String, Option<usize>)>;

/// The disk at one place of a recording.
#[derive(Debug, Default)]
pub struct Disk {
    files: BTreeMap<usize, File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    pending_names: Vec<NameChange>,
}

impl Disk {
    /// Goes one step further.
    pub fn takes(&mut self, step: &Step, mode: Mode) {
        match step {
            Step::Made(name, file) => {
                self.files.insert(*file, File::default());
                self.renames(vec![(name.clone(), Some(*file))]);
            }
            Step::Written(file, at, bytes) => self.pending(*file, Change::Written(*at, Arc::clone(bytes))),
            Step::Sized(file, length) => self.pending(*file, Change::Sized(*length)),
            Step::Synced(file, of_commit) => {
                let kept = match mode {
                    Mode::Full => true,
                    Mode::Normal => !of_commit,
                    Mode::Off => false,
                };
                if let Some(file) = self.files.get_mut(file).filter(|_| kept) {
                    file.settles();
                }
            }
            Step::NamesSynced if mode == Mode::Off => {}
            Step::NamesSynced => {
                self.durable_names.clone_from(&self.names);
                self.pending_names.clear();
            }
            Step::Renamed(from, to) => {
                let file = self.names.get(from).copied();
                self.renames(vec![(from.clone(), None), (to.clone(), file)]);
            }
            Step::Removed(name) => self.renames(vec![(name.clone(), None)]),
            Step::Mark => {}
        }
    }

    /// Everything so far is on the disk for good.
    pub fn settles(&mut self) {
        self.files.values_mut().for_each(File::settles);
        self.durable_names.clone_from(&self.names);
        self.pending_names.clear();
    }

    /// The files that are found after the current went here. A sync of a file says nothing about its name: that takes a
    /// sync of the folder. Changes of names reach the disk in their order, as the journal of a file system keeps them.
    pub fn after_cut(&self, fate: Fate, dice: &mut StdRng) -> Vec<(String, Vec<u8>)> {
        let mut names = self.durable_names.clone();
        let all = self.pending_names.len();
        let kept = [0, all, dice.random_range(0..=all)][dice.random_range(0..3)];
        for change in &self.pending_names[..kept] {
            apply(&mut names, change);
        }
        let found = names.into_iter().filter_map(|(name, file)| Some((name, self.files.get(&file)?)));
        found.map(|(name, file)| (name, file.after_cut(fate, dice))).collect()
    }

    fn pending(&mut self, file: usize, change: Change) {
        self.files.entry(file).or_default().pending.push(change);
    }

    fn renames(&mut self, change: NameChange) {
        apply(&mut self.names, &change);
        self.pending_names.push(change);
    }
}

fn apply(names: &mut BTreeMap<String, usize>, change: &NameChange) {
    for (name, file) in change {
        match file {
            Some(file) => names.insert(name.clone(), *file),
            None => names.remove(name),
        };
    }
}

impl File {
    fn settles(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            change.apply(&mut self.durable);
        }
    }

    fn after_cut(&self, fate: Fate, dice: &mut StdRng) -> Vec<u8> {
        let mut found = self.durable.clone();
        for change in &self.pending {
            match (fate, change) {
                (Fate::Dropped, _) => {}
                (Fate::Kept, _) => change.apply(&mut found),
                (Fate::Torn, Change::Written(at, bytes)) => {
                    for (start, part) in sectors(*at, bytes) {
                        if dice.random() {
                            put(&mut found, start, part);
                        }
                    }
                }
                (Fate::Half | Fate::Torn, _) => {
                    if dice.random() {
                        change.apply(&mut found);
                    }
                }
            }
        }
        found
    }
}

impl Change {
    fn apply(&self, found: &mut Vec<u8>) {
        match self {
            Self::Written(at, bytes) => put(found, *at, bytes),
            Self::Sized(length) => found.resize(*length, 0),
        }
    }
}

/// Writes over what is there; where nothing was, it is zero.
fn put(found: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if found.len() < at + bytes.len() {
        found.resize(at + bytes.len(), 0);
    }
    found[at..at + bytes.len()].copy_from_slice(bytes);
}

/// The parts of a write that lie in one sector each, with their places.
fn sectors(at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (SECTOR - at % SECTOR).min(bytes.len());
    let (head, tail) = bytes.split_at(first);
    let rest = tail.chunks(SECTOR).enumerate().map(move |(number, part)| (at + first + number * SECTOR, part));
    std::iter::once((at, head)).chain(rest)
}
