//! The social tariff lists on a real disk: the old one or the new one, never half of either, whatever happens.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::pass::{CardSystem, UitpasNumber};
use balie_core::time::Moment;
use balie_store::key::Key;
use balie_store::listing::Listing;
use balie_store::snapshot::Snapshot;
use balie_store::social_tariff_list::{HeldList, ImportError, Imported};
use std::fs;
use std::path::{Path, PathBuf};

fn at(hour: u8) -> Moment {
    format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
}

/// The number with this serial, whose check digit holds.
fn number(serial: u64) -> UitpasNumber {
    (0..10).find_map(|check| UitpasNumber::parse(&format!("{:012}{check}", 90_000_000_000 + serial))).unwrap()
}

fn list(serials: std::ops::Range<u64>) -> Listing {
    let mut listing = Listing::default();
    listing.extend(serials.map(|serial| (number(serial), serial.is_multiple_of(10).then_some(7))));
    listing
}

fn gent() -> CardSystem {
    CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }
}

struct Bench {
    folder: tempfile::TempDir,
    key: Key,
    snapshot: Snapshot,
}

impl Bench {
    async fn open() -> Self {
        let (folder, key) = (tempfile::tempdir().unwrap(), Key::random().unwrap());
        let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &key).await.unwrap();
        Self { folder, key, snapshot }
    }

    async fn keep(&self, serials: std::ops::Range<u64>, hour: u8) -> Result<Imported, ImportError> {
        self.snapshot.keep_list(&gent(), list(serials), at(hour)).await
    }

    async fn start_again(&mut self) {
        self.snapshot.close().await;
        self.snapshot = Snapshot::open(&self.folder.path().join("snapshot.db"), &self.key).await.unwrap();
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("social-tariff-1.db")
    }

    fn listed(&self, serial: u64) -> Option<(bool, Moment, Option<u32>)> {
        let listed = self.snapshot.listed(1, &number(serial)).unwrap()?;
        Some((listed.evidence.listed, listed.evidence.as_of, listed.tickets))
    }

    fn files(&self) -> Vec<String> {
        files(self.folder.path())
    }
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("social")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_list_is_looked_up_now_and_after_the_next_start() {
    let mut bench = Bench::open().await;
    assert_eq!(bench.listed(5), None, "there is no list yet");
    let kept = bench.keep(0..20_000, 10).await.unwrap();
    assert_eq!(kept, Imported::Replaced { before: None, after: 20_000 });
    for _ in 0..2 {
        assert_eq!(bench.listed(5), Some((true, at(10), None)));
        assert_eq!(bench.listed(19_990), Some((true, at(10), Some(7))));
        assert_eq!(bench.listed(20_000), Some((false, at(10), None)));
        assert_eq!(bench.snapshot.listed(2, &number(5)).unwrap(), None, "of another region nothing is known");
        assert_eq!(bench.files(), ["social-tariff-1.db"]);
        bench.start_again().await;
    }
    let exact = "2026-11-21T12:00:00.123456789Z".parse().unwrap();
    bench.snapshot.keep_list(&gent(), list(0..20_001), exact).await.unwrap();
    assert_eq!(
        bench.listed(5).unwrap().1.as_millisecond(),
        exact.as_millisecond(),
        "a clock is more exact than a file"
    );
    bench.keep(0..20_000, 10).await.unwrap();
    let told = bench.snapshot.lists().unwrap().remove(0);
    assert_eq!((told.card_system, told.count, told.as_of, told.held), (gent(), 20_000, at(10), None));
}

#[tokio::test]
async fn the_same_download_again_only_moves_the_moment() {
    let mut bench = Bench::open().await;
    bench.keep(0..100, 10).await.unwrap();
    let mut turned = list(50..100);
    turned.extend((0..60).rev().map(|serial| (number(serial), serial.is_multiple_of(10).then_some(7))));
    let kept = bench.snapshot.keep_list(&gent(), turned, at(11)).await.unwrap();
    assert_eq!(kept, Imported::Unchanged { count: 100 }, "in another order, and some of it twice");
    assert_eq!(bench.listed(5), Some((true, at(11), None)));
    bench.start_again().await;
    assert_eq!(bench.listed(5), Some((true, at(11), None)));
    fs::remove_file(bench.file()).unwrap();
    let kept = bench.keep(0..100, 12).await.unwrap();
    assert_eq!(kept, Imported::Replaced { before: Some(100), after: 100 }, "somebody removed the file");
    bench.start_again().await;
    assert_eq!(bench.listed(5), Some((true, at(12), None)));
}

#[tokio::test]
async fn a_list_that_shrinks_to_less_than_half_waits_for_a_person() {
    let mut bench = Bench::open().await;
    bench.keep(0..100, 10).await.unwrap();
    assert!(bench.keep(0..50, 11).await.is_ok(), "half of it");
    let shrunk = bench.keep(0..24, 12).await;
    assert!(matches!(shrunk, Err(ImportError::Shrunk { before: 50, after: 24 })), "{shrunk:?}");
    for _ in 0..2 {
        assert_eq!(bench.listed(41), Some((true, at(11), None)), "the old list is still in use");
        let held = bench.snapshot.lists().unwrap().remove(0).held;
        assert_eq!(held, Some(HeldList { as_of: at(12), count: 24 }));
        bench.start_again().await;
    }
    bench.snapshot.refuse_shrunk(1).await.unwrap();
    assert_eq!(bench.snapshot.lists().unwrap()[0].held, None);
    assert!(!bench.snapshot.accept_shrunk(1).await.unwrap());
    assert!(bench.keep(0..24, 13).await.is_err());
    assert!(bench.snapshot.accept_shrunk(1).await.unwrap());
    for _ in 0..2 {
        assert_eq!(bench.listed(41), Some((false, at(13), None)));
        assert_eq!(bench.files(), ["social-tariff-1.db"]);
        bench.start_again().await;
    }
    assert!(bench.keep(0..6, 14).await.is_ok(), "fewer than twenty went away");
    bench.keep(0..200, 15).await.unwrap();
    assert!(bench.keep(0..10, 16).await.is_err());
    assert!(bench.keep(0..190, 17).await.is_ok(), "the next download is right again");
    assert_eq!((bench.snapshot.lists().unwrap()[0].held, bench.files().len()), (None, 1));
    assert!(bench.keep(0..0, 18).await.is_err(), "nobody at all");
}

