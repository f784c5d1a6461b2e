//! Table `entry`: what the clerk did. Written once, with its receipt number, before anybody sees a tick.

use crate::ledger::Ledger;
use crate::lives;
use crate::open::StoreError;
use crate::rows::{Word, moment, number};
use crate::trail::{self, Actor};
use balie_core::entry::{Act, Cancellation, CheckIn, Entry, EntryId, Holder, ReceiptNumber, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::label;
use balie_core::life::{Hold, Life, Open};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::PassholderId;
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use std::sync::{Arc, LazyLock};

/// An entry and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was done.
    pub entry: Entry,
    /// How it stands.
    pub state: State,
    /// Grows with every step; an update names the version that it read.
    pub version: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// When it last took a step.
    pub changed: Moment,
    /// Why UiTPAS did nothing at the last attempt, while it waits.
    pub hold: Option<String>,
    /// The price of one ticket that UiTPAS counts; where it counts several, one that differs from what was charged.
    pub server_price: Option<Cents>,
    /// The name of the problem, when it was refused or is in doubt.
    pub problem: Option<String>,
    /// What UiTPAS wants to be shown about it.
    pub said: Option<String>,
    /// The code that the passholder needs to use a reward.
    pub redeem_code: Option<String>,
    /// What the passholder must know to use a reward.
    pub redeem_info: Option<String>,
    /// A cancellation of it is open or done.
    pub being_cancelled: bool,
    /// It is a cancellation of which something was sent: UiTPAS may have taken out a part already.
    pub begun: bool,
    /// What the outbox keeps of it.
    pub life: Life,
    /// The receipt of the desk that it was taken over from, with the mark that makes it unique; absent for an act of this
    /// desk.
    pub first_receipt: Option<String>,
}

/// A list that may be cut off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The first of them.
    pub entries: Vec<Recorded>,
    /// How many there are.
    pub all: u32,
}

impl Recorded {
    /// An entry as it stands at the moment of its recording.
    const fn fresh(entry: Entry) -> Self {
        Self {
            changed: entry.occurred,
            entry,
            state: State::Queued,
            version: 1,
            attempts: 0,
            hold: None,
            server_price: None,
            problem: None,
            said: None,
            redeem_code: None,
            redeem_info: None,
            being_cancelled: false,
            begun: false,
            life: Life::fresh(),
            first_receipt: None,
        }
    }

    /// The entry as the outbox works on it.
    pub fn open(&self) -> Open {
        let token = self.first_receipt.clone().unwrap_or_else(|| label::token(&self.entry));
        Open { entry: Arc::new(self.entry.clone()), token, life: self.life }
    }
}

/// The columns of [`Recorded`], in one place for every query.
pub(crate) const RECORDED: &str = "e.*, o.state, o.version, o.attempts, o.changed_at, o.not_before, o.hold, o.most, o.problem, o.said, \
     o.redeem_code, o.redeem_info, o.doubt_batch, o.doubt_from, o.doubt_until, o.doubt_fresh, o.doubt_labelled, \
     o.doubt_resent, o.doubt_limited, o.looks, o.look_at, o.dispute, o.cancel_wanted, o.proof, o.recheck_at, \
     coalesce((select price_cents from server_record r where r.receipt = e.receipt and price_cents <> e.charged_cents), \
              (select price_cents from server_record r where r.receipt = e.receipt)) as server_price_cents, \
     t.id as cancels_id, t.receipt_prefix as cancels_prefix, \
     coalesce(case t.kind when 'check_in' then -t.points else t.points end, 0) as points_back, \
     coalesce(t.charged_cents * t.quantity, 0) as cents_back, \
     exists (select 1 from entry c join outbox co using (receipt) where c.cancels = e.receipt \
             and co.state in ('queued', 'sending', 'in_doubt', 'confirmed')) as being_cancelled, \
     (e.kind = 'cancel' and (exists (select 1 from attempt a where a.receipt = e.receipt and a.class = 'repeatable') \
       or exists (select 1 from server_record r where r.receipt = e.cancels and r.taken_out_at is not null))) as begun \
     from entry e join outbox o using (receipt) left join entry t on t.receipt = e.cancels";

