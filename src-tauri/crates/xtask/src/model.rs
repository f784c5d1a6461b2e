//! `cargo xtask model`: the outbox of the core in every state that a few acts can come to.

use crate::shell::{Trouble, cargo, must};
use crate::workspace::Workspace;

/// The words for the search that have a number.
const NUMBERS: [&str; 4] = ["--acts", "--desks", "--wrong", "--most"];

/// What the run of all tests plays: two acts, with which two things go wrong. A few seconds.
pub(crate) const SMALL: [&str; 4] = ["--acts", "2", "--wrong", "2"];

/// Reads the words; the names of cases are known there.
pub(crate) fn words(words: &[String]) -> Result<Vec<String>, Trouble> {
    for pair in words.chunks(2) {
        let is_good = match pair {
            [word, value] if word == "--only" => !value.starts_with('-'),
            [word, value] => NUMBERS.contains(&word.as_str()) && value.parse::<u32>().is_ok(),
            _ => false,
        };
        if !is_good {
            return Err(Trouble::words(format!("`model` does not know `{}`", pair.join(" "))));
        }
    }
    Ok(words.to_vec())
}

/// Builds the search, optimised, and runs it.
pub(crate) fn run<T: AsRef<std::ffi::OsStr>>(workspace: &Workspace, words: &[T]) -> Result<(), Trouble> {
    let mut command = cargo();
    command.args(["run", "--release", "--quiet", "-p", "balie-model", "--"]).args(words).current_dir(&workspace.root);
    must(command, "model", "follow the moves that it names, which are the fewest that lead there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_model() {
        let parse = |line: &str| words(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok();
        assert_eq!(parse(""), Some(Vec::new()));
        assert_eq!(parse("--acts 3 --desks 2 --only counting").map(|words| words.len()), Some(6));
        assert!(parse(&SMALL.join(" ")).is_some());
        for line in ["--acts", "--acts many", "--desks -1", "--only", "--only --acts", "3", "--fast 1"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
