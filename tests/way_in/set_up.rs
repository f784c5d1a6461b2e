//! A new desk is set up.

use balie_tests::clerk::{Clerk, ENTER, ESCAPE, speaks};
use balie_tests::stage::{Stage, without_pcscd, yasmina_types_her_number};

use crate::entrance::{Entrance, ORGANIZER, Outcome, PIN, at_step, left_out, passes};
use crate::lock::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_desk_is_set_up_from_the_first_word_to_the_first_sale() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let clerk = entrance.open().await?;
    at_step(&clerk, "welcome").await?;
    clerk.is_pictured("a1-welcome").await?;
    clerk.presses([ENTER]).await?;
    at_step(&clerk, "signIn").await?;
    clerk.is_pictured("a2-sign-in").await?;
    assert!(entrance.browser.opened().is_empty());

    // Whoever closes the page and stops comes back to the same step, and can begin anew.
    entrance.browser.is_left()?;
    clerk.presses([ENTER]).await?;
    clerk.waits_until("sign-in", "data-busy", "true").await?;
    until("the browser opens", || entrance.browser.opened().len() == 1).await?;
    clerk.is_pictured("a3-in-browser").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.waits_until("sign-in", "data-busy", "false").await?;
    assert_eq!(clerk.reads("problem").await, None, "whoever stopped it knows that it was stopped");
    entrance.browser.is_used_by("")?;
    passes(&clerk, "signIn").await?;
    clerk.waits_until("problem", "data-code", "signIn.refused").await?;
    clerk.is_pictured("a4-gave-up").await?;
    entrance.browser.is_used_by("an")?;
    passes(&clerk, "signIn").await?;

    at_step(&clerk, "desk").await?;
    clerk.waits_until(&format!("desk-{ORGANIZER}"), "aria-pressed", "true").await?;
    clerk.waits_until("permission.sell", "data-granted", "true").await?;
    clerk.is_pictured("a5-desk").await?;
    clerk.presses([ENTER]).await?;
    at_step(&clerk, "reader").await?;
    clerk.is_pictured("a6-reader").await?;
    clerk.presses([ENTER]).await?;

    passes(&clerk, "recovery").await?;
    let code = clerk.waits_for("recovery-code", " ").await?;
    clerk.is_pictured("a8-code").await?;
    passes(&clerk, "recovery").await?;
    clerk.waits_for_focus("recovery-typed").await?;
    assert_eq!(clerk.reads("recovery-code").await, None, "it is typed from the paper");
    clerk.presses("ABCD".chars()).await?;
    passes(&clerk, "recovery").await?;
    clerk.waits_until("problem", "data-code", "recovery.notTheSame").await?;
    clerk.is_pictured("a9-typed").await?;
    clerk.finds("recovery-typed").await?.clear().await?;
    clerk.clicks("recovery-typed").await?;
    clerk.presses(code.split_whitespace().collect::<String>().chars()).await?;
    passes(&clerk, "recovery").await?;

    at_step(&clerk, "pin").await?;
    clerk.waits_for_focus("pin-new").await?;
    clerk.presses(PIN.chars()).await?;
    clerk.clicks("pin-again").await?;
    clerk.presses("1357".chars().chain([ENTER])).await?;
    clerk.waits_until("problem", "data-code", "pin.differs").await?;
    clerk.is_pictured("a7-pin").await?;
    clerk.waits_for_focus("pin-again").await?;
    clerk.presses(PIN.chars().chain([ENTER])).await?;
    at_step(&clerk, "done").await?;
    clerk.is_pictured("a10-done").await?;
    clerk.presses([ENTER]).await?;

    clerk.finds("idle").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.is_pictured("a11-desk").await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    assert_eq!(entrance.stage.held(), Stage::one_sale());
    assert_eq!(entrance.browser.opened().len(), 3);
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_without_settings_asks_for_them_first() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let stage = Stage::bare().await?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    passes(&clerk, "welcome").await?;
    clerk.waits_until("set-up", "data-step", "settings").await?;
    clerk.waits_for_focus("client").await?;
    clerk.is_pictured("s1-settings").await?;
    clerk.clicks("environment-test").await?;
    clerk.clicks("client").await?;
    clerk.presses("een id met een spatie".chars()).await?;
    passes(&clerk, "settings").await?;
    clerk.waits_until("problem", "data-code", "setup.client").await?;
    clerk.is_pictured("s2-wrong-client").await?;
    clerk.finds("client").await?.clear().await?;
    clerk.clicks("client").await?;
    clerk.presses("balie-van-dok".chars()).await?;
    passes(&clerk, "settings").await?;
    at_step(&clerk, "signIn").await?;
    let written = std::fs::read_to_string(stage.profile.path().join("balie.toml"))?;
    assert!(
        written.contains("environment = \"test\"") && written.contains("client_id = \"balie-van-dok\""),
        "{written}"
    );
    clerk.goes_home().await?;

    // It goes on where it was, and does not ask for the settings again.
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    at_step(&clerk, "welcome").await?;
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_words_are_those_of_the_system_until_somebody_chooses_a_language() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let stage = Stage::bare().await?;
    let french = [speaks("fr_BE"), without_pcscd(stage.profile.path())].concat();
    let clerk = stage.open(&french).await?;
    at_step(&clerk, "welcome").await?;
    clerk.waits_until("speak-fr", "aria-pressed", "true").await?;
    assert_eq!(spoken(&clerk).await?, "fr");
    clerk.clicks("speak-en").await?;
    clerk.waits_until("speak-en", "aria-pressed", "true").await?;
    assert_eq!(spoken(&clerk).await?, "en");
    clerk.is_pictured("s3-language").await?;
    passes(&clerk, "welcome").await?;
    clerk.clicks("environment-test").await?;
    clerk.clicks("client").await?;
    clerk.presses("balie-van-dok".chars()).await?;
    passes(&clerk, "settings").await?;
    at_step(&clerk, "signIn").await?;
    let file = stage.profile.path().join("balie.toml");
    assert!(std::fs::read_to_string(&file)?.contains("language = \"en\""), "the choice was not kept");
    clerk.goes_home().await?;

    // From now on the settings say it, whatever the system speaks, and they follow a choice as well.
    let clerk = stage.open(&french).await?;
    at_step(&clerk, "welcome").await?;
    assert_eq!(spoken(&clerk).await?, "en");
    clerk.clicks("speak-nl").await?;
    clerk.waits_until("speak-nl", "aria-pressed", "true").await?;
    assert!(std::fs::read_to_string(&file)?.contains("language = \"nl\""), "the other choice was not kept");
    clerk.goes_home().await?;

    // Also where the desk cannot be opened at all, and nobody has said anything yet.
    std::fs::write(&file, "environment = ")?;
    let clerk = stage.open(&french).await?;
    clerk.finds("stopped").await?;
    assert_eq!(spoken(&clerk).await?, "fr");
    Ok(clerk.goes_home().await?)
}

/// The language that the page says it speaks.
async fn spoken(clerk: &Clerk) -> std::io::Result<String> {
    let told = clerk.driver().client().execute("return document.documentElement.lang", Vec::new()).await;
    Ok(told.map_err(std::io::Error::other)?.as_str().unwrap_or_default().to_owned())
}