/// What a person must look at: before when a deadline is near (?1), and how many at most (?2).
pub(crate) static TO_CHECK: LazyLock<String> = LazyLock::new(|| {
    let order = "case when o.state in ('queued', 'sending') and e.deadline < ?1 then e.deadline end nulls last,
                 e.receipt desc";
    // Counted where they are listed, so that the two cannot contradict each other; and chosen before they are read,
    // as a row has many columns.
    format!(
        "with found as materialized (
             select receipt from outbox where state = 'refused' or dispute is not null
             union select receipt from outbox
                   where state in ('queued', 'sending', 'in_doubt') and state = 'in_doubt'
             union select receipt from outbox join entry using (receipt)
                   where state in ('queued', 'sending', 'in_doubt') and state <> 'in_doubt' and deadline < ?1),
         first as materialized (
             select receipt from found join outbox o using (receipt) join entry e using (receipt)
             order by {order} limit ?2)
         select (select count(*) from found) as found, {RECORDED}
         where e.receipt in (select receipt from first) order by {order}"
    )
});

impl Ledger {
    /// Records an act: takes the next receipt number, writes the entry and queues it, in one durable commit.
    ///
    /// # Errors
    /// When this fails nothing was recorded, and nothing may be promised. A cancellation of what is not confirmed, or is
    /// being cancelled already, is [`StoreError::Changed`].
    pub async fn record(&self, id: EntryId, act: &Act, occurred: Moment) -> Result<Recorded, StoreError> {
        self.is_used_here_alone()?;
        let subject = self.subject();
        let (what, by) = ((id, act, None), (Actor::Clerk, subject.as_str(), occurred));
        let mut connection = self.pool.acquire().await?;
        let entry = match record_in(&mut connection, what, occurred, by).await {
            // Another program wrote since the last row was read. It is read again, and now nobody else can write.
            Err(StoreError::Database(error)) if is_taken(&error) => {
                let mut tx = connection.begin_with("begin immediate").await?;
                let entry = record_in(&mut tx, what, occurred, by).await?;
                tx.commit().await?;
                entry
            }
            recorded => recorded?,
        };
        // Nothing may fail after the commit: whoever asked would think that nothing was recorded.
        Ok(Recorded::fresh(entry))
    }

    /// The newest entries first, at most `most`.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn newest(&self, most: u32) -> Result<Vec<Recorded>, StoreError> {
        static SQL: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} order by e.receipt desc limit ?"));
        let rows = sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).bind(most).fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }

    /// What a person must look at, at most `most` of it: refused, in doubt, disputed, or waiting with a deadline before
    /// `soon`. What has a deadline comes first, the nearest first, so that nothing goes stale behind what has time; then
    /// the newest.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn to_check(&self, soon: Moment, most: u32) -> Result<Listed, StoreError> {
        let query = sqlx::query(sqlx::AssertSqlSafe(TO_CHECK.as_str())).bind(soon.as_millisecond()).bind(most);
        let rows = query.fetch_all(&self.pool).await?;
        let all = rows.first().map_or(Ok(0), |row| row.try_get("found"))?;
        Ok(Listed { entries: rows.iter().map(read).collect::<Result<_, _>>()?, all })
    }

    /// The entry with a receipt of this desk.
    ///
    /// # Errors
    /// Fails when the file cannot be read; an entry that does not exist is `None`.
    pub async fn by_receipt(&self, receipt: i64) -> Result<Option<Recorded>, StoreError> {
        static SQL: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} where e.receipt = ?"));
        let row = sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).bind(receipt).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// One entry.
    ///
    /// # Errors
    /// Fails when the file cannot be read; an entry that does not exist is `None`.
    pub async fn entry(&self, id: EntryId) -> Result<Option<Recorded>, StoreError> {
        static SQL: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} where e.id = ?"));
        let row =
            sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).bind(id.0.as_slice()).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }
}

/// A number was given out already: of a receipt, of a row of the trail, or of the act itself.
fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|inner| inner.is_unique_violation())
}

/// Takes the next receipt number, writes the entry, queues it and notes who did it, with a remark and when. `first` is the
/// receipt of the desk that it comes from.
///
/// Outside a transaction it is a commit of its own. Whatever another program did since the last row was read, every step of
/// an entry included, is a row of the trail: then the number of this one is taken, and nothing is written.
pub(crate) async fn record_in(
    connection: &mut SqliteConnection,
    (id, act, first): (EntryId, &Act, Option<&str>),
    occurred: Moment,
    (actor, remark, now): (Actor, &str, Moment),
) -> Result<Entry, StoreError> {
    static NEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "select max((select coalesce(max(receipt), 0) from entry), receipts_gone) + 1 as receipt, receipt_prefix, {}
             from desk",
            trail::LAST
        )
    });
    let row = sqlx::query(sqlx::AssertSqlSafe(NEXT.as_str())).fetch_one(&mut *connection).await?;
    // After the last row was read: a step of another program that comes in between takes the number of this one.
    if let Act::Cancellation(cancellation) = act {
        still_there(connection, cancellation).await?;
    }
    let receipt = ReceiptNumber { prefix: row.try_get("receipt_prefix")?, sequence: row.try_get("receipt")? };
    let next = trail::Next::after(&row, (actor, "recorded", remark), Some(receipt.sequence), now)?;
    let entry = Entry { id, receipt, act: act.clone(), occurred };
    insert(connection, &entry, first, &next).await?;
    Ok(entry)
}

