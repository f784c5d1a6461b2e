//! The recovery code, where the PIN or the keyring does not help any more.

use balie_tests::clerk::{Clerk, ENTER, ESCAPE};
use balie_tests::stage::yasmina_types_her_number;

use crate::entrance::{Entrance, Outcome, PIN, left_out, tries_the_pin};

/// Types the code, as somebody does who reads it from paper: small letters, no dashes.
async fn types_the_code(clerk: &Clerk, code: &str) -> std::io::Result<()> {
    clerk.finds("recovery").await?;
    clerk.clicks("recovery-field").await?;
    clerk.presses(code.to_lowercase().replace('-', "").chars()).await?;
    clerk.presses([ENTER]).await
}

/// The code with its last sign changed.
fn mistyped(code: &str) -> String {
    let (begin, end) = code.split_at(code.len() - 1);
    format!("{begin}{}", if end == "A" { "B" } else { "A" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_pin_is_gone_once_the_recovery_code_opened_the_desk() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let (clerk, code) = entrance.set_up().await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.presses_with_control('l').await?;
    clerk.clicks("forgot").await?;
    clerk.waits_for_focus("recovery-field").await?;
    clerk.is_pictured("d1-forgot").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.waits_for_focus("pin-field").await?;
    clerk.clicks("forgot").await?;
    types_the_code(&clerk, &mistyped(&code)).await?;
    clerk.waits_until("recovery-said", "data-code", "recovery.notACode").await?;
    clerk.is_pictured("d2-mistyped").await?;
    clerk.finds("recovery-field").await?.clear().await?;
    types_the_code(&clerk, &code).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.goes_home().await?;

    let clerk = entrance.open().await?;
    clerk.finds("idle").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.goes_home().await?;

    // At a start as well.
    let clerk = entrance.open().await?;
    clerk.clicks("menu-button").await?;
    clerk.is_pictured("d3-menu").await?;
    clerk.clicks("menu-pin").await?;
    clerk.waits_for_focus("pin-new").await?;
    clerk.presses(PIN.chars()).await?;
    clerk.clicks("pin-again").await?;
    clerk.presses(PIN.chars()).await?;
    clerk.is_pictured("d4-pin").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until_gone("pin-dialog").await?;
    clerk.goes_home().await?;
    let clerk = entrance.open().await?;
    clerk.clicks("forgot").await?;
    types_the_code(&clerk, &code).await?;
    clerk.finds("idle").await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_was_lost_or_is_locked_costs_no_sale() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let mut entrance = Entrance::prepare().await?;
    let (clerk, code) = entrance.set_up().await?;
    yasmina_types_her_number(&clerk).await?;
    entrance.stage.sandbox.set_offline(true).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.goes_home().await?;

    // Locked: it may be opened meanwhile, and then the PIN is enough.
    entrance.stage.room.bus.lock_keyring()?;
    let clerk = entrance.open().await?;
    clerk.waits_until("recovery-why", "data-code", "key.locked").await?;
    clerk.waits_for_focus("try-again").await?;
    clerk.is_pictured("e1-keyring-locked").await?;
    entrance.stage.room.bus.start_keyring()?;
    clerk.clicks("try-again").await?;
    clerk.finds("locked").await?;
    clerk.goes_home().await?;

    // Not there yet when the program starts, as right after somebody signed in on the computer.
    entrance.stage.room.bus.end_keyring();
    let clerk = entrance.open().await?;
    clerk.waits_until("recovery-why", "data-code", "key.noKeyring").await?;
    clerk.is_pictured("e1-no-keyring").await?;
    entrance.stage.room.bus.start_keyring()?;
    clerk.clicks("try-again").await?;
    tries_the_pin(&clerk, PIN).await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    // Started anew while the desk is open: it is locked and opened as before.
    entrance.stage.room.bus.start_keyring()?;
    clerk.presses_with_control('l').await?;
    tries_the_pin(&clerk, PIN).await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.goes_home().await?;

    entrance.stage.room.bus.lose_keyring()?;
    entrance.stage.room.bus.start_keyring()?;
    let clerk = entrance.open().await?;
    clerk.waits_until("recovery-why", "data-code", "key.lost").await?;
    clerk.waits_for("recovery-why", "niet meer in de sleutelbos").await?;
    clerk.waits_for_focus("recovery-field").await?;
    clerk.is_pictured("e2-keyring-lost").await?;
    assert_eq!(clerk.reads("try-again").await, None, "trying again would not help");
    types_the_code(&clerk, &code).await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.is_pictured("e3-open").await?;
    assert!(entrance.stage.held().is_empty());
    // With the keyring went what this computer remembers of the ledger, so a person says that it is used here alone.
    clerk.waits_for("banner-read-only", "sleutelbos is nieuw").await?;
    entrance.stage.sandbox.set_offline(false).await?;
    clerk.clicks("work-on-here").await?;
    clerk.waits_until("work-on-confirm", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    // It may have been sent from elsewhere since, so it is looked up before it is sent again.
    clerk.waits_until("case-B1-000001", "data-code", "check.looking").await?;
    clerk.is_pictured("e4-looked-up").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.waits_until("line-0", "data-state", "inDoubt").await?;
    assert_eq!(entrance.stage.sandbox.request_count("POST", "/ticket-sales"), 0, "never sent blindly");
    clerk.goes_home().await?;

    // The keyring keeps it again, and the PIN is gone with what it was wrapped with.
    let clerk = entrance.open().await?;
    clerk.waits_for("line-0", "B1-000001").await?;
    assert_eq!(clerk.reads("banner-read-only").await, None, "the decision holds");
    clerk.clicks("menu-button").await?;
    assert_eq!(clerk.reads("menu-lock").await, None, "there is no PIN");
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_was_taken_out_of_the_keyring_asks_for_the_code() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let (clerk, code) = entrance.set_up().await?;
    clerk.goes_home().await?;
    assert!(entrance.stage.room.bus.forget_items()? > 0, "there was nothing to take out");
    let clerk = entrance.open().await?;
    clerk.waits_until("recovery-why", "data-code", "key.lost").await?;
    types_the_code(&clerk, &code).await?;
    clerk.finds("idle").await?;
    clerk.goes_home().await?;
    let clerk = entrance.open().await?;
    clerk.finds("idle").await?;
    Ok(clerk.goes_home().await?)
}
