//! The frame around the page: what the window itself does, whatever stands in it.
#![cfg(target_os = "linux")]

use balie_tests::clerk::{Clerk, Room, app, composed};
use balie_tests::driver::{below, send, stage_missing};
use balie_tests::skip::skipped;
use balie_tests::stage::{Stage, without_pcscd};
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until something is so.
async fn until(what: &str, so: impl Fn() -> bool) -> io::Result<()> {
    let since = Instant::now();
    while !so() {
        if since.elapsed() > PATIENCE {
            return Err(io::Error::other(format!("{what} did not happen")));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// The process that shows the page.
fn page_of(program: u32) -> Option<u32> {
    below(program).into_iter().find(|(_, name)| name.starts_with("WebKitWebProces")).map(|(pid, _)| pid)
}

/// Started without a driver, as a clerk does; ends with the test.
struct Started(Child);

impl Started {
    fn in_practice(room: &Room, log: &Path) -> io::Result<Self> {
        let mut program = Command::new(app()?);
        program.arg("--demo").envs(room.env()).current_dir(room.bus.folder());
        let program = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(std::fs::File::create(log)?);
        Ok(Self(program.spawn()?))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let pages: Vec<u32> = below(self.0.id()).into_iter().map(|(pid, _)| pid).collect();
        // What has ended by itself is fine here.
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = send("KILL", &pages);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_come_up_is_told_by_the_system() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let room = Room::prepare()?;
    let log = room.bus.folder().join("balie.log");
    let started = Started::in_practice(&room, &log)?;
    let program = started.0.id();
    until("a page process", || page_of(program).is_some()).await?;
    let page = page_of(program).ok_or("the page has gone")?;
    send("STOP", &[page])?;
    let said = |words: &str| std::fs::read_to_string(&log).unwrap_or_default().contains(words);
    until("a word of it", || said("the page of the window does not come up")).await?;
    until("a window of the system", || windows(&room).iter().any(|title| title.contains("komt niet op"))).await?;
    assert!(below(program).iter().any(|(pid, _)| *pid == page), "the program goes on, and so does its page");
    send("CONT", &[page])?;
    Ok(())
}

/// The titles of the windows on the screen.
fn windows(room: &Room) -> Vec<String> {
    let tree = Command::new("xwininfo").args(["-root", "-tree"]).envs(room.env()).output();
    let tree = tree.map(|told| String::from_utf8_lossy(&told.stdout).into_owned()).unwrap_or_default();
    tree.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_comes_back_as_large_as_it_was() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.finds("idle").await?;
    clerk.driver().client().set_window_size(1100, 740).await?;
    let size = clerk.driver().client().get_window_size().await?;
    assert_ne!(size, (1280, 800), "the window took another size");
    let kept = stage.room.bus.folder().join("config/be.balie.desk/.window-state.json");
    let has_it = || std::fs::read_to_string(&kept).is_ok_and(|text| text.contains(&format!("\"width\": {}", size.0)));
    until("a note of the size", has_it).await?;
    clerk.driver().kill_app().await?;
    drop(clerk);
    let clerk = stage.open(&without_pcscd(stage.profile.path())).await?;
    clerk.finds("idle").await?;
    assert_eq!(clerk.driver().client().get_window_size().await?, size);
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_drawn_as_somebody_said() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let room = Room::prepare()?;
    for said in ["0", "1"] {
        let more = ["WEBKIT_DISABLE_DMABUF_RENDERER", "GDK_GL"].map(|name| (name.to_owned(), said.to_owned()));
        let words = words_of_the_page(&room, &more).await?;
        for (name, _) in more {
            assert!(words.contains(&format!("{name}={said}")), "{name}={said}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_graphics_card_nothing_imitates_one() -> Outcome {
    // A window of which pictures are taken is composed.
    let pictures = std::env::var_os("BALIE_PICTURES").map(|_| "pictures are taken".to_owned());
    if skipped(stage_missing().or(pictures)) {
        return Ok(());
    }
    let cards = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    let has_card = cards.into_iter().any(|card| card.file_name().to_string_lossy().starts_with("renderD"));
    let room = Room::prepare()?;
    let is_said = |words: &[String]| words.iter().any(|word| word == "GDK_GL=disable");
    assert_eq!(is_said(&words_of_the_page(&room, &[]).await?), !has_card);
    // A page that somebody wants composed is drawn by OpenGL, imitated or not.
    assert!(!is_said(&words_of_the_page(&room, &composed()).await?));
    Ok(())
}

/// What stands in the environment of the page when the desk is started with this more.
async fn words_of_the_page(room: &Room, more: &[(String, String)]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let clerk = Clerk::sits_down(room, &["--demo"], more).await?;
    clerk.finds("idle").await?;
    let page = page_of(clerk.driver().app_pid()?).ok_or("there is no page")?;
    let environment = std::fs::read(format!("/proc/{page}/environ"))?;
    clerk.goes_home().await?;
    Ok(environment.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_changes_while_its_size_is_being_kept_goes_on() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let room = Room::prepare()?;
    let clerk = Clerk::sits_down(&room, &["--demo"], &[]).await?;
    clerk.finds("idle").await?;
    // Half a second after a change the size is kept: changes at every moment around it find the window working.
    for step in 0..120 {
        clerk.driver().client().set_window_size(1100 + step % 7, 740 + step % 5).await?;
        tokio::time::sleep(Duration::from_millis(u64::from(step % 13))).await;
    }
    clerk.is_painted().await?;
    Ok(clerk.goes_home().await?)
}
