//! `cargo xtask conformity`: the stand-in of UiTPAS against the contract that UiTPAS publishes. Schemathesis makes requests
//! out of the contract and holds every answer against it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::packages::{self, Need};
use crate::shell::{Trouble, answer, cargo, must, program};
use crate::tools::SCHEMATHESIS;
use crate::workspace::Workspace;

/// The requests that are made up for each operation when nobody says how many.
const EXAMPLES: u32 = 20;

/// What fixes the requests, so that a run can be repeated.
const SEED: u32 = 1;

/// Every operation of the contract that the stand-in has. The rest is not called by the desk.
const OPERATIONS: [&str; 21] = [
    "GET /passes",
    "GET /tariffs",
    "GET /tariffs/static",
    "GET /ticket-sales",
    "POST /ticket-sales",
    "DELETE /ticket-sales/{ticketSaleId}",
    "GET /checkins",
    "POST /checkins",
    "DELETE /checkins/{checkinId}",
    "GET /checkin-status",
    "GET /rewards",
    "GET /rewards/{rewardId}",
    "GET /rewards/{rewardId}/redeem-status",
    "GET /rewards/redeemed",
    "POST /rewards/redeemed",
    "DELETE /rewards/redeemed/{redeemedRewardId}",
    "GET /events/{eventId}/settings",
    "PUT /events/{eventId}/settings",
    "GET /events/{eventId}/card-systems",
    "GET /permissions",
    "GET /cards/social-tariff/{cardSystemId}/active",
];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    examples: u32,
    seed: u32,
    no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self { examples: EXAMPLES, seed: SEED, no_install: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || {
                let number = words.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
                number.ok_or_else(|| Trouble::words(format!("{word} wants a number above 0")))
            };
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                "--examples" => wanted.examples = number()?,
                "--seed" => wanted.seed = number()?,
                _ => return Err(Trouble::words(format!("`conformity` does not know `{word}`"))),
            }
        }
        Ok(wanted)
    }
}

/// Builds the stand-in and checks it.
pub(crate) fn conformity(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    let mut build = cargo();
    build.args(["build", "-p", "balie-sandbox"]).current_dir(&workspace.root);
    must(build, "building the stand-in", "correct what the compiler names")?;
    check(&workspace, wanted)
}

/// Checks the stand-in as it was built before, with so many requests for each operation.
pub(crate) fn run(workspace: &Workspace, examples: u32, may_install: bool) -> Result<(), Trouble> {
    check(workspace, &Wanted { examples, seed: SEED, no_install: !may_install })
}

fn check(workspace: &Workspace, wanted: &Wanted) -> Result<(), Trouble> {
    let contract = workspace.root.join("../shared/api/uitpas.openapi.json");
    if !contract.is_file() {
        println!("  skipped: the contract of UiTPAS does not lie beside the checkout, in ../shared/api");
        return Ok(());
    }
    if !has_venv() {
        packages::ensure(Need::Python, !wanted.no_install)?;
    }
    let mut command = SCHEMATHESIS.command()?;
    let stand_in = StandIn::start(workspace)?;
    let settings = workspace.root.join("tests/fixtures/conformity.toml");
    // It leaves a folder of its own wherever it works.
    let folder = workspace.scratch("conformity");
    let why = |why| Trouble::new(format!("{}: {why}", folder.display()), "see to it that this folder can be made");
    fs::create_dir_all(&folder).map_err(why)?;
    command.current_dir(&folder).arg("--config-file").arg(settings).arg("run").arg(contract);
    command.args(["--url", &stand_in.url, "--warnings", "off"]);
    command.args(["--phases", "examples,coverage,fuzzing,stateful", "--request-timeout", "30"]);
    command.args(["--max-examples", &wanted.examples.to_string(), "--seed", &wanted.seed.to_string()]);
    command.args(OPERATIONS.iter().flat_map(|operation| ["--include-name", operation]));
    let remedy = "mend the stand-in: the lines above tell which answer to which request breaks the contract";
    must(command, "the stand-in against the contract", remedy)?;
    reached(&stand_in.state()?)
}

fn has_venv() -> bool {
    let mut python = program(crate::tools::PYTHON);
    python.args(["-c", "import venv, ensurepip"]);
    answer(python).is_some()
}

