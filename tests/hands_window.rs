//! The ten commonest tasks in the real window, by keyboard alone and by mouse alone, and how many keys and clicks each takes.
#![cfg(target_os = "linux")]

use std::io;
use std::time::{Duration, Instant};

use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::clerk::{Clerk, ENTER, F5, F6, F7, F9};
use balie_tests::driver::stage_missing;
use balie_tests::faces::table::{GROUP, SWIMMING};
use balie_tests::faces::way::goes_back;
use balie_tests::pcscd::{self, Pcscd};
use balie_tests::scene::json;
use balie_tests::skip::skipped;
use balie_tests::stage::{EVENT, Stage};
use balie_tests::virtual_card::{A_SECOND_TAP, Behaviour, VirtualCard};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What each task takes, counted from the card on the reader or from the empty desk: keys, and clicks.
const PROMISED: [(&str, u32, u32); 10] = [
    ("sell to a known card", 1, 1),
    ("sell at the second price", 2, 2),
    ("three tickets on a group pass", 3, 3),
    ("save a point", 1, 1),
    ("exchange points for a reward", 3, 3),
    // The mouse has no digits: the number is typed, and looked up and sold with a click each.
    ("sell to a typed number", 15, 2),
    ("undo what was not sent", 1, 1),
    ("undo what was sent", 2, 2),
    ("send again what was refused", 4, 3),
    ("prepare for working offline", 2, 2),
];

/// What UiTPAS answers when there were enough.
const ENOUGH: &str = r#"{"type":"https://api.publiq.be/probs/uitpas/maximum-reached","title":"Maximum reached",
    "status":400,"endUserMessage":{"nl":"Het maximum aantal tickets is bereikt."}}"#;

/// The key Down.
const DOWN: char = '\u{E015}';

/// With what a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    Keyboard,
    Mouse,
}

/// Who stands at the desk: the chip of the card, and the number on it.
type Holder = (&'static str, &'static str);

/// A clerk with a card reader, and one hand.
struct Hands<'a> {
    clerk: &'a Clerk,
    stage: &'a Stage,
    port: u16,
    with: With,
    holder: Holder,
    count: Vec<u32>,
    /// When the last card was taken: the same one again at once would be no second tap.
    taken: Instant,
    /// The newest line before the task, so that it is not taken for what the task brings.
    before: Option<String>,
}

impl Hands<'_> {
    /// Presses these keys, or clicks on these.
    async fn does(&self, keys: impl IntoIterator<Item = char>, clicks: &[&str]) -> io::Result<()> {
        match self.with {
            With::Keyboard => self.clerk.presses(keys).await,
            With::Mouse => {
                for id in clicks {
                    self.clerk.clicks(id).await?;
                }
                Ok(())
            }
        }
    }

    /// Steps back to the empty desk and chooses an activity; none of it counts.
    async fn begins(&mut self, event: &str) -> io::Result<()> {
        goes_back(self.clerk).await?;
        self.clerk.chooses(event).await?;
        self.before = self.clerk.attribute("line-0", "data-id").await;
        self.clerk.effort();
        Ok(())
    }

    /// A card is laid on the reader, and its price is known.
    async fn taps(&self, uid: &str, source: &str) -> io::Result<VirtualCard> {
        tokio::time::sleep(A_SECOND_TAP.saturating_sub(self.taken.elapsed())).await;
        let card = VirtualCard::lay(self.port, Behaviour::honest(uid))?;
        self.clerk.waits_until("offer-0", "data-source", source).await?;
        self.clerk.waits_until("person", "data-phase", "ready").await?;
        self.clerk.waits_until("record", "data-ready", "true").await?;
        Ok(card)
    }

    /// The task is done: the card goes, and what it took is kept.
    fn is_done(&mut self, card: Option<VirtualCard>) {
        let effort = self.clerk.effort();
        if let Some(card) = card {
            card.take();
            self.taken = Instant::now();
        }
        match self.with {
            With::Keyboard => assert_eq!(effort.clicks, 0, "the keyboard alone"),
            With::Mouse => {}
        }
        self.count.push(if self.with == With::Keyboard { effort.keys } else { effort.clicks });
    }

    /// Waits until what was just done stands on top of the list.
    async fn newest(&self, kind: &str, state: &str) -> io::Result<()> {
        self.clerk.finds("line-0").await?;
        while self.clerk.attribute("line-0", "data-id").await == self.before {
            self.clerk.is_painted().await?;
        }
        self.clerk.waits_until("line-0", "data-kind", kind).await?;
        self.clerk.waits_until("line-0", "data-state", state).await
    }
}

