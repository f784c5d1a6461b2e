//! Looking up at UiTPAS what became of an attempt that nobody answered, and whether something is there too often.

use crate::desk::Desk;
use crate::send::cancelled;
use crate::upload::differs;
use balie_core::entry::{Act, Entry};
use balie_core::event::EventId;
use balie_core::label;
use balie_core::life::{Dispute, Doubt, Life, Open};
use balie_core::outbox::{Signal, State};
use balie_core::pass::PassKind;
use balie_core::queue::Look;
use balie_core::reconcile::{Item, Known, Row, Verdict, surplus, verdict};
use balie_core::time::Moment;
use balie_core::upload::{Change, looked, price_differs};
use balie_remote::ask::AskError;
use balie_remote::outcome::Outcome;
use balie_remote::records::Records;
use balie_store::observations::Observation;
use balie_store::open::StoreError;
use balie_store::outbox::{Evidence, ServerRecord};
use balie_store::passes::LocalIdentifier;
use balie_store::server_records::kind_of;
use balie_store::surplus::{Extra, Looks};
use balie_store::trail::Actor;
use jiff::SignedDuration;
use std::collections::{HashMap, HashSet};

impl Desk {
    /// Looks up everything that is due: doubts, what may be there twice, samples, sums; and takes out what is too many.
    pub(crate) async fn look_all(&self) {
        loop {
            if !self.knows_the_time() {
                return;
            }
            let look = Self::held(&self.queue).next_look(self.now());
            let done = match look {
                None => break,
                Some(Look::Doubt(batch)) => self.look_up_doubt(&batch).await,
                Some(Look::Recheck(open)) => self.recheck(&open).await,
            };
            match done {
                // Whoever stands at the desk goes before what is looked up behind the scenes.
                Ok(true) if Self::held(&self.queue).next(self.now()).is_some() => return,
                Ok(true) => {}
                // Without a list there is nothing to be said; it is tried again in a minute.
                Ok(false) => return,
                Err(error) => {
                    tracing::error!(%error, "what UiTPAS lists cannot be kept");
                    return;
                }
            }
        }
        self.compensate().await;
        self.look_up_samples().await;
        self.check_sums().await;
    }

    /// Everything that UiTPAS lists of the kind of an entry for its person.
    pub(crate) async fn records_of(&self, entry: &Entry) -> Result<Records, AskError> {
        let holder = entry.act.holder();
        // What stands for an id of UiTPAS is none: it would list nothing for it, which is no proof of anything.
        let passholder = self.passholder_of(holder).await?;
        self.be_polite().await?;
        let records = match &entry.act {
            Act::Sale(_) => self.api.sales_of(&passholder, &holder.organizer).await,
            Act::CheckIn(_) => self.api.check_ins_of(&passholder, &holder.organizer).await,
            Act::Redemption(_) => self.api.redemptions_on(&holder.number).await,
            Act::Cancellation(_) => Ok(Records { rows: Vec::new(), at: None }),
        };
        self.asked(&records);
        records
    }

    /// What UiTPAS lists for entries that went in one request: of the person when there is one, else of the activity.
    async fn records_of_batch(&self, batch: &[Open]) -> Result<Records, AskError> {
        match batch {
            [one] => self.records_of(&one.entry).await,
            [first, ..] => {
                let Act::Sale(sale) = &first.entry.act else { return self.records_of(&first.entry).await };
                match self.sales_at(&sale.event).await {
                    // A list that is too long, that changes all the time or that holds what nobody can read is never whole.
                    Err(AskError::Garbled(_)) => self.records_of_each(batch).await,
                    records => records,
                }
            }
            [] => Err(AskError::Garbled("nothing")),
        }
    }

    /// Every sale that UiTPAS lists for an activity.
    pub(crate) async fn sales_at(&self, event: &EventId) -> Result<Records, AskError> {
        self.be_polite().await?;
        let records = self.api.sales_at(event).await;
        self.asked(&records);
        records
    }

    /// What UiTPAS lists for each of the persons of a request, as old as the oldest of the lists.
    async fn records_of_each(&self, batch: &[Open]) -> Result<Records, AskError> {
        let mut all = Records { rows: Vec::new(), at: None };
        let mut asked = HashSet::new();
        for open in batch {
            if !asked.insert(&open.entry.act.holder().passholder) {
                continue;
            }
            let theirs = self.records_of(&open.entry).await?;
            // A list that does not say when it was made is as old as it can be.
            all.at =
                if asked.len() == 1 { theirs.at } else { all.at.zip(theirs.at).map(|(one, other)| one.min(other)) };
            all.rows.extend(theirs.rows);
        }
        Ok(all)
    }

