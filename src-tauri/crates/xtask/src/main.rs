//! The commands of the house. Each one sets up what it needs, says what it does, and names the remedy when it fails.
//!
//! Nothing but the standard library: this is compiled before anything else is.

mod bench;
mod by_hand;
mod conformity;
mod coverage;
mod crosscheck;
mod cut;
mod fuzz;
mod kill;
mod model;
mod mutants;
mod node;
mod packages;
mod powercut;
mod reader;
mod rules;
mod run;
mod shell;
mod shots;
mod sim;
mod soak;
mod test;
mod tools;
mod ui;
mod window;
mod workspace;

use std::process::ExitCode;

use shell::Trouble;

const HELP: &str = "\
cargo xtask run [--screenshot FILE] [--no-install] [--release]
    Builds the window and starts it in practice mode, with a stand-in of UiTPAS inside.
    --screenshot FILE   plays one sale on a virtual display and saves the picture
cargo xtask test [--no-install] [FILTER]
    Every check and every test. With FILTER only the Rust tests whose name contains it.
cargo xtask shots --out DIR [--only NAME] [--no-install]
    A picture of every screen in three languages, light and dark; in Dutch also at 1024×700 and twice as large.
    --only NAME   the screens whose name contains NAME
cargo xtask bench [NAME] [--no-install]
    Measures and compares with the target. Known: sell, rules, durable, start, upload, snapshot, window, reader.
cargo xtask coverage
    How many lines of the core its own tests run through.
cargo xtask crosscheck [--only windows|macos] [--no-install]
    The whole application for other systems: compiled and linked for Windows, its types and lints for macOS.
cargo xtask cut [--every N] [--stall-ms M] [--lost N] [--seed S] [--desk N] [--only CUT] [--no-install]
    Cuts the connection after one in N bytes (1) of every request and answer, loses N answers (20000), and holds what
    the client and the desk say against what the stand-in holds. --only repeats one cut.
cargo xtask mutants [--by-hand [NAME] [--no-baseline] | -- WORDS]
    How many mistakes the tests notice: all that cargo-mutants can think of in the core, and a list made by hand.
    --by-hand       the list alone, or those of it whose name or file contains NAME; --no-baseline
                    leaves out the run without a mistake
    -- WORDS        the core alone; WORDS are for cargo-mutants, for example `-f money.rs`
cargo xtask fuzz [--seconds N] [--no-install]
    What reads texts from outside, on texts that nobody thought of, N seconds for each target (10).
cargo xtask conformity [--examples N] [--seed N] [--no-install]
    The stand-in of UiTPAS against the published contract, N requests for each operation (20).
cargo xtask powercut [--cuts N] [--seed S] [--again] [--no-install]
    Cuts the current N times (3000) under the recorded writes of the ledger, and of two controls that must lose.
    --again   cuts the recording of the last run once more
cargo xtask kill [--kills N] [--seed S] [--workers W] [--round K]
    Kills the real desk at N random moments (10000) with its uploader at work: nothing lost, nothing twice.
cargo xtask model [--acts N] [--desks N] [--wrong N] [--only NAME] [--most STATES]
    Every state that N acts (3) at N desks (2) can come to when N things go wrong (3), and what must hold in each.
cargo xtask soak [--taps N] [--no-install]
    N taps (10000) on four virtual readers, and a smart-card service that restarts: none missed, none doubled.
cargo xtask sim [--seeds N] [--scenario NAME] [--seed S]
    The outbox in a simulated world: what comes of the acts when network, server, disk and clock fail, N seeds (20000).
    --seed S            tells the story of one seed, event by event

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
            "shots" => shots::Wanted::parse(rest).and_then(|wanted| shots::shots(&wanted)),
            "bench" => bench::Wanted::parse(rest).and_then(|wanted| bench::bench(&wanted)),
            "coverage" => coverage::words(rest).and_then(|()| coverage::coverage()),
            "crosscheck" => crosscheck::Wanted::parse(rest).and_then(|wanted| crosscheck::crosscheck(&wanted)),
            "cut" => cut::Wanted::parse(rest).and_then(|wanted| cut::cut(&wanted)),
            "mutants" => mutants::words(rest).and_then(|wanted| mutants::mutants(&wanted)),
            "conformity" => conformity::Wanted::parse(rest).and_then(|wanted| conformity::conformity(&wanted)),
            "fuzz" => fuzz::Wanted::parse(rest).and_then(|wanted| fuzz::fuzz(&wanted)),
            "powercut" => powercut::Wanted::parse(rest).and_then(|wanted| powercut::powercut(&wanted)),
            "kill" => kill::kill(rest),
            "model" => model::words(rest).and_then(|words| model::run(&workspace::Workspace::find()?, &words)),
            "soak" => soak::Wanted::parse(rest).and_then(|wanted| soak::soak(&wanted)),
            "sim" => sim::words(rest).and_then(|words| sim::run(&workspace::Workspace::find()?, &words)),
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
