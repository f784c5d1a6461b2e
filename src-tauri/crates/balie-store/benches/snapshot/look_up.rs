//! Look-ups: beside those of SQLite, and while a list comes in.

use crate::cards::{COUNT, number};
use crate::import::read_and_keep;
use crate::median;
use balie_core::pass::UitpasNumber;
use balie_core::time::Moment;
use balie_store::key::Key;
use balie_store::snapshot::Snapshot;
use rusqlite::Connection;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const ROUNDS: usize = 7;

/// How many look-ups make one measurement.
const LOOK_UPS: usize = 200_000;

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
    let of_idle = while_a_list_comes_in(&snapshot, &json, &wanted).await?;
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
    let mut select = database.prepare("select 1 from listed where card = ?")?;
    let mut ratios = Vec::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let mut found = 0;
        for row in &rows {
            found += usize::from(select.exists([row])?);
        }
        let raw = start.elapsed();
        let start = Instant::now();
        let mut listed = 0;
        for number in wanted {
            listed += usize::from(snapshot.listed(1, number)?.is_some_and(|listed| listed.evidence.listed));
        }
        let ours = start.elapsed();
        if found != rows.len() || listed != rows.len() {
            return Err(format!("{found} and {listed} of {} cards were found", rows.len()).into());
        }
        ratios.push((ours.as_secs_f64() / raw.as_secs_f64(), ours, raw));
    }
    // The first round warms the caches.
    let each = |took: std::time::Duration| took.as_secs_f64() * 1e6 / LOOK_UPS as f64;
    for (ratio, ours, raw) in &ratios[1..] {
        println!("look-up: {:.3} µs, SQLite {:.3} µs, ratio {ratio:.3}", each(*ours), each(*raw));
    }
    Ok(median(ratios[1..].iter().map(|(ratio, ..)| *ratio)))
}

async fn while_a_list_comes_in(
    snapshot: &Snapshot,
    json: &Path,
    wanted: &[UitpasNumber],
) -> Result<f64, Box<dyn Error>> {
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let idle = slowest_of_a_hundred(snapshot, wanted, || false)?;
        // Without the list that was there, the one that comes in is never the same, and is written whole.
        let (importing, path) = (snapshot.clone(), json.to_owned());
        let import = tokio::spawn(async move {
            let year_one = Moment::now();
            importing.forget_older(year_one).await.map_err(|error| error.to_string())?;
            read_and_keep(&importing, &path, year_one).await.map_err(|error| error.to_string())
        });
        let during = slowest_of_a_hundred(snapshot, wanted, || import.is_finished())?;
        import.await??;
        println!("look-up, slowest of a hundred: idle {idle:.3} µs, during an import {during:.3} µs");
        ratios.push(during / idle);
    }
    Ok(median(ratios.into_iter()))
}

/// Looks up until it is enough, or all once.
fn slowest_of_a_hundred(
    snapshot: &Snapshot,
    wanted: &[UitpasNumber],
    is_enough: impl Fn() -> bool,
) -> Result<f64, Box<dyn Error>> {
    let mut took = Vec::with_capacity(wanted.len());
    for number in wanted {
        let start = Instant::now();
        black_box(snapshot.listed(1, number)?);
        took.push(start.elapsed());
        if is_enough() {
            break;
        }
    }
    took.sort_unstable();
    let slow = took.get(took.len() * 99 / 100).ok_or("nothing was looked up")?;
    Ok(slow.as_secs_f64() * 1e6)
}
