//! `cargo xtask cut`: connections that are cut after every byte, and what the client says of it.

use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, must, program};
use crate::workspace::Workspace;

/// What the program understands; each word is followed by a value.
const WORDS: [&str; 6] = ["--every", "--stall-ms", "--lost", "--seed", "--desk", "--only"];

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    words: Vec<String>,
    no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--no-install" {
                wanted.no_install = true;
            } else if WORDS.contains(&word.as_str()) {
                let value = words.next().ok_or_else(|| Trouble::words(format!("{word} wants a value")))?;
                wanted.words.extend([word.clone(), value.clone()]);
            } else {
                return Err(Trouble::words(format!("`cut` does not know `{word}`")));
            }
        }
        Ok(wanted)
    }
}

/// Builds the program and lets it cut.
pub(crate) fn cut(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    packages::ensure(Need::Compiler, !wanted.no_install)?;
    let words: Vec<&str> = wanted.words.iter().map(String::as_str).collect();
    run(&workspace, &words)
}

/// The same, where the system packages are there already.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<(), Trouble> {
    let mut build = cargo();
    build.args(["build", "-p", "balie-tests", "--bin", "cut"]).current_dir(&workspace.root);
    must(build, "building the cuts", "correct what the compiler names")?;
    let mut command = program(&workspace.binary("cut", false).to_string_lossy());
    command.args(words).current_dir(&workspace.root);
    must(command, "cuts", "the line that begins with AGAIN repeats the one after which the client was wrong")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn the_words_of_cut() {
        assert_eq!(parse(""), Some(Wanted::default()));
        let words = ["--every", "37"].map(String::from).to_vec();
        assert_eq!(parse("--every 37 --no-install"), Some(Wanted { words, no_install: true }));
        for line in ["--every", "--fast 1", "1"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
