//! Copies, and the way back from them, on real files.

use super::*;
use crate::key::Key;
use crate::ledger::{Environment, MIGRATIONS};
use crate::machine::Witness;
use crate::open::{connect, open};
use balie_core::entry::{Act, EntryId, Holder, TicketSale};
use balie_core::event::OrganizerId;
use balie_core::money::Cents;
use balie_core::tariff::PriceSource;
use balie_core::time::Moment;
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 21);

struct Desk {
    folder: tempfile::TempDir,
    key: Key,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key: Key::random().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(LEDGER)
    }

    async fn open(&self) -> Ledger {
        Ledger::open(&self.path(), &self.key, Environment::Test, "B1").await.unwrap()
    }

    /// The program starts: the ledger is held against what the computer remembers.
    async fn start(&self, remembered: &mut Option<Witness>) -> Ledger {
        let ledger = self.open().await;
        if let Some(witness) = ledger.hold_against(*remembered).await.unwrap() {
            *remembered = Some(witness);
        }
        ledger
    }

    async fn restore(&self, which: &Backup) -> Result<(), StoreError> {
        restore(self.folder.path(), &which.file, &self.key).await
    }

    fn backups(&self) -> Vec<Backup> {
        backups(self.folder.path()).unwrap()
    }

    /// How many entries a file holds, opened as anybody would who has the key.
    async fn entries_in(&self, file: &Path) -> i64 {
        let pool = connect(file, &self.key).await.unwrap();
        let count = sqlx::query_scalar("select count(*) from entry").fetch_one(&pool).await.unwrap();
        pool.close().await;
        count
    }

    /// Leaves a ledger of the second last version, with its tables and nothing in them.
    async fn of_an_earlier_version(&self) -> i64 {
        let mut earlier = Migrator::DEFAULT;
        let all: Vec<_> = MIGRATIONS.iter().cloned().collect();
        earlier.migrations = all[..all.len() - 1].to_vec().into();
        open(&self.path(), &self.key, &earlier).await.unwrap().close().await;
        all[all.len() - 2].version
    }
}

async fn sell(ledger: &Ledger, id: u8) -> Result<i64, StoreError> {
    let sale = Act::Sale(TicketSale {
        holder: Holder {
            number: balie_core::pass::UitpasNumber::parse("0900000067513").unwrap(),
            passholder: balie_core::pass::PassholderId("p".to_owned()),
            organizer: OrganizerId("o".to_owned()),
        },
        event: balie_core::event::EventId("e".to_owned()),
        event_title: "Zwemmen".to_owned(),
        tariff: None,
        label: "Volwassene".to_owned(),
        quantity: 1,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Computed,
        price_as_of: Moment::UNIX_EPOCH,
    });
    Ok(ledger.record(EntryId([id; 16]), &sale, Moment::UNIX_EPOCH).await?.entry.receipt.sequence)
}

#[tokio::test]
async fn the_copy_of_the_day_is_whole_encrypted_and_made_once() {
    let desk = Desk::new();
    let ledger = desk.open().await;
    sell(&ledger, 1).await.unwrap();
    assert!(desk.folder.path().join("ledger.db-wal").metadata().unwrap().len() > 0, "it stands in the journal");
    let made = daily(&ledger, desk.folder.path(), TODAY).await.unwrap().unwrap();
    assert_eq!(desk.backups(), std::slice::from_ref(&made));
    assert!(daily(&ledger, desk.folder.path(), TODAY).await.unwrap().is_none());
    sell(&ledger, 2).await.unwrap();
    assert_eq!((desk.entries_in(&made.file).await, desk.entries_in(&desk.path()).await), (1, 2));

    let bytes = std::fs::read(&made.file).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3") && !bytes.windows(7).any(|part| part == b"Zwemmen"));
    let other = Key::random().unwrap();
    assert!(matches!(connect(&made.file, &other).await, Err(StoreError::WrongKey)));
    let files = std::fs::read_dir(folder_in(desk.folder.path())).unwrap().count();
    assert_eq!(files, 1, "nothing is left beside it");
}

