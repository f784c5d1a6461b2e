//! Being ready for offline, and what this computer keeps.

use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::clerk::{Clerk, ENTER, ESCAPE, F5, F6};
use balie_tests::pcscd::{self, Pcscd};
use balie_tests::skip::skipped;
use balie_tests::stage::{EVENT, Stage, yasmina_types_her_number};
use balie_tests::virtual_card::{A_SECOND_TAP, Behaviour, VirtualCard};

use crate::entrance::{Entrance, Outcome, PIN, left_out, tries_the_pin};
use crate::lock::until;

const YASMINA: &str = "04363CDAEE3880";

/// Somebody whom the desk never met, and who is on the list of her region.
const NOOR: &str = "0900010959113";

/// Types a number.
async fn types(clerk: &Clerk, number: &str) -> std::io::Result<()> {
    clerk.presses([ESCAPE]).await?;
    clerk.finds("idle").await?;
    clerk.presses(number.chars().chain([ENTER])).await
}

/// Everything that working without a connection takes stands there, and is in order.
async fn is_all_good(clerk: &Clerk) -> std::io::Result<()> {
    for item in ["signIn", "events", "prices", "rewards", "list", "cards", "reader"] {
        clerk.waits_until(&format!("ready.{item}"), "data-state", "good").await?;
    }
    clerk.waits_until("ready-summary", "data-good", "true").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_was_made_ready_sells_and_saves_points_without_a_connection() -> Outcome {
    if left_out() || skipped(pcscd::stage_missing()) {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let sandbox = &entrance.stage.sandbox;
    let (clerk, _) = entrance.set_up().await?;
    clerk.goes_home().await?;
    let pcscd = Pcscd::start()?;
    let clerk = entrance.open_with(&pcscd.env()).await?;
    tries_the_pin(&clerk, PIN).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.chooses(EVENT).await?;
    clerk.presses([F5]).await?;
    clerk.waits_until("ready.cards", "data-state", "soon").await?;
    clerk.is_pictured("f1-before").await?;
    clerk.presses([ESCAPE]).await?;
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(YASMINA))?;
    clerk.waits_until("offer-0", "data-source", "live").await?;
    card.take();

    // Slowly enough to be seen at work.
    sandbox.add_fault(FaultRule::new(FaultAction::Delay, "/cards").delay_ms(700));
    let asked = sandbox.request_count_below("GET", "/cards/social-tariff");
    clerk.presses([F5]).await?;
    clerk.waits_until("prepare", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("ready-progress", "data-code", "refresh.list").await?;
    clerk.waits_for("ready-progress", " van ").await?;
    clerk.is_pictured("f2-progress").await?;
    sandbox.clear_faults();
    clerk.waits_until_gone("ready-progress").await?;
    assert!(sandbox.request_count_below("GET", "/cards/social-tariff") > asked, "the lists were asked again");
    is_all_good(&clerk).await?;
    clerk.is_pictured("f3-ready").await?;
    clerk.presses([ESCAPE]).await?;

    sandbox.set_offline(true).await?;
    // The same card again at once would be no second tap.
    tokio::time::sleep(A_SECOND_TAP).await;
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(YASMINA))?;
    clerk.waits_until("header-connection", "data-state", "offline").await?;
    clerk.waits_until("offer-0", "data-source", "cached").await?;
    clerk.confirms().await?;
    clerk.waits_until("line-0", "data-kind", "sell").await?;
    clerk.waits_until("check-in", "data-ready", "true").await?;
    clerk.presses([F6]).await?;
    clerk.waits_until("line-0", "data-kind", "checkIn").await?;
    clerk.is_pictured("f4-offline").await?;
    card.take();
    // Never seen here: the list says that she has the lower price.
    types(&clerk, NOOR).await?;
    clerk.waits_until("offer-0", "data-price-cents", "200").await?;
    clerk.is_pictured("f5-listed").await?;
    clerk.confirms().await?;
    clerk.waits_until("header-to-send", "data-count", "3").await?;
    assert!(entrance.stage.held().is_empty());

    sandbox.set_offline(false).await?;
    until("all three are with UiTPAS", || (sandbox.ticket_sales().len(), sandbox.checkins().len()) == (2, 1)).await?;
    clerk.waits_until("header-to-send", "data-count", "0").await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_wiped_is_a_stranger_and_what_waits_stays() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let sandbox = &entrance.stage.sandbox;
    let (clerk, _) = entrance.set_up().await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    yasmina_types_her_number(&clerk).await?;
    sandbox.set_offline(true).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.waits_until("header-connection", "data-state", "offline").await?;
    types(&clerk, "0900000067513").await?;
    clerk.waits_until("offer-0", "data-source", "cached").await?;
    clerk.waits_until("offer-0", "data-price-cents", "200").await?;

    clerk.presses_with_control('d').await?;
    clerk.waits_for("kept.cards", "1").await?;
    clerk.waits_for("data-terms", "1").await?;
    clerk.is_pictured("g1-data").await?;
    clerk.clicks("wipe-open").await?;
    clerk.waits_for("wipe-stays", "1").await?;
    clerk.waits_until("wipe-confirm", "data-ready", "true").await?;
    clerk.is_pictured("g2-wipe").await?;
    clerk.presses([ENTER]).await?;
    clerk.finds("wiped").await?;
    clerk.waits_for("kept.cards", "0").await?;
    clerk.is_pictured("g3-wiped").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.waits_until("header-to-send", "data-count", "1").await?;
    types(&clerk, "0900000067513").await?;
    clerk.waits_until("person", "data-phase", "ready").await?;
    clerk.is_pictured("g4-stranger").await?;
    assert!(!clerk.page().await?.contains("Yasmina"), "nobody knows her name here");
    assert_ne!(clerk.attribute("offer-0", "data-price-cents").await.as_deref(), Some("200"));

    sandbox.set_offline(false).await?;
    clerk.waits_until("header-to-send", "data-count", "0").await?;
    assert_eq!(entrance.stage.held(), Stage::one_sale());
    Ok(clerk.goes_home().await?)
}