/// Selling: to a card, at another price, to a group, and to a number.
async fn sells(hands: &mut Hands<'_>) -> Outcome {
    hands.begins(EVENT).await?;
    let card = hands.taps(hands.holder.0, "live").await?;
    hands.does([ENTER], &["record"]).await?;
    hands.newest("sell", "confirmed").await?;
    hands.is_done(Some(card));

    hands.begins(SWIMMING).await?;
    let card = hands.taps(hands.holder.0, "live").await?;
    hands.does(['2'], &["offer-1"]).await?;
    hands.clerk.waits_until("offer-1", "aria-checked", "true").await?;
    hands.does([ENTER], &["record"]).await?;
    hands.newest("sell", "confirmed").await?;
    hands.is_done(Some(card));

    hands.begins(EVENT).await?;
    hands.clerk.presses(GROUP.chars().chain([ENTER])).await?;
    hands.clerk.waits_until("offer-0", "data-source", "live").await?;
    hands.clerk.waits_until("record", "data-ready", "true").await?;
    hands.clerk.effort();
    let before = hands.stage.held().len();
    hands.does(['+', '+'], &["quantity-more", "quantity-more"]).await?;
    hands.clerk.waits_for("record", "6,00").await?;
    hands.does([ENTER], &["record"]).await?;
    hands.newest("sell", "confirmed").await?;
    assert_eq!(hands.stage.held().len(), before + 3, "three tickets");
    hands.is_done(None);
    Ok(())
}

/// Points: one is saved, and some are exchanged.
async fn saves_and_redeems(hands: &mut Hands<'_>) -> Outcome {
    hands.begins(EVENT).await?;
    let card = hands.taps(hands.holder.0, "live").await?;
    hands.clerk.waits_until("check-in", "data-ready", "true").await?;
    hands.does([F6], &["check-in"]).await?;
    hands.newest("checkIn", "confirmed").await?;
    hands.is_done(Some(card));

    hands.begins(EVENT).await?;
    let card = hands.taps(hands.holder.0, "live").await?;
    hands.does([F7], &["rewards-button"]).await?;
    hands.clerk.finds("reward-1").await?;
    hands.does(['2'], &["reward-1"]).await?;
    hands.clerk.waits_until("redeem-confirm", "data-ready", "true").await?;
    hands.does([ENTER], &["redeem-confirm"]).await?;
    hands.clerk.waits_until("redeemed", "data-state", "confirmed").await?;
    hands.is_done(Some(card));
    Ok(())
}

/// A number is typed, and it is sold to.
async fn types_a_number(hands: &mut Hands<'_>) -> Outcome {
    hands.begins(EVENT).await?;
    hands.clerk.presses(hands.holder.1.chars()).await?;
    hands.does([ENTER], &["number-search"]).await?;
    hands.clerk.waits_until("offer-0", "data-source", "live").await?;
    hands.clerk.waits_until("record", "data-ready", "true").await?;
    hands.does([ENTER], &["record"]).await?;
    hands.newest("sell", "confirmed").await?;
    hands.is_done(None);
    Ok(())
}

/// Taking back: what is still here, and what UiTPAS has.
async fn takes_back(hands: &mut Hands<'_>) -> Outcome {
    hands.stage.sandbox.set_offline(true).await?;
    hands.begins(EVENT).await?;
    let card = hands.taps(hands.holder.0, "cached").await?;
    hands.clerk.confirms().await?;
    hands.newest("sell", "queued").await?;
    hands.clerk.effort();
    undoes(hands).await?;
    hands.clerk.waits_until("line-0", "data-state", "withdrawn").await?;
    hands.is_done(Some(card));
    hands.stage.sandbox.set_offline(false).await?;
    hands.clerk.waits_until("header-connection", "data-state", "connected").await?;

    hands.begins(EVENT).await?;
    let card = hands.taps(hands.holder.0, "live").await?;
    hands.clerk.confirms().await?;
    hands.newest("sell", "confirmed").await?;
    hands.clerk.effort();
    undoes(hands).await?;
    hands.clerk.waits_until("undo-send", "data-ready", "true").await?;
    hands.does([ENTER], &["undo-send"]).await?;
    hands.clerk.waits_until("line-1", "data-state", "cancelled").await?;
    hands.is_done(Some(card));
    Ok(())
}