    /// Looks up the entries of one request, and says whether there was a list.
    async fn look_up_doubt(&self, batch: &[Open]) -> Result<bool, StoreError> {
        let records = match self.records_of_batch(batch).await {
            Ok(records) => Some(records),
            // A person or an activity that UiTPAS does not know any more is never listed again.
            Err(AskError::Forbidden | AskError::Problem(_)) => None,
            Err(_) => return self.tell_what_is_never_listed(batch).await.map(|()| false),
        };
        let _books = self.books.lock().await;
        let batch = self.as_they_stand(batch);
        if batch.is_empty() {
            return Ok(true);
        }
        if let Some(changes) = self.ended_by_now(&batch) {
            self.carry_out(&changes, &HashMap::new(), None, Actor::Machine).await?;
            return Ok(true);
        }
        let judged = match &records {
            Some(records) => self.judge_rows(&batch, records).await?,
            None => Verdict::Disputed(Dispute::Unreadable),
        };
        self.write_verdict(&batch, records.as_ref(), &judged).await?;
        Ok(true)
    }

    /// There was no list once more. Where that has lasted too long, a person must hear of it (T11).
    async fn tell_what_is_never_listed(&self, batch: &[Open]) -> Result<(), StoreError> {
        let _books = self.books.lock().await;
        let (server_now, batch) = (self.server_now(), self.as_they_stand(batch));
        let too_long: Vec<Open> = batch.into_iter().filter(|open| open.life.doubted_too_long(server_now)).collect();
        if too_long.is_empty() { Ok(()) } else { self.write_verdict(&too_long, None, &Verdict::NotYet).await }
    }

    /// The entries of a doubt as they stand now: meanwhile a person may have settled one of them. A list says nothing about a
    /// later attempt.
    fn as_they_stand(&self, batch: &[Open]) -> Vec<Open> {
        let queue = Self::held(&self.queue);
        let same_doubt = |asked: &Open, open: &Open| {
            open.life.state == State::InDoubt
                && open.life.doubt.map(|doubt| (doubt.batch, doubt.until))
                    == asked.life.doubt.map(|doubt| (doubt.batch, doubt.until))
        };
        let current =
            batch.iter().filter_map(|asked| queue.get(asked.receipt()).filter(|open| same_doubt(asked, open)));
        current.cloned().collect()
    }

    /// An attempt whose end lies ahead was written down by a clock that was ahead itself. By now it has ended, and from now on
    /// is counted how long ago.
    fn ended_by_now(&self, batch: &[Open]) -> Option<Vec<Change>> {
        let (_, latest) = self.server_about();
        let set_right = |open: &Open| {
            let doubt = open.life.doubt.filter(|doubt| doubt.until > latest)?;
            // One that seems to have begun ahead may have begun at any time, so any row of it may be its own.
            let (from, fresh) =
                if doubt.from > latest { (Moment::UNIX_EPOCH, false) } else { (doubt.from, doubt.fresh) };
            let doubt = Doubt { from, until: latest, fresh, look_at: self.now(), ..doubt };
            Some(Change { receipt: open.receipt(), signal: None, life: Life { doubt: Some(doubt), ..open.life } })
        };
        let changes: Vec<Change> = batch.iter().filter_map(set_right).collect();
        (!changes.is_empty()).then_some(changes)
    }

    async fn judge_rows(&self, batch: &[Open], records: &Records) -> Result<Verdict, StoreError> {
        let accounted = self.accounted(batch.iter().map(|open| &*open.entry), &records.rows).await?;
        let mut others = Vec::with_capacity(batch.len());
        for open in batch {
            let by_hand = self.ledger.may_be_booked_by_hand(&open.entry).await?;
            others.push((self.is_group(&open.entry).await, by_hand));
        }
        let doubts = batch.iter().filter_map(|open| open.life.doubt.as_ref());
        let items: Vec<Item<'_>> = batch
            .iter()
            .zip(doubts)
            .zip(others)
            .map(|((open, doubt), (group, by_hand))| Item {
                entry: &open.entry,
                token: &open.token,
                doubt,
                group,
                by_hand,
            })
            .collect();
        let known = |id: &str| accounted.contains(id);
        let alone = self.config.only_desk && {
            let queue = Self::held(&self.queue);
            batch.iter().all(|open| is_of_this_desk(open) && !queue.is_crowded(open))
        };
        let since = items.first().and_then(|item| Self::held(&self.doubted_since).get(&item.doubt.batch).copied());
        let waited = self.waited(items.first().map(|item| item.doubt.batch), since);
        let known = Known {
            accounted: &known,
            alone,
            listed_at: records.at.unwrap_or_else(|| self.server_about().0),
            waited,
            settle: self.settle_time(),
        };
        Ok(verdict(&items, &records.rows, &known))
    }

