//! `cargo xtask test`: every check and every test, in the order in which they fail fastest.

use std::collections::BTreeMap;
use std::fs;

use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, must};
use crate::workspace::Workspace;
use crate::{conformity, cut, fuzz, kill, model, node, powercut, sim, ui};

/// How long each fuzz target runs here, in seconds: enough to see that it still does.
const FUZZ_SECONDS: u32 = 5;

/// How many requests are made up for each operation of the contract: the run itself takes a few seconds.
const EXAMPLES: u32 = 20;

/// How often the current is cut here, and from what the places follow.
const CUTS: (u64, u64) = (600, 4);

/// How often the desk is killed here.
const KILLS: [&str; 2] = ["--kills", "300"];

/// Where the connection is cut here.
const PLACES: [&str; 6] = ["--every", "37", "--lost", "500", "--desk", "3"];

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    no_install: bool,
    filter: Option<String>,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self::default();
        for word in words {
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                option if option.starts_with('-') => {
                    return Err(Trouble::words(format!("`test` does not know `{option}`")));
                }
                name if wanted.filter.is_none() => wanted.filter = Some(name.into()),
                name => {
                    return Err(Trouble::words(format!("`test` takes one filter, not also `{name}`")));
                }
            }
        }
        Ok(wanted)
    }
}

/// The name of a step, whether it is part of the run of one test by name, and what it does.
type Step = (&'static str, bool, fn(&Workspace, &Wanted) -> Result<(), Trouble>);

const STEPS: [Step; 18] = [
    ("node", true, |_, _| node::ensure()),
    ("system packages", true, |_, wanted| packages::ensure(Need::Everything, !wanted.no_install)),
    ("install the UI", true, |workspace, _| ui::install(workspace)),
    ("install the OpenID provider", true, |workspace, _| ui::install_provider(workspace)),
    ("form", false, |workspace, _| form(workspace)),
    ("types of the UI", false, |workspace, _| ui::check(workspace)),
    ("unit tests of the UI", false, |workspace, _| ui::test(workspace)),
    ("build the UI", true, |workspace, _| ui::build(workspace)),
    ("lints", false, |workspace, _| lints(workspace)),
    ("build the window, the stand-in and the tests", true, |workspace, _| build(workspace)),
    ("fuzz targets", false, |workspace, _| fuzz::run(workspace, FUZZ_SECONDS)),
    ("every state of two acts", false, |workspace, _| model::run(workspace, &model::SMALL)),
    ("the outbox in simulated worlds", false, |workspace, _| sim::run(workspace, &sim::small())),
    ("power cuts", false, |workspace, _| powercut::run(workspace, CUTS.0, CUTS.1)),
    ("kills", false, |workspace, _| kill::run(workspace, &KILLS)),
    ("cut connections", false, |workspace, _| cut::run(workspace, &PLACES)),
    ("stand-in against the contract", false, |workspace, wanted| {
        conformity::run(workspace, EXAMPLES, !wanted.no_install)
    }),
    ("tests", true, |workspace, wanted| tests(workspace, wanted.filter.as_deref())),
];

/// Runs every step and stops at the first that fails.
///
/// One test by name is asked for while working on it: the checks of the whole house come with the whole run.
pub(crate) fn test(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    let steps: Vec<&Step> = STEPS.iter().filter(|(_, always, _)| *always || wanted.filter.is_none()).collect();
    for (number, (name, _, step)) in steps.iter().enumerate() {
        println!("[{}/{}] {name}", number + 1, steps.len());
        step(&workspace, wanted)?;
    }
    Ok(())
}

fn form(workspace: &Workspace) -> Result<(), Trouble> {
    cargo_must(workspace, &["fmt", "--all", "--check"], "form", "run `cargo fmt --all`")?;
    // The fuzz targets are a workspace of their own.
    let words = ["fmt", "--manifest-path", "tests/fuzz/Cargo.toml", "--check"];
    cargo_must(workspace, &words, "form of the fuzz targets", "run `cargo fmt --manifest-path tests/fuzz/Cargo.toml`")
}

fn lints(workspace: &Workspace) -> Result<(), Trouble> {
    let words = ["clippy", "--workspace", "--all-targets", "--features", "balie/practice", "--", "-D", "warnings"];
    cargo_must(workspace, &words, "lints", "correct what clippy names")
}

/// The window and the stand-in are among the programs of the workspace. With the tests in the same breath all
/// dependencies get the same features, so that nothing is built twice.
fn build(workspace: &Workspace) -> Result<(), Trouble> {
    let words = ["build", "--workspace", "--bins", "--tests", "--features", "balie/practice"];
    cargo_must(workspace, &words, "building", "correct what the compiler names")
}

fn tests(workspace: &Workspace, filter: Option<&str>) -> Result<(), Trouble> {
    let skips = workspace.scratch("skipped-tests.txt");
    // Of an earlier run; when there is none, that is just as well.
    let _ = fs::remove_file(&skips);
    let mut command = cargo();
    // The rest runs after one that failed as well: whoever mends it wants to see all of them at once.
    command.args(["test", "--workspace", "--features", "balie/practice", "--no-fail-fast"]).args(filter);
    command.current_dir(&workspace.root).env("BALIE_SKIPS", &skips);
    must(command, "tests", "`cargo xtask test NAME` repeats the one that failed")?;
    println!("\n{}", left_out(&fs::read_to_string(&skips).unwrap_or_default()));
    Ok(())
}

/// What to say about the tests that did not run on this machine: each reason once, with how often it was given.
fn left_out(skips: &str) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for line in skips.lines() {
        *reasons.entry(line).or_default() += 1;
    }
    let total: usize = reasons.values().sum();
    let listed = reasons.iter().map(|(why, times)| format!("\n  {times} times: {why}"));
    format!("left out on this machine: {total}{}", listed.collect::<String>())
}

fn cargo_must(workspace: &Workspace, words: &[&str], step: &str, remedy: &str) -> Result<(), Trouble> {
    let mut command = cargo();
    command.args(words).current_dir(&workspace.root);
    must(command, step, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn what_was_left_out_is_said_with_its_reasons() {
        assert_eq!(left_out(""), "left out on this machine: 0");
        assert_eq!(left_out("no a\nno b\nno a\n"), "left out on this machine: 3\n  2 times: no a\n  1 times: no b");
    }

    #[test]
    fn the_words_of_test() {
        assert_eq!(parse(""), Some(Wanted::default()));
        assert_eq!(parse("--no-install sell"), Some(Wanted { no_install: true, filter: Some("sell".into()) }));
        assert_eq!(parse("--fast"), None);
        assert_eq!(parse("one two"), None);
    }
}
