//! `cargo xtask mutants --by-hand`: mistakes that somebody thought of, put one at a time into a copy of the working tree, and
//! the proofs that must notice each (sync.md Q-9).

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::shell::{Trouble, answer, cargo, program};
use crate::workspace::Workspace;

mod list;

use list::{LIST, Mutant};

/// In percent of the mistakes.
const TARGET: usize = 95;

/// A proof may take so long, building included, before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// What cargo says of a mistake that is none, because nothing can be built with it.
const NOT_BUILT: [&str; 2] = ["error: could not compile", "error: no test target named"];

/// What became of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    Held,
    Failed,
    Stuck,
    NotBuilt,
}

/// What was asked for: all mistakes, or those whose name or file contains this.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    filter: Option<String>,
    /// The proofs are known to hold without a mistake.
    no_baseline: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self::default();
        for word in words {
            match word.as_str() {
                "--no-baseline" => wanted.no_baseline = true,
                word if word.starts_with('-') || wanted.filter.is_some() => {
                    return Err(Trouble::words(format!("`mutants --by-hand` does not know `{word}`")));
                }
                word => wanted.filter = Some(word.to_owned()),
            }
        }
        Ok(wanted)
    }
}

/// Puts every mistake in, and tells which were noticed.
pub(crate) fn run(workspace: &Workspace, wanted: &Wanted) -> Result<(), Trouble> {
    let all = list::read(&workspace.root)?;
    let is_wanted = |mutant: &&Mutant| {
        wanted.filter.as_ref().is_none_or(|part| mutant.name.contains(part) || mutant.file.contains(part))
    };
    let chosen: Vec<&Mutant> = all.iter().filter(is_wanted).collect();
    if chosen.is_empty() {
        return Err(Trouble::words("no mistake has such a name or file"));
    }
    let copy = Copy::make(workspace)?;
    if !wanted.no_baseline {
        for proof in chosen.iter().flat_map(|mutant| &mutant.proofs).collect::<BTreeSet<_>>() {
            println!("  without a mistake: {proof}");
            if copy.proof(proof)? != Proof::Held {
                let remedy = format!("`cargo {proof}` must hold before a mistake is put in; {}", copy.said().display());
                return Err(Trouble::new(format!("`{proof}` fails without any mistake"), remedy));
            }
        }
    }
    let mut survivors = Vec::new();
    for (number, mutant) in chosen.iter().enumerate() {
        let (began, fate) = (Instant::now(), copy.fate(mutant)?);
        let told = fate.as_ref().map_or_else(|| "SURVIVED".to_owned(), |proof| format!("caught by `{proof}`"));
        let place = format!("[{}/{}]", number + 1, chosen.len());
        println!("{place} {}: {told}, {} s", mutant.name, began.elapsed().as_secs());
        if fate.is_none() {
            survivors.push(*mutant);
        }
    }
    told(&chosen, &survivors)
}

fn told(chosen: &[&Mutant], survivors: &[&Mutant]) -> Result<(), Trouble> {
    println!();
    for mutant in survivors {
        println!("survives: {} ({}): {}", mutant.name, mutant.file, mutant.why);
    }
    let caught = chosen.len() - survivors.len();
    let met = caught * 100 >= chosen.len() * TARGET;
    println!(
        "mistakes put in by hand: {caught} of {} noticed, target at least {TARGET} %: {}",
        chosen.len(),
        if met { "met" } else { "MISSED" }
    );
    if met {
        return Ok(());
    }
    Err(Trouble::new("the tests notice too few mistakes", "write tests that notice the survivors"))
}

