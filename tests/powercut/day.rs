//! What becomes of entries in the course of a day: they are sent, looked up, and settled by a person. All that the workload
//! knows of how the outbox is used stands here.

use crate::Fallible;
use crate::acts::{act, moment};
use crate::work::Clerk;
use balie_core::entry::{Act, EntryId};
use balie_core::event::EventId;
use balie_core::life::{Attempt, Dispute, Life, Open};
use balie_core::money::Cents;
use balie_core::outbox::{Signal, State};
use balie_core::queue::{Look, Queue};
use balie_core::reconcile::{Row, SaleRow, Verdict};
use balie_core::settle::Settling;
use balie_core::tariff::TariffId;
use balie_core::upload::{Change, Class, answered, claimed, looked, price_differs, take_back};
use balie_store::entries::Recorded;
use balie_store::hand_over::Arriving;
use balie_store::observations::Observation;
use balie_store::outbox::{Closing, Evidence, ServerRecord, Steps};
use balie_store::server_records::kind_of;
use balie_store::sum_checks::Sums;
use balie_store::surplus::Looks;
use balie_store::trail::Actor;
use jiff::SignedDuration;
use rand::Rng;
use std::collections::HashMap;

/// How many requests the uploader makes in a round, and how often it looks.
const MOST: u32 = 6;

/// How long a doubt takes to settle.
const SETTLE: SignedDuration = SignedDuration::from_mins(2);

impl Clerk {
    /// Everything that may go, request after request.
    pub(crate) async fn uploads(&mut self) -> Fallible<()> {
        self.phase("outbox")?;
        for _ in 0..MOST {
            if !self.sends(false).await? {
                break;
            }
        }
        let (now, lag) = (self.now()?, self.dice.random_range(0..9_000));
        self.ledger.saw_moment(now).await?;
        self.shows().await?;
        self.ledger.keep_settling(&Settling { seen: self.dice.random_range(0..90), longest_lag_ms: lag }).await?;
        self.shows().await
    }

    /// One request on its way: claimed, shown, settled, shown; or cut off between the two. Says whether anything could go.
    pub(crate) async fn sends(&mut self, is_cut_off: bool) -> Fallible<bool> {
        self.waits(1);
        let at = self.now()?;
        let Some(batch) = Queue::new(self.ledger.open_entries().await?, at).next(at) else { return Ok(false) };
        let attempt = Attempt { batch: 0, from: at, until: at, fresh: false, labelled: self.dice.random() };
        let number = self.ledger.claim(&claimed(&batch)?, &attempt, at).await?;
        self.shows().await?;
        if is_cut_off {
            return Ok(true);
        }
        let sending = self.again(&batch).await?;
        if let [first, ..] = &sending[..]
            && !matches!(first.entry.act, Act::Cancellation(_))
            && self.dice.random_ratio(1, 6)
        {
            let wish = take_back(first, at)?;
            self.steps(&[wish], HashMap::new(), None, Actor::Clerk).await?;
        }
        let sending = self.again(&batch).await?;
        let (class, evidence) = self.answer(&sending).await?;
        let mut changes = answered(&sending, class, &Attempt { batch: number, ..attempt }, at, self.dice.random())?;
        if let (Class::Accepted, [first, ..], Act::Sale(_)) = (class, &changes[..], &sending[0].entry.act)
            && self.dice.random_ratio(1, 8)
        {
            changes.push(price_differs(&Open { life: first.life, ..sending[0].clone() })?);
        }
        let closing = Some(Closing { batch: number, ..Closing::default() });
        self.steps(&changes, evidence, closing, Actor::Machine).await?;
        Ok(true)
    }

    /// What UiTPAS answers: mostly yes. What is to be taken out may be half out when it does not.
    async fn answer(&mut self, sending: &[Open]) -> Fallible<(Class, HashMap<i64, Evidence>)> {
        let each = |evidence: Evidence| sending.iter().map(|open| (open.receipt(), evidence.clone())).collect();
        let dice = self.dice.random_range(0..12);
        if let Some(Act::Cancellation(cancellation)) = sending.first().map(|open| &open.entry.act) {
            let yes = dice > 3;
            for (kind, id) in self.ledger.to_take_out(cancellation).await? {
                if yes || self.dice.random() {
                    self.ledger.taken_out(kind, &id, moment(0)?).await?;
                    self.shows().await?;
                }
            }
            let class = if yes { Class::Accepted } else { Class::Unknown { mismatch: false } };
            return Ok((class, each(Evidence::default())));
        }
        Ok(match dice {
            0 => (Class::NotSent, each(Evidence::default())),
            1 => {
                let culprit = Some(0).filter(|_| sending.len() == 1 || self.dice.random());
                (Class::Refused { culprit, limit: self.dice.random() }, each(Evidence::of_problem("maximum-reached")))
            }
            2..=4 => (Class::Unknown { mismatch: dice == 4 }, each(Evidence::of_problem("no-answer"))),
            _ => (Class::Accepted, sending.iter().map(|open| (open.receipt(), records(open, "answer"))).collect()),
        })
    }

