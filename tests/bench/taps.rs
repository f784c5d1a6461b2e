//! From a card to its decision on the screen, and from a key to its digit, at a desk with a long queue that is being made
//! ready for offline all the while.

use std::error::Error;
use std::io;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use balie_sandbox::{FaultAction, FaultRule, TestCard};
use balie_tests::clerk::Clerk;
use balie_tests::pcscd::Pcscd;
use balie_tests::stage::{EVENT, Stage};
use balie_tests::virtual_card::{Behaviour, VirtualCard};
use serde_json::Value;
use tokio::time::sleep;

use super::figure::{Figure, spread};

const TAPS: usize = 500;
const KEYS: usize = 200;
const QUEUE: usize = 10_000;
/// So many people come in turn: more than stand in any cache of the screen, and all were here before.
const PEOPLE: usize = 50;
/// So long before the card the page is asked to look out, and so long after it the reader sees that it is gone.
const ARMED: Duration = Duration::from_millis(60);
const QUESTIONS: usize = 50;

/// Milliseconds that may pass (performance.md §4.7): half of the taps, all but 5 %, all but 1 %, and all but 5 % of the keys.
const TARGETS: [f64; 4] = [35.0, 60.0, 100.0, 33.0];

pub(crate) async fn measure() -> Result<Vec<Figure>, Box<dyn Error>> {
    let stage = Stage::set().await?;
    let people = stage.sandbox.welcome_named(PEOPLE, |at| format!("Robin {at}"));
    let pcscd = Pcscd::start()?;
    // The files are made behind the window.
    let first = stage.open(&pcscd.env()).await?;
    first.finds("idle").await?;
    first.goes_home().await?;
    fill(&stage)?;
    // Nothing of the queue arrives, so that it stays as long as it is.
    let held = FaultRule::new(FaultAction::Delay, "/ticket-sales").method("POST").delay_ms(3_600_000);
    stage.sandbox.add_fault(held);
    let clerk = stage.open(&pcscd.env()).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.waits_until("header-to-send", "data-count", &QUEUE.to_string()).await?;
    clerk.chooses(EVENT).await?;
    run(&clerk, include_str!("desk.js"), Vec::new()).await?;
    let clock = clock(&clerk).await?;
    let mut ports = pcscd.ports().into_iter().cycle();
    for card in &people {
        tap(&clerk, ports.next().unwrap_or_default(), card, clock).await?;
    }

    // From now on everything is brought up to date again and again.
    let refresh = "const again = () => window.__TAURI_INTERNALS__.invoke('prepare').catch(() => 0)
        .then(() => setTimeout(again, 250)); again();";
    let lists = || stage.sandbox.request_count_below("GET", "/cards/social-tariff");
    let before = lists();
    run(&clerk, refresh, Vec::new()).await?;
    let mut took = Vec::new();
    for card in people.iter().cycle().take(TAPS) {
        took.push(tap(&clerk, ports.next().unwrap_or_default(), card, clock).await?);
    }
    let fetched = lists() - before;
    if fetched == 0 {
        return Err("nothing was fetched meanwhile".into());
    }
    let keys = keys(&clerk).await?;
    println!("{TAPS} taps with {QUEUE} entries waiting, while {fetched} lists were fetched:");
    let (knew, painted): (Vec<f64>, Vec<f64>) = took.into_iter().map(|[knew, painted]| (knew, painted)).unzip();
    spread("card to decision in the page", &knew, "ms");
    let [half, most, all] = spread("card to painted decision", &painted, "ms");
    let [_, key, _] = spread("key to painted digit", &keys, "ms");
    clerk.goes_home().await?;
    let names = ["window", "window_tap_p95", "window_tap_p99", "window_key_p95"];
    let found = [half, most, all, key];
    Ok((0..names.len()).map(|at| Figure::of(names[at], found[at], TARGETS[at], "ms")).collect())
}

/// The session of the room has the keyring in which the key of the ledger is.
fn fill(stage: &Stage) -> io::Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("fill").arg(stage.profile.path()).arg(QUEUE.to_string()).envs(stage.room.env());
    if command.status()?.success() { Ok(()) } else { Err(io::Error::other("the ledger was not filled")) }
}

async fn run(clerk: &Clerk, script: &str, words: Vec<Value>) -> io::Result<Value> {
    clerk.driver().client().execute(script, words).await.map_err(io::Error::other)
}

/// A card is laid on a reader and taken away. Gives the milliseconds from its identifier until the page knows the decision, and
/// until it is painted.
async fn tap(clerk: &Clerk, port: u16, card: &TestCard, clock: f64) -> io::Result<[f64; 2]> {
    let client = clerk.driver().client();
    let before = clerk.attribute("person", "data-tap").await;
    let script = "const [before, done] = arguments;
        balieBench.decision(before).then((both) => done(both.map((at) => performance.timeOrigin + at)));";
    let painted = client.execute_async(script, vec![before.into()]);
    let lay = async {
        sleep(ARMED).await;
        VirtualCard::lay(port, Behaviour::honest(card.chip.as_deref().unwrap_or_default()))
    };
    let (painted, card) = tokio::join!(painted, lay);
    let (both, card) = (painted.map_err(io::Error::other)?, card?);
    let told = card.told().map(wall);
    let after = |at: usize| Some(both.get(at)?.as_f64()? - clock - told?);
    let took = after(0).zip(after(1));
    card.take();
    sleep(ARMED).await;
    took.map(|(knew, painted)| [knew, painted]).ok_or_else(|| io::Error::other("a card was not measured"))
}

fn wall(moment: SystemTime) -> f64 {
    moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1e3
}

/// By how many milliseconds the clock of the page is ahead, as the quickest of many questions tells it.
async fn clock(clerk: &Clerk) -> io::Result<f64> {
    let mut best = (f64::INFINITY, 0.0);
    for _ in 0..QUESTIONS {
        let asked = wall(SystemTime::now());
        let told = run(clerk, "return performance.timeOrigin + performance.now()", Vec::new()).await?;
        let heard = wall(SystemTime::now());
        let told = told.as_f64().ok_or_else(|| io::Error::other("the page has no clock"))?;
        if heard - asked < best.0 {
            best = (heard - asked, told - f64::midpoint(asked, heard));
        }
    }
    println!("the clocks were tied within {:.1} ms", best.0 / 2.0);
    Ok(best.1)
}

/// Types numbers, key by key, and gives how long each key took.
async fn keys(clerk: &Clerk) -> io::Result<Vec<f64>> {
    run(clerk, "balieBench.keys.length = 0; document.getElementById('number-field').focus()", Vec::new()).await?;
    for at in 0..KEYS {
        if at % 12 == 0 {
            clerk.finds("number-field").await?.clear().await.map_err(io::Error::other)?;
            run(clerk, "document.getElementById('number-field').focus()", Vec::new()).await?;
        }
        clerk.presses([char::from(b'0' + u8::try_from(at % 10).unwrap_or(0))]).await?;
        clerk.is_painted().await?;
    }
    let told = run(clerk, "return balieBench.keys", Vec::new()).await?;
    let took: Option<Vec<f64>> = told.as_array().and_then(|took| took.iter().map(Value::as_f64).collect());
    took.filter(|took| took.len() > KEYS / 2)
        .ok_or_else(|| io::Error::other(format!("the keys were not measured: {told}")))
}
