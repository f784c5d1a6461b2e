//! `cargo xtask bench window`: how long a clerk waits for the window, on a virtual display.

use crate::bench::{Figure, figures};
use crate::packages::{self, Need};
use crate::shell::{Trouble, cargo, heard};
use crate::workspace::Workspace;
use crate::{node, run, ui};

/// Builds the optimised window, and lets its bench tell the figures.
pub(crate) fn measure(workspace: &Workspace, may_install: bool) -> Result<Vec<Figure>, Trouble> {
    if !cfg!(target_os = "linux") {
        println!("  the window is measured on Linux only: it needs WebKitWebDriver and Xvfb");
        return Ok(Vec::new());
    }
    node::ensure()?;
    packages::ensure(Need::Everything, may_install)?;
    ui::install(workspace)?;
    ui::build(workspace)?;
    run::build_window(workspace, true)?;
    let mut command = cargo();
    command.args(["run", "-p", "balie-tests", "--bin", "window_bench"]).current_dir(&workspace.root);
    // What a desk logs costs time, and stands between the lines of the bench.
    command.env("BALIE_APP", workspace.binary("balie", true)).env("BALIE_LOG", "error");
    let lines = heard(command, "bench `window`", "the last lines say what the window did not show")?;
    figures(&lines, "window")
}
