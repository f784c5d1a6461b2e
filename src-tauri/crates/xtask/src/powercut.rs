//! `cargo xtask powercut`: the writes and syncs of the real ledger are recorded, and the current is cut at random places.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, must, program};
use crate::workspace::Workspace;

/// How many cuts when nobody says.
const CUTS: u64 = 3_000;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    cuts: u64,
    seed: Option<u64>,
    again: bool,
    no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self { cuts: CUTS, seed: None, again: false, no_install: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || words.next().and_then(|number| number.parse().ok());
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                "--again" => wanted.again = true,
                "--cuts" => match number() {
                    Some(cuts) if cuts > 0 => wanted.cuts = cuts,
                    _ => return Err(Trouble::words("--cuts wants a number above 0")),
                },
                "--seed" => match number() {
                    Some(seed) => wanted.seed = Some(seed),
                    None => return Err(Trouble::words("--seed wants a number")),
                },
                _ => return Err(Trouble::words(format!("`powercut` does not know `{word}`"))),
            }
        }
        Ok(wanted)
    }
}

/// Builds what is needed and cuts.
pub(crate) fn powercut(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    packages::ensure(Need::Compiler, !wanted.no_install)?;
    let mut build = cargo();
    build.args(["build", "-p", "balie-tests", "--bin", "powercut"]).current_dir(&workspace.root);
    must(build, "building the rehearsal", "correct what the compiler names")?;
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs());
    let seed = wanted.seed.unwrap_or_else(now);
    if wanted.again { rehearse(&workspace, wanted.cuts, seed, true) } else { run(&workspace, wanted.cuts, seed) }
}

/// The same, where the rehearsal is built already.
pub(crate) fn run(workspace: &Workspace, cuts: u64, seed: u64) -> Result<(), Trouble> {
    rehearse(workspace, cuts, seed, false)
}

fn rehearse(workspace: &Workspace, cuts: u64, seed: u64, again: bool) -> Result<(), Trouble> {
    if !cfg!(target_os = "linux") {
        println!("  skipped: the recorder of writes stands before the C library of Linux");
        return Ok(());
    }
    let folder = workspace.scratch("powercut");
    let unusable =
        |why: std::io::Error| Trouble::new(format!("{}: {why}", folder.display()), "see that it can be written");
    fs::create_dir_all(&folder).map_err(unusable)?;
    let said = folder.join("said.txt");
    let mut rehearsal = program(&workspace.binary("powercut", false).to_string_lossy());
    if again {
        rehearsal.arg("again");
    } else {
        rehearsal.arg(recorder(workspace, &folder)?);
    }
    rehearsal.arg(&folder).args([cuts.to_string(), seed.to_string()]);
    // SQLCipher says at each wrong key, and of each broken page, that it is one.
    rehearsal.stderr(fs::File::create(&said).map_err(unusable)?);
    let remedy = format!(
        "`cargo xtask powercut --again --cuts {cuts} --seed {seed}` cuts the same recording at the same places; what the \
         database said stands in {}",
        said.display()
    );
    must(rehearsal, "a ledger after a power cut", &remedy)
}

/// Compiles the recorder; C, as nothing in this house may be `unsafe`.
pub(crate) fn recorder(workspace: &Workspace, folder: &Path) -> Result<std::path::PathBuf, Trouble> {
    let recorder = folder.join("record.so");
    let mut compile = program("cc");
    compile.args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-o"]).arg(&recorder);
    compile.arg(workspace.root.join("tests/powercut/record.c")).args(["-ldl", "-lpthread"]);
    must(compile, "compiling the recorder", "install a C compiler (`build-essential`)")?;
    Ok(recorder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn the_words_of_powercut() {
        let plain = Wanted { cuts: CUTS, seed: None, again: false, no_install: false };
        assert_eq!(parse(""), Some(plain));
        let all = Wanted { cuts: 7, seed: Some(0), again: true, no_install: true };
        assert_eq!(parse("--cuts 7 --seed 0 --again --no-install"), Some(all));
        for line in ["--cuts", "--cuts 0", "--cuts many", "--seed", "--seed x", "7"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
