//! `cargo xtask fuzz`: what reads texts from outside, on texts that nobody thought of, guided by what they reach.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, host, must, program};
use crate::tools::FUZZ;
use crate::workspace::Workspace;

/// How long each target runs when nobody says.
const SECONDS: u32 = 10;

/// No text of a desk takes longer than this, or more memory, or has more letters.
const BOUNDS: [&str; 3] = ["-timeout=2", "-rss_limit_mb=512", "-max_len=4096"];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) seconds: u32,
    pub(crate) no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self { seconds: SECONDS, no_install: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                "--seconds" => match words.next().and_then(|seconds| seconds.parse().ok()) {
                    Some(seconds) if seconds > 0 => wanted.seconds = seconds,
                    _ => return Err(Trouble::words("--seconds wants a number above 0")),
                },
                _ => return Err(Trouble::words(format!("`fuzz` does not know `{word}`"))),
            }
        }
        Ok(wanted)
    }
}

/// Builds every target and runs one after the other.
pub(crate) fn fuzz(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    packages::ensure(Need::Compiler, !wanted.no_install)?;
    run(&workspace, wanted.seconds)
}

/// The same, where the system packages are there already.
pub(crate) fn run(workspace: &Workspace, seconds: u32) -> Result<(), Trouble> {
    if cfg!(windows) {
        println!("  left out on this machine: the fuzzer is built on Linux and macOS only");
        return Ok(());
    }
    let (sources, target) = (workspace.root.join("tests/fuzz"), workspace.scratch("fuzz"));
    let names = targets(&sources)?;
    // A workspace of its own has a lock of its own, which nothing else here would keep current.
    let mut locked = cargo();
    locked.args(["fetch", "--locked", "--manifest-path"]).arg(sources.join("Cargo.toml"));
    locked.current_dir(&workspace.root);
    must(
        locked,
        "what the fuzz targets use",
        "run `cargo metadata --manifest-path tests/fuzz/Cargo.toml`, keep its Cargo.lock",
    )?;
    let mut build = FUZZ.command()?;
    // What the targets reach has no `unsafe`, so that the sanitizers, which need another toolchain, have nothing to find in it.
    build.args(["build", "--sanitizer", "none", "--fuzz-dir"]).arg(&sources).arg("--target-dir").arg(&target);
    build.current_dir(&workspace.root);
    must(build, "building the fuzz targets", "correct what the compiler names")?;
    for name in &names {
        run_one(&Target { sources: &sources, built: &target, name }, seconds)?;
    }
    println!("{} targets for {seconds} s each: no panic and no hang", names.len());
    Ok(())
}

/// Each file of `src/bin` is a target.
fn targets(sources: &Path) -> Result<Vec<String>, Trouble> {
    let folder = sources.join("src/bin");
    let entries = fs::read_dir(&folder).map_err(|why| unusable(&folder, &why.to_string()))?;
    let name = |path: PathBuf| Some(path.file_name()?.to_str()?.strip_suffix(".rs")?.to_owned());
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| name(entry.path())).collect();
    names.sort();
    if names.is_empty() { Err(unusable(&folder, "there is no target")) } else { Ok(names) }
}

fn unusable(path: &Path, why: &str) -> Trouble {
    Trouble::new(format!("{}: {why}", path.display()), "see that it is there and can be read and written")
}

struct Target<'a> {
    sources: &'a Path,
    built: &'a Path,
    name: &'a str,
}

impl Target<'_> {
    /// Cargo-fuzz always names the machine that it builds for, which makes a folder of it.
    fn binary(&self) -> PathBuf {
        self.built.join(host()).join("release").join(self.name)
    }

    fn folder(&self, name: &str) -> Result<PathBuf, Trouble> {
        let folder = self.built.join(name).join(self.name);
        fs::create_dir_all(&folder).map_err(|why| unusable(&folder, &why.to_string()))?;
        Ok(folder)
    }
}

fn run_one(target: &Target<'_>, seconds: u32) -> Result<(), Trouble> {
    let (found, broken) = (target.folder("found")?, target.folder("broken")?);
    let log = target.built.join(format!("{}.log", target.name));
    let out = fs::File::create(&log).map_err(|why| unusable(&log, &why.to_string()))?;
    let binary = target.binary();
    let mut command = program(&binary.to_string_lossy());
    command.args(BOUNDS).args([format!("-max_total_time={seconds}"), "-print_final_stats=1".into()]);
    command.arg(format!("-artifact_prefix={}/", broken.display()));
    // What is found goes into the first folder, beside what was found before; the seeds are only read.
    command.arg(&found).arg(target.sources.join("seeds").join(target.name));
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(out).status();
    let told = fs::read(&log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    match ended {
        Ok(status) if status.success() => {
            println!("  {:<12} {}", target.name, summary(&told));
            Ok(())
        }
        Ok(_) => {
            eprintln!("{told}");
            let remedy = format!("`{} FILE` repeats it, with the file that is named above", binary.display());
            Err(Trouble::new(format!("the target `{}` broke on a text", target.name), remedy))
        }
        Err(why) => Err(unusable(&binary, &why.to_string())),
    }
}

/// How many texts were tried, and how many of the places in the code they reached.
fn summary(told: &str) -> String {
    let tried =
        told.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).unwrap_or("?").trim();
    let last = told.lines().rfind(|line| line.contains(" cov: ")).unwrap_or_default();
    let reached = last.split(" cov: ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or("?");
    format!("{tried} texts, {reached} places reached")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn the_words_of_fuzz() {
        assert_eq!(parse(""), Some(Wanted { seconds: SECONDS, no_install: false }));
        assert_eq!(parse("--seconds 5 --no-install"), Some(Wanted { seconds: 5, no_install: true }));
        for line in ["--seconds", "--seconds 0", "--seconds many", "fast"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn what_libfuzzer_says_last_is_told() {
        let told =
            "#2 INITED cov: 5 ft: 6\n#99 DONE   cov: 138 ft: 301 corp: 9/1Kb\nstat::number_of_executed_units: 99\n";
        assert_eq!(summary(told), "99 texts, 138 places reached");
        assert_eq!(summary(""), "? texts, ? places reached");
    }
}
