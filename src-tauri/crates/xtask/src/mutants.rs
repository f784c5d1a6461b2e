//! `cargo xtask mutants`: mistakes put in one at a time, and how many of them the tests notice. Those of the core are thought
//! of by cargo-mutants; the others by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::by_hand;
use crate::shell::{Trouble, ended};
use crate::tools::MUTANTS;
use crate::workspace::Workspace;

/// In percent of the mutants that compile.
const TARGET: f64 = 95.0;

/// The survivors that may stay, each with its reason.
const ACCEPTED: &str = "tests/fixtures/mutants.txt";

/// What cargo-mutants says with its exit code: all caught; some survived; some ran out of time.
const WORKED: [i32; 3] = [0, 2, 3];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Every mistake, of cargo-mutants and by hand.
    All,
    /// Those of cargo-mutants, with words for itself.
    OfTheCore(Vec<String>),
    /// Those that somebody thought of.
    ByHand(by_hand::Wanted),
}

/// Reads the words; those for cargo-mutants itself come after `--`.
pub(crate) fn words(words: &[String]) -> Result<Wanted, Trouble> {
    match words.split_first() {
        None => Ok(Wanted::All),
        Some((dashes, words)) if dashes == "--" => Ok(Wanted::OfTheCore(words.to_vec())),
        Some((by_hand, words)) if by_hand == "--by-hand" => by_hand::Wanted::parse(words).map(Wanted::ByHand),
        Some((word, _)) => {
            Err(Trouble::words(format!("`mutants` does not know `{word}`; what follows `--` is passed on")))
        }
    }
}

/// Puts the mistakes in that were asked for.
pub(crate) fn mutants(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    match wanted {
        Wanted::All => {
            of_the_core(&workspace, &[])?;
            by_hand::run(&workspace, &by_hand::Wanted::default())
        }
        Wanted::OfTheCore(words) => of_the_core(&workspace, words),
        Wanted::ByHand(wanted) => by_hand::run(&workspace, wanted),
    }
}

/// Runs the tests of the core against every mutant of it, and compares the survivors with those that may stay.
fn of_the_core(workspace: &Workspace, words: &[String]) -> Result<(), Trouble> {
    let list =
        fs::read_to_string(workspace.root.join(ACCEPTED)).map_err(|why| unreadable(ACCEPTED, &why.to_string()))?;
    let accepted = accepted(&list)?;
    let folder = workspace.scratch("mutants");
    fs::create_dir_all(&folder).map_err(|why| unreadable(&folder.to_string_lossy(), &why.to_string()))?;
    let mut command = MUTANTS.command()?;
    command.args(["--package", "balie-core", "--jobs", "2", "--no-times", "--output"]).arg(&folder).args(words);
    command.args(["--", "--tests"]).current_dir(&workspace.root);
    // Each of the two copies builds in a folder of its own, and nobody steps through a mutant.
    command.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_DEV_DEBUG", "none");
    let code = ended(command, "mutants of the core")?;
    if !WORKED.contains(&code) {
        let remedy = "read its last lines above; the tests must pass before a mistake is put in";
        return Err(Trouble::new(format!("cargo-mutants ended with code {code}"), remedy));
    }
    let found = Found::read(&folder.join("mutants.out"))?;
    let verdict = Verdict::of(&found, &accepted, words.is_empty());
    println!("\n{}", verdict.told(&found));
    verdict.judged()
}

fn unreadable(path: &str, why: &str) -> Trouble {
    Trouble::new(format!("{path}: {why}"), "see that it is there and can be read and written")
}

/// What became of the mutants.
#[derive(Debug, Default, PartialEq)]
struct Found {
    caught: usize,
    missed: Vec<String>,
    timeouts: usize,
    unviable: usize,
}

impl Found {
    fn read(folder: &Path) -> Result<Self, Trouble> {
        let list = |name: &str| {
            let path = folder.join(name);
            let text =
                fs::read_to_string(&path).map_err(|why| unreadable(&path.to_string_lossy(), &why.to_string()))?;
            Ok(text.lines().map(String::from).collect::<Vec<_>>())
        };
        Ok(Self {
            caught: list("caught.txt")?.len(),
            missed: list("missed.txt")?,
            timeouts: list("timeout.txt")?.len(),
            unviable: list("unviable.txt")?.len(),
        })
    }

    fn viable(&self) -> usize {
        self.caught + self.missed.len() + self.timeouts
    }
}

/// The names of a list with how often each stands there. A paragraph begins with its reason, after `#`.
fn accepted(list: &str) -> Result<BTreeMap<String, usize>, Trouble> {
    let mut names = BTreeMap::new();
    for paragraph in list.replace("\r\n", "\n").split("\n\n") {
        let mut lines = paragraph.lines().skip_while(|line| line.is_empty()).peekable();
        let reasoned = lines.peek().is_none_or(|line| line.starts_with('#'));
        for name in lines.filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if !reasoned {
                let what = format!("{ACCEPTED}: `{name}` has no reason");
                return Err(Trouble::new(
                    what,
                    "begin its paragraph with a line that starts with # and says why it may stay",
                ));
            }
            *names.entry(name.to_owned()).or_default() += 1;
        }
    }
    Ok(names)
}

/// A mutant without the line on which it happens to stand: `money.rs: replace + with - in Cents::share`.
fn name(mutant: &str) -> String {
    let Some((place, what)) = mutant.split_once(": ") else { return mutant.to_owned() };
    let path = place.split(':').next().unwrap_or(place);
    let path = path.split_once("/balie-core/src/").map_or(path, |(_, path)| path);
    format!("{path}: {what}")
}

