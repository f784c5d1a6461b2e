//! Entries that go from one desk to another as a file, and come in as in doubt: the first desk may have sent them.

use crate::entries::{RECORDED, Recorded, read, record_in};
use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::outbox::{Evidence, current, keep};
use crate::retention;
use crate::rows::Word;
use crate::strangers;
use crate::trail::{self, Actor};
use balie_core::card::ChipNumber;
use balie_core::entry::{Act, EntryId};
use balie_core::life::{Attempt, Life, Open};
use balie_core::outbox::{Signal, State};
use balie_core::time::Moment;
use balie_core::upload::Change;
use sqlx::Row;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The word in the trail for a file that is in its place.
const GIVEN_AWAY: &str = "given_away";

/// An entry that comes from another desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arriving {
    /// Its id, by which it comes in once.
    pub id: EntryId,
    /// What was done.
    pub act: Act,
    /// When it was done.
    pub occurred: Moment,
    /// The receipt that it has at the other desk, with the mark that makes it unique.
    pub first_receipt: String,
    /// From when on the other desk may have sent it, by the clock of UiTPAS.
    pub from: Moment,
    /// Until when it may have done so.
    pub until: Moment,
    /// The other desk sent its receipt along in the label.
    pub labelled: bool,
    /// The clerk of the other desk took it back: when UiTPAS has it, it is taken out, and else it is not sent.
    pub cancel_wanted: bool,
    /// The card whose number was only typed: whether the two belong together is asked before it is sent again.
    pub typed_card: Option<ChipNumber>,
}

impl Ledger {
    /// Everything that can be handed over: what waits, what is in doubt, and what was handed over before, so that a file
    /// that was lost can be written again. What was reduced since cannot: nobody knows any more whose it is.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn to_hand_over(&self) -> Result<Vec<Recorded>, StoreError> {
        static ALL: LazyLock<String> = LazyLock::new(|| {
            format!(
                "select {RECORDED} where o.state in ('queued', 'in_doubt', 'handed_over') and e.kind <> 'cancel'
                     and e.uitpas_number <> '0000000000000'
                 order by e.receipt"
            )
        });
        let rows = sqlx::query(sqlx::AssertSqlSafe(ALL.as_str())).fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }

    /// Hands entries over: from now on they are never sent from here (T21). Only then may the file be given away.
    ///
    /// # Errors
    /// Fails when one of them is being sent, or changed meanwhile, or the ledger was also used elsewhere; then none is handed
    /// over.
    pub async fn handed_over(&self, entries: &[Open], now: Moment) -> Result<(), StoreError> {
        self.is_used_here_alone()?;
        let mut tx = self.pool.begin_with("begin immediate").await?;
        for open in entries {
            let life = open.life.take(Signal::HandOver)?;
            let change = Change { receipt: open.receipt(), signal: Some(Signal::HandOver), life };
            self.advance(&mut tx, &change, Actor::Clerk, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Notes that the file with all that was handed over so far is in its place.
    ///
    /// # Errors
    /// Fails when the ledger cannot be written; then the same goes into the next file once more, which does no harm.
    pub async fn given_away(&self, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        trail::note(&mut tx, Actor::Clerk, GIVEN_AWAY, None, "", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What was handed over into a file of which nobody knows that it came into its place: the program may have ended, or the
    /// stick have been taken out.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn not_given_away(&self) -> Result<HashSet<i64>, StoreError> {
        let rows = sqlx::query(
            "select distinct receipt from trail where action = ? and receipt is not null
                 and seq > coalesce((select max(seq) from trail where action = ?), 0)",
        )
        .bind(Signal::HandOver.word())
        .bind(GIVEN_AWAY)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Takes over what another desk handed over, as in doubt (T22). What came in before is left out; what was handed over
    /// from here comes back.
    ///
    /// # Errors
    /// Fails when the file cannot be written; then nothing came in.
    pub async fn take_over(&self, arriving: &[Arriving], now: Moment) -> Result<Vec<Open>, StoreError> {
        self.is_used_here_alone()?;
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let mut came = Vec::new();
        for each in arriving {
            // What was reduced since it was handed over does not know whose it is: it comes in as new.
            retention::make_room(&mut tx, each.id, now).await?;
            let known = sqlx::query("select receipt, state from entry join outbox using (receipt) where id = ?")
                .bind(each.id.0.as_slice())
                .fetch_optional(&mut *tx)
                .await?;
            let receipt = match known {
                // It was handed over from here, and comes back.
                Some(row) if row.try_get::<&str, _>(1)? == State::HandedOver.word() => row.try_get(0)?,
                Some(_) => continue,
                None => {
                    let first = Some(each.first_receipt.as_str());
                    let by = (Actor::Clerk, "taken over", now);
                    record_in(&mut tx, (each.id, &each.act, first), each.occurred, by).await?.receipt.sequence
                }
            };
            let recorded = current(&mut tx, receipt).await?;
            let attempt =
                Attempt { batch: -receipt, from: each.from, until: each.until, fresh: false, labelled: each.labelled };
            let life = recorded.life.doubted(Signal::TakenOver, &attempt, now)?;
            let life = Life { cancel_wanted: each.cancel_wanted, ..life };
            let change = Change { receipt, signal: Some(Signal::TakenOver), life };
            self.advance(&mut tx, &change, Actor::Clerk, now).await?;
            keep(&mut tx, &recorded, &Evidence::of_problem("taken-over")).await?;
            if let Some(card) = each.typed_card {
                strangers::note_typed_card(&mut tx, each.id, card).await?;
            }
            came.push(Open { life, ..recorded.open() });
        }
        tx.commit().await?;
        Ok(came)
    }
}
