//! The certified OpenID provider of `tests/oidc`, as a process of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::display::{end, first_line};

/// A running provider. It ends when it is dropped.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    /// Its address, which is its name as an issuer too.
    pub url: String,
}

/// The folder with the programs that need node.
pub(crate) fn folder() -> PathBuf {
    // Asked for at run time: a path that is compiled in would be wrong in the next checkout.
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("oidc")
}

/// Why these tests cannot run on this machine, or nothing when they can.
pub fn missing() -> Option<String> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_installed = folder().join("node_modules/oidc-provider").is_dir();
    let why = "the OpenID provider needs node and its packages; `cargo xtask test` installs them";
    (!node.is_ok_and(|status| status.success()) || !is_installed).then(|| why.to_owned())
}

impl Provider {
    /// Starts it, with terms in seconds.
    pub fn start(terms: &str) -> io::Result<Self> {
        let mut node = Command::new("node");
        node.arg(folder().join("server.mjs")).arg(terms).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.stderr(Stdio::null()).spawn()?;
        // What it prints later is read too: it dies of a pipe that nobody reads.
        match first_line(&mut child) {
            Ok(line) if !line.trim().is_empty() => Ok(Self { child, url: line.trim().to_owned() }),
            told => {
                end(&mut child);
                Err(io::Error::other(format!("the OpenID provider told no address: {told:?}")))
            }
        }
    }

    /// It is there no more.
    pub fn end(&mut self) {
        end(&mut self.child);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.end();
    }
}
