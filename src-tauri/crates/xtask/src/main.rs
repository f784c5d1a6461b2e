//! The commands of the house. Each one sets up what it needs, says what it does, and names the remedy when it fails.
//!
//! Nothing but the standard library: this is compiled before anything else is.

mod bench;
mod coverage;
mod fuzz;
mod mutants;
mod node;
mod packages;
mod rules;
mod run;
mod shell;
mod test;
mod tools;
mod ui;
mod workspace;

use std::process::ExitCode;

use shell::Trouble;

const HELP: &str = "\
cargo xtask run [--screenshot FILE] [--no-install] [--release]
    Builds the window and starts it in practice mode, with a stand-in of UiTPAS inside.
    --screenshot FILE   plays one sale on a virtual display and saves the picture
cargo xtask test [--no-install] [FILTER]
    Every check and every test. With FILTER only the Rust tests whose name contains it.
cargo xtask bench [NAME] [--no-install]
    Measures and compares with the target. Known: sell, rules.
cargo xtask coverage
    How many lines of the core its own tests run through.
cargo xtask mutants [-- WORDS]
    How many mistakes the tests of the core notice. WORDS are for cargo-mutants, for example `-f money.rs`.
cargo xtask fuzz [--seconds N] [--no-install]
    What reads texts from outside, on texts that nobody thought of, N seconds for each target (10).

--no-install   says which system packages are missing, installs none and ends with code 2
--release      the optimised window";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.split_first() {
        None => help(),
        Some((verb, rest)) => match verb.as_str() {
            "help" | "--help" | "-h" => help(),
            "run" => run::Wanted::parse(rest).and_then(|wanted| run::run(&wanted)),
            "test" => test::Wanted::parse(rest).and_then(|wanted| test::test(&wanted)),
            "bench" => bench::Wanted::parse(rest).and_then(|wanted| bench::bench(&wanted)),
            "coverage" => coverage::words(rest).and_then(|()| coverage::coverage()),
            "mutants" => mutants::words(rest).and_then(|words| mutants::mutants(&words)),
            "fuzz" => fuzz::Wanted::parse(rest).and_then(|wanted| fuzz::fuzz(&wanted)),
            _ => Err(Trouble::words(format!("there is no command `{verb}`"))),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("\n{trouble}");
            ExitCode::from(trouble.code)
        }
    }
}

fn help() -> Result<(), Trouble> {
    println!("{HELP}");
    Ok(())
}
