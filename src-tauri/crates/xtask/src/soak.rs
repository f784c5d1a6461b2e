//! `cargo xtask soak`: a long day at the readers, on a real smart-card service with four virtual ones.

use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, must};
use crate::workspace::Workspace;

/// How many cards are laid when nobody says.
const TAPS: u32 = 10_000;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    taps: u32,
    no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self { taps: TAPS, no_install: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                "--taps" => match words.next().and_then(|taps| taps.parse().ok()) {
                    Some(taps) if taps > 0 => wanted.taps = taps,
                    _ => return Err(Trouble::words("--taps wants a number above 0")),
                },
                _ => return Err(Trouble::words(format!("`soak` does not know `{word}`"))),
            }
        }
        Ok(wanted)
    }
}

/// Lays the cards, restarts the service, and tells what was seen.
pub(crate) fn soak(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    if !cfg!(target_os = "linux") {
        println!("  left out on this machine: virtual readers are to be had on Linux only");
        return Ok(());
    }
    packages::ensure(Need::Everything, !wanted.no_install)?;
    let mut command = cargo();
    command.args(["test", "-p", "balie-tests", "--test", "soak", "--", "--test-threads", "1", "--nocapture"]);
    command.current_dir(&workspace.root).env("BALIE_TAPS", wanted.taps.to_string());
    must(command, "the long day at the readers", "the lines above say which tap was not told, or what stayed open")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_soak() {
        let parse = |line: &str| Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok();
        assert_eq!(parse(""), Some(Wanted { taps: TAPS, no_install: false }));
        assert_eq!(parse("--taps 500 --no-install"), Some(Wanted { taps: 500, no_install: true }));
        for line in ["--taps", "--taps 0", "--taps many", "long"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
