//! `cargo xtask coverage`: how many lines of the core its own tests run through.

use std::fs;
use std::path::Path;

use crate::shell::{Trouble, answer, host, must, program};
use crate::tools::LLVM_COV;
use crate::workspace::Workspace;

/// In percent of the lines.
const TARGET: f64 = 95.0;

/// There is nothing to choose.
pub(crate) fn words(words: &[String]) -> Result<(), Trouble> {
    match words.first() {
        None => Ok(()),
        Some(word) => Err(Trouble::words(format!("`coverage` does not know `{word}`"))),
    }
}

/// Runs the tests of the core, and prints the lines that they run through.
pub(crate) fn coverage() -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    see_to_llvm_tools(&workspace)?;
    let report = workspace.scratch("coverage.lcov");
    let mut command = LLVM_COV.command()?;
    command.args(["--package", "balie-core", "--tests", "--lcov", "--output-path"]).arg(&report);
    command.current_dir(&workspace.root);
    must(command, "tests of the core with coverage", "correct what the compiler or the test names")?;
    let unread = |why: String| Trouble::new(why, "run it again; the report is written anew");
    let report = fs::read_to_string(&report).map_err(|why| unread(format!("no report was written: {why}")))?;
    let files = covered(&report, &workspace.core(), |path| fs::read_to_string(path).unwrap_or_default());
    println!("\n{:<24}{:>7}{:>9}   not run", "file", "lines", "covered");
    for file in &files {
        println!(
            "{:<24}{:>7}{:>8.1}%   {}",
            file.name,
            file.lines,
            percent(file.run(), file.lines),
            ranges(&file.missed)
        );
    }
    let (run, lines) = files.iter().fold((0, 0), |(run, lines), file| (run + file.run(), lines + file.lines));
    if lines == 0 {
        return Err(unread("the report names no line of the core".into()));
    }
    let reached = percent(run, lines);
    let verdict = if reached >= TARGET { "met" } else { "MISSED" };
    println!(
        "\nline coverage of balie-core: {reached:.2} % ({run} of {lines}), target at least {TARGET:.0} %: {verdict}"
    );
    if reached >= TARGET {
        return Ok(());
    }
    Err(Trouble::new("the tests of the core leave out too many lines", "write a test for lines in the last column"))
}

/// The component of the toolchain that reads what the tests wrote down.
fn see_to_llvm_tools(workspace: &Workspace) -> Result<(), Trouble> {
    let mut rustc = program("rustc");
    rustc.args(["--print", "sysroot"]).current_dir(&workspace.root);
    let sysroot = answer(rustc).unwrap_or_default();
    let tool = format!("lib/rustlib/{}/bin/llvm-profdata{}", host(), std::env::consts::EXE_SUFFIX);
    if Path::new(sysroot.trim()).join(tool).is_file() {
        return Ok(());
    }
    let mut rustup = program("rustup");
    rustup.args(["component", "add", "llvm-tools"]).current_dir(&workspace.root);
    must(rustup, "adding llvm-tools to the toolchain", "it comes with rustup, from where the toolchain came")
}

/// The lines of one file that count.
#[derive(Debug, PartialEq)]
struct File {
    name: String,
    lines: usize,
    missed: Vec<usize>,
}

impl File {
    fn run(&self) -> usize {
        self.lines - self.missed.len()
    }
}

/// Reads a report in the format of lcov: `SF:` names a file, `DA:` a line and how often it was run. Files outside `core`
/// and the lines of tests are left out.
fn covered(report: &str, core: &Path, source: impl Fn(&Path) -> String) -> Vec<File> {
    let mut files = Vec::new();
    for part in report.split("end_of_record") {
        let Some(path) = part.lines().find_map(|line| line.strip_prefix("SF:")).map(Path::new) else { continue };
        let Ok(name) = path.strip_prefix(core) else { continue };
        if name.ends_with("tests.rs") {
            continue;
        }
        let tests = lines_of_tests(&source(path));
        let lines = part.lines().filter_map(|line| line.strip_prefix("DA:")?.split_once(','));
        let lines = lines.filter_map(|(line, times)| Some((line.parse().ok()?, times != "0")));
        let lines: Vec<(usize, bool)> = lines.filter(|(line, _)| !tests.contains(line)).collect();
        let missed = lines.iter().filter(|(_, run)| !run).map(|(line, _)| *line).collect();
        files.push(File { name: name.to_string_lossy().into_owned(), lines: lines.len(), missed });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

/// The numbers of the lines that only tests compile. As rustfmt writes it, such an item ends at its own indentation.
fn lines_of_tests(source: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut lines = source.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some(indentation) = line.strip_suffix("#[cfg(test)]") else { continue };
        let close = format!("{indentation}}}");
        for (index, line) in lines.by_ref() {
            found.push(index + 1);
            let in_one_line = line.strip_prefix(indentation).is_some_and(|line| !line.starts_with(' '))
                && (line.ends_with(';') || line.ends_with('}'));
            if line == close || in_one_line {
                break;
            }
        }
    }
    found
}

fn percent(part: usize, whole: usize) -> f64 {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if whole == 0 { 100.0 } else { 100.0 * count(part) / count(whole) }
}

/// Numbers that follow each other, told as one: `3, 7-9`.
fn ranges(lines: &[usize]) -> String {
    let runs = lines.chunk_by(|one, next| one + 1 == *next);
    let told = runs.map(|run| match run {
        [first, .., last] => format!("{first}-{last}"),
        run => run.iter().map(usize::to_string).collect(),
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str =
        "fn a() {\n}\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\n#[cfg(test)]\nuse x;\nfn c() {\n}\n";

    #[test]
    fn what_only_tests_compile_does_not_count() {
        assert_eq!(lines_of_tests(SOURCE), [4, 5, 6, 7, 9]);
        assert_eq!(
            lines_of_tests("impl A {\n    #[cfg(test)]\n    fn a() {\n        b();\n    }\n\n    fn c() {}\n}\n"),
            [3, 4, 5]
        );
        assert_eq!(lines_of_tests("#[cfg(test)]\nmod tests;\nfn a() {}\n"), [2]);
    }

    #[test]
    fn only_lines_of_the_core_count() {
        let report = "SF:/b/core/src/a.rs\nDA:1,3\nDA:2,0\nDA:5,1\nDA:10,0\nLF:4\nend_of_record\n\
                      SF:/b/core/src/a/tests.rs\nDA:1,0\nend_of_record\nSF:/b/remote/src/a.rs\nDA:1,0\nend_of_record\n";
        let files = covered(report, Path::new("/b/core/src"), |_| SOURCE.into());
        assert_eq!(files, [File { name: "a.rs".into(), lines: 3, missed: vec![2, 10] }]);
        assert_eq!(files[0].run(), 1);
    }

    #[test]
    fn neighbours_are_told_as_one() {
        assert_eq!(ranges(&[3, 7, 8, 9, 11]), "3, 7-9, 11");
        assert_eq!(ranges(&[]), "");
    }
}
