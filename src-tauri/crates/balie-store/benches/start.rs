//! How long a start takes with everything still to be sent: the ledger is opened, its trail verified, and the queue laid
//! out until the first request could leave.
//!
//! A queue ten times as long stands beside a short one in the same run: where nothing is compared with everything else, it
//! takes about ten times as long. That the order is kept is looked at besides.

use balie_core::entry::{Act, CheckIn, EntryId, Holder, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::life::Open;
use balie_core::money::Cents;
use balie_core::outbox::{Signal, State};
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::queue::Queue;
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_core::upload::claimed;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::rehearsal::record_all;
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// A start with [`LONG`] open entries may take so many seconds (sync.md Q-10).
const SECONDS: f64 = 1.0;
/// Ten times as many entries may take so many times as long.
const TIMES: f64 = 12.0;
const LONG: usize = 50_000;
const SHORT: usize = 5_000;
const ROUNDS: usize = 7;

/// One in so many is a point with a deadline; one in so many is a sale to one of a few groups.
const POINT: usize = 10;
const GROUP: usize = 20;
const GROUPS: usize = 5;
const EVENTS: usize = 7;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(program.parent().ok_or("the program is in no folder")?)?;
    let now = Moment::now();
    let key = Key::random()?;
    for (name, count) in [("short", SHORT), ("long", LONG)] {
        let ledger = open(&folder.path().join(name), &key).await?;
        record_all(&ledger, &acts(count, now)?, |at| before(now, 3_600 - i64::try_from(at).unwrap_or(0) / 50)).await?;
    }
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        short.push(start(&folder.path().join("short"), &key, SHORT, now).await?);
        long.push(start(&folder.path().join("long"), &key, LONG, now).await?);
    }
    let stages = |starts: &[[Duration; 4]]| [0, 1, 2, 3].map(|stage| median(starts.iter().map(|start| start[stage])));
    let total = |starts: &[[Duration; 4]]| median(starts.iter().map(|start| start.iter().sum())).as_secs_f64();
    for (count, starts) in [(SHORT, &short), (LONG, &long)] {
        let [open, trail, read, queue] = stages(starts).map(|took| took.as_secs_f64() * 1e3);
        let total = total(starts) * 1e3;
        println!(
            "{count:>6} entries: opened {open:.1}, trail {trail:.1}, read {read:.1}, queue {queue:.1}; all {total:.1} ms"
        );
    }
    let drained = [SHORT, LONG].map(|count| if count == SHORT { "short" } else { "long" });
    let mut took = Vec::new();
    for name in drained {
        took.push(drain(&open(&folder.path().join(name), &key).await?, now).await?);
    }
    // Long lanes of groups are arranged anew at every step, so this grows faster than the queue; it is told, not judged.
    println!("sent in order: {:.1} and {:.1} ms", took[0].as_secs_f64() * 1e3, took[1].as_secs_f64() * 1e3);
    println!("FIGURE name=start value={:.3} target={SECONDS:.2} unit=s", total(&long));
    println!("FIGURE name=start_of_ten_times_as_many ratio={:.2} target={TIMES:.2}", total(&long) / total(&short));
    Ok(())
}

async fn open(path: &Path, key: &Key) -> Result<Ledger, Box<dyn Error>> {
    Ok(Ledger::open(path, key, Environment::Test, "B1").await?)
}

/// Opens, verifies, reads and lays out; each stage by itself. The opening of the short and the long file takes turns.
async fn start(path: &Path, key: &Key, count: usize, now: Moment) -> Result<[Duration; 4], Box<dyn Error>> {
    let mut stages = [Duration::ZERO; 4];
    let mut begin = Instant::now();
    let mut stage = |at: usize| stages[at] = std::mem::replace(&mut begin, Instant::now()).elapsed();
    let ledger = open(path, key).await?;
    stage(0);
    ledger.verify_trail().await?;
    ledger.recover(now, now).await?;
    stage(1);
    let entries = ledger.open_entries().await?;
    let found = entries.len();
    stage(2);
    let mut queue = Queue::new(entries, now);
    let first = queue.next(now).ok_or("nothing may go")?;
    stage(3);
    if found != count || first.is_empty() {
        return Err(format!("{found} entries are open, not {count}").into());
    }
    Ok(stages)
}

/// Where an entry stands in its lane: whether it has no deadline, its deadline, its receipt.
type Place = (bool, Option<Moment>, i64);

