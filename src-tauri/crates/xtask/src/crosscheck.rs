//! `cargo xtask crosscheck`: the whole application for the systems that this computer is not. For Windows it is compiled and
//! linked; for macOS its types and lints are checked, because what links there is to be had from Apple alone.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::packages::{self, Need};
use crate::shell::{Trouble, answer, cargo, must, program};
use crate::workspace::Workspace;
use crate::{node, ui};

/// What rustc calls the systems. The Windows of MinGW, because its linker is free.
const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// Stands for the C compiler of macOS.
const PRETEND_CC: &str = include_str!("pretend_cc.sh");

/// A system and what is done for it.
type Part = (&'static str, fn(&Workspace) -> Result<String, Trouble>);

const PARTS: [Part; 2] = [("windows", windows), ("macos", macos)];

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    only: Option<&'static str>,
    no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                "--only" => {
                    let named = words.next().and_then(|name| PARTS.iter().find(|(part, _)| part == name));
                    let (part, _) = named.ok_or_else(|| Trouble::words("--only wants windows or macos"))?;
                    wanted.only = Some(part);
                }
                _ => return Err(Trouble::words(format!("`crosscheck` does not know `{word}`"))),
            }
        }
        Ok(wanted)
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

/// Sets up what is needed, and goes through the systems one by one.
pub(crate) fn crosscheck(wanted: &Wanted) -> Result<(), Trouble> {
    if cfg!(windows) {
        return Err(Trouble::missing("this is made for a computer with Linux or macOS", "run it on one of them"));
    }
    let workspace = Workspace::find()?;
    node::ensure()?;
    packages::ensure(Need::OtherSystems, !wanted.no_install)?;
    targets(&workspace, !wanted.no_install)?;
    ui::install(&workspace)?;
    ui::build(&workspace)?;
    let mut told = Vec::new();
    for (part, check) in PARTS.iter().filter(|(part, _)| wanted.wants(part)) {
        let since = Instant::now();
        let outcome = check(&workspace)?;
        told.push(format!("{part}: {outcome} ({})", minutes(since.elapsed())));
    }
    println!("{}", told.join("\n"));
    Ok(())
}

/// Sees to it that the standard library of both systems is there.
fn targets(workspace: &Workspace, may_install: bool) -> Result<(), Trouble> {
    let rustup = || {
        let mut command = program("rustup");
        command.arg("target").current_dir(&workspace.root);
        command
    };
    let mut list = rustup();
    list.args(["list", "--installed"]);
    let Some(installed) = answer(list) else {
        let remedy = "install Rust by rustup (rustup.rs), which has the standard library of every system";
        return Err(Trouble::missing("rustup was not found", remedy));
    };
    let missing = missing(&installed);
    if missing.is_empty() {
        println!("  the standard libraries of both systems are there");
        return Ok(());
    }
    let by_hand = format!("rustup target add {}", missing.join(" "));
    if !may_install {
        let what = format!("the standard library is missing of {}", missing.join(" and "));
        return Err(Trouble::missing(what, format!("{by_hand}, or leave out --no-install")));
    }
    let mut add = rustup();
    add.arg("add").args(missing);
    must(add, "installing a standard library", &format!("look whether rustup reaches its server, and run {by_hand}"))
}

fn missing(installed: &str) -> Vec<&'static str> {
    [WINDOWS, MACOS].into_iter().filter(|target| !installed.lines().any(|line| line.trim() == *target)).collect()
}

/// Everything with its tests, by the same lints as on this system.
fn lints(workspace: &Workspace, target: &str) -> Command {
    let mut command = cargo();
    command.args(["clippy", "--workspace", "--all-targets", "--features", "balie/practice", "--target", target]);
    command.args(["--", "-D", "warnings"]).current_dir(&workspace.root);
    command
}

fn windows(workspace: &Workspace) -> Result<String, Trouble> {
    must(lints(workspace, WINDOWS), "types and lints for Windows", "correct what clippy names")?;
    let mut build = cargo();
    build.args(["build", "-p", "balie", "--target", WINDOWS]).current_dir(&workspace.root);
    must(build, "building for Windows", "correct what the compiler or the linker names")?;
    let program = workspace.built_for(WINDOWS, "balie.exe");
    let unread = |why: io::Error| Trouble::new(format!("{}: {why}", program.display()), "run it again");
    let (is_theirs, size) = look_at(&program).map_err(unread)?;
    if !is_theirs {
        let what = format!("{} is no program of 64-bit Windows", program.display());
        return Err(Trouble::new(what, "take it away, and run it again"));
    }
    Ok(format!("linked; {} has {} MB, not optimised", program.display(), size / 1_000_000))
}

/// Whether this file is a program of Windows, and how many bytes it has.
fn look_at(program: &Path) -> io::Result<(bool, u64)> {
    let file = File::open(program)?;
    let size = file.metadata()?.len();
    let mut start = Vec::new();
    file.take(4096).read_to_end(&mut start)?;
    Ok((is_program_of_windows(&start), size))
}

