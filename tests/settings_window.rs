//! The settings and fast mode, in the real window.
#![cfg(target_os = "linux")]

use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::clerk::{Clerk, ENTER, ESCAPE, Room, TAB};
use balie_tests::driver::stage_missing;
use balie_tests::skip::skipped;
use balie_tests::stage::{Stage, without_pcscd, yasmina_types_her_number};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Recreatief zwemmen, all day.
const SWIMMING: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e101";
/// A card of the practice tray.
const NOOR: &str = "04ED6ACACF6180";

/// An attribute of the document itself.
async fn document(clerk: &Clerk, attribute: &str) -> Result<String, Box<dyn std::error::Error>> {
    let script = format!("return document.documentElement.getAttribute('{attribute}') ?? ''");
    let found = clerk.driver().client().execute(&script, Vec::new()).await?;
    Ok(found.as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_in_the_window_stands_in_the_file_and_nothing_else_there_changes() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let file = stage.profile.path().join("balie.toml");
    let before = std::fs::read_to_string(&file)?.replace("probe_seconds = 1", "probe_seconds = 1   # vlug");
    std::fs::write(&file, &before)?;
    let diagnosis = stage.profile.path().join("diagnosis.json");
    let mut env = without_pcscd(stage.profile.path());
    env.push(("BALIE_FILE".to_owned(), diagnosis.to_string_lossy().into_owned()));
    let clerk = stage.open(&env).await?;
    clerk.finds("fast-switch").await?;
    clerk.presses_with_control(',').await?;
    clerk.finds("set-language").await?;
    clerk.is_pictured("settings").await?;

    clerk.clicks("look-dark").await?;
    clerk.waits_for("settings-status", "Bewaard").await?;
    assert_eq!(document(&clerk, "data-theme").await?, "dark");
    clerk.clicks("standing-age").await?;
    let age = clerk.finds("standing-age").await?;
    age.clear().await?;
    age.send_keys("31").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_for("problem", "1 tot 30 dagen").await?;
    clerk.is_pictured("settings-refused").await?;
    age.clear().await?;
    age.send_keys("3").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_for("settings-status", "Bewaard").await?;
    clerk.clicks("save-diagnosis").await?;
    clerk.waits_for("diagnosis-file", "diagnosis.json").await?;
    clerk.clicks("language-fr").await?;
    clerk.waits_for("settings", "Réglages").await?;
    clerk.is_pictured("settings-fr-dark").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.waits_for("fast-switch", "Épargne rapide").await?;
    clerk.goes_home().await?;

    let after = std::fs::read_to_string(&file)?;
    let added = ["look = \"dark\"\n", "standing_max_age_days = 3\n", "language = \"fr\"\n"].concat();
    assert_eq!(after, format!("{before}{added}"), "and nothing else");
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&diagnosis)?)?;
    assert_eq!(written["environment"], "test");

    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.waits_for("fast-switch", "Épargne rapide").await?;
    assert_eq!(document(&clerk, "data-theme").await?, "dark", "also after the program began anew");
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_organizer_is_added_with_the_keyboard_and_prices_are_computed_with_it() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let file = stage.profile.path().join("balie.toml");
    let before = std::fs::read_to_string(&file)?;
    // UiTPAS never says what the price for everybody is.
    stage.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/tariffs/static").method("GET"));
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.presses_with_control(',').await?;
    clerk.waits_for("key-standard", "20 %").await?;

    clerk.clicks("keys-own").await?;
    clerk.finds("key-0-edit").await?;
    clerk.waits_for("settings-status", "Bewaard").await?;
    clerk.presses([TAB, TAB, TAB]).await?;
    clerk.waits_for_focus("key-add").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_for_focus("key-below").await?;
    clerk.presses("10,01".chars().chain([TAB; 5])).await?;
    clerk.waits_for_focus("key-passholder").await?;
    clerk.presses(['v', TAB]).await?;
    clerk.waits_for_focus("key-passholder-amount").await?;
    clerk.presses("twee".chars().chain([ENTER])).await?;
    clerk.waits_for("key-refused", "Sleutel 2 klopt niet").await?;
    clerk.waits_for_focus("key-passholder-amount").await?;
    clerk.is_pictured("settings-key-refused").await?;
    let amount = clerk.finds("key-passholder-amount").await?;
    amount.clear().await?;
    clerk.clicks("key-passholder-amount").await?;
    clerk.presses("2,50".chars().chain([ENTER])).await?;
    clerk.waits_for_focus("key-1-edit").await?;
    clerk.waits_for("key-1", "komt nooit aan de beurt").await?;
    clerk.presses([TAB]).await?;
    clerk.waits_for_focus("key-1-up").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_for_focus("key-0-down").await?;
    clerk.waits_for("key-0", "prijs onder €\u{a0}10,01").await?;
    clerk.waits_for("key-0", "pashouder €\u{a0}2,50, organisator €\u{a0}4,00, overheid €\u{a0}3,50").await?;
    clerk.is_pictured("settings-keys").await?;
    let own = "price_below = \"10.01\"\npassholder = \"2.50\"\norganizer = \"40 %\"\ngovernment = \"rest\"\n";
    let standard = "passholder = \"20 %\"\norganizer = \"40 %\"\ngovernment = \"rest\"\n";
    let keys = format!("\n[[distribution_keys]]\n{own}\n[[distribution_keys]]\n{standard}");
    assert_eq!(std::fs::read_to_string(&file)?, format!("{before}compute_prices = true\n{keys}"), "and nothing else");

    clerk.presses([ESCAPE]).await?;
    stage.sandbox.set_offline(true).await?;
    clerk.presses("0900000067513".chars().chain([ENTER])).await?;
    clerk.waits_until("offer-0", "data-source", "computed").await?;
    clerk.waits_until("offer-0", "data-price-cents", "250").await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn in_fast_mode_a_card_saves_its_point_and_one_press_takes_it_back() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let room = Room::prepare()?;
    let clerk = Clerk::sits_down(&room, &["--demo"], &[]).await?;
    clerk.chooses(SWIMMING).await?;
    clerk.clicks("fast-switch").await?;
    clerk.waits_until("fast-switch", "aria-checked", "true").await?;
    clerk.clicks(&format!("practice-card-{NOOR}")).await?;
    clerk.waits_until("by-itself", "data-saved", "true").await?;
    clerk.waits_until("line-0", "data-kind", "checkIn").await?;
    clerk.waits_until("person", "data-phase", "ready").await?;
    clerk.is_pictured("fast").await?;
    assert_eq!(document(&clerk, "data-sound").await?, "noted");
    assert_eq!(clerk.attribute("line-0", "data-state").await.as_deref(), Some("queued"), "it waits");
    clerk.clicks("by-itself-undo").await?;
    clerk.waits_until("line-0", "data-state", "withdrawn").await?;
    clerk.waits_until_gone("by-itself").await?;
    clerk.waits_until("check-in", "data-saveable", "true").await?;
    assert_eq!(clerk.attribute("line-1", "data-state").await, None, "it was the only one");
    Ok(clerk.goes_home().await?)
}
