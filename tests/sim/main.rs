//! Plays the outbox of the core against a simulated UiTPAS, one seed at a time: `sim --seeds N [--seed S] [--scenario NAME]`.
//!
//! The desks run the core as it ships: its states, its queue, its judgement of answers and of rows. Time, network, disk and
//! chance are simulated, so that a seed is the same story every time. A seed that breaks something ends the run, and
//! `--seed` tells its story.

mod desk;
mod disk;
mod look;
mod naive;
mod people;
mod report;
mod rng;
mod scenario;
mod server;
mod truth;
mod wire;
mod world;

use crate::naive::Naive;
use crate::report::Totals;
use crate::rng::Rng;
use crate::scenario::{SCENARIOS, Setting};
use crate::world::{Tally, World};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// So many seeds are taken at once by one thread.
const HANDFUL: u64 = 64;

/// One in so many seeds is also played by the naive strategies.
const NAIVE_ONE_IN: u64 = 4;

/// What was asked for.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    seeds: u64,
    seed: Option<u64>,
    only: Option<usize>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match parse(&words) {
        Ok(Wanted { seed: Some(seed), only, .. }) => tell(seed, only),
        Ok(wanted) => play(wanted),
        Err(why) => {
            eprintln!("{why}\nusage: sim [--seeds N] [--seed S] [--scenario NAME]");
            ExitCode::from(2)
        }
    }
}

fn parse(words: &[String]) -> Result<Wanted, String> {
    let mut wanted = Wanted { seeds: 20_000, seed: None, only: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("`{word}` needs a value"))?;
        let number = || value.parse().map_err(|_| format!("`{value}` is no number"));
        match word.as_str() {
            "--seeds" => wanted.seeds = number()?,
            "--seed" => wanted.seed = Some(number()?),
            "--scenario" => {
                let known = SCENARIOS.iter().position(|scenario| scenario.name == value);
                wanted.only = Some(known.ok_or_else(|| format!("there is no scenario `{value}`"))?);
            }
            _ => return Err(format!("`{word}` is not known")),
        }
    }
    Ok(wanted)
}

fn world(seed: u64, only: Option<usize>, tells: bool) -> (usize, World) {
    let mut rng = Rng::new(seed);
    let (which, setting) = Setting::of(seed, only, &mut rng);
    (which, World::new(setting, rng, tells))
}

/// Plays one seed and tells its story.
fn tell(seed: u64, only: Option<usize>) -> ExitCode {
    let (_, mut world) = world(seed, only, true);
    let setting = world.setting;
    world.run();
    for line in world.story.iter().flatten() {
        println!("{line}");
    }
    let label = if setting.labelled { "in" } else { "not in" };
    let alone = if setting.alone { "alone" } else { "not alone" };
    println!("scenario {}, receipts {label} the label, {alone}: {:?}", setting.scenario.name, world.tally);
    match world.broken {
        None => ExitCode::SUCCESS,
        Some(why) => {
            println!("BROKEN: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Plays many seeds on every core of the machine.
fn play(wanted: Wanted) -> ExitCode {
    let (next, stop, began) = (AtomicU64::new(0), AtomicBool::new(false), Instant::now());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<(Totals, Option<(u64, String)>)> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..threads).map(|_| scope.spawn(|| hand(wanted, &next, &stop))).collect();
        hands.into_iter().filter_map(|hand| hand.join().ok()).collect()
    });
    let whole = parts.len() == threads;
    let mut totals = Totals::default();
    let mut broken: Option<(u64, String)> = None;
    for (part, wrong) in parts {
        totals.add(&part);
        broken = [broken, wrong].into_iter().flatten().min();
    }
    println!("{}", totals.table(began.elapsed()));
    let scenario = wanted.only.map(|only| format!(" --scenario {}", SCENARIOS[only].name)).unwrap_or_default();
    match broken {
        Some((seed, why)) => {
            println!("\nBROKEN: {why}\nits story: cargo xtask sim --seed {seed}{scenario}");
            ExitCode::FAILURE
        }
        None if !whole => ExitCode::FAILURE,
        None => ExitCode::SUCCESS,
    }
}

fn hand(wanted: Wanted, next: &AtomicU64, stop: &AtomicBool) -> (Totals, Option<(u64, String)>) {
    let mut totals = Totals::default();
    while !stop.load(Ordering::Relaxed) {
        let first = next.fetch_add(HANDFUL, Ordering::Relaxed);
        if first >= wanted.seeds {
            break;
        }
        for seed in first..(first + HANDFUL).min(wanted.seeds) {
            let (which, mut world) = world(seed, wanted.only, false);
            world.run();
            totals.balie(which, world.setting.labelled, &world.tally);
            if let Some(why) = world.broken {
                stop.store(true, Ordering::Relaxed);
                return (totals, Some((seed, why)));
            }
            if seed % NAIVE_ONE_IN == 0 || seed / SCENARIOS.len() as u64 % NAIVE_ONE_IN == 1 {
                for naive in Naive::ALL {
                    let tally: Tally = naive.play(&world.setting, Rng::new(seed));
                    totals.naive(which, naive, &tally);
                }
            }
        }
    }
    (totals, None)
}
