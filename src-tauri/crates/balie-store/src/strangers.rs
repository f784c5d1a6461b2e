//! What was recorded for somebody of whom UiTPAS was not asked first: who that is, and whether the card and the number that
//! was typed belong together (rules.md, Identification).

use crate::entries::entry_id;
use crate::ledger::Ledger;
use crate::open::StoreError;
use balie_core::card::ChipNumber;
use balie_core::entry::EntryId;
use balie_core::pass::{PassholderId, UitpasNumber};
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;

/// Notes that an act was for this card, in the transaction of whoever writes more.
pub(crate) async fn note_typed_card(
    connection: &mut SqliteConnection,
    entry: EntryId,
    chip: ChipNumber,
) -> Result<(), StoreError> {
    sqlx::query("insert or replace into typed_card (entry_id, chip) values (?, ?)")
        .bind(entry.0.as_slice())
        .bind(chip.to_hex())
        .execute(connection)
        .await?;
    Ok(())
}

impl Ledger {
    /// Notes that an act was for this card, of which the number was typed. To be called before the act is recorded, so that
    /// no act is ever without it; a row without an act does no harm.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn note_typed_card(&self, entry: EntryId, chip: ChipNumber) -> Result<(), StoreError> {
        self.is_used_here_alone()?;
        let mut connection = self.pool.acquire().await?;
        note_typed_card(&mut connection, entry, chip).await
    }

    /// The acts of which it is not known yet whether card and number belong together.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn typed_cards(&self) -> Result<HashMap<EntryId, ChipNumber>, StoreError> {
        let rows = sqlx::query("select entry_id, chip from typed_card").fetch_all(&self.pool).await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let chip = ChipNumber::parse(row.try_get(1)?).ok_or(StoreError::Unreadable("chip"))?;
            Ok((entry_id(row.try_get(0)?)?, chip))
        };
        rows.iter().map(read).collect()
    }

    /// It is known now whether card and number belong together, or a person decided.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn card_is_known(&self, entry: EntryId) -> Result<(), StoreError> {
        self.is_used_here_alone()?;
        sqlx::query("delete from typed_card where entry_id = ?").bind(entry.0.as_slice()).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets the cards of acts of which nothing is to be sent any more, and those of acts that were never recorded. To be
    /// called while nothing is being recorded.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn forget_typed_cards(&self) -> Result<(), StoreError> {
        sqlx::query(
            "delete from typed_card where entry_id not in (
                 select e.id from entry e join outbox o using (receipt)
                 where o.state in ('queued', 'sending', 'in_doubt', 'handed_over'))",
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Who had a number when something was recorded for it; nothing when nothing was, or when UiTPAS never said. Asked for
    /// somebody whom UiTPAS cannot be asked about, so that it may read every entry.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn holder_of(&self, number: &UitpasNumber) -> Result<Option<PassholderId>, StoreError> {
        let row = sqlx::query(
            "select passholder_id from entry where uitpas_number = ? and passholder_id <> ? order by receipt desc limit 1",
        )
        .bind(number.reveal())
        .bind(&PassholderId::of_stranger(number).0)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.map(PassholderId))
    }

    /// UiTPAS said who has a number: what was recorded for it as a stranger is that person's. It is the one thing that is
    /// ever filled in of what a clerk did, and says how many acts it was of.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn holder_is(&self, number: &UitpasNumber, passholder: &PassholderId) -> Result<u64, StoreError> {
        self.is_used_here_alone()?;
        if passholder.is_of_stranger() {
            return Ok(0);
        }
        let stranger = PassholderId::of_stranger(number);
        let done = sqlx::query("update entry set passholder_id = ? where passholder_id = ?")
            .bind(&passholder.0)
            .bind(&stranger.0)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}
