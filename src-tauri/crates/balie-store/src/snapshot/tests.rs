//! What stands in the files, read as a thief would, and what became of the files of earlier versions.

use super::*;
use crate::listing::Listing;
use crate::open::connect;
use crate::passes::{LocalIdentifier, RefusedPass};
use balie_core::card::ChipNumber;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::time::Moment;
use sqlx::migrate::Migrator;

const NUMBERS: [&str; 3] = ["0900000067513", "0900010959113", "0900000095902"];
const CHIPS: [&str; 3] = ["04363CDAEE3880", "04363CDAEE3881", "04363CDAEE3882"];

fn now() -> Moment {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn number(at: usize) -> UitpasNumber {
    UitpasNumber::parse(NUMBERS[at]).unwrap()
}

fn chip(at: usize) -> ChipNumber {
    ChipNumber::parse(CHIPS[at]).unwrap()
}

fn pass(at: usize) -> Pass {
    Pass {
        passholder: PassholderId(format!("passholder {at}")),
        kind: PassKind::Individual,
        number: number(at),
        first_name: Some("Yasmina".to_owned()),
        points: None,
        status: PassTariffStatus::Active,
        ends: None,
        card_system: None,
        postal_code: None,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of: now(),
    }
}

/// Every way in which a number may be written down.
fn forms() -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for text in NUMBERS.iter().chain(&CHIPS) {
        forms.push(text.as_bytes().to_vec());
        forms.push(text.to_lowercase().into_bytes());
        forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    for number in NUMBERS {
        let whole: u64 = number.parse().unwrap();
        // A leading zero of eight bytes says nothing, and SQLite leaves it out.
        forms.push(whole.to_be_bytes()[2..].to_vec());
        forms.push(whole.to_le_bytes()[..6].to_vec());
    }
    forms.extend(CHIPS.map(|hex| (0..7).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()));
    forms
}

fn found(folder: &Path, forms: &[Vec<u8>]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let holds = |form: &&Vec<u8>| bytes.windows(form.len()).any(|window| window == form.as_slice());
        found.extend(forms.iter().filter(holds).map(|form| format!("{form:02x?} stands in {}", path.display())));
    }
    found
}

/// Writes everything that a key opens into files without a key.
async fn decrypt(path: &Path, key: &Key, to: &Path) {
    let pool = connect(path, key).await.unwrap();
    let attach = format!("attach database '{}' as plain key ''", to.display());
    sqlx::raw_sql(sqlx::AssertSqlSafe(attach)).execute(&pool).await.unwrap();
    sqlx::query("select sqlcipher_export('plain')").fetch_all(&pool).await.unwrap();
    sqlx::query("detach database plain").execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn no_number_stands_in_a_file_not_even_for_whoever_has_its_key() {
    let (folder, plain) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (path, key) = (folder.path().join("snapshot.db"), Key::random().unwrap());
    let snapshot = Snapshot::open(&path, &key).await.unwrap();
    snapshot.keep_pass(&pass(0), Some(chip(0))).await.unwrap();
    snapshot.keep_pass(&pass(1), None).await.unwrap();
    snapshot.learn_typed(chip(1), &number(1), now()).await.unwrap();
    for identifier in [LocalIdentifier::Chip(chip(2)), LocalIdentifier::Number(number(2))] {
        snapshot.keep_refusal(&identifier, RefusedPass::CardBlocked, None, now()).await.unwrap();
    }
    let mut listing = Listing::default();
    listing.extend([(number(0), None), (number(1), Some(3)), (number(2), None)]);
    snapshot.keep_list(&CardSystem { id: 1, name: "Gent".to_owned() }, listing, now()).await.unwrap();
    assert_eq!(found(folder.path(), &forms()), Vec::<String>::new());
    assert_eq!(found(folder.path(), &[b"passholder 0".to_vec(), b"Gent".to_vec()]), Vec::<String>::new());
    snapshot.close().await;

    decrypt(&path, &key, &plain.path().join("snapshot.db")).await;
    let list_key = key.subkey(b"balie social tariff list");
    decrypt(&folder.path().join("social-tariff-1.db"), &list_key, &plain.path().join("list.db")).await;
    assert_eq!(found(plain.path(), &[b"passholder 0".to_vec(), b"Gent".to_vec()]).len(), 2, "it was decrypted");
    assert_eq!(found(plain.path(), &forms()), Vec::<String>::new());
    assert_eq!(found(plain.path(), &[b"Yasmina".to_vec()]), Vec::<String>::new());
}

#[tokio::test]
async fn the_plain_numbers_of_earlier_versions_are_gone_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("snapshot.db"), Key::random().unwrap());
    let earlier = MIGRATIONS.iter().filter(|migration| migration.version <= 2).cloned().collect();
    let pool = open(&path, &key, &Migrator::with_migrations(earlier)).await.unwrap();
    sqlx::raw_sql(
        "insert into pass (uitpas_number, chip, passholder_id, kind, status, as_of)
             values ('0900000067513', '04363CDAEE3880', 'p', 'individual', 'active', 1);
         insert into refused_pass values ('0900010959113', 'card_blocked', null, 1);
         insert into static_price values ('e', 1000, 'T', 200, null, 1);",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    let snapshot = Snapshot::open(&path, &key).await.unwrap();
    assert_eq!(snapshot.pass(&LocalIdentifier::Number(number(0))).await.unwrap(), None);
    assert_eq!(snapshot.refusal(&LocalIdentifier::Number(number(1))).await.unwrap(), None);
    assert_eq!(snapshot.kept().await.unwrap().prices.count, 1);
    snapshot.close().await;
    let plain = tempfile::tempdir().unwrap();
    // The file itself, page by page: what was dropped was overwritten as well.
    decrypt(&path, &key, &plain.path().join("snapshot.db")).await;
    assert_eq!(found(plain.path(), &forms()), Vec::<String>::new());
}

#[tokio::test]
async fn the_number_of_a_pass_is_for_whoever_holds_its_card() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    snapshot.keep_pass(&pass(0), Some(chip(0))).await.unwrap();
    snapshot.keep_pass(&pass(1), Some(chip(1))).await.unwrap();
    // Somebody puts the sealed number of one pass into the row of another.
    sqlx::query(
        "update pass set sealed_number = (select sealed_number from pass where passholder_id = 'passholder 1')",
    )
    .execute(&snapshot.pool().unwrap())
    .await
    .unwrap();
    let own = LocalIdentifier::Chip(chip(0));
    assert!(matches!(snapshot.pass(&own).await, Err(StoreError::Unreadable(_))));
    assert!(snapshot.pass(&LocalIdentifier::Chip(chip(1))).await.unwrap().is_some());
}
