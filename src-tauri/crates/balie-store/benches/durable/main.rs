//! What it costs to record an act durably, beside the least that any disk asks for it.
//!
//! The yardstick stands beside it in the same run: as many bytes as the commit adds to the journal, written in one call to
//! a file that has them already, and then `fdatasync`. The disk and the noise of the machine are in both, so the figure is
//! their ratio.
//!
//! With the words `RECORDER FOLDER` it also counts how often a record is synced: `cargo xtask bench durable`.

mod count;

use balie_core::entry::{Act, EntryId, Holder, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// The act may cost so many times the bare sync (performance.md §4.3).
const TARGET: f64 = 1.6;
/// The journal is written over from here on, as in a ledger that has been in use for an hour.
const WARM_UP: usize = 400;
const ROUNDS: usize = 1_000;
/// The first acts lengthen the journal, which tells how many bytes each adds.
const MEASURED: usize = 40;
/// The yardstick goes around in a file of about the length that the journal has.
const AROUND: u64 = 4 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match &words[..] {
        [word, folder, count] if word == "record" => record_between_marks(Path::new(folder), count.parse()?).await?,
        [recorder, folder] => {
            compare().await?;
            count::count(recorder, Path::new(folder))?;
        }
        _ => compare().await?,
    }
    Ok(())
}

async fn compare() -> Result<(), Box<dyn Error>> {
    // Beside the program and not in the folder for temporary files, which often is no disk at all: a commit must cost.
    let program = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(program.parent().ok_or("the program is in no folder")?)?;
    let desk = open(folder.path()).await?;
    let journal = folder.path().join("ledger.db-wal");
    let length = || std::fs::metadata(&journal).map_or(0, |file| file.len());
    let (mut grown, mut before) = (Vec::with_capacity(MEASURED), length());
    for at in 0..WARM_UP {
        record(&desk, at).await?;
        if at < MEASURED {
            grown.push(length().saturating_sub(before));
            before = length();
        }
    }
    let bytes = usize::try_from(median(&mut grown))?;
    let mut bare = Bare::make(&folder.path().join("bare"), bytes)?;
    let (mut records, mut syncs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..ROUNDS {
        let (record, sync) = (record(&desk, WARM_UP + at).await?, bare.sync()?);
        ratios.push(record.as_secs_f64() / sync.as_secs_f64());
        records.push(record);
        syncs.push(sync);
    }
    ratios.sort_by(f64::total_cmp);
    let (record, sync) = (median(&mut records).as_secs_f64(), median(&mut syncs).as_secs_f64());
    let ratio = record / sync;
    println!("record     p50 {:>7.1} µs over {ROUNDS}", record * 1e6);
    println!("fdatasync  p50 {:>7.1} µs over {ROUNDS}, {bytes} bytes each", sync * 1e6);
    println!("of each round beside its own: p50 {:.2} times", ratios[ROUNDS / 2]);
    println!("FIGURE name=durable ratio={ratio:.2} target={TARGET:.2}");
    Ok(())
}

/// Records so many acts, and says in the file `marks` when each begins and ends.
async fn record_between_marks(folder: &Path, count: usize) -> Result<(), Box<dyn Error>> {
    let profile = folder.join("profile");
    std::fs::create_dir_all(&profile)?;
    let desk = open(&profile).await?;
    let mut marks = File::create(folder.join("marks"))?;
    for at in 0..count {
        marks.write_all(b"begin")?;
        record(&desk, at).await?;
        marks.write_all(b"end")?;
    }
    Ok(())
}

async fn open(folder: &Path) -> Result<Ledger, Box<dyn Error>> {
    Ok(Ledger::open(&folder.join("ledger.db"), &Key::random()?, Environment::Test, "B1").await?)
}

/// Records one sale, each to another person, and says how long that took.
async fn record(desk: &Ledger, at: usize) -> Result<Duration, Box<dyn Error>> {
    let number = (0..10).find_map(|digit| UitpasNumber::parse(&format!("{:012}{digit}", 90_000_000_000 + at)));
    let now = Moment::now();
    let act = Act::Sale(TicketSale {
        holder: Holder {
            number: number.ok_or("there is no such number")?,
            passholder: PassholderId(format!("7a3f0b52-61c4-4e0f-9d27-{at:012}")),
            organizer: OrganizerId("0ce87cbc-9299-4528-8d35-92225dc9489f".to_owned()),
        },
        event: EventId("5a0967f9-cc06-4c3c-9206-30481a767434".to_owned()),
        event_title: "Avondvoorstelling: De kersentuin".to_owned(),
        tariff: Some(TariffId("SOCIALTARIFF".to_owned())),
        label: "Basistarief".to_owned(),
        quantity: 1,
        regular: Cents(1_000),
        charged: Cents(200),
        source: PriceSource::Cached,
        price_as_of: now,
    });
    let id = id(now, at);
    let begin = Instant::now();
    desk.record(id, &act, now).await?;
    Ok(begin.elapsed())
}

/// Begins with the time, as the ids that a desk draws.
fn id(now: Moment, at: usize) -> EntryId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&now.as_millisecond().rotate_left(16).to_be_bytes());
    id[8..].copy_from_slice(&(at as u64).to_be_bytes());
    EntryId(id)
}

/// A file that is written over, piece after piece.
struct Bare {
    file: File,
    piece: Vec<u8>,
    at: u64,
}

impl Bare {
    fn make(path: &Path, bytes: usize) -> Result<Self, Box<dyn Error>> {
        let mut file = OpenOptions::new().create_new(true).write(true).open(path)?;
        file.write_all(&vec![1; usize::try_from(AROUND)? + bytes])?;
        file.sync_all()?;
        Ok(Self { file, piece: vec![2; bytes], at: 0 })
    }

    fn sync(&mut self) -> Result<Duration, Box<dyn Error>> {
        let begin = Instant::now();
        self.file.seek(SeekFrom::Start(self.at))?;
        self.file.write_all(&self.piece)?;
        self.file.sync_data()?;
        self.at = (self.at + u64::try_from(self.piece.len())?) % AROUND;
        Ok(begin.elapsed())
    }
}

fn median<T: Copy + Ord>(all: &mut [T]) -> T {
    all.sort_unstable();
    all[all.len() / 2]
}
