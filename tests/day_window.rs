//! The day, in the real window: what was sold is found again, goes into files, and the day is closed.
#![cfg(target_os = "linux")]

use balie_tests::clerk::{ENTER, ESCAPE, F12};
use balie_tests::driver::stage_missing;
use balie_tests::skip::skipped;
use balie_tests::stage::{Stage, without_pcscd, yasmina_types_her_number};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_looked_at_filtered_put_into_files_and_closed() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let file = stage.profile.path().join("dag");
    let mut env = without_pcscd(stage.profile.path());
    env.push(("BALIE_FILE".to_owned(), file.to_string_lossy().into_owned()));
    let clerk = stage.open(&env).await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    yasmina_types_her_number(&clerk).await?;
    stage.sandbox.set_offline(true).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "queued").await?;

    clerk.presses([F12]).await?;
    clerk.waits_until("line-day-0", "data-state", "queued").await?;
    clerk.waits_until("line-day-1", "data-state", "confirmed").await?;
    clerk.waits_for("day.row.charged", "2,00").await?;
    clerk.waits_until("day-server", "data-differs", "false").await?;
    clerk.waits_for("day-split", "schatting").await?;
    clerk.clicks("place-sent").await?;
    clerk.waits_until("line-day-0", "data-state", "confirmed").await?;
    assert!(clerk.reads("line-day-1").await.is_none(), "the other one waits");
    clerk.clicks("place-sent").await?;
    clerk.clicks("day-text").await?;
    clerk.presses("000002".chars()).await?;
    clerk.waits_for("day-range", "1 tot 1 van 1").await?;
    clerk.waits_until("line-day-0", "data-state", "queued").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.waits_for("day-range", "van 2").await?;

    clerk.clicks("day-csv").await?;
    clerk.waits_for("day-saved", "dag").await?;
    let list = std::fs::read_to_string(&file)?;
    assert!(list.starts_with('\u{feff}') && list.contains("\r\nB1-000001;"), "{list}");
    assert!(list.contains(";2,00;") && !list.contains("7513") && !list.contains("0900"), "{list}");

    clerk.clicks("day-close").await?;
    clerk.waits_for("close-day-open", "Nog te verzenden: 1").await?;
    stage.sandbox.set_offline(false).await?;
    clerk.clicks("close-day-send").await?;
    clerk.waits_until("close-day-open", "data-open", "0").await?;
    clerk.waits_until("close-day-confirm", "data-ready", "true").await?;
    clerk.presses([ENTER]).await?;
    clerk.waits_for("close-day-done", "Afgesloten om").await?;
    clerk.clicks("close-day-slip").await?;
    clerk.waits_for("close-day", "Bewaard:").await?;
    assert!(std::fs::read(&file)?.starts_with(b"%PDF-"));
    clerk.presses([ESCAPE]).await?;
    clerk.waits_until("day-state", "data-closed", "1").await?;
    clerk.waits_for("day-state", "afgesloten om").await?;
    Ok(clerk.goes_home().await?)
}
