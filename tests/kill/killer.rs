//! Several desks side by side, round after round, and what all of it comes to.

use super::Failure;
use super::round;
use super::stage::Setting;
use super::tally::Tally;
use super::wanted::Wanted;
use std::time::Instant;
use tokio::task::JoinSet;

/// Kills as often as was asked for, and says whether all was well.
///
/// # Errors
/// Fails when a round cannot be played.
pub fn kill(wanted: &Wanted) -> Result<bool, Failure> {
    println!("seed {}: {} kills, {} desks side by side", wanted.seed, wanted.kills, wanted.workers);
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let tally = runtime.block_on(all(*wanted))?;
    for fault in &tally.faults {
        println!("FAULT {fault}");
    }
    println!("{}\n{}\n{}", tally.moments(), tally.told(), tally.verdict(began.elapsed(), wanted.seed));
    Ok(tally.faults.is_empty())
}

async fn all(wanted: Wanted) -> Result<Tally, Failure> {
    let mut workers = JoinSet::new();
    for worker in 0..wanted.workers {
        let kills = wanted.kills / wanted.workers + u32::from(worker < wanted.kills % wanted.workers);
        workers.spawn(rounds(wanted, worker, kills));
    }
    let mut sum = Tally::default();
    while let Some(done) = workers.join_next().await {
        sum.add(done??);
    }
    Ok(sum)
}

async fn rounds(wanted: Wanted, worker: u32, kills: u32) -> Result<Tally, Failure> {
    let mut sum = Tally::default();
    let mut round = 0;
    let mut settings = Setting::ALL.iter().copied().cycle().skip(usize::try_from(worker)?);
    while sum.kills() < kills && sum.faults.is_empty() {
        let now = wanted.round.min(kills - sum.kills());
        let seed = wanted.seed.wrapping_add(u64::from(worker) << 32).wrapping_add(round);
        let setting = settings.next().unwrap_or_default();
        let played = round::play(now, seed, setting).await?;
        println!("desk {worker}, round {round}, {setting}: {now} kills, {}", played.told());
        sum.add(played);
        round += 1;
    }
    Ok(sum)
}
