//! What a desk does while it is recorded: the real ledger, and after each commit a mark of what it holds.

use crate::Fallible;
use crate::acts::{KEYS, act, file, key, moment, open, recover, shown, state};
use balie_core::entry::{Act, Cancellation, EntryId};
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_store::ledger::Ledger;
use balie_store::rehearsal;
use balie_store::rekey::rekey;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The recordings that are made: the ordinary life of a desk, the ledgers of both older versions, and two changes of the
/// key.
pub const SCENES: [&str; 4] = ["desk", "first-version", "second-version", "keys"];

/// How many acts the old ledgers hold.
const OLD_ACTS: u32 = 64;

/// The journal is emptied after so many pages: each few acts.
const JOURNAL_PAGES: u32 = 60;

/// How many acts come before the uploader goes round.
const ACTS: u32 = 5;

/// So many seconds after an act nobody waits for it any more, so that it goes with others.
const LATER: u32 = 90;

/// A clerk whose acts are marked.
pub struct Clerk {
    pub(crate) ledger: Ledger,
    pub(crate) dice: StdRng,
    marks: File,
    /// How many acts were recorded.
    number: u32,
    /// The time, in seconds.
    clock: u32,
}

/// Plays a scene in a folder: the ledger stands in `profile`, which is recorded, and the file `marks` beside it.
pub async fn play(scene: &str, folder: &Path, seed: u64) -> Fallible<()> {
    let profile = folder.join("profile");
    std::fs::create_dir_all(&profile)?;
    let mut marks = File::create(folder.join("marks"))?;
    let dice = StdRng::seed_from_u64(seed);
    match scene {
        "desk" => {
            mark(&mut marks, "keys 0")?;
            mark(&mut marks, "phase first start")?;
            mark(&mut marks, "begin")?;
            let mut clerk = Clerk::sits_down(&profile, 0, marks, dice).await?;
            clerk.works(12).await?;
            let clerk = clerk.leaves_in_the_middle().await?;
            let mut clerk = clerk.comes_back(&profile, 0).await?;
            clerk.phase("outbox")?;
            recover(&clerk.ledger, clerk.now()?).await?;
            clerk.shows().await?;
            clerk.works(6).await?;
            clerk.ledger.close().await;
        }
        "first-version" => {
            rehearsal::first_version(&file(&profile), &key(0), OLD_ACTS).await?;
            old_ledger(&profile, marks, dice).await?;
        }
        "second-version" => {
            rehearsal::second_version(&file(&profile), &key(0), OLD_ACTS).await?;
            old_ledger(&profile, marks, dice).await?;
        }
        "keys" => change_keys(folder, &profile, marks, dice).await?,
        _ => return Err(format!("there is no scene {scene}").into()),
    }
    Ok(())
}

async fn old_ledger(profile: &Path, mut marks: File, dice: StdRng) -> Fallible<()> {
    mark(&mut marks, "keys 0")?;
    mark(&mut marks, "phase migration")?;
    mark(&mut marks, "begin")?;
    let mut clerk = Clerk::sits_down(profile, 0, marks, dice).await?;
    recover(&clerk.ledger, clerk.now()?).await?;
    clerk.shows().await?;
    // Closing writes what was migrated from the journal into the file.
    clerk.ledger.close().await;
    let mut clerk = clerk.comes_back(profile, 0).await?;
    clerk.works(2).await?;
    clerk.ledger.close().await;
    Ok(())
}