#[tokio::test]
async fn whatever_an_import_left_behind_the_old_or_the_new_list_is_there() {
    let mut bench = Bench::open().await;
    bench.keep(0..9_000, 10).await.unwrap();
    let old = fs::read(bench.file()).unwrap();
    bench.keep(0..10_000, 11).await.unwrap();
    let new = fs::read(bench.file()).unwrap();
    let beside = |end: &str| PathBuf::from(format!("{}{end}", bench.file().display()));
    let cuts: Vec<usize> = (0..=8).map(|part| new.len() * part / 8).collect();
    let places = [beside(".new"), beside(".new-wal"), beside(".new-shm")];
    for cut in cuts {
        bench.snapshot.close().await;
        fs::write(bench.file(), &old).unwrap();
        for place in &places {
            fs::write(place, &new[..cut]).unwrap();
        }
        bench.start_again().await;
        assert_eq!(bench.listed(9_501), Some((false, at(10), None)), "cut off at {cut}");
        assert_eq!(bench.listed(8_999), Some((true, at(10), None)), "cut off at {cut}");
        assert_eq!(bench.files(), ["social-tariff-1.db"]);
    }
    bench.snapshot.close().await;
    fs::write(bench.file(), &new).unwrap();
    bench.start_again().await;
    assert_eq!(bench.listed(9_501), Some((true, at(11), None)));
}

#[tokio::test]
async fn a_file_that_is_damaged_is_no_list_and_the_next_download_makes_it_good() {
    let mut bench = Bench::open().await;
    bench.keep(0..9_000, 10).await.unwrap();
    let whole = fs::read(bench.file()).unwrap();
    for damage in [0, 100, whole.len() / 2, whole.len() - 100] {
        bench.snapshot.close().await;
        let mut bytes = whole.clone();
        bytes[damage] ^= 1;
        fs::write(bench.file(), &bytes).unwrap();
        bench.start_again().await;
        assert_eq!(bench.listed(5), None, "byte {damage}");
        bench.snapshot.close().await;
        fs::write(bench.file(), &whole[..damage]).unwrap();
        bench.start_again().await;
        assert_eq!(bench.listed(5), None, "cut off at {damage}");
        bench.keep(0..9_000, 11).await.unwrap();
        assert_eq!(bench.listed(5), Some((true, at(11), None)));
    }
}

#[tokio::test]
async fn another_key_finds_no_lists_and_leaves_none() {
    let bench = Bench::open().await;
    bench.keep(0..100, 10).await.unwrap();
    bench.snapshot.close().await;
    let path = bench.folder.path().join("snapshot.db");
    let anew = Snapshot::begin_anew(&path, &Key::random().unwrap()).await.unwrap();
    assert_eq!(anew.listed(1, &number(5)).unwrap(), None);
    assert!(files(bench.folder.path()).is_empty());
}

#[tokio::test]
async fn lists_of_several_regions_come_in_side_by_side_and_a_look_up_never_waits() {
    let bench = Bench::open().await;
    bench.keep(0..1_000, 10).await.unwrap();
    let snapshot = bench.snapshot.clone();
    let imports = tokio::spawn(async move {
        for round in 0..5 {
            let (gent, other) = (gent(), CardSystem { id: 2, name: "Paspartoe".to_owned() });
            let (one, two) = tokio::join!(
                snapshot.keep_list(&gent, list(0..1_001 + round), at(11)),
                snapshot.keep_list(&other, list(5_000..6_000), at(11)),
            );
            one.unwrap();
            two.unwrap();
        }
    });
    while !imports.is_finished() {
        assert!(matches!(bench.listed(500), Some((true, ..))), "there is a list at every moment");
        assert!(matches!(bench.listed(5_500), Some((false, ..))), "each region has its own");
        tokio::task::yield_now().await;
    }
    imports.await.unwrap();
    assert_eq!(bench.snapshot.lists().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_locked_in_the_middle_of_an_import_stays_as_it_was() {
    let mut bench = Bench::open().await;
    bench.keep(0..1_000, 10).await.unwrap();
    let snapshot = bench.snapshot.clone();
    let import = tokio::spawn(async move { snapshot.keep_list(&gent(), list(0..20_000), at(11)).await });
    tokio::task::yield_now().await;
    bench.snapshot.lock().await;
    let cut_off = import.await.unwrap();
    assert!(matches!(cut_off, Err(ImportError::Store(_))), "{cut_off:?}");
    assert_eq!(bench.files(), ["social-tariff-1.db"]);
    bench.start_again().await;
    assert_eq!(bench.listed(5_000), Some((false, at(10), None)));
}
