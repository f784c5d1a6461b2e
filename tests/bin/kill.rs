//! `kill --kills N [--seed S]` kills the real desk at random moments and counts what it lost and what it did twice.
//!
//! The same program is both: whoever kills, with UiTPAS beside it, and `kill desk …`, the desk that is killed.

#[path = "../kill/mod.rs"]
mod kill;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.split_first() {
        Some((first, rest)) if first == "desk" => kill::clerk::work(rest).map(|()| true),
        _ => kill::wanted::Wanted::parse(&words).and_then(|wanted| kill::killer::kill(&wanted)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("kill: {why}");
            ExitCode::from(2)
        }
    }
}