    /// How long this program has known of a doubt, by the clock that nobody can set. One that was left by an earlier run
    /// is known from the first look on.
    fn waited(&self, batch: Option<i64>, since: Option<std::time::Duration>) -> SignedDuration {
        let steady = self.steady();
        let since = since.unwrap_or_else(|| {
            if let Some(batch) = batch {
                Self::held(&self.doubted_since).insert(batch, steady);
            }
            steady
        });
        SignedDuration::try_from(steady.saturating_sub(since)).unwrap_or_default()
    }

    /// The ids among these rows that belong to an entry already.
    async fn accounted(
        &self,
        entries: impl Iterator<Item = &Entry>,
        rows: &[Row],
    ) -> Result<HashSet<String>, StoreError> {
        let mut known = HashSet::new();
        for entry in entries {
            let Some(kind) = kind_of(&entry.act) else { continue };
            let fitting = rows.iter().filter(|row| row.fits(entry)).map(|row| row.id.as_str());
            known.extend(self.ledger.accounted(kind, fitting).await?);
        }
        Ok(known)
    }

    /// Whether an entry is of a group. A pass that is not known here counts as one where more than one ticket was sold.
    async fn is_group(&self, entry: &Entry) -> bool {
        let number = LocalIdentifier::Number(entry.act.holder().number.clone());
        match self.snapshot.pass(&number).await {
            Ok(Some(pass)) => pass.kind == PassKind::Group,
            _ => matches!(&entry.act, Act::Sale(sale) if sale.quantity > 1),
        }
    }

    async fn write_verdict(
        &self,
        batch: &[Open],
        records: Option<&Records>,
        judged: &Verdict,
    ) -> Result<(), StoreError> {
        let (now, settle) = (self.now(), self.settle_time());
        let mut changes = looked(batch, judged, self.server_now(), settle, now)?;
        let mut evidence = HashMap::new();
        if let (Verdict::Found { rows, surplus }, Some(records)) = (judged, records) {
            for (open, theirs) in batch.iter().zip(rows) {
                let found = of_rows(theirs.iter().filter_map(|at| records.rows.get(*at)));
                if let Some(change) = differing(open, &found, &changes)? {
                    changes.push(change);
                }
                evidence.insert(open.receipt(), found);
            }
            for (position, at) in surplus {
                if let (Some(open), Some(row)) = (batch.get(*position), records.rows.get(*at)) {
                    self.found_surplus(open, row, true).await?;
                }
            }
        }
        let word = word(judged);
        for open in batch {
            let rows = records.map(|records| records.rows.as_slice()).unwrap_or_default();
            let fitting: Vec<&Row> = rows.iter().filter(|row| row.fits(&open.entry)).collect();
            let observation = Observation {
                receipt: open.receipt(),
                batch: open.life.doubt.map_or(0, |doubt| doubt.batch),
                server_at: records.and_then(|records| records.at),
                listed: records.map(|records| records.rows.len()),
                verdict: word,
                fitting: &fitting,
            };
            self.ledger.observed(&observation, now).await?;
            tracing::info!(receipt = %open.entry.receipt, verdict = word, "looked up");
        }
        self.carry_out(&changes, &evidence, None, Actor::Machine).await
    }

    /// Looks whether an entry that was sent more than once is there too often.
    async fn recheck(&self, open: &Open) -> Result<bool, StoreError> {
        let records = match self.records_of(&open.entry).await {
            Ok(records) => records,
            // Nothing may be read: whoever checks the sums by hand will see it.
            Err(AskError::Forbidden) => Records { rows: Vec::new(), at: None },
            Err(_) => return Ok(false),
        };
        let _books = self.books.lock().await;
        let open = {
            let queue = Self::held(&self.queue);
            // What is being sent at this moment may be listed already: it is looked at later.
            let current = queue.get(open.receipt()).filter(|open| !queue.is_crowded(open)).cloned();
            let Some(open) = current else { return Ok(true) };
            open
        };
        let Some(doubt) = open.life.doubt.filter(|_| open.life.recheck_at.is_some()) else { return Ok(true) };
        let accounted = self.accounted(std::iter::once(&*open.entry), &records.rows).await?;
        let known = |id: &str| accounted.contains(id);
        let known = Known {
            accounted: &known,
            alone: self.config.only_desk && is_of_this_desk(&open),
            listed_at: records.at.unwrap_or_else(|| self.server_about().0),
            waited: SignedDuration::ZERO,
            settle: self.settle_time(),
        };
        let by_hand = self.ledger.may_be_booked_by_hand(&open.entry).await?;
        let item = Item { entry: &open.entry, token: &open.token, doubt: &doubt, group: false, by_hand };
        let found = surplus(&item, &open.life, &records.rows, &known);
        for (positions, provable) in [(&found.ours, true), (&found.perhaps, false)] {
            for row in positions.iter().filter_map(|at| records.rows.get(*at)) {
                self.found_surplus(&open, row, provable).await?;
            }
        }
        let change = Change { receipt: open.receipt(), signal: None, life: open.life.rechecked(self.now()) };
        self.carry_out(&[change], &HashMap::new(), None, Actor::Machine).await?;
        Ok(true)
    }