    /// Looks up what is in doubt and what may be there twice, and checks the sums.
    pub(crate) async fn looks_up(&mut self) -> Fallible<()> {
        self.phase("looking up")?;
        for _ in 0..MOST {
            // The first looks come soon, and the day after everything is looked at once more.
            let wait = if self.dice.random_ratio(1, 8) { 80_000 } else { 130 };
            self.waits(wait);
            let now = self.now()?;
            match Queue::new(self.ledger.open_entries().await?, now).next_look(now) {
                None => break,
                Some(Look::Doubt(batch)) => self.looks_at(&batch).await?,
                Some(Look::Recheck(open)) => self.rechecks(&open).await?,
            }
        }
        while let Some(due) = self.ledger.sum_due(self.now()?).await? {
            let listed = self.dice.random_range(0..90);
            if self.dice.random_ratio(1, 4) {
                self.ledger.check_later(&due.event, self.now()?).await?;
            } else {
                let sums = Sums { listed, ours: listed, ..Sums::default() };
                self.ledger.checked(&due.event, &sums, self.now()?).await?;
            }
            self.shows().await?;
        }
        Ok(())
    }

    async fn looks_at(&mut self, batch: &[Open]) -> Fallible<()> {
        let now = self.now()?;
        let (verdict, word) = match self.dice.random_range(0..8) {
            0..3 => (Verdict::Found { rows: Vec::new(), surplus: Vec::new() }, "found"),
            3 | 4 => (Verdict::Absent, "absent"),
            5 => (Verdict::NotYet, "not_yet"),
            _ => (Verdict::Disputed(Dispute::OtherDesk), Dispute::OtherDesk.code()),
        };
        let listed = Some(3).filter(|_| self.dice.random_bool(0.8));
        for open in batch {
            let row = row(open, now);
            let fitting: &[&Row] = if word == "absent" { &[] } else { &[&row] };
            let batch = open.life.doubt.map_or(0, |doubt| doubt.batch);
            let receipt = open.receipt();
            let seen = Observation { receipt, batch, server_at: Some(now), listed, verdict: word, fitting };
            self.ledger.observed(&seen, now).await?;
            self.shows().await?;
        }
        let changes = looked(batch, &verdict, now, SETTLE, now)?;
        let found =
            |open: &Open| (open.receipt(), if word == "found" { records(open, "row") } else { Evidence::default() });
        self.steps(&changes, batch.iter().map(found).collect(), None, Actor::Machine).await
    }

    /// It may be there twice: what is provably ours is taken out, and the rest is shown.
    async fn rechecks(&mut self, open: &Open) -> Fallible<()> {
        let now = self.now()?;
        if let Some(kind) = kind_of(&open.entry.act).filter(|_| self.dice.random_bool(0.7)) {
            let (row, provable) = (row(open, now), self.dice.random());
            let looks = Looks { kind, receipt: Some(open.receipt()), title: "Zwemmen", provable };
            self.ledger.found_surplus(&row, &looks, now).await?;
            self.shows().await?;
            if provable {
                self.ledger.taken_out(kind, &row.id, now).await?;
                self.shows().await?;
                let life = open.life.take(Signal::SurplusTakenOut)?;
                let change = Change { receipt: open.receipt(), signal: Some(Signal::SurplusTakenOut), life };
                self.steps(&[change], HashMap::new(), None, Actor::Machine).await?;
            }
        }
        let [now_open] = &self.again(std::slice::from_ref(open)).await?[..] else { return Err("it is gone".into()) };
        let change = Change { receipt: open.receipt(), signal: None, life: now_open.life.rechecked(now) };
        self.steps(&[change], HashMap::new(), None, Actor::Machine).await
    }

    /// What a person decides, hands over and takes over.
    pub(crate) async fn settles_by_hand(&mut self) -> Fallible<()> {
        self.phase("by hand")?;
        let now = self.now()?;
        for recorded in self.ledger.to_check(now, 3).await?.entries {
            if let Some((changes, evidence)) = self.decision(&recorded)? {
                self.steps(&changes, HashMap::from([(recorded.entry.receipt.sequence, evidence)]), None, Actor::Clerk)
                    .await?;
            }
        }
        if let Some(extra) = self.ledger.extras_to_show().await?.first() {
            self.ledger.seen_extra(&extra.id, now).await?;
            self.shows().await?;
        }
        match self.dice.random_range(0..6) {
            0 => self.hands_over().await,
            1 | 2 => self.takes_over().await,
            3 => {
                self.ledger.work_on_here(now, now).await?;
                self.shows().await
            }
            _ => Ok(()),
        }
    }

