//! What is true in the end: the records of the server beside the ledgers of the desks.

use crate::disk::Stored;
use crate::server::Record;
use crate::world::World;
use balie_core::entry::Act;
use balie_core::life::Dispute;
use balie_core::outbox::{Signal, State};
use balie_core::queue::could_be_taken_for;
use balie_core::upload::Change;
use std::collections::HashMap;

impl World {
    /// A person looks at what the machine could not settle, and knows whose each record is.
    pub(crate) fn person_comes(&mut self) {
        for d in 0..self.desks.len() {
            let receipts: Vec<i64> = self.desks[d].disk.rows.iter().map(|row| row.entry.receipt.sequence).collect();
            for receipt in receipts {
                self.person_settles(d, receipt);
            }
            self.work(d);
        }
    }

    fn person_settles(&mut self, d: usize, receipt: i64) {
        let disk = &self.desks[d].disk;
        let Some(row) = disk.row(receipt) else { return };
        if row.life.state != State::InDoubt || row.life.dispute.is_none() {
            return;
        }
        let is_free = |record: &&Record| {
            record.out_at.is_none()
                && record.cause.0 == d
                && record.row.fits(&row.entry)
                && !disk.owned.contains_key(&record.number)
                && record.row.token().is_none_or(|token| token == row.token)
        };
        let free: Vec<u32> = self.server.records.iter().filter(is_free).map(|record| record.number).collect();
        let quantity = quantity(row);
        let is_there = free.len() >= quantity;
        let wall = self.desks[d].wall(self.now);
        let (signal, life) = if is_there {
            (Signal::IsThere, row.life.confirmed(Signal::IsThere, wall))
        } else {
            (Signal::IsNotThere, row.life.take(Signal::IsNotThere))
        };
        let owned = if is_there { vec![(receipt, free[..quantity].to_vec())] } else { Vec::new() };
        match life {
            Ok(life) => {
                let mut changes = vec![Change { receipt, signal: Some(signal), life }];
                if life.cancel_wanted
                    && life.state == State::Queued
                    && let Ok(withdrawn) = life.take(Signal::Withdraw)
                {
                    changes.push(Change { receipt, signal: Some(Signal::Withdraw), life: withdrawn });
                }
                self.commit(d, &changes, &owned);
            }
            Err(why) => self.breaks(why.to_string()),
        }
    }

    /// Compares everything, when nothing can happen any more.
    pub(crate) fn judge(&mut self) {
        let mut owners: HashMap<u32, Vec<(usize, i64)>> = HashMap::new();
        let mut wrong = Vec::new();
        for (d, desk) in self.desks.iter().enumerate() {
            for row in &desk.disk.rows {
                if let Some(why) = self.wrong_with(d, row) {
                    wrong.push(format!("B{} #{}: {why}", d + 1, row.entry.receipt.sequence));
                }
                if row.life.state == State::Confirmed {
                    for id in &row.ids {
                        owners.entry(*id).or_default().push((d, row.entry.receipt.sequence));
                    }
                }
                let is_open = row.asked && row.life.dispute != Some(Dispute::Price);
                self.tally.human += u64::from(is_open);
            }
        }
        for record in &self.server.records {
            let owners = owners.get(&record.number).map_or(&[][..], Vec::as_slice);
            match self.of(record, owners) {
                Ok(taken) => self.tally.taken += u64::from(taken),
                Err(why) => wrong.push(why),
            }
        }
        self.tally.lost += wrong.iter().filter(|why| why.contains("lost:")).count() as u64;
        self.tally.duplicates += wrong.iter().filter(|why| why.contains("twice:")).count() as u64;
        if let Some(first) = wrong.first() {
            let why = first.clone();
            for line in wrong {
                self.tell(0, || format!("in the end: {line}"));
            }
            self.breaks(why);
        }
    }

