//! `cargo xtask bench reader`: how soon a card is known, beside a program in C and npm nfc-pcsc.

use crate::bench::{Figure, figures};
use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, heard, must};
use crate::workspace::Workspace;
use crate::{node, ui};

/// Builds the optimised watch, and lets its bench tell the figures.
pub(crate) fn measure(workspace: &Workspace, may_install: bool) -> Result<Vec<Figure>, Trouble> {
    if !cfg!(target_os = "linux") {
        println!("  the readers are measured on Linux only: it needs pcscd with vpcd");
        return Ok(Vec::new());
    }
    node::ensure()?;
    packages::ensure(Need::Readers, may_install)?;
    ui::install_nfc_pcsc(workspace)?;
    let mut build = cargo();
    build.args(["build", "--release", "-p", "balie-card", "--example", "watch"]).current_dir(&workspace.root);
    must(build, "building the watch", "correct what the compiler names")?;
    let mut command = cargo();
    command.args(["run", "-p", "balie-tests", "--bin", "reader_bench"]).current_dir(&workspace.root);
    command.env("BALIE_WATCH", workspace.binary("examples/watch", true));
    let lines = heard(command, "bench `reader`", "the last lines say which program did not see what")?;
    figures(&lines, "reader")
}
