//! Tables `pass` and `refused_pass`: what UiTPAS said of the passes that came by, found by a keyed hash of their number or
//! of their chip.

use crate::index::Index;
use crate::open::StoreError;
use crate::rows::{Word, moment};
use crate::seal::{seal, unseal};
use crate::snapshot::Snapshot;
use balie_core::card::ChipNumber;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::time::Moment;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

/// Why UiTPAS refused an identifier, in a way that outlasts the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedPass {
    /// The card is blocked.
    CardBlocked,
    /// The card was not given out, or is out of use.
    CardNotActive,
    /// The person is blocked.
    PassholderBlocked,
}

impl Word for RefusedPass {
    const NAME: &'static str = "refusal";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::CardBlocked, "card_blocked"),
        (Self::CardNotActive, "card_not_active"),
        (Self::PassholderBlocked, "passholder_blocked"),
    ];
}

/// What a pass can be looked up by without a connection. The national number is not among these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalIdentifier {
    /// The chip of a card.
    Chip(ChipNumber),
    /// The number of a pass.
    Number(UitpasNumber),
}

impl LocalIdentifier {
    pub(crate) fn hash(&self, index: &Index) -> Vec<u8> {
        match self {
            Self::Chip(chip) => index.of_chip(*chip).to_vec(),
            Self::Number(number) => index.of_number(number).to_vec(),
        }
    }
}

impl Snapshot {
    /// Keeps what UiTPAS said of a pass, and the chip that it was tapped with. The first name is not kept, and the number
    /// only for whoever holds the card.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_pass(&self, pass: &Pass, chip: Option<ChipNumber>) -> Result<(), StoreError> {
        let index = self.index()?;
        let number = index.of_number(&pass.number).to_vec();
        let held = chip
            .map(|chip| Ok::<_, StoreError>((index.of_chip(chip).to_vec(), for_holder(&index, chip, &pass.number)?)));
        let (chip, sealed) = held.transpose()?.unzip();
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        // A chip that now answers with another number was paired wrongly before.
        sqlx::query("update pass set chip_hash = null, sealed_number = null where chip_hash = ? and number_hash <> ?")
            .bind(&chip)
            .bind(&number)
            .execute(&mut *tx)
            .await?;
        // What a clerk typed for this chip is not needed any more.
        sqlx::query("delete from typed_pair where chip_hash = ?").bind(&chip).execute(&mut *tx).await?;
        upsert(&mut tx, pass, &number, (chip, sealed)).await?;
        sqlx::query(
            "delete from refused_pass
             where identifier = ?1 or identifier = (select chip_hash from pass where number_hash = ?1)",
        )
        .bind(&number)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps that UiTPAS refused an identifier. Where its pass is known, the chip and the number are refused together:
    /// what may not be tapped may not be typed either.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_refusal(
        &self,
        identifier: &LocalIdentifier,
        why: RefusedPass,
        said: Option<&str>,
        now: Moment,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert or replace into refused_pass (identifier, why, said, as_of)
             select identifier, ?2, ?3, ?4 from (
                 select ?1 as identifier
                 union select number_hash from pass where chip_hash = ?1
                 union select chip_hash from pass where number_hash = ?1 and chip_hash is not null)",
        )
        .bind(identifier.hash(&*self.index()?))
        .bind(why.word())
        .bind(said)
        .bind(now.as_millisecond())
        .execute(&self.pool()?)
        .await?;
        Ok(())
    }

    /// Forgets a pass that UiTPAS does not know any more: what was said of it earlier may not be used without it.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn forget_pass(&self, identifier: &LocalIdentifier) -> Result<(), StoreError> {
        let hash = identifier.hash(&*self.index()?);
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        sqlx::query("delete from pass where number_hash = ?1 or chip_hash = ?1").bind(&hash).execute(&mut *tx).await?;
        sqlx::query("delete from typed_pair where number_hash = ?1 or chip_hash = ?1")
            .bind(&hash)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What was last said of an identifier that was refused. A chip whose number was typed is refused with that number.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn refusal(
        &self,
        identifier: &LocalIdentifier,
    ) -> Result<Option<(RefusedPass, Option<String>)>, StoreError> {
        let row = sqlx::query(
            "select why, said from refused_pass
             where identifier in (?1, (select number_hash from typed_pair where chip_hash = ?1))
             order by identifier = ?1 desc",
        )
        .bind(identifier.hash(&*self.index()?))
        .fetch_optional(&self.pool()?)
        .await?;
        row.map(|row| Ok((RefusedPass::read(row.try_get(0)?)?, row.try_get(1)?))).transpose()
    }

    /// The pass with this chip or number, as UiTPAS last described it. A chip whose number was typed has the pass of that
    /// number.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn pass(&self, identifier: &LocalIdentifier) -> Result<Option<Pass>, StoreError> {
        let number = match identifier {
            LocalIdentifier::Number(number) => Some(number.clone()),
            LocalIdentifier::Chip(chip) => self.number_of(*chip).await?.map(|(number, _)| number),
        };
        let Some(number) = number else { return Ok(None) };
        let row = sqlx::query("select * from pass where number_hash = ?")
            .bind(self.index()?.of_number(&number).to_vec())
            .fetch_optional(&self.pool()?)
            .await?;
        row.map(|row| read(&row, number)).transpose()
    }
}

