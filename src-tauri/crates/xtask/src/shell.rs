//! Starting other programs, and saying what went wrong with them.

use std::env;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// A failed step: what failed, what to do about it, and the exit code.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) what: String,
    pub(crate) remedy: String,
    pub(crate) code: u8,
}

impl Trouble {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into(), code: 1 }
    }

    /// The words after `cargo xtask` cannot be understood.
    pub(crate) fn words(what: impl Into<String>) -> Self {
        Self { code: 2, ..Self::new(what, "`cargo xtask help` lists the commands") }
    }

    /// Something is missing on this machine and may not be installed.
    pub(crate) fn missing(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code: 2, ..Self::new(what, remedy) }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FAILED: {}\nREMEDY: {}", self.what, self.remedy)
    }
}

/// A command that does not notice that it is started from `cargo run`.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    // Build scripts that watch these would run again at every change between `cargo` and `cargo xtask`.
    for (name, _) in env::vars_os() {
        let inherited = name.to_string_lossy();
        if inherited.starts_with("CARGO_PKG_") || inherited.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// The cargo that runs this program, so that every step uses the same toolchain.
pub(crate) fn cargo() -> Command {
    program(&env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
}

/// npm, which is a script with another name on Windows.
pub(crate) fn npm() -> Command {
    program(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Runs a command with its output on the screen. The step and its remedy are told when it fails.
pub(crate) fn must(mut command: Command, step: &str, remedy: &str) -> Result<(), Trouble> {
    let shown = shown(&command);
    println!("  $ {shown}");
    match command.stdin(Stdio::null()).status() {
        Ok(ended) if ended.success() => Ok(()),
        Ok(ended) => Err(Trouble::new(format!("{step} (`{shown}`: {ended})"), remedy)),
        Err(why) => Err(Trouble::new(format!("{step} (`{shown}` does not start: {why})"), remedy)),
    }
}

/// Runs a command with its output on the screen and hands back the code that it ended with.
pub(crate) fn ended(mut command: Command, step: &str) -> Result<i32, Trouble> {
    let shown = shown(&command);
    println!("  $ {shown}");
    let lost = |why: String| Trouble::new(format!("{step} (`{shown}`: {why})"), "run it again");
    let status = command.stdin(Stdio::null()).status().map_err(|why| lost(why.to_string()))?;
    status.code().ok_or_else(|| lost(status.to_string()))
}

/// Runs a command with its output on the screen and hands back what it wrote to standard output.
pub(crate) fn heard(mut command: Command, step: &str, remedy: &str) -> Result<Vec<String>, Trouble> {
    let shown = shown(&command);
    println!("  $ {shown}");
    let failed = |why: String| Trouble::new(format!("{step} (`{shown}`: {why})"), remedy);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|why| failed(why.to_string()))?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            println!("{line}");
            lines.push(line);
        }
    }
    match child.wait() {
        Ok(ended) if ended.success() => Ok(lines),
        Ok(ended) => Err(failed(ended.to_string())),
        Err(why) => Err(failed(why.to_string())),
    }
}

/// The standard output of a quiet command, or nothing when it is absent or fails.
pub(crate) fn answer(mut command: Command) -> Option<String> {
    let out = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// What rustc calls this kind of machine: `x86_64-unknown-linux-gnu`.
pub(crate) fn host() -> String {
    let mut rustc = program("rustc");
    rustc.arg("-vV");
    let told = answer(rustc).unwrap_or_default();
    told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned()
}

fn shown(command: &Command) -> String {
    let name = std::path::Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_names_itself_and_its_remedy() {
        let mut command = program("rustc");
        command.arg("--no-such-flag").stderr(Stdio::null());
        let trouble = must(command, "compiling", "read the manual").unwrap_err();
        assert!(trouble.what.starts_with("compiling (`rustc --no-such-flag`"));
        assert!(trouble.to_string().ends_with("REMEDY: read the manual"));
        assert_eq!(trouble.code, 1);
    }

    #[test]
    fn a_program_that_is_not_there_has_no_answer() {
        assert_eq!(answer(program("no-such-program-of-balie")), None);
    }
}
