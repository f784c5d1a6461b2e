//! What a person must look at: refused, in doubt, about to expire, and settled with a remark; with what helps.

use crate::desk::Desk;
use crate::reconcile::differing;
use crate::upload::{EXPIRED, NO_RECORD};
use balie_core::entry::{Act, EntryId};
use balie_core::life::{Dispute, Life, Open};
use balie_core::money::Cents;
use balie_core::outbox::{Signal, State};
use balie_core::pass::UitpasNumber;
use balie_core::time::Moment;
use balie_core::upload::{Change, decided};
use balie_store::entries::Recorded;
use balie_store::observations::Candidate as Listed;
use balie_store::open::StoreError;
use balie_store::outbox::{Evidence, ServerRecord};
use balie_store::trail::Actor;
use jiff::SignedDuration;
use std::collections::HashMap;

/// What waits and has a deadline nearer than this is shown, in minutes.
const EXPIRING_MINUTES: i64 = 30;

/// More entries are never listed at once: whoever has so many works them off, and then sees the others.
const MOST_CASES: u32 = 500;

/// Why a person must look at an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// UiTPAS refused it.
    Refused,
    /// The machine cannot tell, or it settled it with a remark.
    Disputed(Dispute),
    /// It was sent and not answered; the machine is still looking it up.
    Looking,
    /// It waits to be sent, and UiTPAS takes it only until this moment.
    Expiring(Moment),
}

/// What a person can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Send it again, after the cause was repaired.
    SendAgain,
    /// Take the loss.
    WriteOff,
    /// It was booked at UiTPAS by hand.
    BookedByHand,
    /// It is there: pick the record.
    IsThere,
    /// It is not there.
    IsNotThere,
    /// Leave it as it is.
    Accept,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// [`Way::SendAgain`].
    SendAgain,
    /// [`Way::WriteOff`].
    WriteOff,
    /// [`Way::BookedByHand`].
    BookedByHand,
    /// [`Way::IsThere`].
    IsThere {
        /// The id of the record; empty where no list could be read.
        record: String,
    },
    /// [`Way::IsNotThere`].
    IsNotThere,
    /// [`Way::Accept`].
    Accept,
}

/// A record of UiTPAS that could be the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS made it.
    pub at: Moment,
    /// The price that UiTPAS counts.
    pub price: Option<Cents>,
    /// The name of the price category as it was sent.
    pub label: Option<String>,
    /// The number, of which the last four digits can be read.
    pub number_masked: String,
}

/// One entry to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The entry.
    pub recorded: Recorded,
    /// Why.
    pub why: Why,
    /// What the organizer may lose by it.
    pub at_risk: Cents,
    /// Records that could be it, as they were last listed.
    pub candidates: Vec<Candidate>,
    /// What helps, in the order in which it is offered.
    pub ways: Vec<Way>,
}

/// A record too many, perhaps of another desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS made it.
    pub at: Moment,
    /// The price that UiTPAS counts.
    pub price: Option<Cents>,
    /// The number, of which the last four digits can be read.
    pub number_masked: String,
    /// The activity or the reward.
    pub title: String,
    /// The receipt of the entry that it looks like.
    pub receipt: Option<String>,
}

/// The sums of an activity (I10): `ours + surplus + other = listed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The title of the activity.
    pub event_title: String,
    /// When it was checked.
    pub checked: Moment,
    /// What UiTPAS lists.
    pub listed: u32,
    /// Of those, ours.
    pub ours: u32,
    /// Of those, not ours.
    pub other: u32,
    /// Of those, ours and too many.
    pub surplus: u32,
    /// What we have and UiTPAS does not list.
    pub missing: u32,
}

/// All that a person must look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToCheck {
    /// Entries, at most 500: what expires first, then the newest.
    pub cases: Vec<Case>,
    /// How many entries there are, with those that are not listed.
    pub all: u32,
    /// Records too many.
    pub extras: Vec<Extra>,
    /// The sums of the activities.
    pub sums: Vec<Sum>,
    /// What the organizer may lose by what is listed.
    pub at_risk: Cents,
}

/// Why a decision was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// There is no such entry.
    #[error("there is no such entry")]
    Gone,
    /// It was settled otherwise meanwhile.
    #[error("it was settled otherwise meanwhile")]
    Changed,
    /// This is no way out for this entry.
    #[error("this is no way out for this entry")]
    NotPossible,
    /// Fewer records are listed than tickets were sold.
    #[error("fewer records are listed than tickets were sold")]
    TooFew,
    /// It could not be written; the entry is as it was.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for ResolveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Changed => Self::Changed,
            StoreError::IllegalStep(_) => Self::NotPossible,
            other => Self::Store(other),
        }
    }
}

