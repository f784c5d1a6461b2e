//! Every state that a few acts at a few desks can come to, with everything that may happen to them: `model [--acts N]
//! [--desks N] [--wrong N] [--most STATES] [--only NAME]`.
//!
//! The queue, the claim, the answer, the look and the recheck are those of the core; what is here is the desk around them,
//! UiTPAS, the network, the clerk and time. The program may end between any two writes, so that CP1 to CP12 of sync.md §1.11
//! are among the moves; the long sleep of CP17 is left to the simulation, and the disk itself (CP13 to CP16) is cut by
//! `cargo xtask powercut`.
//!
//! Time is told in ticks of half a settle time, and only as far as something in the core depends on it. What waits for its
//! time may come at once, which is more than the program does. One act may meet any number of troubles; with two or three
//! acts so many as are asked for: a request that does not go smoothly, an end of the program, a sale elsewhere.

mod case;
mod cases;
mod check;
mod looks;
mod moves;
mod search;
mod server;
mod world;

use std::process::ExitCode;
use std::time::Instant;

/// What was asked for.
struct Wanted {
    acts: usize,
    desks: usize,
    wrong: u8,
    most: usize,
    only: Option<String>,
}

impl Wanted {
    fn parse(words: impl Iterator<Item = String>) -> Option<Self> {
        let mut wanted = Self { acts: 3, desks: 2, wrong: 3, most: 20_000_000, only: None };
        let mut words = words;
        while let Some(word) = words.next() {
            let value = words.next()?;
            match word.as_str() {
                "--acts" => wanted.acts = value.parse().ok()?,
                "--desks" => wanted.desks = value.parse().ok()?,
                "--wrong" => wanted.wrong = value.parse().ok()?,
                "--most" => wanted.most = value.parse().ok()?,
                "--only" => wanted.only = Some(value),
                _ => return None,
            }
        }
        Some(wanted)
    }
}

fn main() -> ExitCode {
    let Some(wanted) = Wanted::parse(std::env::args().skip(1)) else {
        eprintln!("usage: model [--acts N] [--desks N] [--wrong N] [--most STATES] [--only WORDS]");
        return ExitCode::from(2);
    };
    let (mut states, mut moves, mut depth, mut bad) = (0, 0, 0, 0);
    let cases = cases::cases(wanted.acts, wanted.desks, wanted.wrong);
    let cases: Vec<_> = cases
        .into_iter()
        .filter(|case| wanted.only.as_ref().is_none_or(|only| case.name.contains(only.as_str())))
        .collect();
    for case in &cases {
        let start = Instant::now();
        let seen = search::search(case, wanted.most);
        (states, moves, depth) = (states + seen.states, moves + seen.moves, depth.max(seen.depth));
        let verdict = match (&seen.wrong, case.must_fail, seen.cut_off) {
            (_, _, true) => "CUT OFF",
            (None, false, _) => "ok",
            (Some(_), true, _) => "ok: the control fails",
            (None, true, _) => "THE CONTROL DOES NOT FAIL",
            (Some(_), false, _) => "WRONG",
        };
        bad += usize::from(!verdict.starts_with("ok"));
        println!(
            "{}: {} states, {} moves, depth {}, {} ends, {:.1} s: {verdict}",
            case.name,
            seen.states,
            seen.moves,
            seen.depth,
            seen.ends,
            start.elapsed().as_secs_f32()
        );
        if let Some((why, way)) = &seen.wrong {
            println!("  {why}, after {} moves:\n    {}", way.len(), way.join("\n    "));
        }
    }
    println!("model: {} cases, {states} states, {moves} moves, depth {depth}, {bad} wrong", cases.len());
    if bad == 0 && !cases.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
