//! The comparison at the end of a round: what the desk said, what its ledger holds, and what UiTPAS has.

use super::Failure;
use super::evening::is_open;
use super::stage::{ALL, Stage};
use super::tally::Tally;
use balie_core::agreement::Verb;
use balie_core::entry::{Act, Cancellation};
use balie_core::outbox::State;
use balie_desk::to_check::ToCheck;
use balie_sandbox::Sandbox;
use balie_store::entries::Recorded;
use balie_store::ledger::Ledger;
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of what is recorded, in the order in which they are counted.
const KINDS: [&str; 4] = ["sell", "check_in", "redeem", "cancel"];

/// What a desk said that it had recorded.
#[derive(Debug, Default)]
pub struct Said {
    /// Each receipt with its id and its kind.
    receipts: BTreeSet<(String, String, String)>,
    /// The receipts of what was taken back without a receipt of its own.
    taken_back: BTreeSet<String>,
    /// What it should never have said.
    wrong: Vec<String>,
}

impl Said {
    /// Takes in one line of a desk: `ack RECEIPT ID KIND`.
    pub fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let ["ack", receipt, id, kind] = words[..] else {
            return self.wrong.push(format!("a desk said `{line}`"));
        };
        if kind == "takes-back" {
            self.taken_back.insert(receipt.to_owned());
        } else if !self.receipts.insert((receipt.to_owned(), id.to_owned(), kind.to_owned())) {
            self.wrong.push(format!("a desk said `{line}` twice"));
        }
    }
}

/// One record that UiTPAS has, as far as it tells whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    number: String,
    subject: String,
    price: Option<(i64, String)>,
}