impl Desk {
    /// All that a person must look at, from the table.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn to_check(&self) -> Result<ToCheck, StoreError> {
        let soon = self.server_now().saturating_add(SignedDuration::from_mins(EXPIRING_MINUTES));
        let soon = soon.unwrap_or_else(|_| self.server_now());
        let mut found = ToCheck::default();
        let listed = self.ledger.to_check(soon, MOST_CASES).await?;
        found.all = listed.all;
        for recorded in listed.entries {
            let candidates = self.candidates(&recorded).await?;
            let why = why(&recorded);
            let ways = ways(&recorded, why);
            let at_risk = at_risk(&recorded, why);
            found.at_risk = Cents(found.at_risk.0.saturating_add(at_risk.0));
            found.cases.push(Case { recorded, why, at_risk, candidates, ways });
        }
        for extra in self.ledger.extras_to_show().await? {
            let receipt = match extra.receipt {
                Some(receipt) => self.ledger.by_receipt(receipt).await?.map(|entry| entry.entry.receipt.to_string()),
                None => None,
            };
            let number_masked = extra.number.masked();
            found.extras.push(Extra {
                id: extra.id,
                at: extra.at,
                price: extra.price,
                number_masked,
                title: extra.title,
                receipt,
            });
        }
        let sum = |checked: balie_store::sum_checks::Checked| Sum {
            event_title: checked.title,
            checked: checked.at,
            listed: checked.sums.listed,
            ours: checked.sums.ours,
            other: checked.sums.other,
            surplus: checked.sums.surplus,
            missing: checked.sums.missing,
        };
        found.sums = self.ledger.sums().await?.into_iter().map(sum).collect();
        Ok(found)
    }

    /// Carries out what a person decided. Who decided stands in the trail.
    ///
    /// # Errors
    /// Fails when it was settled otherwise meanwhile; then nothing changed.
    pub async fn resolve(&self, entry: EntryId, resolution: Resolution) -> Result<Recorded, ResolveError> {
        let recorded = {
            let _books = self.books.lock().await;
            let recorded = self.ledger.entry(entry).await?.ok_or(ResolveError::Gone)?;
            let (changes, evidence) = self.as_decided(&recorded, resolution).await?;
            let receipt = recorded.entry.receipt.sequence;
            let evidence = HashMap::from_iter(evidence.map(|evidence| (receipt, evidence)));
            self.carry_out(&changes, &evidence, None, Actor::Clerk).await?;
            // What was refused was not in the queue, and goes back into it.
            if let Some(last) = changes.last() {
                Self::held(&self.queue).put(Open { life: last.life, ..recorded.open() }, self.now());
            }
            self.ledger.entry(entry).await?.ok_or(ResolveError::Gone)?
        };
        tracing::info!(receipt = %recorded.entry.receipt, state = ?recorded.state, "a person decided");
        self.bell.notify_one();
        Ok(recorded)
    }

    async fn as_decided(
        &self,
        recorded: &Recorded,
        resolution: Resolution,
    ) -> Result<(Vec<Change>, Option<Evidence>), ResolveError> {
        let (open, receipt) = (recorded.open(), recorded.entry.receipt.sequence);
        let step = |signal: Signal| decided(&open, signal, self.now()).map_err(|_| ResolveError::NotPossible);
        Ok(match resolution {
            Resolution::SendAgain => (step(Signal::SendAgain)?, Some(Evidence::default())),
            Resolution::WriteOff => (step(Signal::WriteOff)?, None),
            Resolution::BookedByHand => (step(Signal::BookedByHand)?, Some(Evidence::default())),
            Resolution::IsNotThere => (step(Signal::IsNotThere)?, Some(Evidence::default())),
            Resolution::IsThere { record } => {
                let mut changes = step(Signal::IsThere)?;
                let evidence = Evidence { records: self.picked(recorded, &record).await?, ..Evidence::default() };
                // The records that were picked tell the price that UiTPAS counts, as an answer would (T17).
                changes.extend(differing(&open, &evidence, &changes)?);
                (changes, Some(evidence))
            }
            Resolution::Accept if recorded.state == State::Confirmed && recorded.life.dispute.is_some() => {
                let life = Life { dispute: None, ..recorded.life };
                (vec![Change { receipt, signal: None, life }], None)
            }
            Resolution::Accept => return Err(ResolveError::NotPossible),
        })
    }

    /// The record that a person picked, and the next ones for the other tickets of the same sale.
    async fn picked(&self, recorded: &Recorded, record: &str) -> Result<Vec<ServerRecord>, ResolveError> {
        if record.is_empty() {
            return Ok(Vec::new());
        }
        let listed = self.ledger.candidates(recorded.entry.receipt.sequence).await?;
        let from = listed.iter().position(|each| each.id == record).ok_or(ResolveError::NotPossible)?;
        let quantity = if let Act::Sale(sale) = &recorded.entry.act { sale.quantity } else { 1 };
        let quantity = usize::try_from(quantity).unwrap_or(1);
        if listed.len() - from < quantity {
            // One record is no proof of two tickets, and one of before is none of these: what is missing would never be heard
            // of again.
            return Err(ResolveError::TooFew);
        }
        let kept = |each: &Listed| ServerRecord { id: each.id.clone(), created: Some(each.at), price: each.price };
        Ok(listed[from..].iter().take(quantity).map(kept).collect())
    }

    async fn candidates(&self, recorded: &Recorded) -> Result<Vec<Candidate>, StoreError> {
        if recorded.state != State::InDoubt {
            return Ok(Vec::new());
        }
        let number: &UitpasNumber = &recorded.entry.act.holder().number;
        let listed = self.ledger.candidates(recorded.entry.receipt.sequence).await?;
        let candidate = |each: Listed| Candidate {
            id: each.id,
            at: each.at,
            price: each.price,
            label: each.label,
            number_masked: number.masked(),
        };
        Ok(listed.into_iter().map(candidate).collect())
    }

    /// A clerk knows of a record too many.
    ///
    /// # Errors
    /// Fails when the ledger cannot be written.
    pub async fn seen_extra(&self, id: &str) -> Result<(), StoreError> {
        self.ledger.seen_extra(id, self.now()).await?;
        self.tell(crate::desk::Change::Desk);
        Ok(())
    }

    /// Lets all that waits go at once, and looks up at once what is in doubt.
    ///
    /// # Errors
    /// Fails when the ledger cannot be written.
    pub async fn send_now(&self) -> Result<(), StoreError> {
        self.hurry().await?;
        {
            let _books = self.books.lock().await;
            let now = self.now();
            let doubts: Vec<Change> = Self::held(&self.queue)
                .iter()
                .filter(|open| open.life.state == State::InDoubt)
                .filter_map(|open| {
                    let doubt = balie_core::life::Doubt { look_at: now, ..open.life.doubt? };
                    Some(Change {
                        receipt: open.receipt(),
                        signal: None,
                        life: Life { doubt: Some(doubt), ..open.life },
                    })
                })
                .collect();
            if !doubts.is_empty() {
                self.carry_out(&doubts, &HashMap::new(), None, Actor::Clerk).await?;
            }
        }
        self.bell.notify_one();
        self.hurried.notify_one();
        Ok(())
    }
}

