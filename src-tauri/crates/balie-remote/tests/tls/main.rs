//! Who is spoken to: a server that cannot prove its name gets nothing, and neither does one that another sends us to.
//!
//! The certificates that are trusted are those of the computer, and chosen once per process. So every question is asked
//! by this very program started again, with the certificates of the test in the place of those of the computer, which
//! only Linux allows.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what breaks must fail the test that called it")]

mod old;
mod server;

use balie_remote::access::Credentials;
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use server::{Authority, Server};
use std::path::Path;

/// Under which name a question finds where to go.
const WHERE: &str = "BALIE_TLS_URL";

/// Asks as a desk asks: for a token, and then with it.
async fn ask(url: &str) -> String {
    let endpoint = Endpoint::parse(url).unwrap();
    let endpoints = Endpoints { api: endpoint.clone(), search: endpoint.clone(), issuer: endpoint };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    format!("{:?}", Api::new(endpoints, credentials).unwrap().permissions().await)
}

/// Asks from a process that trusts this authority alone.
async fn asked(test: &str, url: &str, authority: &Path) -> String {
    let mut program = tokio::process::Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", test, "--nocapture"]).env(WHERE, url).env("SSL_CERT_FILE", authority);
    let told = program.env_remove("SSL_CERT_DIR").output().await.unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.lines().find_map(|line| line.split_once("answer: ")).unwrap().1.to_owned()
}

/// Whether this is the process that asks; then it has.
async fn is_asker() -> bool {
    let Ok(url) = std::env::var(WHERE) else { return false };
    println!("answer: {}", ask(&url).await);
    true
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_name_gets_nothing() {
    if is_asker().await {
        return;
    }
    let (authority, other) = (Authority::new(), Authority::new());
    let asked = async |server: &Server| {
        let name = "a_server_that_cannot_prove_its_name_gets_nothing";
        (asked(name, &server.url, authority.file()).await, server.heard())
    };
    let good = Server::start(authority.certificate("localhost", 2090)).await;
    let (told, heard) = asked(&good).await;
    assert_eq!((told.as_str(), heard.len()), ("Ok([])", 2), "with everything right it is spoken to: {heard:?}");

    for (why, certificate) in [
        ("another name", authority.certificate("api.uitpas.be", 2090)),
        ("expired", authority.certificate("localhost", 2020)),
        ("signed by itself", Authority::itself("localhost")),
        ("signed by somebody else", other.certificate("localhost", 2090)),
    ] {
        let server = Server::start(certificate).await;
        assert_eq!(asked(&server).await, ("Err(Offline)".to_owned(), Vec::new()), "{why}");
    }
}

#[tokio::test]
async fn nobody_is_followed_to_another_server() {
    if is_asker().await {
        return;
    }
    let authority = Authority::new();
    let other = Server::start(authority.certificate("localhost", 2090)).await;
    let server = Server::sends_to(authority.certificate("localhost", 2090), &other.url).await;
    let told = asked("nobody_is_followed_to_another_server", &server.url, authority.file()).await;
    assert_eq!((told.as_str(), server.heard().len()), ("Err(Unexpected { status: 302 })", 2));
    assert_eq!(other.heard(), Vec::<String>::new(), "no token goes there");
}

#[tokio::test]
async fn nothing_older_than_tls_1_2_is_offered_or_accepted() {
    if is_asker().await {
        return;
    }
    let authority = Authority::new();
    let old = old::Server::start().await;
    let told = asked("nothing_older_than_tls_1_2_is_offered_or_accepted", &old.url, authority.file()).await;
    assert_eq!(told, "Err(Offline)");
    let seen = old.seen().await;
    assert_eq!(seen.offered, [0x0304, 0x0303], "TLS 1.3 and 1.2");
    // A fatal alert, "protocol version", in the place of everything else.
    assert_eq!(seen.answered[5..], [2, 70], "{:?}", seen.answered);
}
