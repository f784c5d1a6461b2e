//! Tables `pass` and `refused_pass`: what UiTPAS said of the passes that came by.

use crate::open::StoreError;
use crate::rows::{Word, moment};
use crate::snapshot::Snapshot;
use balie_core::card::ChipNumber;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::time::Moment;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

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
    fn text(&self) -> String {
        match self {
            Self::Chip(chip) => chip.to_hex(),
            Self::Number(number) => number.reveal().to_owned(),
        }
    }
}

impl Snapshot {
    /// Keeps what UiTPAS said of a pass, and the chip that it was tapped with. The first name is not kept.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_pass(&self, pass: &Pass, chip: Option<ChipNumber>) -> Result<(), StoreError> {
        let chip = chip.map(ChipNumber::to_hex);
        let mut tx = self.pool.begin_with("begin immediate").await?;
        // A chip that now answers with another number was paired wrongly before.
        sqlx::query("update pass set chip = null where chip = ? and uitpas_number <> ?")
            .bind(&chip)
            .bind(pass.number.reveal())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "insert into pass (uitpas_number, chip, passholder_id, kind, status, ends_at, card_system_id,
                 card_system_name, points, postal_code, as_of) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (uitpas_number) do update set chip = coalesce(excluded.chip, chip),
                 passholder_id = excluded.passholder_id, kind = excluded.kind, status = excluded.status,
                 ends_at = excluded.ends_at, card_system_id = excluded.card_system_id,
                 card_system_name = excluded.card_system_name, points = excluded.points,
                 postal_code = excluded.postal_code, as_of = excluded.as_of",
        )
        .bind(pass.number.reveal())
        .bind(&chip)
        .bind(&pass.passholder.0)
        .bind(pass.kind.word())
        .bind(pass.status.word())
        .bind(pass.ends.map(|at| at.as_millisecond()))
        .bind(pass.card_system.as_ref().map(|system| system.id))
        .bind(pass.card_system.as_ref().map(|system| &system.name))
        .bind(pass.points)
        .bind(&pass.postal_code)
        .bind(pass.as_of.as_millisecond())
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "delete from refused_pass
             where identifier = ?1 or identifier = (select chip from pass where uitpas_number = ?1)",
        )
        .bind(pass.number.reveal())
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
                 union select uitpas_number from pass where chip = ?1
                 union select chip from pass where uitpas_number = ?1 and chip is not null)",
        )
        .bind(identifier.text())
        .bind(why.word())
        .bind(said)
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets a pass that UiTPAS does not know any more: what was said of it earlier may not be used without it.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn forget_pass(&self, identifier: &LocalIdentifier) -> Result<(), StoreError> {
        sqlx::query("delete from pass where uitpas_number = ?1 or chip = ?1")
            .bind(identifier.text())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// What was last said of an identifier that was refused.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn refusal(
        &self,
        identifier: &LocalIdentifier,
    ) -> Result<Option<(RefusedPass, Option<String>)>, StoreError> {
        let row = sqlx::query("select why, said from refused_pass where identifier = ?")
            .bind(identifier.text())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok((RefusedPass::read(row.try_get(0)?)?, row.try_get(1)?))).transpose()
    }

    /// The pass with this chip or number, as UiTPAS last described it.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn pass(&self, identifier: &LocalIdentifier) -> Result<Option<Pass>, StoreError> {
        let query = match identifier {
            LocalIdentifier::Chip(_) => sqlx::query("select * from pass where chip = ?"),
            LocalIdentifier::Number(_) => sqlx::query("select * from pass where uitpas_number = ?"),
        };
        let row = query.bind(identifier.text()).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &SqliteRow) -> Result<Pass, StoreError> {
    let number: &str = row.try_get("uitpas_number")?;
    let system: Option<i64> = row.try_get("card_system_id")?;
    let name: Option<String> = row.try_get("card_system_name")?;
    Ok(Pass {
        passholder: PassholderId(row.try_get("passholder_id")?),
        kind: PassKind::read(row.try_get("kind")?)?,
        number: UitpasNumber::parse(number).ok_or(StoreError::Unreadable("number"))?,
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