    async fn found_surplus(&self, open: &Open, row: &Row, provable: bool) -> Result<(), StoreError> {
        let Some(kind) = kind_of(&open.entry.act) else { return Ok(()) };
        let looks = Looks { kind, receipt: Some(open.receipt()), title: open.entry.act.title(), provable };
        tracing::warn!(receipt = %open.entry.receipt, provable, "a record too many");
        self.ledger.found_surplus(row, &looks, self.now()).await
    }

    /// Takes out what is provably ours and too many (T16). Taking out twice does no harm.
    pub(crate) async fn compensate(&self) {
        let extras = match self.ledger.to_compensate().await {
            Ok(extras) => extras,
            Err(error) => return tracing::error!(%error, "what is too many cannot be read"),
        };
        for extra in extras {
            if self.be_polite().await.is_err() {
                return;
            }
            let noted = match self.api.cancel(cancelled(extra.kind), &extra.id).await {
                Outcome::Accepted(_) => self.compensated(&extra).await,
                Outcome::Refused(_) => self.ledger.surplus_stays(&extra, self.now()).await,
                // Whatever stands in the way: it is tried again in the next round.
                _ => return,
            };
            if let Err(error) = noted {
                return tracing::error!(%error, "what became of a record too many cannot be noted");
            }
            tracing::info!("a record too many was taken out, or UiTPAS keeps it");
        }
    }

    async fn compensated(&self, extra: &Extra) -> Result<(), StoreError> {
        let _books = self.books.lock().await;
        self.ledger.taken_out(extra.kind, &extra.id, self.now()).await?;
        let Some(receipt) = extra.receipt else { return Ok(()) };
        let Some(recorded) = self.ledger.by_receipt(receipt).await? else { return Ok(()) };
        let signal = Signal::SurplusTakenOut;
        // What is on its way by now takes no such step; the record is out all the same.
        let Ok(life) = recorded.life.take(signal) else { return Ok(()) };
        let change = Change { receipt, signal: Some(signal), life };
        self.carry_out(&[change], &HashMap::new(), None, Actor::Machine).await
    }
}

/// Whether nobody but this desk ever knew of an entry. Of one that another desk had, or another copy of the ledger, the
/// records of that desk are not known here, also where this desk is the only one now.
fn is_of_this_desk(open: &Open) -> bool {
    open.token == label::token(&open.entry) && open.life.doubt.is_none_or(|doubt| doubt.batch >= 0)
}

/// What the rows of an entry prove.
pub(crate) fn of_rows<'a>(rows: impl Iterator<Item = &'a Row>) -> Evidence {
    let mut evidence = Evidence::default();
    for row in rows {
        evidence.redeem_code = evidence.redeem_code.or_else(|| row.redeem_code.clone());
        let price = row.sale.as_ref().and_then(|sale| sale.price);
        evidence.records.push(ServerRecord { id: row.id.clone(), created: Some(row.at), price });
    }
    evidence
}

/// The step that says that UiTPAS counts another price, for an entry that was just found.
pub(crate) fn differing(open: &Open, found: &Evidence, changes: &[Change]) -> Result<Option<Change>, StoreError> {
    let last = changes.iter().rev().find(|change| change.receipt == open.receipt());
    match last.map(|change| change.life).filter(|life| life.state == State::Confirmed && differs(open, found)) {
        Some(life) => Ok(Some(price_differs(&Open { life, ..open.clone() })?)),
        None => Ok(None),
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Found { .. } => "found",
        Verdict::Absent => "absent",
        Verdict::NotYet => "not_yet",
        Verdict::Disputed(dispute) => dispute.code(),
    }
}
