//! A million cards of a social tariff list: read with the parser that ships, kept in a fresh encrypted file that is synced,
//! and looked up while that goes on.
//!
//! Beside it, in the same run: an importer as one writes it first (the whole JSON in memory, one `insert` a row into a
//! SQLCipher table), and a look-up as SQLite itself does it: prepared, in one transaction, without encryption and with
//! everything in its cache.
//! Memory is the peak of the process (VmHWM), so that each importer runs in one of its own.

mod cards;
mod import;
mod look_up;

use import::Figures;
use std::error::Error;
use std::path::Path;
use std::process::Command;

/// A million cards may take so many seconds, so much memory at the peak, and so much of the time of the naive importer.
const SECONDS: f64 = 1.0;
const MEGABYTES: f64 = 48.0;
const OF_NAIVE: f64 = 1.0 / 1.8;
/// The same list again may take so many seconds.
const UNCHANGED: f64 = 0.3;
/// A look-up may take so many times the one of SQLite, and so many times as long while a list comes in, for the slowest of
/// a hundred.
const OF_SQLITE: f64 = 1.15;
const OF_IDLE: f64 = 2.0;

const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "--bench").collect();
    match words[..] {
        ["ours", json, folder] => import::ours(Path::new(json), Path::new(folder)).await,
        ["naive", json, folder] => import::naive(Path::new(json), Path::new(folder)),
        _ => all().await,
    }
}

async fn all() -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(program.parent().ok_or("the program is in no folder")?)?;
    let json = folder.path().join("cards.json");
    cards::write(&json, cards::COUNT)?;
    println!("{} cards, {} MB of JSON", cards::COUNT, std::fs::metadata(&json)?.len() / 1_000_000);
    let (mut ours, mut naive) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(run(&program, "ours", &json)?);
        naive.push(run(&program, "naive", &json)?);
    }
    // The fastest round: whatever else this machine does makes the others slower, and nothing makes one faster.
    let fastest = |seconds: &mut dyn Iterator<Item = f64>| seconds.fold(f64::INFINITY, f64::min);
    let seconds = |figures: &[Figures]| fastest(&mut figures.iter().map(|figures| figures.seconds));
    let unchanged = fastest(&mut ours.iter().map(|figures| figures.unchanged));
    let megabytes = |figures: &[Figures]| median(figures.iter().map(|figures| figures.megabytes));
    println!(
        "ours {:.3} s, {:.1} MB; naive {:.3} s, {:.1} MB",
        seconds(&ours),
        megabytes(&ours),
        seconds(&naive),
        megabytes(&naive)
    );
    let of_naive = median(ours.iter().zip(&naive).map(|(ours, naive)| ours.seconds / naive.seconds));
    let look_up = look_up::measure(folder.path()).await?;
    println!("FIGURE name=snapshot value={:.3} target={SECONDS:.2} unit=s", seconds(&ours));
    println!("FIGURE name=snapshot_of_naive ratio={of_naive:.3} target={OF_NAIVE:.3}");
    println!("FIGURE name=snapshot_unchanged value={unchanged:.3} target={UNCHANGED:.2} unit=s");
    if cfg!(target_os = "linux") {
        println!("FIGURE name=snapshot_peak value={:.1} target={MEGABYTES:.1} unit=MB", megabytes(&ours));
    }
    println!("FIGURE name=snapshot_look_up_of_sqlite ratio={:.3} target={OF_SQLITE:.2}", look_up.of_sqlite);
    println!("FIGURE name=snapshot_look_up_during_import ratio={:.3} target={OF_IDLE:.2}", look_up.of_idle);
    Ok(())
}

/// Runs one importer in a process and a folder of its own.
fn run(program: &Path, which: &str, json: &Path) -> Result<Figures, Box<dyn Error>> {
    let folder = tempfile::tempdir_in(json.parent().ok_or("the list is in no folder")?)?;
    let ran = Command::new(program).arg(which).arg(json).arg(folder.path()).output()?;
    let told = String::from_utf8(ran.stdout)?;
    Figures::parse(&told).ok_or_else(|| format!("{which}: {told}{}", String::from_utf8_lossy(&ran.stderr)).into())
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
