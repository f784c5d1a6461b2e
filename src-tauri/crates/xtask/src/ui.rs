//! What the window shows, installed, checked and built with npm; and what the tests install with it.

use std::fs;
use std::path::Path;

use crate::shell::{Trouble, must, npm};
use crate::workspace::Workspace;

/// Written after a complete installation, so that an interrupted one is not mistaken for it.
const STAMP: &str = "node_modules/.balie-lock";

/// Installs the packages of the UI, unless those of this very lock file are there already.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Trouble> {
    install_in(&workspace.root, "ui")
}

/// Installs the OpenID provider that the tests sign in at, in the same way.
pub(crate) fn install_provider(workspace: &Workspace) -> Result<(), Trouble> {
    install_in(&workspace.root, "tests/oidc")
}

/// Installs the reader that ours is measured beside, which npm compiles.
pub(crate) fn install_nfc_pcsc(workspace: &Workspace) -> Result<(), Trouble> {
    install_in(&workspace.root, "tests/bench/nfc-pcsc")
}

fn install_in(root: &Path, name: &str) -> Result<(), Trouble> {
    let folder = root.join(name);
    if is_installed(&folder) {
        println!("  the packages of the lock file are there");
        return Ok(());
    }
    let mut command = npm();
    command.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
    must(command, &format!("installing {name}"), &format!("look at {name}/package-lock.json"))?;
    fs::copy(folder.join("package-lock.json"), folder.join(STAMP)).map(drop).map_err(|why| {
        Trouble::new(format!("cannot write {name}/{STAMP}: {why}"), format!("see that the folder {name} is writable"))
    })
}

fn is_installed(folder: &Path) -> bool {
    match (fs::read(folder.join("package-lock.json")), fs::read(folder.join(STAMP))) {
        (Ok(lock), Ok(stamp)) => lock == stamp,
        _ => false,
    }
}

/// Types of TypeScript and of the Svelte templates.
pub(crate) fn check(workspace: &Workspace) -> Result<(), Trouble> {
    npm_must(workspace, &["run", "check"], "type check of the UI", "correct what svelte-check names")
}

/// The unit tests of the UI.
pub(crate) fn test(workspace: &Workspace) -> Result<(), Trouble> {
    npm_must(workspace, &["test"], "unit tests of the UI", "`npm test` in ui/ repeats them")
}

/// The files that the window embeds.
pub(crate) fn build(workspace: &Workspace) -> Result<(), Trouble> {
    npm_must(workspace, &["run", "build"], "building the UI", "`npm run build` in ui/ repeats it")
}

fn npm_must(workspace: &Workspace, words: &[&str], step: &str, remedy: &str) -> Result<(), Trouble> {
    let mut command = npm();
    command.args(words).current_dir(workspace.ui());
    must(command, step, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_lock_file_means_another_installation() {
        let ui = std::env::temp_dir().join(format!("balie-xtask-ui-{}", std::process::id()));
        fs::create_dir_all(ui.join("node_modules")).unwrap();
        fs::write(ui.join("package-lock.json"), "one").unwrap();
        assert!(!is_installed(&ui));
        fs::write(ui.join(STAMP), "one").unwrap();
        assert!(is_installed(&ui));
        fs::write(ui.join("package-lock.json"), "two").unwrap();
        assert!(!is_installed(&ui));
        fs::remove_dir_all(&ui).unwrap();
    }
}
