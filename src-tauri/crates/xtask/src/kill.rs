//! `cargo xtask kill`: the process of the desk is killed thousands of times, and its books are compared with UiTPAS.

use crate::shell::{Trouble, cargo, must, program};
use crate::workspace::Workspace;

/// Builds what is killed, and runs it with these words.
pub(crate) fn kill(words: &[String]) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    let mut command = cargo();
    command.args(["build", "-p", "balie-tests", "--bin", "kill"]).current_dir(&workspace.root);
    must(command, "building the desk that is killed", "correct what the compiler names")?;
    run(&workspace, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Runs what was built already. The words are those of the program, which explains what it does not know.
pub(crate) fn run(workspace: &Workspace, words: &[&str]) -> Result<(), Trouble> {
    let mut command = program(&workspace.binary("kill", false).to_string_lossy());
    command.args(words).current_dir(&workspace.root);
    must(command, "killing the desk", "the lines with FAULT say what is wrong; `--seed` repeats the same choices")
}