    fn wrong_with(&self, d: usize, row: &Stored) -> Option<String> {
        let record = |id: &u32| self.server.records.get(*id as usize);
        let live = row.ids.iter().filter(|id| record(id).is_some_and(|record| record.out_at.is_none())).count();
        match row.life.state {
            State::Confirmed if matches!(row.entry.act, Act::Cancellation(_)) => None,
            State::Confirmed => {
                let wanted = quantity(row);
                let fits = row.ids.iter().filter_map(record).all(|record| {
                    let token = record.row.token().is_none_or(|token| token == row.token);
                    token && record.row.fits(&row.entry)
                });
                if row.ids.len() == wanted && live == wanted && fits {
                    return None;
                }
                // Another desk took it for its own, and took it out when that was taken back.
                if fits && row.ids.iter().any(|id| self.is_shared(d, *id)) {
                    return None;
                }
                Some(format!("lost: is confirmed with {live} of {} records, {wanted} wanted", row.ids.len()))
            }
            State::Refused | State::Withdrawn | State::Cancelled | State::WrittenOff | State::HandedOver => {
                (live > 0).then(|| format!("is {:?} and has {live} records", row.life.state))
            }
            State::InDoubt if row.life.dispute.is_some() => None,
            State::Queued if self.waits_for_a_person(d, row) => None,
            state => Some(format!("liveness: ends {state:?}")),
        }
    }

    /// Whether another desk holds a record for its own as well, which counting alone cannot tell.
    fn is_shared(&self, d: usize, id: u32) -> bool {
        let has_token = self.server.records.get(id as usize).is_none_or(|record| record.row.token().is_some());
        let mut others = self.desks.iter().enumerate().filter(|(other, _)| *other != d);
        !has_token && !self.setting.alone && others.any(|(_, other)| other.disk.owned.contains_key(&id))
    }

    fn waits_for_a_person(&self, d: usize, row: &Stored) -> bool {
        let person = &row.entry.act.holder().passholder;
        self.desks[d].disk.rows.iter().any(|other| {
            other.life.state == State::InDoubt
                && other.life.dispute.is_some()
                && other.entry.act.holder().passholder == *person
        })
    }

    /// Whose a record is: true when another desk took it for its own, which counting alone cannot tell.
    fn of(&self, record: &Record, owners: &[(usize, i64)]) -> Result<bool, String> {
        let (desk, receipt) = record.cause;
        if record.out_at.is_some() {
            return Ok(self.is_shared(desk, record.number));
        }
        let Some(cause) = self.desks[desk].disk.row(receipt) else { return Err("no cause".to_owned()) };
        let may_be_taken = !self.setting.alone && self.desks.len() > 1 && record.row.token().is_none();
        let foreign = owners.iter().any(|(owner, _)| *owner != desk);
        if owners.len() > 1 || foreign {
            return if may_be_taken { Ok(true) } else { Err(format!("r{} belongs to {owners:?}", record.number)) };
        }
        if !owners.is_empty() {
            return Ok(false);
        }
        let is_shown = self.desks.iter().any(|desk| desk.disk.shown.contains(&record.number));
        let is_asked = cause.life.state == State::InDoubt && cause.life.dispute.is_some();
        // The act that made it took that of another desk.
        let swapped = may_be_taken && cause.ids.iter().any(|id| self.server.records[*id as usize].cause.0 != desk);
        let shared =
            || self.desks[desk].disk.rows.iter().any(|row| could_be_taken_for(&row.entry, &cause.entry) && row.asked);
        if is_shown || is_asked {
            return Ok(false);
        }
        if swapped {
            return Ok(true);
        }
        let asked = if shared() { ", a person was asked about one like it" } else { "" };
        Err(format!(
            "twice: r{} of B{} #{receipt} ({:?}) belongs to nobody{asked}",
            record.number,
            desk + 1,
            cause.life.state
        ))
    }
}

fn quantity(row: &Stored) -> usize {
    match &row.entry.act {
        Act::Sale(sale) => sale.quantity as usize,
        _ => 1,
    }
}
