//! Plays one sale in practice mode on a virtual display and saves a picture of it: `shot FILE`.

use balie_tests::clerk::{Clerk, Room, composed};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Recreatief zwemmen, with three prices.
const SWIMMING: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e101";
/// Two cards of the practice tray with standing.
const CARDS: [&str; 2] = ["04ED6ACACF6180", "04363CDAEE3880"];

fn main() -> ExitCode {
    let Some(file) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: shot FILE");
        return ExitCode::from(2);
    };
    let played = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(play(&file)));
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("no picture: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn play(file: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let room = Room::prepare()?;
    let clerk = Clerk::sits_down(&room, &["--demo"], &composed()).await?;
    println!("the window is open");
    clerk.chooses(SWIMMING).await?;
    for card in CARDS {
        clerk.clicks(&format!("practice-card-{card}")).await?;
        clerk.waits_until("offer-0", "data-source", "live").await?;
        clerk.waits_until("person", "data-phase", "ready").await?;
        clerk.waits_until("record", "data-ready", "true").await?;
        if card == CARDS[0] {
            clerk.confirms().await?;
            clerk.waits_until("line-0", "data-state", "confirmed").await?;
            println!("one sale was played");
        }
    }
    clerk.driver().screenshot(file).await?;
    Ok(())
}
