//! What this computer keeps of UiTPAS, told in counts and ages: for the screen where a clerk can see and wipe it.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::moment;
use crate::snapshot::Snapshot;
use crate::social_tariff_list::SocialTariffList;
use balie_core::time::Moment;
use sqlx::Row;

/// How much there is of a kind, and how old it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stock {
    /// How many.
    pub count: u64,
    /// When UiTPAS said the oldest of it.
    pub oldest: Option<Moment>,
    /// When UiTPAS said the newest of it.
    pub newest: Option<Moment>,
}

/// Everything that the snapshot keeps. Counts and moments only, no people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Activities.
    pub activities: Stock,
    /// Prices with the social tariff, whoever the passholder.
    pub prices: Stock,
    /// Rewards.
    pub rewards: Stock,
    /// Cards that came by.
    pub cards: Stock,
    /// Pairs of a chip and a number that a clerk typed and UiTPAS was not asked about.
    pub unverified: Stock,
    /// What UiTPAS listed or answered of people: sales, points and redemptions, refusals, turns and welcome advantages.
    pub listed: Stock,
    /// The social tariff lists, by card system.
    pub lists: Vec<SocialTariffList>,
    /// The size of all of it on the disk.
    pub bytes: u64,
}

const LISTED: &str = "select count(*), min(as_of), max(as_of) from (
    select l.as_of from server_row r join server_listing l using (kind, passholder_id)
    union all select as_of from refused_pass union all select as_of from refused_price
    union all select as_of from group_turns union all select as_of from granted_welcome)";

impl Snapshot {
    /// Counts what is kept.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn kept(&self) -> Result<Kept, StoreError> {
        let lists = self.lists()?;
        let own: u64 = self.files().iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum();
        Ok(Kept {
            activities: self.stock("select count(*), min(as_of), max(as_of) from event").await?,
            prices: self.stock("select count(*), min(as_of), max(as_of) from static_price").await?,
            rewards: self.stock("select count(*), min(as_of), max(as_of) from reward").await?,
            cards: self.stock("select count(*), min(as_of), max(as_of) from pass").await?,
            unverified: self
                .stock("select count(*), min(at), max(at) from typed_pair where sealed_chip is not null")
                .await?,
            listed: self.stock(LISTED).await?,
            bytes: own + lists.iter().map(|list| list.bytes).sum::<u64>(),
            lists,
        })
    }

    async fn stock(&self, question: &'static str) -> Result<Stock, StoreError> {
        let row = sqlx::query(question).fetch_one(&self.pool()?).await?;
        let at = |column| row.try_get::<Option<i64>, _>(column)?.map(moment).transpose();
        let count = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0);
        Ok(Stock { count, oldest: at(1)?, newest: at(2)? })
    }
}

impl Ledger {
    /// How many acts are kept, and how old they are.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn acts(&self) -> Result<Stock, StoreError> {
        let row =
            sqlx::query("select count(*), min(occurred_at), max(occurred_at) from entry").fetch_one(&self.pool).await?;
        let at = |column: usize| row.try_get::<Option<i64>, _>(column)?.map(moment).transpose();
        let count: i64 = row.try_get(0)?;
        Ok(Stock { count: count.unsigned_abs(), oldest: at(1)?, newest: at(2)? })
    }
}
