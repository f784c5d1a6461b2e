//! The PIN and the lock.

use std::time::Duration;

use balie_tests::clerk::{Clerk, F5, F6, F8, F9, composed};
use balie_tests::pcscd::{self, Pcscd};
use balie_tests::skip::skipped;
use balie_tests::stage::{Stage, without_pcscd, yasmina_types_her_number};
use balie_tests::virtual_card::{A_SECOND_TAP, Behaviour, VirtualCard};

use crate::entrance::{Entrance, Outcome, PIN, left_out, sets_up, tries_the_pin};

const YASMINA: &str = "04363CDAEE3880";

/// What must not stand in the page of a locked desk: who was there, their number however it is grouped, a price, an activity
/// and the desk itself.
const PERSONAL: [&str; 9] =
    ["Yasmina", "0900000067513", "067513", "067 513", "67 513", "2,00", "10,00", "Voorstelling", "Regio Gent"];

/// Nothing of a person stands in the page, seen or not.
pub async fn shows_nobody(clerk: &Clerk) -> Result<(), Box<dyn std::error::Error>> {
    let page = clerk.page().await?;
    let found: Vec<_> = PERSONAL.iter().filter(|words| page.contains(**words)).collect();
    if found.is_empty() { Ok(()) } else { Err(format!("{found:?} in {page}").into()) }
}

