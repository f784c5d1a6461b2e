//! A disk that is full, broken, or cannot be written: "cannot record" before the OK, and never an OK without a row.
//!
//! The test runs once more as a program of its own, with `stage/disk.c` loaded before the C library.

use super::{is_done, start};
use balie_core::outbox::State;
use balie_desk::act::ActError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::backup;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::open::StoreError;
use balie_tests::scene::{Kind, Scene, YASMINA};
use balie_tests::skip::skipped;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Names the file that says how the disk is.
const DISK: &str = "BALIE_DISK";

/// Runs a test of this file again on a disk that can fail, unless it does so already.
fn runs_elsewhere(test: &str) -> bool {
    if std::env::var_os(DISK).is_some() {
        return false;
    }
    let cc = Command::new("cc").arg("--version").output().is_ok_and(|out| out.status.success());
    let missing = (!cfg!(target_os = "linux") || !cc).then(|| format!("{test}: it takes Linux and a C compiler"));
    if skipped(missing) {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    let (shim, disk) = (folder.path().join("disk.so"), folder.path().join("disk"));
    let source = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("stage/disk.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(source).arg("-ldl").status();
    assert!(built.unwrap().success());
    std::fs::write(&disk, "good").unwrap();
    let test = format!("disk::{test}");
    let mut program = Command::new(std::env::current_exe().unwrap());
    let out =
        program.args(["--exact", &test, "--nocapture"]).env("LD_PRELOAD", &shim).env(DISK, &disk).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("1 passed"), "{}: {said}", out.status);
    true
}

fn the_disk_is(how: &str) {
    std::fs::write(std::env::var_os(DISK).unwrap(), how).unwrap();
}

/// Every way in which a disk takes nothing.
const BAD: [&str; 3] = ["full", "broken", "unsynced"];

async fn record(scene: &Scene, kind: Kind) -> Result<(), ActError> {
    let person = scene.person();
    match kind {
        Kind::CheckIn => scene.desk.check_in(person.tap).await.map(drop),
        Kind::Redeem => {
            let offered = person.rewards.iter().find(|offered| offered.reward.id.0 == "5824").unwrap();
            scene.desk.redeem(person.tap, offered.id).await.map(drop)
        }
        _ => scene.try_to_sell().await.map(drop),
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_not_recorded_and_says_so() {
    if runs_elsewhere("what_cannot_be_written_is_not_recorded_and_says_so") {
        return;
    }
    for how in BAD {
        for kind in [Kind::Sale, Kind::CheckIn, Kind::Redeem] {
            let scene = Scene::start().await;
            scene.tap(YASMINA).await;
            the_disk_is(how);
            let refused = record(&scene, kind).await;
            the_disk_is("good");
            assert!(matches!(refused, Err(ActError::Store(_))), "{kind:?} {how}: {refused:?}");
            assert_eq!(matches!(refused, Err(ActError::Store(StoreError::DiskFull))), how == "full", "{refused:?}");
            assert_eq!(scene.desk.lines().await.unwrap(), Vec::new(), "{kind:?} {how}");
            scene.upload().await;
            let done = scene.act(kind).await;
            assert_eq!((done.sent(&scene), done.there(&scene)), (0, 0), "{kind:?} {how}");
            scene.upload().await;
            is_done(&scene, &done, how).await;
            assert_eq!(done.entries[0].entry.receipt.sequence, 1, "{kind:?} {how}: no gap in the receipts");
        }
    }
}

#[tokio::test]
async fn without_an_intent_on_the_disk_nothing_is_sent() {
    if runs_elsewhere("without_an_intent_on_the_disk_nothing_is_sent") {
        return;
    }
    for how in BAD {
        for kind in Kind::ALL {
            let scene = start(kind).await;
            let done = scene.act(kind).await;
            the_disk_is(how);
            for _ in 0..3 {
                scene.upload().await;
            }
            the_disk_is("good");
            assert_eq!(done.sent(&scene), 0, "{kind:?} {how}");
            // What could not be synced may be on the disk all the same: then it is looked up first.
            assert!(how == "unsynced" || done.all(&scene, State::Queued).await, "{kind:?} {how}");
            scene.later(1).await;
            scene.settle().await;
            is_done(&scene, &done, how).await;
            assert!(done.sent(&scene) <= 2, "{kind:?} {how}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_written_is_a_doubt_as_soon_as_there_is_room() {
    if runs_elsewhere("an_answer_that_cannot_be_written_is_a_doubt_as_soon_as_there_is_room") {
        return;
    }
    for how in BAD {
        for kind in Kind::ALL {
            let scene = start(kind).await;
            let done = scene.act(kind).await;
            let rule = FaultRule::new(FaultAction::Delay, kind.path()).method(kind.method()).times(1).delay_ms(200);
            scene.sandbox.add_fault(rule);
            let fill = async {
                while done.sent(&scene) == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                the_disk_is(how);
            };
            let ((), ()) = tokio::join!(scene.upload(), fill);
            scene.upload().await;
            assert_eq!(done.sent(&scene), 1, "{kind:?} {how}");
            the_disk_is("good");
            scene.later(3).await;
            scene.settle().await;
            is_done(&scene, &done, how).await;
            // A cancellation may be repeated; what is known to be taken out is not.
            let most = if kind == Kind::Cancel { 2 } else { 1 };
            assert!((1..=most).contains(&done.sent(&scene)), "{kind:?} {how}: {}", done.sent(&scene));
        }
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_opens_no_ledger() {
    if runs_elsewhere("a_folder_that_cannot_be_written_opens_no_ledger") {
        return;
    }
    let scene = Scene::start().await;
    let done = scene.act(Kind::Sale).await;
    scene.ledger.close().await;
    the_disk_is("locked");
    let opened = scene.try_to_open().await;
    the_disk_is("good");
    assert!(opened.is_err(), "{opened:?}");
    let scene = scene.restart().await;
    scene.later(1).await;
    is_done(&scene, &done, "it can be written again").await;
}

/// A ledger in a folder of which every file is on the disk that can fail, also the copies.
fn all_on_the_disk() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::Builder::new().prefix("beside-ledger.db-").tempdir().unwrap();
    let file = folder.path().join("ledger.db");
    (folder, file)
}

#[tokio::test]
async fn a_copy_of_the_ledger_that_finds_no_room_costs_the_desk_nothing() {
    if runs_elsewhere("a_copy_of_the_ledger_that_finds_no_room_costs_the_desk_nothing") {
        return;
    }
    let key = Key::random().unwrap();
    let (folder, file) = all_on_the_disk();
    let ledger = Ledger::open(&file, &key, Environment::Test, "B1").await.unwrap();
    let today = jiff::civil::date(2026, 11, 21);
    for how in BAD {
        the_disk_is(how);
        let refused = backup::daily(&ledger, folder.path(), today).await;
        the_disk_is("good");
        assert!(refused.is_err(), "{how}");
        assert_eq!(matches!(refused, Err(StoreError::DiskFull)), how == "full", "{refused:?}");
        let left = std::fs::read_dir(folder.path().join("backups")).unwrap().count();
        assert_eq!(left, 0, "{how}: what is half there takes no room");
        assert_eq!(ledger.damage().await.unwrap(), Vec::<String>::new(), "{how}");
    }
    assert!(backup::daily(&ledger, folder.path(), today).await.unwrap().is_some());
    ledger.close().await;

    // An update on a full disk: the ledger stays of the earlier version, and is not changed without a copy.
    let (folder, file) = all_on_the_disk();
    balie_store::rehearsal::second_version(&file, &key, 40).await.unwrap();
    the_disk_is("full");
    let refused = Ledger::open(&file, &key, Environment::Test, "B1").await;
    the_disk_is("good");
    assert!(refused.is_err());
    assert_eq!(backup::backups(folder.path()).unwrap(), []);
    let ledger = Ledger::open(&file, &key, Environment::Test, "B1").await.unwrap();
    assert_eq!(ledger.newest(100).await.unwrap().len(), 40);
    assert_eq!(backup::backups(folder.path()).unwrap().len(), 1);
    ledger.close().await;
}