    fn decision(&mut self, recorded: &Recorded) -> Fallible<Option<(Vec<Change>, Evidence)>> {
        let (open, now) = (recorded.open(), self.now()?);
        let (receipt, life, first) = (open.receipt(), open.life, self.dice.random());
        let step =
            |signal| life.take(signal).map(|life| Change { receipt, signal: Some(signal), life: life.watched(now) });
        Ok(Some(match recorded.state {
            State::InDoubt if life.dispute.is_some() && first => {
                let life = life.confirmed(Signal::IsThere, now)?;
                let there = Change { receipt, signal: Some(Signal::IsThere), life };
                (vec![there], records(&open, "picked"))
            }
            State::InDoubt if life.dispute.is_some() => {
                let absent = step(Signal::IsNotThere)?;
                let back = Open { life: absent.life, ..open };
                let wish = if life.cancel_wanted { Some(take_back(&back, now)?) } else { None };
                ([Some(absent), wish].into_iter().flatten().collect(), Evidence::default())
            }
            State::Refused if first => (vec![step(Signal::SendAgain)?], Evidence::default()),
            State::Refused => {
                let signal = if self.dice.random() { Signal::WriteOff } else { Signal::BookedByHand };
                (vec![step(signal)?], Evidence::of_problem("by-hand"))
            }
            State::Confirmed if life.dispute.is_some() => {
                let change = Change { receipt, signal: None, life: Life { dispute: None, ..life } };
                (vec![change], Evidence::default())
            }
            _ => return Ok(None),
        }))
    }

    async fn hands_over(&mut self) -> Fallible<()> {
        let waiting = self.ledger.to_hand_over().await?.into_iter().filter(|each| each.state != State::HandedOver);
        let opens: Vec<Open> = waiting.take(3).map(|each| each.open()).collect();
        self.ledger.handed_over(&opens, self.now()?).await?;
        self.shows().await
    }

    async fn takes_over(&mut self) -> Fallible<()> {
        let (now, mut arriving) = (self.now()?, Vec::new());
        for number in 0..self.dice.random_range(1..4) {
            let receipt = format!("B2-{:06}/abcd", self.dice.random_range(1..9_999));
            let (id, act) = (EntryId(self.dice.random()), act(4 * self.dice.random_range(1..90) + number)?);
            let labelled = self.dice.random();
            arriving.push(Arriving {
                id,
                act,
                occurred: now,
                first_receipt: receipt,
                from: now,
                until: now,
                labelled,
                cancel_wanted: labelled,
                typed_card: None,
            });
        }
        self.ledger.take_over(&arriving, now).await?;
        self.shows().await
    }

    /// How entries stand now, as the outbox works on them.
    async fn again(&self, entries: &[Open]) -> Fallible<Vec<Open>> {
        let mut all = Vec::with_capacity(entries.len());
        for open in entries {
            all.push(self.ledger.by_receipt(open.receipt()).await?.ok_or("an entry is gone")?.open());
        }
        Ok(all)
    }

    async fn steps(
        &mut self,
        changes: &[Change],
        evidence: HashMap<i64, Evidence>,
        closing: Option<Closing>,
        actor: Actor,
    ) -> Fallible<()> {
        let now = self.now()?;
        self.ledger.apply(&Steps { changes, evidence: &evidence, closing, actor }, now).await?;
        self.shows().await
    }
}

/// What UiTPAS made for an entry: one record for each ticket.
fn records(open: &Open, how: &str) -> Evidence {
    let count = if let Act::Sale(sale) = &open.entry.act { sale.quantity } else { 1 };
    let (receipt, attempts) = (open.receipt(), open.life.attempts);
    let id = |ticket| format!("{how}-{receipt}-{attempts}-{ticket}");
    let records = (0..count).map(|ticket| ServerRecord { id: id(ticket), created: None, price: Some(Cents(200)) });
    Evidence { records: records.collect(), ..Evidence::default() }
}

/// A row of UiTPAS that fits an entry.
fn row(open: &Open, now: balie_core::time::Moment) -> Row {
    let (about, sale) = match &open.entry.act {
        Act::Sale(sale) => {
            let (label, tariff) = (Some(sale.label.clone()), TariffId("SOCIALTARIFF".into()));
            (sale.event.clone(), Some(SaleRow { tariff, regular: sale.regular, label, price: Some(Cents(200)) }))
        }
        Act::CheckIn(point) => (point.event.clone(), None),
        Act::Redemption(redeemed) => (EventId(redeemed.reward.0.clone()), None),
        Act::Cancellation(_) => (EventId(String::new()), None),
    };
    let id = format!("twin-{}-{}", open.receipt(), open.life.version);
    Row { id, at: now, number: open.entry.act.holder().number.clone(), about: about.0, sale, redeem_code: None }
}