#[tokio::test]
async fn copies_that_nobody_needs_go_when_the_next_one_is_there() {
    let desk = Desk::new();
    let ledger = desk.open().await;
    let day = |number: i64| jiff::ToSpan::days(number);
    let first = daily(&ledger, desk.folder.path(), TODAY).await.unwrap().unwrap();
    for number in 1..60 {
        let name = format!("ledger-{}.db", TODAY + day(number));
        std::fs::copy(&first.file, folder_in(desk.folder.path()).join(name)).unwrap();
    }
    std::fs::write(folder_in(desk.folder.path()).join("recovery.json"), "{}").unwrap();
    let made = daily(&ledger, desk.folder.path(), TODAY + day(60)).await.unwrap().unwrap();
    assert_eq!(desk.backups().len(), 61, "the clock alone removes nothing");
    thin_out(desk.folder.path(), TODAY + day(60), 30).unwrap();
    let held = desk.backups();
    assert_eq!(held[0], made);
    assert_eq!(held.len(), 7 + 3, "a week of days, and the Mondays of the rest of thirty days");
    assert!(folder_in(desk.folder.path()).join("recovery.json").exists());
}

#[tokio::test]
async fn a_copy_that_cannot_be_made_costs_the_desk_nothing() {
    let desk = Desk::new();
    let ledger = desk.open().await;
    // A file stands where the folder should be.
    std::fs::write(folder_in(desk.folder.path()), "").unwrap();
    assert!(daily(&ledger, desk.folder.path(), TODAY).await.is_err());
    std::fs::remove_file(folder_in(desk.folder.path())).unwrap();
    // The folder is there, and the draft cannot be written.
    std::fs::create_dir_all(folder_in(desk.folder.path()).join(format!("ledger-{TODAY}.part"))).unwrap();
    assert!(daily(&ledger, desk.folder.path(), TODAY).await.is_err());
    sell(&ledger, 1).await.unwrap();
    std::fs::remove_dir(folder_in(desk.folder.path()).join(format!("ledger-{TODAY}.part"))).unwrap();
    assert!(daily(&ledger, desk.folder.path(), TODAY).await.unwrap().is_some());
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    assert!(matches!(StoreError::from(full), StoreError::DiskFull));
}

#[tokio::test]
async fn a_ledger_is_copied_before_its_tables_change_and_not_again() {
    let desk = Desk::new();
    desk.open().await.close().await;
    assert_eq!(desk.backups(), [], "a new ledger and one of this version are not copied");
    desk.open().await.close().await;
    assert_eq!(desk.backups(), []);

    let desk = Desk::new();
    let from = desk.of_an_earlier_version().await;
    desk.open().await.close().await;
    let made = desk.backups();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].reason, Reason::Migration { from, to: from + 1 });
    let pool = connect(&made[0].file, &desk.key).await.unwrap();
    let version: i64 = sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&pool).await.unwrap();
    pool.close().await;
    assert_eq!(version, from, "the copy is of before");
    desk.open().await.close().await;
    assert_eq!(desk.backups(), made);

    // What comes from another desk leaves no copies behind.
    let parcel = Desk::new();
    parcel.of_an_earlier_version().await;
    let file = parcel.folder.path().join("over.balie");
    std::fs::rename(parcel.path(), &file).unwrap();
    Ledger::open(&file, &parcel.key, Environment::Test, "P").await.unwrap().close().await;
    assert_eq!(parcel.backups(), []);
}

#[tokio::test]
async fn without_a_copy_no_table_is_changed() {
    let desk = Desk::new();
    let from = desk.of_an_earlier_version().await;
    std::fs::write(folder_in(desk.folder.path()), "").unwrap();
    assert!(Ledger::open(&desk.path(), &desk.key, Environment::Test, "B1").await.is_err());
    let pool = connect(&desk.path(), &desk.key).await.unwrap();
    let version: i64 = sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&pool).await.unwrap();
    pool.close().await;
    assert_eq!(version, from);
    std::fs::remove_file(folder_in(desk.folder.path())).unwrap();
    desk.open().await.close().await;
    assert_eq!(desk.backups().len(), 1);
}

