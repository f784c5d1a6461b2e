//! Table `typed_pair`: a card that was never seen here was tapped while UiTPAS could not be asked, and the clerk typed the
//! number that is printed on it.

use crate::open::StoreError;
use crate::passes::{as_holder, for_holder};
use crate::rows::moment;
use crate::seal::{seal, unseal};
use crate::snapshot::Snapshot;
use balie_core::card::ChipNumber;
use balie_core::pass::UitpasNumber;
use balie_core::time::Moment;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Snapshot {
    /// Keeps the number that a clerk typed for a chip, until UiTPAS can be asked whether they belong together. What UiTPAS
    /// itself said of the chip stands above it: then nothing is kept.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn learn_typed(&self, chip: ChipNumber, number: &UitpasNumber, now: Moment) -> Result<(), StoreError> {
        let index = self.index()?;
        let chip_hash = index.of_chip(chip);
        sqlx::query(
            "insert or replace into typed_pair (chip_hash, number_hash, sealed_number, sealed_chip, at)
             select ?1, ?2, ?3, ?4, ?5 where not exists (select 1 from pass where chip_hash = ?1)",
        )
        .bind(chip_hash.to_vec())
        .bind(index.of_number(number).to_vec())
        .bind(for_holder(&index, chip, number)?)
        .bind(seal(&index.own_seal(), &chip_hash, chip.to_hex().as_bytes())?)
        .bind(now.as_millisecond())
        .execute(&self.pool()?)
        .await?;
        Ok(())
    }

    /// The pairs that UiTPAS was not asked about yet, the oldest first, each with when it was typed.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn unverified(&self) -> Result<Vec<(ChipNumber, UitpasNumber, Moment)>, StoreError> {
        let index = self.index()?;
        let rows = sqlx::query(
            "select sealed_chip, chip_hash, number_hash, sealed_number, at from typed_pair
             where sealed_chip is not null order by at",
        )
        .fetch_all(&self.pool()?)
        .await?;
        let read = |row: &SqliteRow| {
            let hex = unseal(&index.own_seal(), row.try_get(1)?, row.try_get(0)?)?;
            let chip = std::str::from_utf8(&hex).ok().and_then(ChipNumber::parse);
            let chip = chip.ok_or(StoreError::Unreadable("chip"))?;
            let number = as_holder(&index, chip, row.try_get(2)?, row.try_get(3)?)?;
            Ok((chip, number, moment(row.try_get(4)?)?))
        };
        rows.iter().map(read).collect()
    }

    /// UiTPAS said that a typed pair is right: the chip itself is forgotten, and only a tap shows it again.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn verified(&self, chip: ChipNumber) -> Result<(), StoreError> {
        let hash = self.index()?.of_chip(chip).to_vec();
        sqlx::query("update typed_pair set sealed_chip = null where chip_hash = ?")
            .bind(hash)
            .execute(&self.pool()?)
            .await?;
        Ok(())
    }

    /// Forgets a pair that turned out wrong.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn forget_pair(&self, chip: ChipNumber) -> Result<(), StoreError> {
        let hash = self.index()?.of_chip(chip).to_vec();
        sqlx::query("delete from typed_pair where chip_hash = ?").bind(hash).execute(&self.pool()?).await?;
        Ok(())
    }

    /// The number of a chip, and whether UiTPAS said so: a pair that a clerk typed counts as long as nobody knows better.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn number_of(&self, chip: ChipNumber) -> Result<Option<(UitpasNumber, bool)>, StoreError> {
        let index = self.index()?;
        let row = sqlx::query(
            "select number_hash, sealed_number, 1 from pass where chip_hash = ?1
             union all select number_hash, sealed_number, sealed_chip is null from typed_pair where chip_hash = ?1
             limit 1",
        )
        .bind(index.of_chip(chip).to_vec())
        .fetch_optional(&self.pool()?)
        .await?;
        let read = |row: SqliteRow| {
            Ok((as_holder(&index, chip, row.try_get(0)?, row.try_get(1)?)?, row.try_get::<i64, _>(2)? == 1))
        };
        row.map(read).transpose()
    }
}
