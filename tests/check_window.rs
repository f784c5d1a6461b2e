//! What needs a person, in the real window: refused, in doubt, handed to another computer, used elsewhere.
#![cfg(target_os = "linux")]

use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::clerk::{Clerk, ENTER, ESCAPE, F9, app};
use balie_tests::driver::stage_missing;
use balie_tests::scene::json;
use balie_tests::skip::skipped;
use balie_tests::stage::{EVENT, Stage, without_pcscd, yasmina_types_her_number};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What UiTPAS answers when there were enough.
const ENOUGH: &str = r#"{"type":"https://api.publiq.be/probs/uitpas/maximum-reached","title":"Maximum reached",
    "status":400,"endUserMessage":{"nl":"Het maximum aantal tickets is bereikt."}}"#;

/// Opens the list of what needs a person, and waits until something stands in it.
async fn opens_the_list(clerk: &Clerk, receipt: &str) -> std::io::Result<()> {
    clerk.presses([F9]).await?;
    clerk.finds(&format!("case-{receipt}")).await.map(drop)
}

/// Sells once to Yasmina, with the first key.
async fn sells(clerk: &Clerk) -> std::io::Result<()> {
    yasmina_types_her_number(clerk).await?;
    clerk.records().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sale_is_sent_again_with_two_keys_and_its_life_can_be_read() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let refusal = FaultRule::new(FaultAction::Status, "/ticket-sales").method("POST").times(1).answering(400, ENOUGH);
    stage.sandbox.add_fault(json(refusal));
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    sells(&clerk).await?;
    clerk.waits_until("line-0", "data-state", "refused").await?;
    assert!(stage.held().is_empty());

    clerk.waits_until("nav-toCheck", "data-count", "1").await?;
    opens_the_list(&clerk, "B1-000001").await?;
    clerk.waits_for("case-said", "Het maximum aantal tickets is bereikt.").await?;
    clerk.waits_for("at-risk", "8,00").await?;
    clerk.clicks("way-sendAgain").await?;
    clerk.waits_for("settle-what", "hetzelfde bonnummer").await?;
    clerk.waits_until("settle-confirm", "data-ready", "true").await?;
    clerk.presses([ENTER, ENTER]).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.finds("to-check-empty").await?;
    assert_eq!(stage.held(), Stage::one_sale(), "two keys, one sale");

    clerk.presses([ESCAPE]).await?;
    clerk.clicks("line-story-0").await?;
    clerk.waits_until("story-0", "data-code", "story.step.recorded").await?;
    let told = clerk.reads("story").await.unwrap_or_default();
    for words in ["Antwoord: geweigerd", "door iemand aan de balie", "Wordt: verzonden"] {
        assert!(told.contains(words), "{words} is missing in {told}");
    }
    assert!(!told.contains("story."), "every step has its words: {told}");
    assert!(!told.contains("0900000067513"), "{told}");
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_that_the_machine_cannot_settle_is_settled_by_picking_the_record() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let lost = FaultRule::new(FaultAction::StatusAfterCommit, "/ticket-sales").method("POST").times(1);
    stage.sandbox.add_fault(lost.answering(503, "<html>busy</html>"));
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.chooses(EVENT).await?;
    // A group may stand at two desks at once, so a record that fits proves nothing for it.
    clerk.presses("0900000045410".chars().chain([ENTER])).await?;
    clerk.waits_until("offer-0", "data-source", "live").await?;
    clerk.confirms().await?;
    clerk.waits_until("line-0", "data-state", "inDoubt").await?;
    assert_eq!(stage.held().len(), 1);

    opens_the_list(&clerk, "B1-000001").await?;
    clerk.waits_until("case-B1-000001", "data-code", "check.looking").await?;
    clerk.finds("case-candidates").await?;
    // From now on the list may not be read, so the machine says that it cannot tell.
    stage.sandbox.set_permissions(["TICKETSALES_REGISTER"]);
    clerk.clicks("send-now").await?;
    clerk.waits_until("case-B1-000001", "data-code", "check.unreadable").await?;
    clerk.waits_for("send-summary", "na te kijken: 1").await?;
    clerk.clicks("way-isThere").await?;
    clerk.waits_until("candidate-0", "aria-checked", "true").await?;
    clerk.waits_until("settle-confirm", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.finds("to-check-empty").await?;
    assert_eq!(stage.sandbox.request_count("POST", "/ticket-sales"), 1, "a person's word sends nothing");
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_goes_to_another_computer_as_a_file_and_is_sent_from_there_alone() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let file = stage.profile.path().join("stick.balie");
    let mut env = without_pcscd(stage.profile.path());
    env.push(("BALIE_FILE".to_owned(), file.to_string_lossy().into_owned()));
    let clerk = stage.open(&env).await?;
    yasmina_types_her_number(&clerk).await?;
    stage.sandbox.set_offline(true).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.presses([F9]).await?;
    clerk.clicks("hand-over").await?;
    clerk.waits_for("carry", "niet meer vanaf deze computer verzonden").await?;
    clerk.waits_until("carry-confirm", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("handed", "data-count", "1").await?;
    let code = clerk.waits_for("handed-code", "-").await?;
    clerk.waits_until("line-0", "data-state", "handedOver").await?;
    assert!(file.is_file());
    stage.sandbox.set_offline(false).await?;
    clerk.waits_until("handed-close", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.clicks("send-now").await?;
    clerk.waits_for("send-summary", "niets te verzenden").await?;
    assert_eq!(stage.sandbox.request_count("POST", "/ticket-sales"), 0, "never again from here");
    clerk.goes_home().await?;

    // Another desk, with a folder of its own.
    let other = tempfile::tempdir()?;
    std::fs::copy(stage.profile.path().join("balie.toml"), other.path().join("balie.toml"))?;
    let folder = other.path().to_string_lossy().into_owned();
    let clerk = Clerk::sits_down(&stage.room, &["--profile", &folder], &env).await?;
    clerk.finds("idle").await?;
    clerk.presses([F9]).await?;
    clerk.clicks("take-over").await?;
    clerk.finds("file-code").await?;
    clerk.presses("AAAABBBBCCCCDDDD".chars()).await?;
    clerk.waits_until("carry-confirm", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("problem", "data-code", "takeOver.unreadable").await?;
    clerk.finds("file-code").await?.clear().await?;
    clerk.clicks("file-code").await?;
    clerk.presses(code.trim().to_lowercase().chars()).await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("handed", "data-count", "1").await?;
    clerk.waits_until("line-0", "data-state", "inDoubt").await?;
    clerk.waits_until("handed-close", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("case-B1-000001", "data-code", "check.looking").await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_brings_the_first_window_to_the_front_and_ends() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.finds("idle").await?;
    let first = clerk.driver().app_pid()?;
    let log = stage.profile.path().join("second.log");
    for start in 1..=2 {
        let since = Instant::now();
        let mut second = Command::new(app()?)
            .arg("--profile")
            .arg(stage.profile.path())
            .envs(stage.room.env())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .spawn()?;
        let status = loop {
            if let Some(status) = second.try_wait()? {
                break status;
            }
            if since.elapsed() > Duration::from_secs(20) {
                second.kill()?;
                return Err(format!("start {start} did not end").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(status.code(), Some(0), "start {start}: {}", std::fs::read_to_string(&log)?);
    }
    assert_eq!(clerk.driver().app_pid()?, first);
    // The first one works on, and its ledger was touched by nobody else.
    sells(&clerk).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    assert_eq!(stage.held(), Stage::one_sale());
    Ok(clerk.goes_home().await?)
}

/// The files of the ledger, from one folder to another; what stood there goes.
fn copy_ledger(from: &Path, to: &Path) -> std::io::Result<()> {
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let (from, to) = (from.join(name), to.join(name));
        if to.exists() {
            std::fs::remove_file(&to)?;
        }
        if from.exists() {
            std::fs::copy(from, to)?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_of_the_ledger_is_read_only_until_a_person_decides() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let without = without_pcscd(stage.profile.path());
    let clerk = stage.open(&without).await?;
    clerk.finds("idle").await?;
    clerk.goes_home().await?;
    let kept = tempfile::tempdir()?;
    copy_ledger(stage.profile.path(), kept.path())?;
    let clerk = stage.open(&without).await?;
    sells(&clerk).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.goes_home().await?;

    copy_ledger(kept.path(), stage.profile.path())?;
    let clerk = stage.open(&without).await?;
    clerk.waits_for("banner-read-only", "Alleen lezen").await?;
    yasmina_types_her_number(&clerk).await?;
    assert!(clerk.finds("record").await?.attr("disabled").await?.is_some(), "nothing can be recorded");
    clerk.presses([ENTER]).await?;
    clerk.clicks("work-on-here").await?;
    clerk.waits_until("work-on-confirm", "data-ready", "true").await?;
    assert!(clerk.reads("line-0").await.is_none(), "nothing was recorded");
    clerk.presses([ENTER]).await?;
    clerk.finds("to-check-empty").await?;
    assert!(clerk.reads("banner-read-only").await.is_none());
    clerk.goes_home().await?;

    let clerk = stage.open(&without).await?;
    clerk.finds("idle").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    assert!(clerk.reads("banner-read-only").await.is_none(), "the decision holds");
    sells(&clerk).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    Ok(clerk.goes_home().await?)
}