/// Yasmina stands at the desk, and what must not be seen later is there to be seen now.
async fn yasmina_stands_there(clerk: &Clerk) -> Outcome {
    yasmina_types_her_number(clerk).await?;
    clerk.waits_for("offer-0", "2,00").await?;
    let page = clerk.page().await?;
    for words in ["Yasmina", "513", "2,00", "10,00", "Voorstelling", "Regio Gent"] {
        assert!(page.contains(words), "{words} is to be found");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_opens_the_desk_again_and_a_wrong_one_says_how_many_are_left() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let (clerk, _) = entrance.set_up().await?;
    clerk.goes_home().await?;

    let clerk = entrance.open().await?;
    clerk.finds("locked").await?;
    clerk.is_pictured("b1-locked").await?;
    tries_the_pin(&clerk, "1357").await?;
    clerk.waits_until("locked-said", "data-code", "pin.wrong").await?;
    clerk.waits_for("locked-said", "nog 9 keer").await?;
    clerk.finds("locked-wait").await?;
    clerk.is_pictured("b2-wrong").await?;
    // What a scanner types is no try, and says so.
    tries_the_pin(&clerk, "0900000067513").await?;
    clerk.waits_for("locked-said", "telt niet als een poging").await?;
    clerk.goes_home().await?;

    // A restart forgets neither the wrong one nor that it makes the next one wait.
    let clerk = entrance.open().await?;
    clerk.waits_until("locked-said", "data-code", "pin.wait").await?;
    clerk.finds("locked-wait").await?;
    clerk.is_pictured("b3-wait").await?;
    tries_the_pin(&clerk, "1357").await?;
    clerk.waits_for("locked-said", "nog 8 keer").await?;
    tries_the_pin(&clerk, PIN).await?;
    clerk.finds("idle").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    assert_eq!(clerk.reads("sign-in-button").await, None, "An is still signed in");
    assert_eq!(entrance.browser.opened().len(), 1);
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_desk_shows_nobody_and_goes_on_sending() -> Outcome {
    if left_out() || skipped(pcscd::stage_missing()) {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let (clerk, _) = entrance.set_up().await?;
    clerk.goes_home().await?;
    let pcscd = Pcscd::start()?;
    let clerk = entrance.open_with(&pcscd.env()).await?;
    tries_the_pin(&clerk, PIN).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    yasmina_stands_there(&clerk).await?;
    entrance.stage.sandbox.set_offline(true).await?;
    clerk.confirms().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;
    clerk.is_pictured("c1-before").await?;
    clerk.presses_with_control('l').await?;
    clerk.finds("locked").await?;
    clerk.is_pictured("c2-locked").await?;
    shows_nobody(&clerk).await?;

    // A tap at a locked desk asks nothing, and says nothing.
    let asked = entrance.stage.sandbox.request_count("GET", "/passes");
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(YASMINA))?;
    entrance.stage.sandbox.set_offline(false).await?;
    until("the sale is with UiTPAS", || entrance.stage.held() == Stage::one_sale()).await?;
    shows_nobody(&clerk).await?;
    assert_eq!(entrance.stage.sandbox.request_count("GET", "/passes"), asked);
    clerk.presses([F5, F6, F8, F9]).await?;
    clerk.presses_with_control('d').await?;
    clerk.finds("locked").await?;
    shows_nobody(&clerk).await?;
    card.take();

    tries_the_pin(&clerk, PIN).await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    clerk.finds("idle").await?;
    assert_eq!(clerk.reads("person").await, None, "whoever stood there does not come back by itself");
    // The same card again at once would be no second tap.
    tokio::time::sleep(A_SECOND_TAP).await;
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(YASMINA))?;
    clerk.waits_for("person-name", "Yasmina").await?;
    card.take();
    Ok(clerk.goes_home().await?)
}

/// Waits until this is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool) -> std::io::Result<()> {
    for _ in 0..1_000 {
        if is_so() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(std::io::Error::other(format!("waited in vain until {what}")))
}

/// What a locked desk looks like at which nobody ever stood. Its lock is opened again.
async fn picture_of_a_locked_desk(clerk: &Clerk) -> std::io::Result<Vec<u8>> {
    let open = clerk.picture().await?;
    clerk.presses_with_control('l').await?;
    clerk.finds("locked").await?;
    // What is painted follows what stands in the page after a while.
    let mut before = open.clone();
    for _ in 0..1_000 {
        let now = clerk.picture().await?;
        if now == before && now != open {
            tries_the_pin(clerk, PIN).await?;
            clerk.finds("idle").await?;
            return Ok(now);
        }
        before = now;
    }
    Err(std::io::Error::other("the lock is never painted"))
}

/// Waits until the window looks like this. The cursor blinks, so that may take a moment.
async fn until_pictured(clerk: &Clerk, wanted: &[u8]) -> Outcome {
    for _ in 0..1_000 {
        if looks_like(&clerk.picture().await?, wanted)? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    clerk.is_pictured("not-what-was-wanted").await?;
    Err("the window shows something else than a locked desk at which nobody stood".into())
}

/// Whether two pictures show the same. The window paints in tiles, and smooths the curves where two of them meet now one way,
/// now another; the letters of a name differ from the paper by far more than that.
fn looks_like(one: &[u8], other: &[u8]) -> Result<bool, Box<dyn std::error::Error>> {
    const SMOOTHED: u8 = 96;
    let (one, other) = (points(one)?, points(other)?);
    Ok(one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| one.abs_diff(*other) <= SMOOTHED))
}

/// The colours of a picture, point by point.
fn points(picture: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info()?;
    let mut points = vec![0; reader.output_buffer_size().ok_or("a picture that is too large")?];
    let shape = reader.next_frame(&mut points)?;
    points.truncate(shape.buffer_size());
    Ok(points)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_locks_with_the_screen_and_before_a_sleep() -> Outcome {
    if left_out() {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let clerk = entrance.open_with(&[without_pcscd(entrance.stage.profile.path()), composed()].concat()).await?;
    sets_up(&clerk).await?;
    let nobody = picture_of_a_locked_desk(&clerk).await?;
    let saver = "org.freedesktop.ScreenSaver.ActiveChanged";
    let session = "/org/freedesktop/login1/session/_32";
    for (path, name, on) in [
        ("/org/freedesktop/ScreenSaver", saver, Some(true)),
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", Some(true)),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", Some(true)),
        (session, "org.freedesktop.login1.Session.Lock", None),
    ] {
        // What says that it is over, or is about something else, comes first on the same bus, and locks nothing.
        let bus = &entrance.stage.room.bus;
        yasmina_stands_there(&clerk).await?;
        bus.signal("/org/freedesktop/ScreenSaver", saver, Some(false))?;
        bus.signal("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", Some(false))?;
        bus.signal(session, "org.freedesktop.login1.Session.Unlock", None)?;
        yasmina_stands_there(&clerk).await?;
        assert!(!looks_like(&clerk.picture().await?, &nobody)?, "the desk itself looks otherwise");
        bus.signal(path, name, on)?;
        clerk.finds("locked").await.map_err(|why| format!("{name}: {why}"))?;
        shows_nobody(&clerk).await?;
        until_pictured(&clerk, &nobody).await.map_err(|why| format!("{name}: {why}"))?;
        tries_the_pin(&clerk, PIN).await?;
        clerk.finds("idle").await?;
    }
    Ok(clerk.goes_home().await?)
}
