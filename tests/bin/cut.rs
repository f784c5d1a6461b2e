//! Cuts connections and holds what the client says against what the stand-in holds: `cargo xtask cut` builds and runs it.

use balie_tests::cutting::case::{Act, Case, Protocol};
use balie_tests::cutting::desk;
use balie_tests::cutting::sweep::{AllLengths, Report, all_cuts, lost_answers, measure, play};
use balie_tests::cutting::{Trouble, Way};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const USAGE: &str = "cut [--every N] [--stall-ms M] [--lost N] [--seed S] [--desk N] [--only CUT]";

/// What was asked for.
struct Wanted {
    every: u64,
    stall: Duration,
    lost: u64,
    seed: u64,
    desk: u64,
    only: Option<Case>,
}

impl Wanted {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Trouble> {
        let stall = Duration::from_millis(60);
        let mut wanted = Self { every: 1, stall, lost: 20_000, seed: 1, desk: 25, only: None };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} wants a value: {USAGE}"))?;
            let number = || value.parse::<u64>().map_err(|why| format!("{word} {value}: {why}"));
            match word.as_str() {
                "--every" => wanted.every = number()?.max(1),
                "--stall-ms" => wanted.stall = Duration::from_millis(number()?.max(1)),
                "--lost" => wanted.lost = number()?,
                "--seed" => wanted.seed = number()?,
                "--desk" => wanted.desk = number()?,
                "--only" => wanted.only = Some(value.parse()?),
                _ => return Err(format!("`{word}` is not known: {USAGE}").into()),
            }
        }
        Ok(wanted)
    }
}

fn main() -> ExitCode {
    match Wanted::parse(std::env::args().skip(1)).and_then(|wanted| cut(&wanted)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("the cuts could not be made: {why}");
            ExitCode::from(2)
        }
    }
}

fn cut(wanted: &Wanted) -> Result<bool, Trouble> {
    let lengths = measure(wanted.stall)?;
    if let Some(case) = wanted.only {
        return Ok(tell(&play(vec![case], lengths, wanted.stall)?));
    }
    println!("after one in {} bytes:", wanted.every);
    tell_lengths(&lengths);
    if !tell(&play(all_cuts(&lengths, wanted.every), lengths.clone(), wanted.stall)?) {
        return Ok(false);
    }
    println!("\n{} lost answers, seed {}:", wanted.lost, wanted.seed);
    if !tell(&play(lost_answers(&lengths, wanted.lost, wanted.seed), lengths, wanted.stall)?) {
        return Ok(false);
    }
    under_a_desk(wanted.desk)
}

fn tell_lengths(lengths: &AllLengths) {
    // A connection that was used before knows the headers of HTTP/2 already; over HTTP/1.1 it makes no difference.
    let mut all: BTreeMap<(Act, Protocol), Vec<String>> = BTreeMap::new();
    let mut sorted: Vec<_> = lengths.iter().collect();
    sorted.sort_by_key(|(key, _)| **key);
    for ((act, protocol, connection), lengths) in sorted {
        let told = format!("{connection} {} + {}", lengths.request, lengths.response);
        all.entry((*act, *protocol)).or_default().push(told);
    }
    for ((act, protocol), told) in all {
        println!("  {act:<11}{protocol:<6} {} bytes", told.join(", "));
    }
}

fn tell(report: &Report) -> bool {
    let title = ["accepted", "unknown, done", "unknown, not done", "not sent"];
    println!("  {:<35}{:>9}{:>15}{:>19}{:>10}", "", title[0], title[1], title[2], title[3]);
    for ((act, protocol, way, place), counts) in &report.tally {
        let what = format!("{act:<11}{protocol:<6} {way:<6} {place:<9}");
        let [yes, unknown_done] = [counts.accepted, counts.unknown_done];
        println!("  {what:<35}{yes:>9}{unknown_done:>15}{:>19}{:>10}", counts.unknown_not_done, counts.not_sent);
    }
    let rate = u128::from(report.played) * 1_000 / report.took.as_millis().max(1);
    println!("  {} cuts in {} s, {rate} a second", report.played, report.took.as_secs());
    if let Some(violation) = &report.violation {
        println!("\nTHE CLIENT IS WRONG after {violation}\nAGAIN: cargo xtask cut --only {}", violation.case);
    }
    report.violation.is_none()
}

fn under_a_desk(places: u64) -> Result<bool, Trouble> {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!(
        "\nunder a whole desk, by {} and {}, at {places} places of each request and answer:",
        Way::Reset,
        Way::Close
    );
    match runtime.block_on(desk::sample(places)) {
        Ok(entries) => {
            let desk::Entries { confirmed, in_doubt, queued, taken_out } = entries;
            println!("  confirmed {confirmed}, in doubt {in_doubt}, to be sent {queued}, taken out {taken_out}");
            println!(
                "  in {} s; each entry says what UiTPAS holds, never are there two records, and all is settled in the end",
                began.elapsed().as_secs()
            );
            Ok(true)
        }
        Err(why) => {
            println!("\nTHE DESK IS WRONG after {why}\nAGAIN: cargo xtask cut --every 1000 --lost 0 --desk {places}");
            Ok(false)
        }
    }
}