#[tokio::test]
async fn a_ledger_of_a_newer_version_is_left_as_it_is_and_not_copied() {
    let desk = Desk::new();
    let ledger = desk.open().await;
    sqlx::query("insert into _sqlx_migrations select 99, 'later', installed_on, true, checksum, 0 from _sqlx_migrations limit 1")
        .execute(&ledger.pool)
        .await
        .unwrap();
    ledger.close().await;
    let before = std::fs::read(desk.path()).unwrap();
    let opened = Ledger::open(&desk.path(), &desk.key, Environment::Test, "B1").await;
    assert!(matches!(opened, Err(StoreError::TooNew)), "{opened:?}");
    assert_eq!(std::fs::read(desk.path()).unwrap(), before);
    assert_eq!(desk.backups(), []);
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_restored_copy_is_known_as_one_until_a_person_decides() {
    let (desk, mut remembered) = (Desk::new(), None);
    let ledger = desk.start(&mut remembered).await;
    sell(&ledger, 1).await.unwrap();
    // Made in the same session, so that the computer remembers the very mark that the ledger has now.
    let copy = daily(&ledger, desk.folder.path(), TODAY).await.unwrap().unwrap();
    sell(&ledger, 2).await.unwrap();
    assert!(desk.restore(&copy).await.is_err(), "somebody has the ledger open");
    ledger.close().await;

    desk.restore(&copy).await.unwrap();
    for remembered in [&mut remembered, &mut None] {
        let ledger = desk.start(remembered).await;
        assert!(ledger.is_read_only(), "on this computer and on one that never saw it");
        assert!(matches!(sell(&ledger, 3).await, Err(StoreError::Elsewhere)));
        ledger.close().await;
    }
    let aside: Vec<Backup> = desk.backups().into_iter().filter(|each| each.reason == Reason::Replaced).collect();
    assert_eq!(aside.len(), 1);
    assert_eq!(desk.entries_in(&aside[0].file).await, 2, "nothing was deleted");

    // The person changes their mind: what was set aside comes back, and is the ledger of this computer again.
    desk.restore(&aside[0]).await.unwrap();
    let ledger = desk.start(&mut remembered).await;
    assert!(!ledger.is_read_only());
    assert_eq!(sell(&ledger, 3).await.unwrap(), 3);
    ledger.close().await;

    desk.restore(&copy).await.unwrap();
    let ledger = desk.start(&mut remembered).await;
    assert!(ledger.is_read_only());
    remembered = Some(ledger.work_on_here(Moment::UNIX_EPOCH, Moment::UNIX_EPOCH).await.unwrap());
    assert_eq!(sell(&ledger, 4).await.unwrap(), 2);
    ledger.close().await;
    let ledger = desk.start(&mut remembered).await;
    assert!(!ledger.is_read_only());
    ledger.close().await;
    let aside: Vec<Backup> = desk.backups().into_iter().filter(|each| each.reason == Reason::Replaced).collect();
    assert_eq!(aside.len(), 3, "none takes the name of another");
    // And the other way round: what was set aside is the older copy by now.
    for each in &aside {
        desk.restore(each).await.unwrap();
        let ledger = desk.start(&mut remembered).await;
        assert!(ledger.is_read_only());
        ledger.close().await;
    }
}

#[tokio::test]
async fn a_damaged_ledger_is_set_aside_as_it_is_and_a_damaged_copy_is_refused() {
    let (desk, mut remembered) = (Desk::new(), None);
    let ledger = desk.start(&mut remembered).await;
    sell(&ledger, 1).await.unwrap();
    let copy = daily(&ledger, desk.folder.path(), TODAY).await.unwrap().unwrap();
    ledger.close().await;
    let whole = std::fs::read(&copy.file).unwrap();
    let mut spoilt = whole.clone();
    let middle = spoilt.len() / 2;
    spoilt[middle] ^= 1;
    std::fs::write(&copy.file, &spoilt).unwrap();
    let before = std::fs::read(desk.path()).unwrap();
    assert!(desk.restore(&copy).await.is_err());
    assert!(restore(desk.folder.path(), &copy.file, &Key::random().unwrap()).await.is_err());
    assert_eq!(std::fs::read(desk.path()).unwrap(), before);
    assert_eq!(desk.backups().len(), 1, "nothing was set aside for it");

    std::fs::write(&copy.file, &whole).unwrap();
    std::fs::write(desk.path(), b"no ledger at all").unwrap();
    std::fs::write(desk.folder.path().join("ledger.db-wal"), b"no journal").unwrap();
    desk.restore(&copy).await.unwrap();
    assert_eq!(desk.entries_in(&desk.path()).await, 1);
    let aside = folder_in(desk.folder.path()).join("ledger-replaced-1.db");
    assert_eq!(std::fs::read(&aside).unwrap(), b"no ledger at all");
    assert_eq!(std::fs::read(aside.with_extension("db-wal")).unwrap(), b"no journal");

    // And where there is none at all any more.
    for entry in std::fs::read_dir(desk.folder.path()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        std::fs::remove_file(entry.path()).unwrap();
    }
    desk.restore(&copy).await.unwrap();
    assert!(desk.start(&mut remembered).await.is_read_only());
}