/// The first change finds a journal that a power cut left behind, the second one a desk that was closed well.
async fn change_keys(folder: &Path, profile: &Path, marks: File, dice: StdRng) -> Fallible<()> {
    let before = folder.join("before");
    std::fs::create_dir_all(&before)?;
    let mut clerk = Clerk::sits_down(&before, 0, marks, dice).await?;
    clerk.works(6).await?;
    for end in ["", "-wal"] {
        let (from, to) = (format!("ledger.db{end}"), profile.join(format!("ledger.db{end}")));
        std::fs::write(to, std::fs::read(before.join(from))?)?;
    }
    clerk.shows().await?;
    clerk.ledger.close().await;
    for number in 1..KEYS {
        mark(&mut clerk.marks, &format!("keys {} {number}", number - 1))?;
        mark(&mut clerk.marks, "phase key change")?;
        if number == 1 {
            mark(&mut clerk.marks, "begin")?;
        }
        rekey(&file(profile), &key(number - 1), &key(number)).await?;
        mark(&mut clerk.marks, &format!("keys {number}"))?;
        clerk = clerk.comes_back(profile, number).await?;
        clerk.works(1).await?;
        clerk.ledger.close().await;
    }
    Ok(())
}

fn mark(marks: &mut File, text: &str) -> Fallible<()> {
    // In one call, so that it is one mark.
    let written = marks.write(text.as_bytes())?;
    if written == text.len() { Ok(()) } else { Err("half a mark".into()) }
}

impl Clerk {
    async fn sits_down(profile: &Path, number: u8, marks: File, dice: StdRng) -> Fallible<Self> {
        let ledger = open(profile, &key(number)).await?;
        rehearsal::empty_journal_every(&ledger, JOURNAL_PAGES).await?;
        let mut clerk = Self { ledger, marks, dice, number: 0, clock: 0 };
        clerk.shows().await?;
        Ok(clerk)
    }

    async fn comes_back(self, profile: &Path, key: u8) -> Fallible<Self> {
        let Self { marks, dice, number, clock, .. } = self;
        Ok(Self { number, clock, ..Self::sits_down(profile, key, marks, dice).await? })
    }

    pub(crate) fn phase(&mut self, name: &str) -> Fallible<()> {
        mark(&mut self.marks, &format!("phase {name}"))
    }

    /// From here on whatever the ledger holds must be there. To be called after each commit.
    pub(crate) async fn shows(&mut self) -> Fallible<()> {
        let state = format!("state\n{}", shown(&self.ledger).await?);
        mark(&mut self.marks, &state)
    }

    pub(crate) fn now(&self) -> Fallible<Moment> {
        moment(self.clock)
    }

    pub(crate) const fn waits(&mut self, seconds: u32) {
        self.clock += seconds;
    }

    async fn works(&mut self, rounds: u32) -> Fallible<()> {
        for _ in 0..rounds {
            self.phase("recording")?;
            for _ in 0..ACTS {
                self.records().await?;
            }
            // Sometimes somebody still waits for it, and it goes alone.
            let wait = if self.dice.random_bool(0.3) { 1 } else { LATER };
            self.waits(wait);
            self.uploads().await?;
            self.looks_up().await?;
            self.settles_by_hand().await?;
        }
        Ok(())
    }

    async fn records(&mut self) -> Fallible<()> {
        self.number += 1;
        self.waits(1);
        let number = self.number;
        let sent = self.ledger.newest(u32::MAX).await?;
        let back = sent.iter().find(|it| state(it) == State::Confirmed && !it.being_cancelled);
        let back = back.filter(|_| number.is_multiple_of(6)).and_then(|it| Cancellation::of(&it.entry));
        let act = back.map_or_else(|| act(number), |back| Ok(Act::Cancellation(back)))?;
        let recorded = self.ledger.record(EntryId(self.dice.random()), &act, self.now()?).await?;
        if recorded.entry.act != act {
            return Err("what was recorded is not what was done".into());
        }
        self.shows().await
    }

    /// Closes while an entry is on its way, as a program that is ended does.
    async fn leaves_in_the_middle(mut self) -> Fallible<Self> {
        self.phase("recording")?;
        self.records().await?;
        self.phase("outbox")?;
        self.waits(LATER);
        self.sends(true).await?;
        if self.ledger.newest(u32::MAX).await?.iter().all(|it| state(it) != State::Sending) {
            return Err("nothing was on its way".into());
        }
        self.ledger.close().await;
        Ok(self)
    }
}
