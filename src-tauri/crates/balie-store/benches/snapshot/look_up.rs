//! Look-ups: beside those of SQLite, and while a list comes in.

use crate::cards::{COUNT, number, write};
use crate::import::read_and_keep;
use crate::median;
use balie_core::pass::UitpasNumber;
use balie_core::time::Moment;
use balie_store::key::Key;
use balie_store::snapshot::Snapshot;
use balie_store::social_tariff_list::Imported;
use rusqlite::Connection;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const ROUNDS: usize = 7;

/// How many look-ups make one measurement.
const LOOK_UPS: usize = 200_000;

/// How many are made in one turn beside SQLite.
const TURN: usize = 250;

/// What look-ups came to.
pub(crate) struct Ratios {
    pub(crate) of_sqlite: f64,
    pub(crate) of_idle: f64,
}

pub(crate) async fn measure(folder: &Path) -> Result<Ratios, Box<dyn Error>> {
    let snapshot = Snapshot::open(&folder.join("snapshot.db"), &Key::random()?).await?;
    let json = folder.join("cards.json");
    read_and_keep(&snapshot, &json, Moment::now()).await?;
    let wanted = wanted();
    let of_sqlite = beside_sqlite(folder, &snapshot, &wanted)?;
    let of_idle = while_a_list_comes_in(&snapshot, folder, &wanted).await?;
    snapshot.close().await;
    Ok(Ratios { of_sqlite, of_idle })
}

/// Cards of the list in an order that no cache likes.
fn wanted() -> Vec<UitpasNumber> {
    (0..LOOK_UPS as u64).filter_map(|at| number(at.wrapping_mul(0x9E37_79B9_7F4A_7C15) % COUNT)).collect()
}

fn beside_sqlite(folder: &Path, snapshot: &Snapshot, wanted: &[UitpasNumber]) -> Result<f64, Box<dyn Error>> {
    let mut database = Connection::open(folder.join("raw.db"))?;
    database.execute_batch(
        "pragma cache_size = -65536; pragma synchronous = off; create table listed (card integer primary key)",
    )?;
    let cards = |count| (0..count).filter_map(number).filter_map(|number| number.reveal().parse::<i64>().ok());
    let tx = database.transaction()?;
    for card in cards(COUNT) {
        tx.execute("insert into listed values (?)", [card])?;
    }
    tx.commit()?;
    let rows: Vec<i64> = wanted.iter().filter_map(|number| number.reveal().parse().ok()).collect();
    // In one transaction, so that SQLite asks the system for no lock at each look-up.
    database.execute_batch("begin")?;
    let mut select = database.prepare("select 1 from listed where card = ?")?;
    let (mut raw, mut ours) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        // In turns so short that the machine is seldom taken away within one, and as busy for one as for the other.
        for (rows, numbers) in rows.chunks(TURN).zip(wanted.chunks(TURN)) {
            let start = Instant::now();
            let mut found = 0;
            for row in rows {
                found += usize::from(select.exists([row])?);
            }
            let between = Instant::now();
            let mut listed = 0;
            for number in numbers {
                listed += usize::from(snapshot.listed(1, number)?.is_some_and(|listed| listed.evidence.listed));
            }
            let end = Instant::now();
            if found != rows.len() || listed != rows.len() {
                return Err(format!("{found} and {listed} of {} cards were found", rows.len()).into());
            }
            // The first round warms the caches.
            if round > 0 {
                raw.push((between - start).as_secs_f64());
                ours.push((end - between).as_secs_f64());
            }
        }
    }
    let each = |took: Vec<f64>| median(took.into_iter()) * 1e6 / TURN as f64;
    let (ours, raw) = (each(ours), each(raw));
    println!("look-up: {ours:.3} µs, SQLite {raw:.3} µs");
    Ok(ours / raw)
}

async fn while_a_list_comes_in(
    snapshot: &Snapshot,
    folder: &Path,
    wanted: &[UitpasNumber],
) -> Result<f64, Box<dyn Error>> {
    // A card less in every other download, so that each is written whole.
    let fewer = folder.join("fewer.json");
    write(&fewer, COUNT - 1)?;
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let mut left = LOOK_UPS;
        let idle = slowest_of_a_hundred(snapshot, wanted, || {
            left -= 1;
            left == 0
        })?;
        let importing = snapshot.clone();
        let json = if round % 2 == 0 { fewer.clone() } else { folder.join("cards.json") };
        let import = tokio::spawn(async move {
            read_and_keep(&importing, &json, Moment::now()).await.map_err(|error| error.to_string())
        });
        let during = slowest_of_a_hundred(snapshot, wanted, || import.is_finished())?;
        let kept = import.await??;
        if !matches!(kept, Imported::Replaced { before: Some(_), .. }) {
            return Err(format!("{kept:?}").into());
        }
        println!("look-up, slowest of a hundred: idle {idle:.3} µs, during an import {during:.3} µs");
        ratios.push(during / idle);
    }
    Ok(median(ratios.into_iter()))
}

/// Looks up until it is enough.
fn slowest_of_a_hundred(
    snapshot: &Snapshot,
    wanted: &[UitpasNumber],
    mut is_enough: impl FnMut() -> bool,
) -> Result<f64, Box<dyn Error>> {
    let mut took = Vec::with_capacity(20 * wanted.len());
    for number in wanted.iter().cycle() {
        let start = Instant::now();
        let listed = snapshot.listed(1, number)?;
        took.push(start.elapsed());
        black_box(listed.ok_or("there is no list")?);
        if is_enough() {
            break;
        }
    }
    took.sort_unstable();
    let slow = took.get(took.len() * 99 / 100).ok_or("nothing was looked up")?;
    Ok(slow.as_secs_f64() * 1e6)
}
