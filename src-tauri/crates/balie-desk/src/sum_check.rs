//! The daily sum check of an activity: what UiTPAS lists against what is known here (I10).

use crate::desk::Desk;
use balie_core::label;
use balie_core::life::{Dispute, Proof};
use balie_core::outbox::State;
use balie_core::reconcile::Row;
use balie_core::upload::is_gone;
use balie_remote::ask::AskError;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;
use balie_store::sum_checks::{Due, Sums};
use balie_store::surplus::Looks;
use balie_store::trail::Actor;
use std::collections::HashMap;

impl Desk {
    /// Checks the sums of every activity that is due.
    pub(crate) async fn check_sums(&self) {
        loop {
            let due = match self.ledger.sum_due(self.now()).await {
                Ok(Some(due)) => due,
                Ok(None) => return,
                Err(error) => return tracing::error!(%error, "the sums cannot be read"),
            };
            match self.check_sum(&due).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return tracing::error!(%error, "the sums cannot be kept"),
            }
        }
    }

    /// Checks one activity, and says whether there was a list.
    async fn check_sum(&self, due: &Due) -> Result<bool, StoreError> {
        let records = match self.sales_at(&due.event).await {
            Ok(records) => records,
            Err(error) => {
                // Without the permission it is tried again later: somebody may hand it out.
                self.ledger.check_later(&due.event, self.now()).await?;
                return Ok(error == AskError::Forbidden);
            }
        };
        // Nothing may be confirmed between the reading of what is known and the judgement: its record would seem too many.
        let _books = self.books.lock().await;
        let mut ours: HashMap<String, i64> = self.ledger.sold_at(&due.event).await?.into_iter().collect();
        // What was there before this desk sold its first ticket for the activity is no news to anybody.
        let first = records.rows.iter().filter(|row| ours.contains_key(&row.id)).map(|row| row.at).min();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let mut sums = Sums { listed: count(records.rows.len()), ..Sums::default() };
        for row in &records.rows {
            if ours.remove(&row.id).is_some() {
                sums.ours += 1;
            } else if let Some(recorded) = self.carries_our_receipt(row).await? {
                if matches!(recorded.state, State::Queued | State::Sending | State::InDoubt) {
                    // It is under way: the record may be the one that it will have.
                    self.ledger.check_later(&due.event, self.now()).await?;
                    return Ok(true);
                }
                if recorded.state == State::HandedOver {
                    // The desk that it was handed to sent it, with the receipt that it has here.
                    sums.other += 1;
                    continue;
                }
                sums.surplus += 1;
                // What a person confirmed has no record here: this may be the one that the person saw, or booked by hand.
                let provable = recorded.life.proof != Some(Proof::Person);
                self.too_many(due, row, Some(recorded.entry.receipt.sequence), provable).await?;
            } else {
                sums.other += 1;
                // What could be an entry in doubt is shown with that entry.
                let could_be_ours = Self::held(&self.queue)
                    .iter()
                    .any(|open| open.life.state == State::InDoubt && row.fits(&open.entry));
                let is_news = first.is_some_and(|first| row.at >= first);
                if self.config.only_desk && is_news && !could_be_ours {
                    self.too_many(due, row, None, false).await?;
                }
            }
        }
        sums.missing = count(ours.len());
        for receipt in ours.into_values() {
            self.is_gone(receipt).await?;
        }
        self.ledger.checked(&due.event, &sums, self.now()).await?;
        tracing::info!(?sums, "checked the sums of an activity");
        Ok(true)
    }

    /// The entry of ours whose receipt stands in the label of a row.
    async fn carries_our_receipt(&self, row: &Row) -> Result<Option<Recorded>, StoreError> {
        let Some(token) = row.token() else { return Ok(None) };
        // `B1-000412/k7qx`: the number after the last dash, up to the mark.
        let number = token.split_once('/').and_then(|(number, _)| number.rsplit_once('-')?.1.parse::<i64>().ok());
        let Some(receipt) = number else { return Ok(None) };
        let entry = self.ledger.by_receipt(receipt).await?;
        Ok(entry.filter(|recorded| label::token(&recorded.entry) == token))
    }

    async fn too_many(&self, due: &Due, row: &Row, receipt: Option<i64>, provable: bool) -> Result<(), StoreError> {
        let kind = balie_core::agreement::Verb::Sell;
        self.ledger.found_surplus(row, &Looks { kind, receipt, title: &due.title, provable }, self.now()).await
    }

    /// UiTPAS does not list a ticket any more that it had: somebody took it out elsewhere, and a person must hear of it. To be
    /// called with the books held.
    async fn is_gone(&self, receipt: i64) -> Result<(), StoreError> {
        let Some(recorded) = self.ledger.by_receipt(receipt).await? else { return Ok(()) };
        let known = recorded.life.dispute == Some(Dispute::Gone);
        if recorded.state != State::Confirmed || recorded.being_cancelled || known {
            return Ok(());
        }
        let change = is_gone(&recorded.open()).map_err(StoreError::IllegalStep)?;
        self.carry_out(&[change], &HashMap::new(), None, Actor::Machine).await
    }
}
