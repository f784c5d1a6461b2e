//! Many cuts: after every byte of every act, and answers that are lost anywhere.

use super::case::{ACTS, Act, CONNECTIONS, Case, Connection, PROTOCOLS, Place, Protocol};
use super::stage::Stage;
use super::verdict::{Lengths, Said, check, done};
use super::{Trouble, WAYS, Way};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// How many cuts one thread plays at a time: while a stall waits, others go on.
const LANES: usize = 12;

/// The last turn at which an idle connection is ended. By then the act is over on a calm computer.
const IDLE_TURNS: u64 = 60;

/// How long everything is when nothing is cut.
pub type AllLengths = HashMap<(Act, Protocol, Connection), Lengths>;

/// What became of many cuts of one sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// UiTPAS has it, said the client.
    pub accepted: u64,
    /// Nobody knows, said the client, and UiTPAS did it.
    pub unknown_done: u64,
    /// Nobody knows, said the client, and UiTPAS did nothing.
    pub unknown_not_done: u64,
    /// It never left, said the client.
    pub not_sent: u64,
}

/// What became of all cuts, by what was done, over what, how the line failed and where.
pub type Tally = BTreeMap<(Act, Protocol, Way, Place), Counts>;

/// A cut after which the client was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The cut.
    pub case: Case,
    /// What the client was wrong about.
    pub why: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.why)
    }
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// What became of the cuts.
    pub tally: Tally,
    /// How many cuts were played.
    pub played: u64,
    /// How long that took.
    pub took: Duration,
    /// The first cut after which the client was wrong.
    pub violation: Option<Violation>,
}

/// Measures every act without a cut.
///
/// # Errors
/// When an act does not succeed without a cut.
pub fn measure(stall: Duration) -> Result<AllLengths, Trouble> {
    one_thread()?.block_on(async {
        let mut all = AllLengths::new();
        for protocol in PROTOCOLS {
            let stage = Stage::open(protocol, stall).await?;
            for (act, connection) in ACTS.into_iter().flat_map(|act| CONNECTIONS.map(|connection| (act, connection))) {
                all.insert((act, protocol, connection), stage.lengths(act, connection).await?);
            }
        }
        Ok(all)
    })
}

/// Every cut, or one in `every` of them. The first and the last byte are always among them.
pub fn all_cuts(lengths: &AllLengths, every: u64) -> Vec<Case> {
    let mut cases = Vec::new();
    for (act, protocol) in ACTS.into_iter().flat_map(|act| PROTOCOLS.map(|protocol| (act, protocol))) {
        let (connection, way, place) = (Connection::Fresh, Way::Reset, Place::Connect);
        cases.push(Case { act, protocol, connection, way, place, after: 0 });
        for way in WAYS {
            for connection in CONNECTIONS {
                let Some(lengths) = lengths.get(&(act, protocol, connection)) else { continue };
                for (place, length) in [(Place::Request, lengths.request), (Place::Response, lengths.response)] {
                    let bytes = (0..=length).filter(|byte| byte % every == 0 || *byte == length);
                    cases.extend(bytes.map(|after| Case { act, protocol, connection, way, place, after }));
                }
            }
            // A server that closes a connection because it is idle, just as the client begins to use it.
            if way != Way::Stall {
                let (connection, place) = (Connection::Kept, Place::Idle);
                let turns = (0..IDLE_TURNS).filter(|turn| turn % every.min(5) == 0);
                cases.extend(turns.map(|after| Case { act, protocol, connection, way, place, after }));
            }
        }
    }
    cases
}

/// So many sales whose answer is lost after any byte, from the first to the last but one; one in eight by a stall.
pub fn lost_answers(lengths: &AllLengths, count: u64, seed: u64) -> Vec<Case> {
    let mut dice = Dice(seed);
    let mut cases = Vec::new();
    for _ in 0..count {
        let (protocol, connection) = (dice.of(&PROTOCOLS), dice.of(&CONNECTIONS));
        let way = [Way::Stall, Way::Reset, Way::Close][usize::from(dice.below(8) > 0) + usize::from(dice.below(2) > 0)];
        let length = lengths.get(&(Act::Sale, protocol, connection)).map_or(1, |lengths| lengths.response.max(1));
        let after = dice.below(length);
        cases.push(Case { act: Act::Sale, protocol, connection, way, place: Place::Response, after });
    }
    cases
}

/// Plays these cuts on every processor, and stops at the first after which the client was wrong.
///
/// # Errors
/// When a stage cannot be set.
pub fn play(cases: Vec<Case>, lengths: AllLengths, stall: Duration) -> Result<Report, Trouble> {
    let began = Instant::now();
    let work = Arc::new(Work { cases, lengths, stall, next: AtomicUsize::new(0), report: Mutex::default() });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads: Vec<_> = (0..threads)
        .map(|_| {
            let work = Arc::clone(&work);
            std::thread::spawn(move || one_thread()?.block_on(lanes(work)))
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread broke")??;
    }
    let mut report = std::mem::take(&mut *work.report.lock().unwrap_or_else(PoisonError::into_inner));
    report.took = began.elapsed();
    Ok(report)
}

struct Work {
    cases: Vec<Case>,
    lengths: AllLengths,
    stall: Duration,
    next: AtomicUsize,
    report: Mutex<Report>,
}

fn one_thread() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

async fn lanes(work: Arc<Work>) -> Result<(), Trouble> {
    let mut lanes: JoinSet<Result<(), Trouble>> =
        (0..LANES).map(|_| Arc::clone(&work)).map(|work| async move { lane(&work).await }).collect();
    while let Some(ended) = lanes.join_next().await {
        ended??;
    }
    Ok(())
}

async fn lane(work: &Work) -> Result<(), Trouble> {
    let mut stages = [None, None];
    while let Some(case) = work.cases.get(work.next.fetch_add(1, Ordering::Relaxed)) {
        let stage = match &mut stages[usize::from(case.protocol == Protocol::Http2)] {
            Some(stage) => stage,
            none => none.insert(Stage::open(case.protocol, work.stall).await?),
        };
        let Some(lengths) = work.lengths.get(&(case.act, case.protocol, case.connection)) else { continue };
        let played = stage.play(case, *lengths).await?;
        let dead = || Err("the connection is dead, and the client keeps to it".to_owned());
        let verdict = check(case, *lengths, &played.said, &played.truth, played.seen)
            .and_then(|()| if played.goes_on { Ok(()) } else { dead() });
        let mut report = work.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.played += 1;
        if let Err(why) = verdict {
            report.violation.get_or_insert(Violation { case: *case, why });
            work.next.store(work.cases.len(), Ordering::Relaxed);
            return Ok(());
        }
        let counts = report.tally.entry((case.act, case.protocol, case.way, case.place)).or_default();
        match (&played.said, done(case.act, &played.truth)) {
            (Said::Accepted(_), _) => counts.accepted += 1,
            (Said::NotSent, _) => counts.not_sent += 1,
            (_, Ok(true)) => counts.unknown_done += 1,
            (_, _) => counts.unknown_not_done += 1,
        }
    }
    Ok(())
}

/// Numbers that look like chance and are the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    fn of<T: Copy>(&mut self, all: &[T; 2]) -> T {
        all[usize::from(self.below(2) > 0)]
    }
}
