//! The main job in the real window: a real keyring, a real pcscd, UiTPAS over HTTP, and a clerk with a keyboard.
//!
//! WebKitWebDriver and virtual readers are to be had on Linux only, so that is where these run.
#![cfg(target_os = "linux")]

use balie_tests::clerk::{Clerk, ENTER, ESCAPE, F4, F6, F7, F8, Room};
use balie_tests::driver::stage_missing;
use balie_tests::pcscd::{self, Pcscd};
use balie_tests::skip::skipped;
use balie_tests::stage::{EVENT, Stage, without_pcscd, yasmina_types_her_number};
use balie_tests::virtual_card::{A_SECOND_TAP, Behaviour, VirtualCard};
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const YASMINA: &str = "04363CDAEE3880";

#[tokio::test(flavor = "multi_thread")]
async fn a_tap_a_look_and_one_key_and_the_sale_is_with_uitpas() -> Outcome {
    if skipped(stage_missing()) || skipped(pcscd::stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let pcscd = Pcscd::start()?;
    let clerk = stage.open(&pcscd.env()).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.chooses(EVENT).await?;

    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(YASMINA))?;
    clerk.waits_for("person-name", "Yasmina").await?;
    clerk.waits_until("offer-0", "data-source", "live").await?;
    assert_eq!(clerk.attribute("offer-0", "data-price-cents").await.as_deref(), Some("200"));
    assert!(clerk.waits_for("offer-0", "2,00").await?.contains("10,00"), "the regular price stands beside it");
    assert!(stage.held().is_empty(), "a tap identifies and never sells");
    clerk.waits_until("record", "data-ready", "true").await?;
    clerk.presses([ENTER, ENTER]).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.waits_for("line-0", "verzonden").await?;
    assert_eq!(stage.held(), Stage::one_sale());
    assert_eq!(clerk.attribute("header-to-send", "data-count").await.as_deref(), Some("0"));
    card.take();

    // Without UiTPAS: noted here, and sent when it is back.
    stage.sandbox.reset();
    stage.sandbox.set_offline(true).await?;
    tokio::time::sleep(A_SECOND_TAP).await;
    let card = VirtualCard::lay(pcscd.ports()[1], Behaviour::honest(YASMINA))?;
    clerk.waits_until("offer-0", "data-source", "cached").await?;
    clerk.waits_until("header-connection", "data-state", "offline").await?;
    assert_eq!(clerk.attribute("offer-0", "data-price-cents").await.as_deref(), Some("200"));
    clerk.waits_for("provisional", "Voorlopig").await?;
    clerk.confirms().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.waits_for("line-0", "genoteerd").await?;
    clerk.waits_until("header-to-send", "data-count", "1").await?;
    assert!(stage.held().is_empty());
    stage.sandbox.set_offline(false).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    assert_eq!(stage.held(), Stage::one_sale());
    card.take();
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn by_keyboard_alone_a_point_is_saved_an_advantage_exchanged_and_a_group_pays_at_once() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.waits_for("person-points", "42").await?;
    clerk.waits_until("check-in", "data-ready", "true").await?;
    clerk.presses([F6, F6]).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.waits_for("person-points", "43").await?;
    assert_eq!(stage.sandbox.checkins().len(), 1, "two keys, one point");

    // Welcome advantages come first; the ones that cost points follow by their cost.
    clerk.presses([F7]).await?;
    clerk.waits_for("reward-0", "Welkomstvoordeel").await?;
    clerk.clicks("reward-1").await?;
    clerk.waits_for("redeem-before", "43").await?;
    clerk.waits_for("redeem-after", "42").await?;
    clerk.waits_until("redeem-confirm", "data-ready", "true").await?;
    clerk.presses([ENTER, ENTER]).await?;
    clerk.waits_until("redeemed", "data-state", "confirmed").await?;
    assert_eq!(stage.sandbox.redemptions().len(), 1, "two keys, one exchange");
    clerk.presses([ENTER]).await?;
    clerk.waits_for("person-points", "42").await?;

    clerk.presses("0900000045410".chars().chain([ENTER])).await?;
    clerk.waits_for("turns", "50").await?;
    clerk.waits_until("offer-0", "data-source", "live").await?;
    clerk.presses(['+', '+']).await?;
    clerk.waits_for("record", "6,00").await?;
    clerk.confirms().await?;
    clerk.waits_until("line-0", "data-kind", "sell").await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    assert_eq!(stage.held().len(), 3);

    // What UiTPAS has is taken back after a question.
    clerk.presses_with_control('z').await?;
    clerk.waits_until("undo-confirm", "data-kind", "sell").await?;
    clerk.waits_until("undo-send", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("line-1", "data-state", "cancelled").await?;
    assert!(stage.held().is_empty());

    clerk.presses([F8]).await?;
    clerk.waits_for("diagnosis-summary", "geen verschil").await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_number_does_the_same_without_any_reader() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    // The settings lie elsewhere and name the folder of the files.
    let stage = Stage::set().await?;
    let elsewhere = tempfile::tempdir()?;
    let (settings, named) = (stage.profile.path().join("balie.toml"), elsewhere.path().join("desk.toml"));
    let folder = stage.profile.path().join("files");
    let text = format!("profile = '{}'\n{}", folder.display(), std::fs::read_to_string(&settings)?);
    std::fs::write(&named, text)?;
    std::fs::remove_file(settings)?;
    let mut env = without_pcscd(stage.profile.path());
    env.push(("BALIE_CONFIG".to_owned(), named.to_string_lossy().into_owned()));
    let clerk = Clerk::sits_down(&stage.room, &[], &env).await?;
    clerk.waits_until("header-reader", "data-state", "noService").await?;
    assert!(folder.join("ledger.db").is_file());
    yasmina_types_her_number(&clerk).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    assert_eq!(stage.held(), Stage::one_sale());

    // Taken back while it is still here: nothing ever reaches the server.
    stage.sandbox.reset();
    stage.sandbox.set_offline(true).await?;
    clerk.presses([ESCAPE]).await?;
    clerk.finds("idle").await?;
    clerk.presses("0900000067513".chars().chain([ENTER])).await?;
    clerk.waits_until("offer-0", "data-source", "cached").await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.presses_with_control('z').await?;
    clerk.waits_until("line-0", "data-state", "withdrawn").await?;
    stage.sandbox.set_offline(false).await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    assert!(stage.held().is_empty());
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_recording_and_sending_exactly_one_sale_arrives() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    yasmina_types_her_number(&clerk).await?;
    stage.sandbox.set_offline(true).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.driver().kill_app().await?;
    drop(clerk);
    assert!(stage.held().is_empty());
    stage.sandbox.set_offline(false).await?;

    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    assert_eq!(stage.held(), Stage::one_sale());
    assert_eq!(stage.sandbox.request_count("POST", "/ticket-sales"), 1);
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_sending_the_sale_is_held_and_never_sent_blindly() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let slow = balie_sandbox::FaultRule::new(balie_sandbox::FaultAction::Delay, "/ticket-sales");
    stage.sandbox.add_fault(slow.method("POST").delay_ms(3_000));
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "sending").await?;
    clerk.driver().kill_app().await?;
    drop(clerk);

    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.waits_until("line-0", "data-state", "inDoubt").await?;
    clerk.waits_for("line-0", "na te kijken").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    // The stand-in commits late; whatever it holds, the desk has asked once and does not ask again.
    let since = Instant::now();
    while stage.held().is_empty() && since.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(stage.held(), Stage::one_sale());
    assert_eq!(stage.sandbox.request_count("POST", "/ticket-sales"), 1);
    assert_eq!(clerk.attribute("line-0", "data-state").await.as_deref(), Some("inDoubt"));
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_card_that_gets_nothing_has_a_sentence_of_its_own() -> Outcome {
    if skipped(stage_missing()) || skipped(pcscd::stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let pcscd = Pcscd::start()?;
    let clerk = stage.open(&pcscd.env()).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.chooses(EVENT).await?;
    let mut sentences = Vec::new();

    for (uid, code) in [
        ("04B00412F15284", "pass.cardBlocked"),
        ("04FFFFFFFFFF80", "pass.unknown"),
        ("044AC54A8E6180", "pass.cardNotActive"),
        ("08A1B2C3", "card.randomId"),
        ("12345678", "card.other"),
    ] {
        let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(uid))?;
        clerk.waits_until("notice", "data-code", code).await?;
        sentences.push(clerk.waits_for("notice", "").await?);
        assert!(clerk.reads("record").await.is_none(), "{code}: there is nothing to record");
        clerk.presses([ENTER]).await?;
        card.take();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    // Why a pass pays the regular price stands behind F4; the open screen is the same for everybody.
    for (uid, name, code) in [
        ("04CEE7528E6180", "Luc", "standing.expired"),
        ("045D69DAEE3880", "Amina", "region.other"),
        ("04784CDAEE3880", "Pieter", "standing.none"),
    ] {
        let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(uid))?;
        clerk.waits_for("person-name", name).await?;
        clerk.waits_until("person", "data-phase", "ready").await?;
        assert_eq!(clerk.attribute("offer-0", "data-price-cents").await.as_deref(), Some("1000"), "{code}");
        let open = clerk.reads("person").await.unwrap_or_default();
        assert!(!open.to_lowercase().contains("kansen"), "{code}: {open}");
        // Past the moment in which no Enter counts, so that it is the price that does not let this one count.
        tokio::time::sleep(Duration::from_millis(400)).await;
        clerk.presses([ENTER]).await?;
        clerk.presses([F4]).await?;
        clerk.finds("details").await?;
        sentences.push(clerk.waits_for("reason-0", "").await?);
        assert_eq!(clerk.attribute("reason-0", "data-code").await.as_deref(), Some(code));
        clerk.presses([F4]).await?;
        card.take();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    clerk.presses([ESCAPE]).await?;
    clerk.presses("0900000067514".chars().chain([ENTER])).await?;
    clerk.waits_until("problem", "data-code", "number.checkDigit").await?;
    sentences.push(clerk.waits_for("problem", "").await?);

    let different: std::collections::BTreeSet<&String> = sentences.iter().collect();
    assert_eq!(different.len(), sentences.len(), "{sentences:#?}");
    assert!(sentences.iter().all(|sentence| sentence.len() > 20), "{sentences:#?}");
    assert!(stage.held().is_empty());
    assert!(clerk.reads("line-0").await.is_none(), "nothing was recorded");
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_turned_bad_can_run_nothing_and_reach_nothing() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.finds("idle").await?;
    let client = clerk.driver().client();
    let url = stage.sandbox.url();
    let attempts = r#"
        const [url, done] = arguments;
        const inline = document.createElement('script');
        inline.textContent = 'window.ran = true';
        document.body.append(inline);
        let evaluated = true;
        try { (0, eval)('1'); } catch { evaluated = false; }
        const image = new Promise((told) => {
            const picture = new Image();
            picture.onload = () => told(true);
            picture.onerror = () => told(false);
            picture.src = url + '/picture.png';
        });
        const fetched = fetch(url + '/permissions').then(() => true, () => false);
        const foreign = window.__TAURI_INTERNALS__.invoke('plugin:app|version').then(() => true, () => false);
        Promise.all([image, fetched, foreign]).then(([image, fetched, foreign]) =>
            done({ inline: window.ran === true, evaluated, image, fetched, foreign,
                   thawed: !Object.isFrozen(Object.prototype) }));
    "#;
    let asked_before = stage.sandbox.request_count("GET", "/picture.png");
    let outcome = client.execute_async(attempts, vec![url.into()]).await?;
    let expected = serde_json::json!({
        "inline": false, "evaluated": false, "image": false, "fetched": false, "foreign": false, "thawed": false
    });
    assert_eq!(outcome, expected);
    assert_eq!(stage.sandbox.request_count("GET", "/picture.png"), asked_before);
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_cannot_open_says_why_and_what_to_do() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let file = stage.profile.path().join("balie.toml");
    let good = std::fs::read_to_string(&file)?;
    std::fs::write(&file, good.replace("probe_seconds", "probe_secondes"))?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.waits_until("stopped", "data-code", "setup.config").await?;
    clerk.waits_for("stopped", "line 12").await?;
    clerk.goes_home().await?;

    std::fs::write(&file, &good)?;
    let first = stage.open(&without_pcscd(stage.profile.path())).await?;
    first.finds("idle").await?;
    first.goes_home().await?;
    // The key is gone and the ledger is there: a new key would make it unreadable for ever.
    let elsewhere = Room::prepare()?;
    let folder = stage.profile.path().to_string_lossy().into_owned();
    let clerk = Clerk::sits_down(&elsewhere, &["--profile", &folder], &without_pcscd(stage.profile.path())).await?;
    clerk.waits_until("recovery-why", "data-code", "key.lost").await?;
    Ok(clerk.goes_home().await?)
}