/// What is wrong, if anything is.
#[derive(Debug, PartialEq)]
struct Verdict {
    percent: f64,
    /// Whether everything was run. A part of the core says nothing about the percentage of the whole.
    whole: bool,
    /// Survivors that are not on the list, as cargo-mutants names them.
    unexplained: Vec<String>,
    /// Lines of the list that do not survive any more.
    stale: Vec<String>,
}

impl Verdict {
    /// Accepted survivors count as missed all the same. Stale lines can only be told after a run over everything.
    fn of(found: &Found, accepted: &BTreeMap<String, usize>, whole: bool) -> Self {
        let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        let percent = if found.viable() == 0 { 0.0 } else { 100.0 * count(found.caught) / count(found.viable()) };
        let mut left = accepted.clone();
        let is_new = |mutant: &&String| match left.get_mut(&name(mutant)) {
            Some(times) if *times > 0 => {
                *times -= 1;
                false
            }
            _ => true,
        };
        let unexplained = found.missed.iter().filter(is_new).cloned().collect();
        let stale = left.into_iter().filter(|(_, times)| whole && *times > 0).map(|(name, _)| name).collect();
        Self { percent, whole, unexplained, stale }
    }

    fn told(&self, found: &Found) -> String {
        let lines =
            |what: &str, names: &[String]| names.iter().map(|name| format!("{what}: {name}\n")).collect::<String>();
        let verdict = match self.percent >= TARGET {
            _ if !self.whole => "only a part was run",
            true => "met",
            false => "MISSED",
        };
        format!(
            "{}{}mutants: {} caught, {} missed ({} of them accepted in {ACCEPTED}), {} timeouts, {} unviable\n\
             mutants of balie-core caught: {:.2} % ({} of {} viable), target at least {TARGET:.0} %: {verdict}",
            lines("survives", &self.unexplained),
            lines("does not survive any more", &self.stale),
            found.caught,
            found.missed.len(),
            found.missed.len() - self.unexplained.len(),
            found.timeouts,
            found.unviable,
            self.percent,
            found.caught,
            found.viable(),
        )
    }

    fn judged(&self) -> Result<(), Trouble> {
        let wrong = |what: &str, remedy: String| Err(Trouble::new(what, remedy));
        if !self.stale.is_empty() {
            return wrong("accepted mutants do not survive any more", format!("take their lines out of {ACCEPTED}"));
        }
        if !self.unexplained.is_empty() {
            let remedy =
                format!("write a test that notices them, or put them in {ACCEPTED} with the reason why none can");
            return wrong("mutants survive without a reason", remedy);
        }
        if self.whole && self.percent < TARGET {
            return wrong(
                "the tests of the core notice too few mistakes",
                "write tests that notice the survivors".into(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "src-tauri/crates/balie-core/src";

    #[test]
    fn the_words_of_mutants() {
        let parse = |line: &str| words(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok();
        assert_eq!(parse(""), Some(Wanted::All));
        assert_eq!(parse("-- -f money.rs"), Some(Wanted::OfTheCore(vec!["-f".into(), "money.rs".into()])));
        assert_eq!(parse("--by-hand"), Some(Wanted::ByHand(by_hand::Wanted::default())));
        assert_eq!(parse("-f money.rs"), None);
    }

    fn found(caught: usize, missed: &[&str]) -> Found {
        let missed = missed.iter().map(|what| format!("{PATH}/{what}")).collect();
        Found { caught, missed, ..Found::default() }
    }

    #[test]
    fn a_mutant_keeps_its_name_when_its_line_moves() {
        assert_eq!(
            name(&format!("{PATH}/a/b.rs:12:5: replace A::b -> C with D: e")),
            "a/b.rs: replace A::b -> C with D: e"
        );
        assert_eq!(name("what"), "what");
    }

    #[test]
    fn every_accepted_mutant_has_a_reason() {
        let list = "# The list.\n\n# Both are the same.\na.rs: one\na.rs: one\n\n# So is this.\nb.rs: two\n";
        let names = accepted(list).unwrap();
        assert_eq!((names["a.rs: one"], names["b.rs: two"]), (2, 1));
        assert!(accepted("# The list.\n\na.rs: one\n").unwrap_err().what.contains("`a.rs: one` has no reason"));
    }

    #[test]
    fn as_many_survive_as_are_on_the_list() {
        let accepted = accepted("# Why.\na.rs: one\na.rs: two\n").unwrap();
        let two = found(98, &["a.rs:1:1: one", "a.rs:2:1: one"]);
        let verdict = Verdict::of(&two, &accepted, true);
        assert_eq!(verdict.unexplained, [format!("{PATH}/a.rs:2:1: one")]);
        assert_eq!(verdict.stale, ["a.rs: two"]);
        assert!(Verdict::of(&two, &accepted, false).stale.is_empty(), "only a part was run");
        assert!(verdict.judged().is_err());
    }

    #[test]
    fn accepted_survivors_count_as_missed() {
        let accepted = accepted("# Why.\na.rs: one\n").unwrap();
        assert!(Verdict::of(&found(19, &["a.rs:1:1: one"]), &accepted, true).judged().is_ok());
        assert!(Verdict::of(&found(18, &["a.rs:1:1: one"]), &accepted, true).judged().is_err(), "18 of 19 is 94.7 %");
        assert!(Verdict::of(&found(1, &["a.rs:1:1: one"]), &accepted, false).judged().is_ok(), "only a part was run");
    }
}
