//! The browser of the system, as the window finds it: `xdg-open` on its path, played by `tests/oidc/browser.mjs`.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use crate::provider;

/// A browser that does what it is told.
#[derive(Debug)]
pub struct Browser {
    folder: TempDir,
}

impl Browser {
    /// Puts it where the window will find it. Nobody sits before it yet.
    pub fn install() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("balie-browser-").tempdir()?;
        let program = folder.path().join("xdg-open");
        let player = provider::folder().join("browser.mjs");
        fs::write(&program, format!("#!/bin/sh\nexec node '{}' \"$@\"\n", player.display()))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700))?;
        Ok(Self { folder })
    }

    /// What a program needs to find it.
    pub fn env(&self) -> io::Result<Vec<(String, String)>> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(self.folder.path().to_owned()).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(path).map_err(io::Error::other)?;
        let folder = self.folder.path().to_string_lossy().into_owned();
        Ok(vec![("PATH".into(), path.to_string_lossy().into_owned()), ("BALIE_BROWSER".into(), folder)])
    }

    /// Somebody sits down before it, who signs in by this name wherever a page asks. Whoever has none gives up.
    pub fn is_used_by(&self, name: &str) -> io::Result<()> {
        fs::write(self.folder.path().join("who"), name)
    }

    /// Whoever sat there has left: the pages stay as they are.
    pub fn is_left(&self) -> io::Result<()> {
        fs::remove_file(self.folder.path().join("who"))
    }

    /// Every address that it was asked to open, in this order.
    pub fn opened(&self) -> Vec<String> {
        let opened = fs::read_to_string(self.folder.path().join("opened")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }
}
