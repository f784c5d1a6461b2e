//! Signing out, and in again.

use balie_tests::clerk::{ENTER, ESCAPE, F9};
use balie_tests::stage::{Stage, yasmina_types_her_number};

use crate::entrance::{Entrance, Outcome, PIN, left_out, tries_the_pin};
use crate::lock::until;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_leaves_the_queue_to_the_next_one() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let (clerk, _) = entrance.set_up().await?;
    yasmina_types_her_number(&clerk).await?;
    entrance.stage.sandbox.set_offline(true).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.clicks("menu-button").await?;
    clerk.clicks("menu-signOut").await?;
    clerk.waits_for("sign-out-waiting", "Te verzenden: 1").await?;
    clerk.waits_until("sign-out-confirm", "data-ready", "true").await?;
    clerk.is_pictured("h1-sign-out").await?;
    let before = entrance.browser.opened().len();
    clerk.presses([ENTER]).await?;
    clerk.waits_until_gone("sign-out").await?;
    until("the browser is asked to sign out", || entrance.browser.opened().len() > before).await?;
    let address = entrance.browser.opened().pop().unwrap_or_default();
    assert!(address.starts_with(&entrance.provider.url) && address.contains("id_token_hint="), "{address}");
    assert_eq!(clerk.reads("person").await, None, "whoever comes next starts at an empty desk");
    clerk.waits_until("header-connection", "data-state", "signInNeeded").await?;
    clerk.is_pictured("h2-signed-out").await?;

    // The connection is back, and nothing goes: nobody is signed in.
    entrance.stage.sandbox.set_offline(false).await?;
    clerk.presses([F9]).await?;
    clerk.clicks("send-now").await?;
    clerk.waits_until("send-summary", "data-busy", "false").await?;
    clerk.waits_for("send", "Niemand is aangemeld").await?;
    clerk.is_pictured("h3-nothing-goes").await?;
    clerk.presses([ESCAPE]).await?;
    assert_eq!(entrance.stage.sandbox.request_count("POST", "/ticket-sales"), 0);
    clerk.waits_until("header-to-send", "data-count", "1").await?;
    clerk.goes_home().await?;

    // After a restart it is the same, and the head of the window leads to the sign-in.
    let clerk = entrance.open().await?;
    tries_the_pin(&clerk, PIN).await?;
    clerk.waits_for("header-connection", "Aanmelden nodig").await?;
    clerk.waits_until("header-to-send", "data-count", "1").await?;
    clerk.clicks("header-connection").await?;
    clerk.waits_until("sign-in-begin", "data-ready", "true").await?;
    clerk.is_pictured("h4-sign-in").await?;
    entrance.browser.is_used_by("bert")?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until_gone("sign-in-dialog").await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    assert_eq!(entrance.stage.held(), Stage::one_sale());
    Ok(clerk.goes_home().await?)
}