/// Lets everything go, request by request, and holds that the order is kept: within a person the nearest deadline first and
/// then the older, and over all of them what has a deadline first and then the oldest.
async fn drain(ledger: &Ledger, now: Moment) -> Result<Duration, Box<dyn Error>> {
    let entries = ledger.open_entries().await?;
    let mut left: HashMap<PassholderId, BTreeMap<Place, ()>> = HashMap::new();
    for open in &entries {
        left.entry(person(open)).or_default().insert(order(open), ());
    }
    let (mut sent, total, mut last) = (0, entries.len(), (false, None, 0));
    let mut queue = Queue::new(entries, now);
    let mut took = Duration::ZERO;
    while sent < total {
        let begin = Instant::now();
        let batch = queue.next(now).ok_or("nothing may go, and something is left")?;
        let changes = claimed(&batch)?;
        for (open, change) in batch.iter().zip(&changes) {
            queue.put(Open { life: change.life, ..open.clone() }, now);
        }
        for (open, change) in batch.iter().zip(&changes) {
            queue.put(Open { life: change.life.take(Signal::Accepted)?, ..open.clone() }, now);
        }
        took += begin.elapsed();
        let lead = order(&batch[0]);
        let is_group = |open: &Open| open.entry.act.holder().passholder.0.starts_with("group");
        if !is_group(&batch[0]) && lead < last {
            return Err(format!("{lead:?} went after {last:?}").into());
        }
        last = if is_group(&batch[0]) { last } else { lead };
        for open in &batch {
            let lane = left.get_mut(&person(open)).ok_or("a person that nobody knows")?;
            if lane.pop_first().map(|(order, ())| order) != Some(order(open)) || open.life.state != State::Queued {
                return Err(format!("{} overtook another", open.entry.receipt).into());
            }
        }
        sent += batch.len();
    }
    Ok(took)
}

fn person(open: &Open) -> PassholderId {
    open.entry.act.holder().passholder.clone()
}

fn order(open: &Open) -> (bool, Option<Moment>, i64) {
    let deadline = open.entry.act.deadline();
    (deadline.is_none(), deadline, open.receipt())
}

/// A long day without a network: sales to many people, points with a deadline each, and groups that come back.
fn acts(count: usize, now: Moment) -> Result<Vec<(EntryId, Act)>, Box<dyn Error>> {
    let number =
        |at: usize| (0..10).find_map(|digit| UitpasNumber::parse(&format!("{:012}{digit}", 90_000_000_000 + at)));
    (0..count)
        .map(|at| {
            let group = at % GROUP == 7;
            let passholder =
                if group { format!("group-{}", at % GROUPS) } else { format!("7a3f0b52-61c4-4e0f-9d27-{at:012}") };
            let holder = Holder {
                number: number(if group { at % GROUPS } else { at }).ok_or("there is no such number")?,
                passholder: PassholderId(passholder),
                organizer: OrganizerId("0ce87cbc-9299-4528-8d35-92225dc9489f".to_owned()),
            };
            let mut id = [7; 16];
            id[..8].copy_from_slice(&u64::try_from(at)?.to_be_bytes());
            let act = if at % POINT == 3 { point(holder, at, now)? } else { sale(holder, at, now) };
            Ok((EntryId(id), act))
        })
        .collect()
}

fn event(at: usize) -> EventId {
    EventId(format!("5a0967f9-cc06-4c3c-9206-{:012}", at % EVENTS))
}

fn point(holder: Holder, at: usize, now: Moment) -> Result<Act, Box<dyn Error>> {
    let deadline = now.checked_add(SignedDuration::from_secs(7_200 + i64::try_from(at * 7_919 % 36_000)?))?;
    let event_title = "Recreatief zwemmen".to_owned();
    Ok(Act::CheckIn(CheckIn { holder, event: event(at), event_title, points: 1, deadline: Some(deadline), as_of: now }))
}

fn sale(holder: Holder, at: usize, now: Moment) -> Act {
    Act::Sale(TicketSale {
        holder,
        event: event(at),
        event_title: "Avondvoorstelling: De kersentuin".to_owned(),
        tariff: Some(TariffId("SOCIALTARIFF".to_owned())),
        label: "Basistarief".to_owned(),
        quantity: 1,
        regular: Cents(1_000),
        charged: Cents(200),
        source: PriceSource::Cached,
        price_as_of: now,
    })
}

fn before(now: Moment, seconds: i64) -> Moment {
    now.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times[times.len() / 2]
}