async fn upsert(
    tx: &mut Transaction<'static, Sqlite>,
    pass: &Pass,
    number: &[u8],
    (chip, sealed): (Option<Vec<u8>>, Option<Vec<u8>>),
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into pass (number_hash, chip_hash, sealed_number, passholder_id, kind, status, ends_at, card_system_id,
             card_system_name, points, postal_code, as_of) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (number_hash) do update set chip_hash = coalesce(excluded.chip_hash, chip_hash),
             sealed_number = coalesce(excluded.sealed_number, sealed_number),
             passholder_id = excluded.passholder_id, kind = excluded.kind, status = excluded.status,
             ends_at = excluded.ends_at, card_system_id = excluded.card_system_id,
             card_system_name = excluded.card_system_name, points = excluded.points,
             postal_code = excluded.postal_code, as_of = excluded.as_of",
    )
    .bind(number)
    .bind(chip)
    .bind(sealed)
    .bind(&pass.passholder.0)
    .bind(pass.kind.word())
    .bind(pass.status.word())
    .bind(pass.ends.map(|at| at.as_millisecond()))
    .bind(pass.card_system.as_ref().map(|system| system.id))
    .bind(pass.card_system.as_ref().map(|system| &system.name))
    .bind(pass.points)
    .bind(&pass.postal_code)
    .bind(pass.as_of.as_millisecond())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A number that only whoever holds the card with this chip can read.
pub(crate) fn for_holder(index: &Index, chip: ChipNumber, number: &UitpasNumber) -> Result<Vec<u8>, StoreError> {
    seal(&index.seal_of(chip), &index.of_number(number), number.reveal().as_bytes())
}

/// Reads it for whoever holds the card. `place` is the hash of the number, which stands beside it.
pub(crate) fn as_holder(
    index: &Index,
    chip: ChipNumber,
    place: &[u8],
    sealed: &[u8],
) -> Result<UitpasNumber, StoreError> {
    let digits = unseal(&index.seal_of(chip), place, sealed)?;
    let digits = std::str::from_utf8(&digits).ok();
    digits.and_then(UitpasNumber::parse).ok_or(StoreError::Unreadable("number"))
}

fn read(row: &SqliteRow, number: UitpasNumber) -> Result<Pass, StoreError> {
    let system: Option<i64> = row.try_get("card_system_id")?;
    let name: Option<String> = row.try_get("card_system_name")?;
    Ok(Pass {
        passholder: PassholderId(row.try_get("passholder_id")?),
        kind: PassKind::read(row.try_get("kind")?)?,
        number,
        first_name: None,
        points: row.try_get("points")?,
        status: PassTariffStatus::read(row.try_get("status")?)?,
        ends: row.try_get::<Option<i64>, _>("ends_at")?.map(moment).transpose()?,
        card_system: system.map(|id| CardSystem { id, name: name.unwrap_or_default() }),
        postal_code: row.try_get("postal_code")?,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of: moment(row.try_get("as_of")?)?,
    })
}
