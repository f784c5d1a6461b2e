//! `cargo xtask shots`: a picture of every screen, taken from the real window on a virtual display.

use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, must};
use crate::workspace::Workspace;
use crate::{node, run, ui};

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    out: String,
    only: Option<String>,
    no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = |what: &str| match words.next() {
                Some(value) if !value.starts_with('-') => Ok(value.clone()),
                _ => Err(Trouble::words(format!("{word} wants {what}"))),
            };
            match word.as_str() {
                "--no-install" => wanted.no_install = true,
                "--out" => wanted.out = value("the name of a folder")?,
                "--only" => wanted.only = Some(value("a part of the name of a screen")?),
                _ => return Err(Trouble::words(format!("`shots` does not know `{word}`"))),
            }
        }
        if wanted.out.is_empty() { Err(Trouble::words("`shots` wants --out DIR")) } else { Ok(wanted) }
    }
}

/// Builds the window, and takes the pictures.
pub(crate) fn shots(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    node::ensure()?;
    packages::ensure(Need::VirtualWindow, !wanted.no_install)?;
    ui::install(&workspace)?;
    ui::install_provider(&workspace)?;
    ui::build(&workspace)?;
    run::build_window(&workspace, false)?;
    // Where the words were typed, not where the workspace is: that is what DIR is relative to.
    let out = std::path::absolute(&wanted.out)
        .map_err(|why| Trouble::new(format!("{}: {why}", wanted.out), "name a folder that can be written"))?;
    let mut command = cargo();
    command.args(["run", "-p", "balie-tests", "--bin", "shots", "--"]).arg(&out).args(&wanted.only);
    command.current_dir(&workspace.root).env("BALIE_APP", workspace.binary("balie", false));
    // What a desk logs stands between the lines that tell what was taken.
    command.env("BALIE_LOG", std::env::var_os("BALIE_LOG").unwrap_or_else(|| "error".into()));
    must(command, "taking the pictures", "the lines above say at which screen it stopped and what stood there")
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    fn parse(line: &str) -> Option<Wanted> {
        Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn the_words_of_shots() {
        let all = Wanted { out: "a".into(), only: None, no_install: false };
        assert_eq!(parse("--out a"), Some(all));
        let one = Wanted { out: "a".into(), only: Some("desk-idle".into()), no_install: true };
        assert_eq!(parse("--only desk-idle --no-install --out a"), Some(one));
        assert_eq!(parse(""), None);
        assert_eq!(parse("--out"), None);
        assert_eq!(parse("--out --only"), None);
        assert_eq!(parse("--out a --fast"), None);
    }
}
