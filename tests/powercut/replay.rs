//! Cutting the current at random places of the recordings, and looking at what the desk then finds.

use crate::acts::{KEYS, act, file, key, open, recover, shown, state};
use crate::disk::{Disk, Fate};
use crate::recording::{Mode, Phase, Place, Recording};
use crate::{Fallible, Tally};
use balie_core::entry::{Act, EntryId};
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_store::entries::Recorded;
use balie_store::ledger::Ledger;
use balie_store::open::StoreError;
use balie_store::rehearsal;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How many cuts a worker takes at once: it then walks through a recording from its beginning.
const HANDFUL: usize = 100;
/// No file of a rehearsal takes longer to open and check.
const PATIENCE: Duration = Duration::from_secs(60);

/// One cut: its number in the run, which recording, and before which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    scene: usize,
    step: usize,
    number: u64,
}

/// What became of a ledger.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that was shown is there.
    Good,
    /// It is sound, and so many states older than what was shown.
    Lost(usize),
    /// It cannot be opened, is not sound, or holds what never was.
    Corrupt(String),
}

/// Draws cuts, as many of each phase, sorted by place.
pub fn draw(recordings: &[Recording], count: u64, seed: u64) -> Fallible<Vec<Cut>> {
    let mut phases = Vec::new();
    for (phase, name) in Phase::ALL {
        let here = |(scene, recording): (usize, &Recording)| {
            let found = recording.places.iter().enumerate().filter(|(_, place)| place.phase == phase);
            found.map(|(at, _)| (scene, recording.begin + at)).collect::<Vec<_>>()
        };
        let places: Vec<_> = recordings.iter().enumerate().flat_map(here).collect();
        if places.is_empty() {
            return Err(format!("nothing was recorded of the phase {name}").into());
        }
        phases.push(places);
    }
    let cut = |number: u64| {
        let mut dice = dice(seed, number);
        let places = &phases[usize::try_from(number).unwrap_or(0) % phases.len()];
        let (scene, step) = places[dice.random_range(0..places.len())];
        Cut { scene, step, number }
    };
    let mut cuts: Vec<Cut> = (0..count).map(cut).collect();
    cuts.sort_unstable();
    Ok(cuts)
}

/// The randomness of one cut, whichever worker takes it.
fn dice(seed: u64, number: u64) -> StdRng {
    StdRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number)
}

/// Makes all these cuts, on every processor. `folder` should be in memory.
pub fn replay(recordings: &[Recording], cuts: &[Cut], mode: Mode, seed: u64, folder: &Path) -> Fallible<Tally> {
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let handfuls: Vec<&[Cut]> =
        cuts.chunk_by(|one, other| one.scene == other.scene).flat_map(|s| s.chunks(HANDFUL)).collect();
    let work = |worker: usize| -> Fallible<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let place = folder.join(worker.to_string());
        while let Some(handful) = handfuls.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut mine = Tally::default();
            runtime.block_on(walk(recordings, handful, (mode, seed), &place, &mut mine))?;
            tally.lock().map_err(|_| "another worker broke off")?.add(mine);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker broke off")?)
    })?;
    Ok(tally.into_inner()?)
}

/// Walks through one recording, and at each cut looks at a disk that lost its current there.
async fn walk(
    recordings: &[Recording],
    cuts: &[Cut],
    (mode, seed): (Mode, u64),
    folder: &Path,
    tally: &mut Tally,
) -> Fallible<()> {
    let Some(recording) = cuts.first().map(|cut| &recordings[cut.scene]) else { return Ok(()) };
    let (mut disk, mut at) = (Disk::default(), 0);
    for cut in cuts {
        while at < cut.step {
            disk.takes(&recording.steps[at], mode);
            at += 1;
            if at == recording.begin {
                disk.settles();
            }
        }
        let mut dice = dice(seed, cut.number);
        // The first throw chose the place.
        let _: u64 = dice.random();
        let fate = Fate::ALL[dice.random_range(0..Fate::ALL.len())];
        lay_out(folder, disk.after_cut(fate, &mut dice), &mut dice)?;
        let place = &recording.places[cut.step - recording.begin];
        let verdict = match tokio::time::timeout(PATIENCE, judge(folder, recording, place, &mut dice)).await {
            Ok(verdict) => verdict?,
            Err(_) => Verdict::Corrupt("the ledger does not answer".into()),
        };
        let told = || format!("cut {} at step {} of recording {}, {fate:?}", cut.number, cut.step, cut.scene);
        tally.count(place.phase, &verdict, told);
    }
    Ok(())
}