/// What is taken back must be at UiTPAS, must not be on its way back already, and nobody may have forgotten whose it is.
async fn still_there(connection: &mut SqliteConnection, what: &Cancellation) -> Result<(), StoreError> {
    let open = sqlx::query(
        "select 1 from outbox o join entry e using (receipt)
         where o.receipt = ?1 and o.state = 'confirmed' and e.uitpas_number <> '0000000000000' and not exists (
             select 1 from entry c join outbox co using (receipt)
             where c.cancels = ?1 and co.state in ('queued', 'sending', 'in_doubt', 'confirmed'))",
    )
    .bind(what.of_receipt.sequence)
    .fetch_optional(connection)
    .await?;
    open.map(|_| ()).ok_or(StoreError::Changed)
}

/// One statement, as a person waits for each turn of the database; and whoever waits no longer leaves no half of it.
async fn insert(
    connection: &mut SqliteConnection,
    entry: &Entry,
    first_receipt: Option<&str>,
    next: &trail::Next<'_>,
) -> Result<(), StoreError> {
    const SQL: &str = "insert into recorded (receipt, receipt_prefix, id, kind, occurred_at, organizer_id, uitpas_number,
             passholder_id, title, facts_as_of, event_id, tariff_id, label, quantity, regular_cents, charged_cents,
             price_source, points, deadline, reward_id, reward_kind, cancels, first_receipt, seq, at, actor, detail, hash)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let (columns, holder) = (Columns::of(&entry.act), entry.act.holder());
    let query = sqlx::query(SQL)
        .bind(entry.receipt.sequence)
        .bind(&entry.receipt.prefix)
        .bind(entry.id.0.as_slice())
        .bind(columns.kind)
        .bind(entry.occurred.as_millisecond())
        .bind(&holder.organizer.0)
        .bind(holder.number.reveal())
        .bind(&holder.passholder.0)
        .bind(columns.title)
        .bind(columns.facts_as_of.unwrap_or(entry.occurred).as_millisecond())
        .bind(columns.event)
        .bind(columns.sale.and_then(|sale| sale.tariff.as_ref()).map(|tariff| &tariff.0))
        .bind(columns.sale.map(|sale| &sale.label))
        .bind(columns.sale.map_or(1, |sale| sale.quantity))
        .bind(columns.sale.map(|sale| sale.regular.0))
        .bind(columns.sale.map(|sale| sale.charged.0))
        .bind(columns.sale.map(|sale| sale.source.word()))
        .bind(columns.points)
        .bind(entry.act.deadline().map(Moment::as_millisecond))
        .bind(columns.reward.map(|(id, _)| id))
        .bind(columns.reward.map(|(_, kind)| kind.word()))
        .bind(columns.cancels)
        .bind(first_receipt);
    next.bind(query).execute(connection).await?;
    Ok(())
}

/// What the kinds of act put in the columns that they do not share.
#[derive(Default)]
struct Columns<'a> {
    kind: &'static str,
    title: &'a str,
    facts_as_of: Option<Moment>,
    event: Option<&'a str>,
    sale: Option<&'a TicketSale>,
    points: Option<i64>,
    reward: Option<(&'a str, RewardKind)>,
    cancels: Option<i64>,
}

impl<'a> Columns<'a> {
    fn of(act: &'a Act) -> Self {
        match act {
            Act::Sale(sale) => Self {
                kind: "sell",
                title: &sale.event_title,
                facts_as_of: Some(sale.price_as_of),
                event: Some(&sale.event.0),
                sale: Some(sale),
                ..Self::default()
            },
            Act::CheckIn(check_in) => Self {
                kind: "check_in",
                title: &check_in.event_title,
                facts_as_of: Some(check_in.as_of),
                event: Some(&check_in.event.0),
                points: Some(i64::from(check_in.points)),
                ..Self::default()
            },
            Act::Redemption(redemption) => Self {
                kind: "redeem",
                title: &redemption.title,
                facts_as_of: Some(redemption.as_of),
                points: Some(redemption.points),
                reward: Some((&redemption.reward.0, redemption.kind)),
                ..Self::default()
            },
            Act::Cancellation(cancellation) => Self {
                kind: "cancel",
                title: &cancellation.title,
                cancels: Some(cancellation.of_receipt.sequence),
                ..Self::default()
            },
        }
    }
}