/// Whether a file that starts so is a PE file for 64-bit processors of Intel and AMD. It starts as a program of DOS, which
/// tells at its byte 60 where that of Windows starts: with its sign, and the number of the processor.
fn is_program_of_windows(start: &[u8]) -> bool {
    let place = start.get(60..64).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    let header = place.and_then(|place| start.get(usize::try_from(place).ok()?..));
    start.starts_with(b"MZ") && header.is_some_and(|header| header.starts_with(b"PE\0\0\x64\x86"))
}

fn macos(workspace: &Workspace) -> Result<String, Trouble> {
    let mut lints = lints(workspace, MACOS);
    // Where the compiler of Apple is, nothing has to be pretended.
    if !cfg!(target_os = "macos") {
        pretend(workspace, &mut lints)?;
    }
    must(lints, "types and lints for macOS", "correct what clippy names")?;
    Ok("types and lints are good; nothing is linked".to_owned())
}

/// Gives the build scripts of C libraries something that passes for the tools of macOS.
fn pretend(workspace: &Workspace, command: &mut Command) -> Result<(), Trouble> {
    let folder = workspace.scratch("crosscheck");
    let kit = folder.join("MacOSX.sdk");
    let compiler = folder.join("cc");
    let kept = |why: io::Error| Trouble::new(format!("{}: {why}", folder.display()), "see that it can be written");
    fs::create_dir_all(&kit).map_err(kept)?;
    fs::write(&compiler, PRETEND_CC).and_then(|()| make_executable(&compiler)).map_err(kept)?;
    command.env("SDKROOT", kit);
    for name in ["CC", "CXX", "AR"] {
        command.env(format!("{name}_aarch64_apple_darwin"), &compiler);
    }
    // An index of archives that are empty has nothing in it.
    command.env("RANLIB_aarch64_apple_darwin", "true");
    Ok(())
}

#[cfg(unix)]
fn make_executable(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
}

/// There it goes by the name of a file; and this command ends before it comes here.
#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn minutes(time: Duration) -> String {
    format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn the_words_of_crosscheck() {
        let both = parse("").unwrap();
        assert_eq!(both, Wanted::default());
        assert!(both.wants("windows") && both.wants("macos"));
        let one = parse("--only macos --no-install").unwrap();
        assert_eq!(one, Wanted { only: Some("macos"), no_install: true });
        assert!(one.wants("macos") && !one.wants("windows"));
        for line in ["--only", "--only linux", "fast"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn only_the_standard_libraries_that_are_not_there_are_fetched() {
        assert_eq!(missing("x86_64-unknown-linux-gnu\n"), [WINDOWS, MACOS]);
        assert_eq!(missing("aarch64-apple-darwin\nx86_64-pc-windows-gnullvm\n"), [WINDOWS]);
        assert!(missing("aarch64-apple-darwin\nx86_64-pc-windows-gnu\n").is_empty());
    }

    #[test]
    fn a_program_of_windows_is_known_by_its_two_headers() {
        let program = |place: u8, header: &[u8]| {
            let mut bytes = vec![0; 128];
            bytes[..2].copy_from_slice(b"MZ");
            bytes[60] = place;
            bytes[64..64 + header.len()].copy_from_slice(header);
            bytes
        };
        assert!(is_program_of_windows(&program(64, b"PE\0\0\x64\x86")));
        assert!(!is_program_of_windows(&program(64, b"PE\0\0\x4c\x01")), "that of a 32-bit processor");
        assert!(!is_program_of_windows(&program(64, b"NE")), "that of an old Windows");
        assert!(!is_program_of_windows(&program(200, b"PE\0\0\x64\x86")), "it points outside the file");
        assert!(!is_program_of_windows(b"MZ") && !is_program_of_windows(b""), "it breaks off");
        let ours = std::env::current_exe().unwrap();
        assert_eq!(look_at(&ours).unwrap().0, cfg!(all(windows, target_arch = "x86_64")));
    }

    #[cfg(unix)]
    #[test]
    fn what_passes_for_a_compiler_makes_what_is_asked_and_says_what_a_header_says() {
        let folder = std::env::temp_dir().join(format!("balie-xtask-crosscheck-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let cc = folder.join("cc");
        fs::write(&cc, PRETEND_CC).and_then(|()| make_executable(&cc)).unwrap();
        let run = |line: &str| {
            let ran = Command::new(&cc).args(line.split(' ')).current_dir(&folder).output().unwrap();
            (ran.status.success(), String::from_utf8(ran.stdout).unwrap())
        };
        assert!(run("-arch arm64 --target=arm64-apple-macosx -isysroot /sdk -c x.c -o x.o").0);
        assert_eq!(fs::read(folder.join("x.o")).unwrap(), b"");
        assert!(run("cq libx.a x.o").0 && run("s libx.a").0);
        assert_eq!(fs::read(folder.join("libx.a")).unwrap(), b"!<arch>\n");
        assert!(!run("-?").0, "only the compiler of Microsoft answers this");
        fs::write(folder.join("x.c"), "#if __APPLE__ && !__linux__\nversion 3\n#endif\n").unwrap();
        let (_, said) = run("-arch arm64 -mmacosx-version-min=11.0 -E x.c");
        assert!(said.contains("version 3"), "{said}");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn times_are_told_in_minutes() {
        assert_eq!(minutes(Duration::from_secs(125)), "2 min 05 s");
    }
}
