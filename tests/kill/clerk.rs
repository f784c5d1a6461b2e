//! The desk that is killed: a clerk who never stops, and the uploader beside it. What was recorded is said on standard
//! output after the desk said so, and not before: that is the receipt that may not be lost.

use super::Failure;
use super::pace::Pace;
use super::stage::Stage;
use balie_core::entry::Act;
use balie_core::outbox::State;
use balie_desk::act::ActError;
use balie_desk::desk::Desk;
use balie_desk::person::Person;
use balie_desk::undo::UndoError;
use balie_store::entries::Recorded;
use balie_store::ledger::Ledger;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Among how many of the newest entries one is taken back.
const WITHIN_SIGHT: u32 = 60;

/// The most tickets that a group buys at once.
const MOST: u32 = 3;

/// Works until the process is killed. The words: the folder, the address of UiTPAS, when it was noon, a seed, and the
/// setting of the desk.
///
/// # Errors
/// Says what a desk cannot go on without. To end by itself is a failure too.
pub fn work(words: &[String]) -> Result<(), Failure> {
    let [folder, url, origin, seed, setting] = words else { return Err("desk FOLDER URL NOON SEED SETTING".into()) };
    let (pace, seed) = (Pace::since(origin.parse()?)?, seed.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let stage = Stage::open(Path::new(folder), url, pace, setting.parse()?).await?;
        say(&format!("open {}", stage.cut_off))?;
        let clerk = Clerk { desk: Arc::clone(&stage.desk), ledger: stage.ledger, dice: StdRng::seed_from_u64(seed) };
        tokio::select! {
            () = stage.desk.keep_uploading() => Err("the uploader stopped".into()),
            ended = clerk.serve() => ended,
        }
    })
}

/// Whoever reads must have the whole line, however soon the end comes: one line is one write.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    out.flush()
}

fn receipt(kind: &str, recorded: &Recorded) -> std::io::Result<()> {
    say(&format!("ack {} {} {kind}", recorded.entry.receipt, recorded.entry.id))
}

struct Clerk {
    desk: Arc<Desk>,
    ledger: Ledger,
    dice: StdRng,
}

impl Clerk {
    async fn serve(mut self) -> Result<(), Failure> {
        let cards = balie_sandbox::test_cards();
        let known = |what| matches!(what, "active" | "none" | "expired" | "group" | "group_coupons");
        // Who pays less comes to this desk more often.
        let weight = |what| if what == "active" || what == "group" { 4 } else { 1 };
        let often = cards.iter().filter(|card| known(card.what)).flat_map(|card| vec![&card.number; weight(card.what)]);
        let numbers: Vec<&String> = often.collect();
        loop {
            if self.dice.random_bool(0.45) {
                self.take_back().await?;
            }
            if let Some(event) = self.desk.events().choose(&mut self.dice) {
                // An activity that has just ended is no longer on the list; the one that was chosen stays.
                let _ = self.desk.choose(&event.id).await;
            }
            let Some(number) = numbers.choose(&mut self.dice) else { return Err("nobody has a card".into()) };
            self.desk.look_up(self.desk.typed(number)?).await;
            self.sell().await?;
            self.check_in().await?;
            self.redeem().await?;
        }
    }

    /// Takes back something of late: mostly what UiTPAS has already, and sometimes what nobody knows of yet.
    async fn take_back(&mut self) -> Result<(), Failure> {
        let newest = self.ledger.newest(WITHIN_SIGHT).await?;
        let wanted: &[State] = match self.dice.random_range(0..10) {
            0 => &[State::Queued],
            1 => &[State::Sending, State::InDoubt],
            _ => &[State::Confirmed],
        };
        let fits = |each: &&Recorded| {
            let cancels = matches!(each.entry.act, Act::Cancellation(_));
            wanted.contains(&each.state) && !each.being_cancelled && !cancels
        };
        let found: Vec<&Recorded> = newest.iter().filter(fits).collect();
        let Some(chosen) = found.choose(&mut self.dice) else { return Ok(()) };
        match self.desk.undo(chosen.entry.id).await {
            Ok(done) if done.entry.id != chosen.entry.id => Ok(receipt("cancel", &done)?),
            Ok(done) => Ok(receipt("takes-back", &done)?),
            Err(UndoError::TooLate | UndoError::NotFound) => Ok(()),
            Err(UndoError::Store(error)) => Err(error.into()),
        }
    }

    async fn sell(&mut self) -> Result<(), Failure> {
        let Some(person) = self.desk.person() else { return Ok(()) };
        let offers: Vec<_> =
            person.offers.iter().filter_map(|each| Some((each.id, each.quote.as_ref().ok()?.most))).collect();
        let Some((offer, most)) = offers.choose(&mut self.dice) else { return Ok(()) };
        let quantity = self.dice.random_range(1..=MOST.min(*most).max(1));
        noted("sell", self.desk.sell(person.tap, *offer, quantity).await)
    }

    async fn check_in(&mut self) -> Result<(), Failure> {
        let person = self.desk.person().filter(|_| self.dice.random_bool(0.7));
        let may = |person: &Person| person.check_in.as_ref().is_some_and(|point| point.decision.is_ok());
        let Some(person) = person.filter(may) else { return Ok(()) };
        noted("check_in", self.desk.check_in(person.tap).await)
    }

    async fn redeem(&mut self) -> Result<(), Failure> {
        let Some(person) = self.desk.person().filter(|_| self.dice.random_bool(0.5)) else { return Ok(()) };
        let rewards: Vec<_> = person.rewards.iter().filter(|each| each.decision.is_ok()).map(|each| each.id).collect();
        let Some(reward) = rewards.choose(&mut self.dice) else { return Ok(()) };
        noted("redeem", self.desk.redeem(person.tap, *reward).await)
    }
}

/// What the desk declines is no trouble: the clerk goes on. What it could not write is.
fn noted(kind: &str, done: Result<Recorded, ActError>) -> Result<(), Failure> {
    match done {
        Ok(recorded) => Ok(receipt(kind, &recorded)?),
        Err(ActError::Store(error)) => Err(error.into()),
        Err(ActError::Gone | ActError::Changed | ActError::Done(_)) => Ok(()),
        Err(error @ (ActError::ClockBehind | ActError::ReadOnly)) => Err(error.into()),
    }
}
