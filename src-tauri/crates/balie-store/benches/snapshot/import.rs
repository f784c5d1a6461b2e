//! The two importers, each in a process of its own.

use crate::cards::COUNT;
use balie_core::pass::CardSystem;
use balie_core::time::Moment;
use balie_remote::facts::read_social_tariff;
use balie_store::key::Key;
use balie_store::listing::Listing;
use balie_store::snapshot::Snapshot;
use balie_store::social_tariff_list::Imported;
use rusqlite::Connection;
use serde::Deserialize;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

/// What one importer came to.
pub(crate) struct Figures {
    pub(crate) seconds: f64,
    pub(crate) unchanged: f64,
    /// The peak above what the process had before.
    pub(crate) megabytes: f64,
}

impl Figures {
    fn tell(&self) {
        println!("{} {} {}", self.seconds, self.unchanged, self.megabytes);
    }

    pub(crate) fn parse(told: &str) -> Option<Self> {
        let mut words = told.split_whitespace().map(str::parse);
        let mut next = || words.next()?.ok();
        Some(Self { seconds: next()?, unchanged: next()?, megabytes: next()? })
    }
}

/// The most memory that this process had so far; nothing where nobody tells.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0 / 1e6
}

/// Reads a list as it ships, and keeps it.
pub(crate) async fn read_and_keep(snapshot: &Snapshot, json: &Path, now: Moment) -> Result<Imported, Box<dyn Error>> {
    let file = File::open(json)?;
    let listing = tokio::task::spawn_blocking(move || {
        let mut listing = Listing::default();
        read_social_tariff(file, &mut listing, |_| {}).map(|_| listing)
    })
    .await??;
    let system = CardSystem { id: 1, name: "UiTPAS Gent".to_owned() };
    Ok(snapshot.keep_list(&system, listing, now).await?)
}

pub(crate) async fn ours(json: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let snapshot = Snapshot::open(&folder.join("snapshot.db"), &Key::random()?).await?;
    let (before, start) = (peak(), Instant::now());
    let kept = read_and_keep(&snapshot, json, Moment::now()).await?;
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = peak() - before;
    let count = usize::try_from(COUNT)?;
    if !matches!(kept, Imported::Replaced { before: None, after } if after == count) {
        return Err(format!("{kept:?}").into());
    }
    let start = Instant::now();
    let again = read_and_keep(&snapshot, json, Moment::now()).await?;
    let unchanged = start.elapsed().as_secs_f64();
    if !matches!(again, Imported::Unchanged { .. }) {
        return Err(format!("{again:?}").into());
    }
    snapshot.close().await;
    Figures { seconds, unchanged, megabytes }.tell();
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Card {
    uitpas_number: String,
    available_tickets: Option<u32>,
}

pub(crate) fn naive(json: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut database = Connection::open(folder.join("naive.db"))?;
    let key = "\"x'5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A'\"";
    database.execute_batch(&format!("pragma key = {key}; pragma journal_mode = wal; pragma synchronous = full;"))?;
    // The same cache as ours, and the smallest rows: it is naive in how it goes about it, not in what it asks for.
    database.execute_batch(
        "pragma cache_size = -16384; create table card (number integer primary key, available_tickets integer) strict;",
    )?;
    let (before, start) = (peak(), Instant::now());
    let cards: Vec<Card> = serde_json::from_slice(&std::fs::read(json)?)?;
    let tx = database.transaction()?;
    {
        let mut insert = tx.prepare("insert or replace into card values (?, ?)")?;
        for card in &cards {
            insert.execute((card.uitpas_number.parse::<i64>()?, card.available_tickets))?;
        }
    }
    tx.commit()?;
    drop(cards);
    database.close().map_err(|(_, error)| error)?;
    Figures { seconds: start.elapsed().as_secs_f64(), unchanged: 0.0, megabytes: peak() - before }.tell();
    Ok(())
}
