//! `cargo xtask sim`: the outbox of the core in a simulated world, one seed at a time.

use crate::shell::{Trouble, cargo, must};
use crate::workspace::Workspace;

/// The words for the simulation: each has a value.
const WORDS: [&str; 3] = ["--seeds", "--seed", "--scenario"];

/// Reads the words; numbers are checked here, the names of scenarios where they are known.
pub(crate) fn words(words: &[String]) -> Result<Vec<String>, Trouble> {
    for pair in words.chunks(2) {
        let is_good = match pair {
            [word, value] if word == "--scenario" => !value.starts_with('-'),
            [word, value] => WORDS.contains(&word.as_str()) && value.parse::<u64>().is_ok(),
            _ => false,
        };
        if !is_good {
            return Err(Trouble::words(format!("`sim` does not know `{}`", pair.join(" "))));
        }
    }
    Ok(words.to_vec())
}

/// As many seeds as belong in every run of the tests.
pub(crate) fn small() -> [String; 2] {
    ["--seeds".into(), "20000".into()]
}

/// Builds the simulation, optimised, and plays it.
pub(crate) fn run(workspace: &Workspace, words: &[String]) -> Result<(), Trouble> {
    let mut command = cargo();
    command.args(["run", "--release", "--quiet", "-p", "balie-sim", "--"]).args(words).current_dir(&workspace.root);
    must(command, "simulation", "play the seed that it names with `--seed`; it tells what happened, in order")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_sim() {
        let parse = |line: &str| words(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok();
        assert_eq!(parse(""), Some(Vec::new()));
        assert_eq!(parse("--seeds 20000 --scenario late").map(|words| words.len()), Some(4));
        assert_eq!(parse("--seed 7").map(|words| words.len()), Some(2));
        for line in ["--seeds", "--seeds many", "--seed -1", "--scenario", "--scenario --seed", "7", "--fast 1"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