pub(crate) fn read(row: &SqliteRow) -> Result<Recorded, StoreError> {
    Ok(Recorded {
        entry: entry(row)?,
        state: State::read(row.try_get("state")?)?,
        version: row.try_get("version")?,
        attempts: row.try_get("attempts")?,
        changed: moment(row.try_get("changed_at")?)?,
        hold: row.try_get("hold")?,
        server_price: row.try_get::<Option<i64>, _>("server_price_cents")?.map(Cents),
        problem: row.try_get("problem")?,
        said: row.try_get("said")?,
        redeem_code: row.try_get("redeem_code")?,
        redeem_info: row.try_get("redeem_info")?,
        being_cancelled: row.try_get("being_cancelled")?,
        begun: row.try_get("begun")?,
        life: lives::read(row)?,
        first_receipt: row.try_get("first_receipt")?,
    })
}

/// The columns of a sale or a point that waits and that nothing happened to, which nearly all of a long queue is. A row with
/// half the columns takes half the time.
pub(crate) const PLAIN: &str = "e.receipt, e.receipt_prefix, e.id, e.kind, e.occurred_at, e.organizer_id, e.uitpas_number, \
     e.passholder_id, e.title, e.facts_as_of, e.event_id, e.tariff_id, e.label, e.quantity, e.regular_cents, \
     e.charged_cents, e.price_source, e.points, e.deadline, e.first_receipt, o.version, o.attempts, o.not_before, o.hold, \
     o.most from outbox o join entry e using (receipt)";

/// Reads such a row.
pub(crate) fn read_plain(row: &SqliteRow) -> Result<Open, StoreError> {
    let life = Life {
        version: row.try_get("version")?,
        attempts: row.try_get("attempts")?,
        not_before: moment(row.try_get("not_before")?)?,
        hold: row.try_get::<Option<&str>, _>("hold")?.map(Hold::read).transpose()?,
        most: row.try_get("most")?,
        ..Life::fresh()
    };
    let entry = entry(row)?;
    let token = row.try_get::<Option<String>, _>("first_receipt")?.unwrap_or_else(|| label::token(&entry));
    Ok(Open { entry: Arc::new(entry), token, life })
}

fn entry(row: &SqliteRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: entry_id(row.try_get("id")?)?,
        receipt: ReceiptNumber { prefix: row.try_get("receipt_prefix")?, sequence: row.try_get("receipt")? },
        act: act(row)?,
        occurred: moment(row.try_get("occurred_at")?)?,
    })
}

pub(crate) fn entry_id(bytes: &[u8]) -> Result<EntryId, StoreError> {
    bytes.try_into().map(EntryId).map_err(|_| StoreError::Unreadable("id"))
}

fn act(row: &SqliteRow) -> Result<Act, StoreError> {
    let holder = Holder {
        number: number(row.try_get("uitpas_number")?)?,
        passholder: PassholderId(row.try_get("passholder_id")?),
        organizer: OrganizerId(row.try_get("organizer_id")?),
    };
    let title: String = row.try_get("title")?;
    let as_of = moment(row.try_get("facts_as_of")?)?;
    Ok(match row.try_get("kind")? {
        "sell" => Act::Sale(TicketSale {
            holder,
            event: EventId(row.try_get("event_id")?),
            event_title: title,
            tariff: row.try_get::<Option<String>, _>("tariff_id")?.map(TariffId),
            label: row.try_get("label")?,
            quantity: row.try_get("quantity")?,
            regular: Cents(row.try_get("regular_cents")?),
            charged: Cents(row.try_get("charged_cents")?),
            source: PriceSource::read(row.try_get("price_source")?)?,
            price_as_of: as_of,
        }),
        "check_in" => Act::CheckIn(CheckIn {
            holder,
            event: EventId(row.try_get("event_id")?),
            event_title: title,
            points: row.try_get("points")?,
            deadline: row.try_get::<Option<i64>, _>("deadline")?.map(moment).transpose()?,
            as_of,
        }),
        "redeem" => Act::Redemption(Redemption {
            holder,
            reward: RewardId(row.try_get("reward_id")?),
            title,
            kind: RewardKind::read(row.try_get("reward_kind")?)?,
            points: row.try_get("points")?,
            as_of,
        }),
        "cancel" => Act::Cancellation(Cancellation {
            holder,
            of: entry_id(row.try_get("cancels_id")?)?,
            of_receipt: ReceiptNumber { prefix: row.try_get("cancels_prefix")?, sequence: row.try_get("cancels")? },
            title,
            points: row.try_get("points_back")?,
            given_back: Cents(row.try_get("cents_back")?),
        }),
        _ => return Err(StoreError::Unreadable("kind")),
    })
}

#[cfg(test)]
mod tests;
