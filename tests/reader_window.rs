//! Readers as the window and the terminal of the real program show them, with a real pcscd, or with one that never answers.
#![cfg(target_os = "linux")]

use std::io;
use std::os::unix::net::UnixListener;
use std::process::{Command, Output};

use balie_tests::clerk::{Clerk, ENTER, ESCAPE, app};
use balie_tests::driver::stage_missing;
use balie_tests::pcscd::{self, Pcscd};
use balie_tests::skip::skipped;
use balie_tests::stage::{EVENT, Stage, without_pcscd, yasmina_types_her_number};
use balie_tests::virtual_card::{Behaviour, EidCard, VirtualCard};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const YASMINA: &str = "04363CDAEE3880";
/// Her national number, and that of nobody at this desk; both are published.
const HERS: &str = "36051380284";
const UNKNOWN: &str = "592123456789";

fn left_out() -> bool {
    skipped(stage_missing()) || skipped(pcscd::stage_missing())
}

/// Opens the check from the settings.
async fn opens_the_check(clerk: &Clerk) -> io::Result<()> {
    clerk.presses_with_control(',').await?;
    clerk.clicks("settings-reader-check").await?;
    clerk.waits_until("reader-page", "data-busy", "false").await
}

/// Switches the national number on in the file of the settings, as the organizer does.
fn switch_on(stage: &Stage) -> io::Result<()> {
    let file = stage.profile.path().join("balie.toml");
    let text = std::fs::read_to_string(&file)?;
    assert!(text.contains("[organizer]\n"));
    std::fs::write(file, text.replace("[organizer]\n", "[organizer]\nuses_national_number = true\n"))
}

fn in_a_terminal(env: Vec<(String, String)>) -> io::Result<Output> {
    Command::new(app()?).args(["--reader-check", "--language", "nl"]).envs(env).output()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_never_answers_holds_up_no_window() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("pcscd.comm");
    // Whoever connects is let in by the system, and hears nothing.
    let _silent = UnixListener::bind(&socket)?;
    let stage = Stage::set().await?;
    let env = [("PCSCLITE_CSOCK_NAME".to_owned(), socket.display().to_string())];
    let clerk = stage.open(&env).await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.waits_until("record", "data-ready", "true").await?;
    clerk.presses([ENTER, ENTER]).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.waits_until("header-reader", "data-state", "noService").await?;
    opens_the_check(&clerk).await?;
    clerk.waits_until("finding-0", "data-code", "readerCheck.serviceHangs").await?;
    clerk.is_pictured("reader-hangs").await?;
    clerk.presses([ESCAPE, ESCAPE]).await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_names_the_readers_and_what_the_last_card_was() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let mut pcscd = Pcscd::prepare()?;
    let clerk = stage.open(&pcscd.env()).await?;
    clerk.waits_until("header-reader", "data-state", "noService").await?;
    clerk.clicks("header-reader").await?;
    clerk.waits_until("finding-0", "data-code", "readerCheck.serviceStopped").await?;
    // It looks again by itself.
    pcscd.run()?;
    clerk.waits_until("finding-0", "data-code", "readerCheck.fine").await?;
    let facts = clerk.waits_for("reader-facts", "Balie Test Reader").await?;
    assert_eq!(facts.matches("Balie Test Reader").count(), 1, "two slots of one device are one reader: {facts}");
    clerk.presses([ESCAPE]).await?;
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest("08A1B2C3"))?;
    clerk.waits_until("notice", "data-code", "card.randomId").await?;
    card.take();
    opens_the_check(&clerk).await?;
    clerk.waits_for("reader-facts", "telefoon").await?;
    clerk.is_pictured("reader-fine").await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_eid_in_the_slot_shows_whose_it_is_where_that_is_switched_on() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let pcscd = Pcscd::start()?;
    let clerk = stage.open(&pcscd.env()).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.chooses(EVENT).await?;
    let card = VirtualCard::lay(pcscd.ports()[1], Behaviour::Eid(EidCard::of(HERS, true)))?;
    clerk.waits_until("notice", "data-code", "card.eidOff").await?;
    assert!(card.heard().iter().all(|message| message.len() == 1), "nothing on it was opened");
    card.take();
    clerk.goes_home().await?;

    switch_on(&stage)?;
    let clerk = stage.open(&pcscd.env()).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.chooses(EVENT).await?;
    let _card = VirtualCard::lay(pcscd.ports()[1], Behaviour::Eid(EidCard::of(HERS, true)))?;
    clerk.waits_for("person-name", "Yasmina").await?;
    clerk.waits_until("offer-0", "data-source", "live").await?;
    assert!(!clerk.page().await?.contains(HERS));
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_barcode_that_is_no_uitpas_number_is_looked_up_once_somebody_says_so() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    switch_on(&stage)?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.chooses(EVENT).await?;
    let asked = stage.sandbox.request_count("GET", "/passes");
    clerk.presses(UNKNOWN.chars().chain([ENTER])).await?;
    clerk.waits_for("barcode", "").await?;
    assert!(!clerk.page().await?.contains(UNKNOWN), "it is shown nowhere");
    clerk.is_pictured("barcode").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.waits_until_gone("barcode").await?;
    assert_eq!(stage.sandbox.request_count("GET", "/passes"), asked);
    clerk.presses(HERS.chars().chain([ENTER])).await?;
    clerk.waits_for("barcode", "").await?;
    // The second line end of a scanner must not say yes: the button waits for a moment.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    clerk.clicks("barcode-yes").await?;
    clerk.waits_for("person-name", "Yasmina").await?;
    assert!(!clerk.page().await?.contains(HERS));
    Ok(clerk.goes_home().await?)
}

#[test]
fn the_terminal_says_what_is_wrong_and_what_to_do() -> io::Result<()> {
    if left_out() {
        return Ok(());
    }
    let mut pcscd = Pcscd::prepare()?;
    let missing = in_a_terminal(pcscd.env())?;
    let told = String::from_utf8_lossy(&missing.stdout).into_owned();
    assert_eq!(missing.status.code(), Some(1), "{told}");
    assert!(told.contains("sudo systemctl enable --now pcscd.socket"), "{told}");
    pcscd.run()?;
    let _card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(YASMINA))?;
    let fine = in_a_terminal(pcscd.env())?;
    let told = String::from_utf8_lossy(&fine.stdout).into_owned();
    assert_eq!(fine.status.code(), Some(0), "{told}");
    assert!(told.contains("Balie Test Reader") && told.contains("UiTPAS"), "{told}");
    assert!(!told.contains("3880") && !told.contains("readerCheck."), "{told}");
    Ok(())
}