fn why(recorded: &Recorded) -> Why {
    match (recorded.state, recorded.life.dispute, recorded.entry.act.deadline()) {
        (_, Some(dispute), _) => Why::Disputed(dispute),
        (State::Queued, None, Some(deadline)) => Why::Expiring(deadline),
        (State::InDoubt | State::Sending, None, _) => Why::Looking,
        _ => Why::Refused,
    }
}

fn ways(recorded: &Recorded, why: Why) -> Vec<Way> {
    match (recorded.state, why) {
        (State::Refused, _) => match recorded.problem.as_deref() {
            // Sent again it would end here once more.
            Some(EXPIRED | NO_RECORD) => vec![Way::BookedByHand, Way::WriteOff],
            _ => vec![Way::SendAgain, Way::BookedByHand, Way::WriteOff],
        },
        // Also where none is listed: a person may see it where the desk cannot.
        (State::InDoubt, Why::Disputed(_)) => vec![Way::IsThere, Way::IsNotThere],
        (State::Confirmed, Why::Disputed(_)) => vec![Way::Accept],
        _ => Vec::new(),
    }
}

/// What the organizer may lose: the discount of a sale that UiTPAS does not have, or the difference between two prices.
fn at_risk(recorded: &Recorded, why: Why) -> Cents {
    let Act::Sale(sale) = &recorded.entry.act else { return Cents::ZERO };
    let each = match (recorded.state, why) {
        (State::Confirmed, Why::Disputed(Dispute::Price)) => {
            recorded.server_price.map_or(0, |price| (price.0 - sale.charged.0).abs())
        }
        (State::Refused | State::InDoubt, _) | (_, Why::Disputed(Dispute::Gone)) => sale.regular.0 - sale.charged.0,
        _ => 0,
    };
    Cents(each.saturating_mul(i64::from(sale.quantity)))
}
