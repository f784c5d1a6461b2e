//! The certified OpenID provider, as a process of its own.

use crate::browser::Browser;
use crate::shelf::{Shelf, desk};
use balie_remote::client::Api;
use balie_remote::sign_in::{Person, Redirect, Session};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

pub(crate) struct Provider {
    child: Child,
    pub(crate) url: String,
}

fn folder() -> PathBuf {
    PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("oidc")
}

/// Why these tests cannot run on this machine, or nothing when they can.
pub(crate) fn missing() -> Option<String> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_installed = folder().join("node_modules/oidc-provider").is_dir();
    let why = "the OpenID provider needs node and its packages; `cargo xtask test` installs them";
    (!node.is_ok_and(|status| status.success()) || !is_installed).then(|| why.to_owned())
}

impl Provider {
    /// Starts it, with terms in seconds.
    pub(crate) fn start(terms: &str) -> Self {
        let mut node = Command::new("node");
        node.arg(folder().join("server.mjs")).arg(terms).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.stderr(Stdio::null()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }

    /// It is there no more.
    pub(crate) fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody who comes back as a deep link, the shortest way.
pub(crate) fn by_link() -> Person {
    Person { redirect: Redirect::parse("be.balie.desk:/signed-in").unwrap(), ..Person::default() }
}

/// A fresh session of this person.
pub(crate) async fn session(api: &Api, browser: &mut Browser, name: &str) -> Session {
    let attempt = api.begin_sign_in().await.unwrap();
    let trip = browser.sign_in(attempt.url(), Some(name)).await;
    api.finish_sign_in(&attempt, &attempt.accept(&trip.back).unwrap()).await.unwrap()
}

/// A desk that An has signed in at, and where that is kept.
pub(crate) async fn an_at(provider: &Provider) -> (Api, Arc<Shelf>) {
    let (api, shelf) = (desk(&provider.url, by_link()), Shelf::new());
    let fresh = session(&api, &mut Browser::new(), "an").await;
    api.sign_in_as(fresh, shelf.keeper()).await.unwrap();
    (api, shelf)
}