/// Puts the files of the desk in an empty folder. The shared memory is not written by anybody, so it may be anything.
fn lay_out(folder: &Path, files: Vec<(String, Vec<u8>)>, dice: &mut StdRng) -> Fallible<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => std::fs::create_dir_all(folder)?,
    }
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes)?;
    }
    if dice.random_ratio(1, 4) {
        let mut garbage = vec![0; 32_768];
        dice.fill(garbage.as_mut_slice());
        std::fs::write(folder.join("ledger.db-shm"), garbage)?;
    }
    Ok(())
}

/// Opens the ledger as the desk does at its next start and compares it with what was shown.
async fn judge(folder: &Path, recording: &Recording, place: &Place, dice: &mut StdRng) -> Fallible<Verdict> {
    let mut keys = place.keys.clone();
    keys.shuffle(dice);
    let allowed = keys.len();
    keys.extend((0..usize::from(KEYS)).filter(|number| !place.keys.contains(number)));
    for (tried, number) in keys.into_iter().enumerate() {
        let ledger = match open(folder, &key(u8::try_from(number)?)).await {
            Err(StoreError::WrongKey) => continue,
            Err(error) => return Ok(Verdict::Corrupt(format!("it does not open: {error}"))),
            Ok(ledger) => ledger,
        };
        let found = look(&ledger, recording, place).await;
        ledger.close().await;
        let found = found?;
        return Ok(match found {
            // The change of the key was shown as done, and it is not done.
            Verdict::Good if tried >= allowed => Verdict::Lost(1),
            found => found,
        });
    }
    Ok(Verdict::Corrupt(format!("none of the keys opens {}", file(folder).display())))
}

async fn look(ledger: &Ledger, recording: &Recording, place: &Place) -> Fallible<Verdict> {
    let entries = match ledger.newest(u32::MAX).await {
        Ok(entries) => entries,
        Err(error) => return Ok(Verdict::Corrupt(format!("it cannot be read: {error}"))),
    };
    match rehearsal::fault(ledger).await {
        Ok(None) => {}
        Ok(Some(fault)) => return Ok(Verdict::Corrupt(fault)),
        Err(error) => return Ok(Verdict::Corrupt(format!("it cannot be checked: {error}"))),
    }
    let found = match shown(ledger).await {
        Ok(found) => found,
        Err(error) => return Ok(Verdict::Corrupt(format!("its tables cannot be read: {error}"))),
    };
    // What was shown last, or the state that the next commit makes of it: what was cut off is there as a whole or not.
    let last = place.shown.saturating_sub(1);
    let now = [last, place.shown].iter().any(|at| recording.states.get(*at) == Some(&found));
    if !now {
        let before = recording.states[..last].iter().rposition(|shown| *shown == found);
        return Ok(
            before.map_or_else(|| Verdict::Corrupt("it holds what never was".into()), |at| Verdict::Lost(last - at))
        );
    }
    match goes_on(ledger, &entries).await {
        Ok(None) => Ok(Verdict::Good),
        Ok(Some(fault)) => Ok(Verdict::Corrupt(fault)),
        Err(error) => Ok(Verdict::Corrupt(format!("the desk cannot go on: {error}"))),
    }
}

/// Starts the desk: an attempt that was open is in doubt and is never sent again as if nothing had happened, and the next
/// receipt has the next number.
async fn goes_on(ledger: &Ledger, before: &[Recorded]) -> Fallible<Option<String>> {
    recover(ledger, Moment::UNIX_EPOCH).await?;
    let after = ledger.newest(u32::MAX).await?;
    for (before, after) in before.iter().zip(&after) {
        // To take something out of UiTPAS twice does no harm.
        let repeatable = matches!(before.entry.act, Act::Cancellation(_));
        let wanted = match state(before) {
            State::Sending if repeatable => State::Queued,
            State::Sending => State::InDoubt,
            other => other,
        };
        if state(after) != wanted {
            return Ok(Some(format!("{} was {:?} and is {:?}", before.entry.receipt, state(before), state(after))));
        }
    }
    let last = after.first().map_or(0, |newest| newest.entry.receipt.sequence);
    let next = ledger.record(EntryId([0xFF; 16]), &act(1)?, Moment::UNIX_EPOCH).await?;
    let kept = ledger.entry(EntryId([0xFF; 16])).await?.map(|kept| kept.entry);
    let goes_on = before.len() == after.len() && next.entry.receipt.sequence == last + 1 && kept == Some(next.entry);
    Ok((!goes_on).then(|| "the numbers do not go on".into()))
}