/// A copy of the working tree with a target folder of its own, which stays warm from run to run.
struct Copy {
    tree: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Brings the copy up to date. What did not change keeps its time, so that it is not built again.
    fn make(workspace: &Workspace) -> Result<Self, Trouble> {
        let folder = workspace.scratch("mutants-by-hand");
        let copy = Self { tree: folder.join("tree"), target: folder.join("target") };
        let wrong = |why: io::Error| Trouble::new(format!("{}: {why}", folder.display()), "see that it can be written");
        fs::create_dir_all(&copy.tree).map_err(wrong)?;
        let listed = listed(&workspace.root)?;
        for file in &listed {
            let (from, to) = (workspace.root.join(file), copy.tree.join(file));
            // What git knows of and was removed is not there to be copied.
            let Ok(new) = fs::read(&from) else { continue };
            if fs::read(&to).ok().as_ref() != Some(&new) {
                to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&to, new)).map_err(wrong)?;
            }
        }
        copy.forget_all_but(&listed.iter().map(|file| copy.tree.join(file)).collect(), &copy.tree).map_err(wrong)?;
        Ok(copy)
    }

    fn forget_all_but(&self, known: &BTreeSet<PathBuf>, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.forget_all_but(known, &path)?;
            } else if !known.contains(&path) && path.file_name().is_none_or(|name| name != "Cargo.lock") {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// The proof that noticed a mistake, if one did.
    fn fate(&self, mutant: &Mutant) -> Result<Option<String>, Trouble> {
        let file = self.tree.join(&mutant.file);
        let wrong = |why: io::Error| Trouble::new(format!("{}: {why}", file.display()), "see that it can be written");
        let sound = fs::read_to_string(&file).map_err(wrong)?;
        fs::write(&file, sound.replacen(&mutant.find, &mutant.replace, 1)).map_err(wrong)?;
        let noticed = self.first_to_notice(mutant);
        fs::write(&file, sound).map_err(wrong)?;
        noticed
    }

    fn first_to_notice(&self, mutant: &Mutant) -> Result<Option<String>, Trouble> {
        for proof in &mutant.proofs {
            match self.proof(proof)? {
                Proof::Held => {}
                Proof::Failed => return Ok(Some(proof.clone())),
                Proof::Stuck => return Ok(Some(format!("{proof}, which did not end"))),
                Proof::NotBuilt => {
                    let what = format!("nothing can be built with the mistake `{}`", mutant.name);
                    let remedy = format!("correct it in {LIST}; the compiler's words are in {}", self.said().display());
                    return Err(Trouble::new(what, remedy));
                }
            }
        }
        Ok(None)
    }

    /// Where the last proof said what it had to say.
    fn said(&self) -> PathBuf {
        self.target.with_file_name("said.txt")
    }

    fn proof(&self, words: &str) -> Result<Proof, Trouble> {
        let wrong = |why: io::Error| Trouble::new(format!("`cargo {words}`: {why}"), "run it again");
        let said = fs::File::create(self.said()).map_err(wrong)?;
        let mut command = cargo();
        command.args(words.split_whitespace()).current_dir(&self.tree).env("CARGO_TARGET_DIR", &self.target);
        command.stdin(Stdio::null()).stdout(said.try_clone().map_err(wrong)?).stderr(said);
        let mut child = command.spawn().map_err(wrong)?;
        let began = Instant::now();
        let ended = loop {
            match child.try_wait().map_err(wrong)? {
                Some(ended) => break ended,
                None if began.elapsed() > PATIENCE => {
                    child.kill().and_then(|()| child.wait()).map_err(wrong)?;
                    return Ok(Proof::Stuck);
                }
                None => std::thread::sleep(Duration::from_millis(100)),
            }
        };
        let said = fs::read(self.said()).map_err(wrong)?;
        let said = String::from_utf8_lossy(&said);
        Ok(match ended.success() {
            true => Proof::Held,
            false if NOT_BUILT.iter().any(|words| said.contains(words)) => Proof::NotBuilt,
            false => Proof::Failed,
        })
    }
}

/// What git knows of, and what is new and not ignored.
fn listed(root: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut git = program("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    let told = answer(git).filter(|told| !told.is_empty()).ok_or_else(|| {
        Trouble::missing("git does not list the files of this folder", "run it in a clone of the repository")
    })?;
    Ok(told.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_mutants_by_hand() {
        let parse = |line: &str| Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok();
        assert_eq!(parse(""), Some(Wanted::default()));
        let one = Wanted { filter: Some("sync".into()), no_baseline: true };
        assert_eq!(parse("--no-baseline sync"), Some(one));
        assert_eq!(parse("sync window"), None);
        assert_eq!(parse("--fast"), None);
    }

    #[test]
    fn one_survivor_of_twenty_is_the_most() {
        let mutant = Mutant {
            name: "a".into(),
            why: "b".into(),
            file: "c".into(),
            find: "d".into(),
            replace: "e".into(),
            proofs: Vec::new(),
        };
        let many = vec![&mutant; 20];
        assert!(told(&many, &many[..1]).is_ok());
        assert!(told(&many, &many[..2]).is_err());
        assert!(told(&many[..19], &many[..1]).is_err(), "18 of 19 is 94.7 %");
    }
}