/// Sees to it that each operation was carried out at least once: a server that refuses everything keeps many contracts.
fn reached(state: &str) -> Result<(), Trouble> {
    let done = carried_out(state);
    let missed: Vec<&str> = OPERATIONS.into_iter().filter(|operation| !done.contains(operation)).collect();
    if !missed.is_empty() {
        let what = format!("no request was good enough to be carried out: {}", missed.join(", "));
        return Err(Trouble::new(what, "add --examples, or give good values in tests/fixtures/conformity.toml"));
    }
    println!("  all {} operations were carried out, and every answer keeps the contract", OPERATIONS.len());
    Ok(())
}

/// The operations that the stand-in answered with success, as its state tells: `"successes":{"GET /passes":8,…}`.
fn carried_out(state: &str) -> BTreeSet<&'static str> {
    let told = state.rfind("\"successes\":").map_or("", |start| &state[start..]);
    let named = |request: &str| {
        let literal = OPERATIONS.into_iter().find(|operation| *operation == request);
        literal.or_else(|| OPERATIONS.into_iter().find(|operation| is_like(operation, request)))
    };
    told.split('"').filter_map(named).collect()
}

/// Whether a request is one of this operation: `GET /rewards/5687` is `GET /rewards/{rewardId}`.
fn is_like(operation: &str, request: &str) -> bool {
    let (wanted, made): (Vec<&str>, Vec<&str>) = (operation.split('/').collect(), request.split('/').collect());
    let fits = |(wanted, made): (&&str, &&str)| wanted == made || (wanted.starts_with('{') && !made.is_empty());
    wanted.len() == made.len() && wanted.iter().zip(&made).all(fits)
}

/// The stand-in as a process of its own. It ends with this value.
struct StandIn {
    process: Child,
    url: String,
    control: String,
}

impl StandIn {
    fn start(workspace: &Workspace) -> Result<Self, Trouble> {
        let binary: PathBuf = workspace.binary("balie-sandbox", false);
        let mut command: Command = program(&binary.to_string_lossy());
        command.args(["--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let failed =
            |why: String| Trouble::new(format!("the stand-in: {why}"), "`cargo build -p balie-sandbox` builds it");
        let mut process = command.spawn().map_err(|why| failed(why.to_string()))?;
        let told = process.stdout.take();
        let mut stand_in = Self { process, url: String::new(), control: String::new() };
        // It tells both addresses once it listens.
        for line in told.into_iter().flat_map(|out| BufReader::new(out).lines().map_while(Result::ok)).take(2) {
            match line.split_once(' ') {
                Some(("url", url)) => stand_in.url = url.to_owned(),
                Some(("control", url)) => stand_in.control = url.to_owned(),
                _ => {}
            }
        }
        if stand_in.url.is_empty() || stand_in.control.is_empty() {
            return Err(failed("it does not say where it listens".to_owned()));
        }
        Ok(stand_in)
    }

    /// What it tells of itself.
    fn state(&self) -> Result<String, Trouble> {
        let address = self.control.trim_start_matches("http://");
        let asked = || {
            let mut stream = TcpStream::connect(address)?;
            write!(stream, "GET /_sandbox/state HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
            let mut text = String::new();
            stream.read_to_string(&mut text)?;
            Ok(text)
        };
        asked().map_err(|why: std::io::Error| Trouble::new(format!("the state of the stand-in: {why}"), "run it again"))
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // One that has ended already is just as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn the_words_of_conformity() {
        assert_eq!(parse(""), Some(Wanted { examples: EXAMPLES, seed: SEED, no_install: false }));
        let all = Some(Wanted { examples: 500, seed: 7, no_install: true });
        assert_eq!(parse("--examples 500 --no-install --seed 7"), all);
        assert_eq!(parse("--examples 0"), None);
        assert_eq!(parse("--examples"), None);
        assert_eq!(parse("fast"), None);
    }

    #[test]
    fn only_successes_count_and_a_literal_path_is_not_taken_for_an_id() {
        let state =
            r#"{"requests":{"GET /passes":3},"successes":{"GET /rewards/redeemed":1,"DELETE /checkins/a":2},"late":0}"#;
        let done: Vec<_> = carried_out(state).into_iter().collect();
        assert_eq!(done, ["DELETE /checkins/{checkinId}", "GET /rewards/redeemed"]);
        assert!(carried_out("").is_empty());
        assert!(!is_like("GET /rewards/{rewardId}", "GET /rewards/") && !is_like("GET /a/{b}", "PUT /a/c"));
        let trouble = reached(state).unwrap_err();
        assert!(trouble.what.contains("GET /passes") && !trouble.what.contains("GET /rewards/redeemed"));
    }
}