async fn undoes(hands: &Hands<'_>) -> io::Result<()> {
    match hands.with {
        With::Keyboard => hands.clerk.presses_with_control('z').await,
        With::Mouse => hands.clerk.clicks("line-undo").await,
    }
}

/// What was refused is sent again.
async fn sends_again(hands: &mut Hands<'_>) -> Outcome {
    let refusal = FaultRule::new(FaultAction::Status, "/ticket-sales").method("POST").times(1).answering(400, ENOUGH);
    hands.stage.sandbox.add_fault(json(refusal));
    hands.begins(EVENT).await?;
    let card = hands.taps(hands.holder.0, "live").await?;
    hands.clerk.confirms().await?;
    hands.newest("sell", "refused").await?;
    hands.clerk.waits_until("nav-toCheck", "data-count", "1").await?;
    card.take();
    hands.taken = Instant::now();
    goes_back(hands.clerk).await?;
    hands.clerk.effort();
    hands.does([F9], &["nav-toCheck"]).await?;
    hands.clerk.finds("way-sendAgain").await?;
    if hands.with == With::Keyboard {
        hands.clerk.presses([DOWN]).await?;
        hands.clerk.waits_for_focus("way-sendAgain").await?;
    }
    hands.does([ENTER], &["way-sendAgain"]).await?;
    hands.clerk.waits_until("settle-confirm", "data-ready", "true").await?;
    hands.does([ENTER], &["settle-confirm"]).await?;
    hands.clerk.finds("to-check-empty").await?;
    hands.clerk.waits_until("line-0", "data-state", "confirmed").await?;
    hands.is_done(None);
    Ok(())
}

/// The desk is made ready for a day without a network.
async fn prepares(hands: &mut Hands<'_>) -> Outcome {
    hands.begins(EVENT).await?;
    let asked = hands.stage.sandbox.request_count_below("GET", "/cards/social-tariff");
    hands.does([F5], &["nav-ready"]).await?;
    hands.clerk.waits_until("prepare", "data-ready", "true").await?;
    hands.does([ENTER], &["prepare"]).await?;
    // What the desk fetches by itself after its start may still be under way; the lists are asked for when that is done.
    let since = Instant::now();
    while hands.stage.sandbox.request_count_below("GET", "/cards/social-tariff") == asked {
        assert!(since.elapsed() < Duration::from_secs(20), "the lists were asked");
        hands.clerk.is_painted().await?;
    }
    hands.clerk.waits_until_gone("ready-progress").await?;
    hands.is_done(None);
    Ok(())
}

/// Does all ten tasks, and gives what each of them took.
async fn does_all(hands: &mut Hands<'_>) -> Result<Vec<u32>, Box<dyn std::error::Error>> {
    sells(hands).await?;
    saves_and_redeems(hands).await?;
    types_a_number(hands).await?;
    takes_back(hands).await?;
    sends_again(hands).await?;
    prepares(hands).await?;
    Ok(std::mem::take(&mut hands.count))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ten_commonest_tasks_take_no_more_keys_and_clicks_than_promised() -> Outcome {
    if skipped(stage_missing()) || skipped(pcscd::stage_missing()) {
        return Ok(());
    }
    let stage = Stage::set().await?;
    let pcscd = Pcscd::start()?;
    let clerk = stage.open(&pcscd.env()).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    let mut taken = Vec::new();
    // Two people, so that what one of them did today does not stand in the way of the other.
    for (with, holder) in
        [(With::Keyboard, ("04363CDAEE3880", "0900000067513")), (With::Mouse, ("04ED6ACACF6180", "0900010959113"))]
    {
        let (clerk, stage) = (&clerk, &stage);
        let mut hands = Hands {
            clerk,
            stage,
            port: pcscd.ports()[0],
            with,
            holder,
            count: Vec::new(),
            taken: Instant::now(),
            before: None,
        };
        taken.push(does_all(&mut hands).await?);
    }
    println!("{:32} keys clicks", "task");
    for ((name, _, _), (keys, clicks)) in PROMISED.iter().zip(taken[0].iter().zip(&taken[1])) {
        println!("{name:32} {keys:4} {clicks:6}");
    }
    let promised: (Vec<u32>, Vec<u32>) = PROMISED.iter().map(|(_, keys, clicks)| (*keys, *clicks)).unzip();
    assert_eq!((&taken[0], &taken[1]), (&promised.0, &promised.1));
    Ok(clerk.goes_home().await?)
}