/// What UiTPAS has, by kind and id.
type Shelf = BTreeMap<(&'static str, String), Held>;

/// Compares, and puts what was found in the tally.
///
/// # Errors
/// Fails when the ledger cannot be read.
pub async fn compare(evening: &Stage, sandbox: &Sandbox, said: Said, tally: &mut Tally) -> Result<(), Failure> {
    let ledger = &evening.ledger;
    let mut entries = ledger.newest(ALL).await?;
    entries.reverse();
    tally.faults.extend(ledger.damage().await?.into_iter().map(|what| format!("the ledger is damaged: {what}")));
    tally.faults.extend(ledger.verify_trail().await.err().map(|what| what.to_string()));
    count(&entries, tally);
    gapless(&entries, tally);
    kept(&entries, &said, tally);
    visible(&evening.desk.to_check().await?, &entries, tally);
    let mut shelf = shelf(sandbox);
    let mut doubts = Vec::new();
    for recorded in &entries {
        match recorded.state {
            State::Sending | State::InDoubt => doubts.push(recorded),
            State::Confirmed => owns(ledger, recorded, records(&recorded.entry.act), &mut shelf, tally).await?,
            State::Queued
            | State::Refused
            | State::Withdrawn
            | State::Cancelled
            | State::WrittenOff
            | State::HandedOver => {
                owns(ledger, recorded, 0, &mut shelf, tally).await?;
            }
        }
    }
    doubts.into_iter().for_each(|doubt| may_own(doubt, &mut shelf, tally));
    tally.twice += u32::try_from(shelf.len())?;
    tally.faults.extend(shelf.iter().map(|((kind, id), held)| format!("no entry owns {kind} {id} of {}", told(held))));
    tally.faults.extend(said.wrong);
    Ok(())
}

fn count(entries: &[Recorded], tally: &mut Tally) {
    for recorded in entries {
        tally.entries += 1;
        if let Some(dispute) = recorded.life.dispute {
            *tally.shown.entry(dispute.code()).or_default() += 1;
        }
        if is_open(recorded) && (recorded.life.dispute.is_none() || recorded.state != State::InDoubt) {
            tally.open += 1;
            tally.faults.push(left_open(recorded));
        }
        *match recorded.state {
            State::Confirmed => &mut tally.confirmed,
            State::Refused => &mut tally.refused,
            State::Withdrawn => &mut tally.withdrawn,
            State::Cancelled | State::WrittenOff | State::HandedOver => &mut tally.cancelled,
            State::Sending | State::InDoubt | State::Queued => continue,
        } += 1;
    }
}

/// What the desk cannot tell is shown, and nothing is shown that is not so: nobody else sells here, and no price changes.
fn visible(shown: &ToCheck, entries: &[Recorded], tally: &mut Tally) {
    let cases: BTreeSet<i64> = shown.cases.iter().map(|case| case.recorded.entry.receipt.sequence).collect();
    for recorded in entries.iter().filter(|each| each.life.dispute.is_some()) {
        let (receipt, dispute) = (&recorded.entry.receipt, recorded.life.dispute);
        if !cases.contains(&receipt.sequence) {
            tally.faults.push(format!("{receipt} is disputed ({dispute:?}), and nobody is shown it"));
        }
        if recorded.state != State::InDoubt {
            tally.faults.push(format!("{receipt} is {:?} and {dispute:?}, which cannot be here", recorded.state));
        }
    }
    tally.faults.extend(shown.extras.iter().map(|extra| format!("a record too many is shown: {extra:?}")));
    for sum in &shown.sums {
        let agrees = sum.ours + sum.other + sum.surplus == sum.listed && sum.missing + sum.surplus == 0;
        // A record that a clerk was asked about belonged to nobody until then.
        if !agrees || (sum.other > 0 && tally.settled.is_empty()) {
            tally.faults.push(format!("the sums of an activity do not agree: {sum:?}"));
        }
    }
}

fn gapless(entries: &[Recorded], tally: &mut Tally) {
    let numbers = entries.iter().map(|each| each.entry.receipt.sequence);
    if !numbers.clone().eq((1..).take(entries.len())) {
        tally.faults.push(format!("the receipts have gaps: {:?}", numbers.collect::<Vec<_>>()));
    }
}

/// What was said is there, under the same number, and what was taken back is no longer in force.
fn kept(entries: &[Recorded], said: &Said, tally: &mut Tally) {
    let there: BTreeMap<String, &Recorded> =
        entries.iter().map(|each| (each.entry.receipt.to_string(), each)).collect();
    for (receipt, id, kind) in &said.receipts {
        if let Some(place) = KINDS.iter().position(|known| known == kind) {
            tally.receipts[place] += 1;
        }
        let same = |each: &&&Recorded| each.entry.id.to_string() == *id && kind_of(&each.entry.act) == kind;
        if there.get(receipt).filter(same).is_none() {
            tally.lost += 1;
            tally.faults.push(format!("receipt {receipt} ({kind} {id}) was given and is not in the ledger"));
        }
    }
    for receipt in &said.taken_back {
        // What UiTPAS refused by itself need not be taken back any more.
        let state = there.get(receipt).map(|each| each.state);
        if !matches!(state, Some(State::Withdrawn | State::Cancelled | State::Refused)) {
            tally.faults.push(format!("receipt {receipt} was taken back and is {state:?}"));
        }
    }
}

/// An entry has so many records at UiTPAS, and each of them is about what the entry is about. They leave the shelf.
async fn owns(
    ledger: &Ledger,
    recorded: &Recorded,
    count: usize,
    shelf: &mut Shelf,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let receipt = &recorded.entry.receipt;
    let Some(all) = Cancellation::of(&recorded.entry) else { return Ok(()) };
    let ids = ledger.to_take_out(&all).await?;
    if ids.len() != count {
        let state = recorded.state;
        tally.faults.push(format!("{receipt} ({state:?}) should have {count} records and has {ids:?}"));
    }
    for (kind, id) in ids {
        match shelf.remove(&(word(kind), id.clone())) {
            Some(held) if word(kind) == kind_of(&recorded.entry.act) && about(&recorded.entry.act) == held => {}
            Some(held) => tally.faults.push(format!("{receipt} took {} {id} of {}", word(kind), told(&held))),
            None => {
                tally.lost += 1;
                tally.faults.push(format!("{receipt} should have {} {id}, and UiTPAS has not", word(kind)));
            }
        }
    }
    Ok(())
}

/// Of an entry in doubt UiTPAS has everything or nothing, and nothing more.
fn may_own(doubt: &Recorded, shelf: &mut Shelf, tally: &mut Tally) {
    let (kind, wanted, most) = (kind_of(&doubt.entry.act), about(&doubt.entry.act), records(&doubt.entry.act));
    let fits = |((of, _), held): &(&(&'static str, String), &Held)| *of == kind && **held == wanted;
    let found: Vec<_> = shelf.iter().filter(fits).map(|(key, _)| key.clone()).take(most).collect();
    if !found.is_empty() && found.len() != most {
        tally.faults.push(format!("of {} in doubt UiTPAS has {} of {most}", doubt.entry.receipt, found.len()));
    }
    found.iter().for_each(|key| {
        shelf.remove(key);
    });
}

fn shelf(sandbox: &Sandbox) -> Shelf {
    let sales = sandbox.ticket_sales().into_iter().map(|sale| {
        let price = Some((sale.regular_price_cents, sale.tariff_id));
        (("sell", sale.id), Held { number: sale.uitpas_number, subject: sale.event_id, price })
    });
    let points = sandbox.checkins().into_iter().map(|point| {
        (("check_in", point.id), Held { number: point.uitpas_number, subject: point.event_id, price: None })
    });
    let rewards = sandbox.redemptions().into_iter().map(|redeemed| {
        (("redeem", redeemed.id), Held { number: redeemed.uitpas_number, subject: redeemed.reward_id, price: None })
    });
    sales.chain(points).chain(rewards).collect()
}

/// What the records of an act look like.
fn about(act: &Act) -> Held {
    let (subject, price) = match act {
        Act::Sale(sale) => {
            let tariff = sale.tariff.as_ref().map_or_else(|| "SOCIALTARIFF".to_owned(), |tariff| tariff.0.clone());
            (sale.event.0.clone(), Some((sale.regular.0, tariff)))
        }
        Act::CheckIn(point) => (point.event.0.clone(), None),
        Act::Redemption(redeemed) => (redeemed.reward.0.clone(), None),
        Act::Cancellation(_) => (String::new(), None),
    };
    Held { number: act.holder().number.reveal().to_owned(), subject, price }
}

/// How many records an act makes at UiTPAS.
fn records(act: &Act) -> usize {
    match act {
        Act::Sale(sale) => usize::try_from(sale.quantity).unwrap_or(usize::MAX),
        Act::CheckIn(_) | Act::Redemption(_) => 1,
        Act::Cancellation(_) => 0,
    }
}

const fn kind_of(act: &Act) -> &'static str {
    match act {
        Act::Sale(_) => KINDS[0],
        Act::CheckIn(_) => KINDS[1],
        Act::Redemption(_) => KINDS[2],
        Act::Cancellation(_) => KINDS[3],
    }
}

const fn word(kind: Verb) -> &'static str {
    match kind {
        Verb::Sell => KINDS[0],
        Verb::CheckIn => KINDS[1],
        Verb::Redeem => KINDS[2],
    }
}

fn left_open(recorded: &Recorded) -> String {
    let (entry, problem) = (&recorded.entry, &recorded.problem);
    format!("{} ({}) is {:?} in the end, {problem:?}", entry.receipt, kind_of(&entry.act), recorded.state)
}

/// The numbers are those of the published test cards.
fn told(held: &Held) -> String {
    format!("{} at {} {:?}", held.number, held.subject, held.price)
}
