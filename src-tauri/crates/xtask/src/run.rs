//! `cargo xtask run`: the window in practice mode.

use std::env;

use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, must, program};
use crate::workspace::Workspace;
use crate::{node, ui};

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    screenshot: Option<String>,
    no_install: bool,
    release: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                "--release" => wanted.release = true,
                "--screenshot" => match words.next() {
                    Some(file) if !file.starts_with('-') => wanted.screenshot = Some(file.clone()),
                    _ => return Err(Trouble::words("--screenshot wants the name of a file")),
                },
                _ => return Err(Trouble::words(format!("`run` does not know `{word}`"))),
            }
        }
        Ok(wanted)
    }
}

/// Builds the window and starts it, on the display of this machine or on a virtual one.
pub(crate) fn run(wanted: &Wanted) -> Result<(), Trouble> {
    if wanted.screenshot.is_none() && !has_display() {
        return Err(Trouble::missing(
            "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)",
            "`cargo xtask run --screenshot FILE` plays one sale on a virtual display and saves the picture",
        ));
    }
    let need = if wanted.screenshot.is_some() { Need::VirtualWindow } else { Need::Window };
    let workspace = Workspace::find()?;
    node::ensure()?;
    packages::ensure(need, !wanted.no_install)?;
    ui::install(&workspace)?;
    ui::build(&workspace)?;
    build_window(&workspace, wanted.release)?;
    match &wanted.screenshot {
        Some(file) => shoot(&workspace, file, wanted.release),
        None => start(&workspace, wanted.release),
    }
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

pub(crate) fn build_window(workspace: &Workspace, release: bool) -> Result<(), Trouble> {
    let mut command = cargo();
    command.args(["build", "-p", "balie", "--features", "practice"]).current_dir(&workspace.root);
    if release {
        command.arg("--release");
    }
    must(command, "building the window", "correct what the compiler names")
}

fn start(workspace: &Workspace, release: bool) -> Result<(), Trouble> {
    let mut command = program(&workspace.binary("balie", release).to_string_lossy());
    command.arg("--demo");
    must(command, "the window", "its last lines above say why; `BALIE_LOG=debug` makes it say more")
}

fn shoot(workspace: &Workspace, file: &str, release: bool) -> Result<(), Trouble> {
    // Where the words were typed, not where the workspace is: that is what FILE is relative to.
    let file = std::path::absolute(file)
        .map_err(|why| Trouble::new(format!("{file}: {why}"), "name a file in a folder that exists"))?;
    let mut command = cargo();
    command.args(["run", "-p", "balie-tests", "--bin", "shot", "--"]).arg(&file);
    command.current_dir(&workspace.root).env("BALIE_APP", workspace.binary("balie", release));
    must(command, "playing one sale", "`cargo xtask test window` shows which step does not work")?;
    if !file.is_file() {
        let what = format!("no picture was saved as {}", file.display());
        return Err(Trouble::new(what, "name a file in a folder that exists and is writable"));
    }
    println!("saved {}", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn the_words_of_run() {
        assert_eq!(parse(""), Some(Wanted::default()));
        assert_eq!(
            parse("--release --screenshot a.png --no-install"),
            Some(Wanted { screenshot: Some("a.png".into()), no_install: true, release: true })
        );
        assert_eq!(parse("--screenshot"), None);
        assert_eq!(parse("--screenshot --release"), None);
        assert_eq!(parse("fast"), None);
    }
}
