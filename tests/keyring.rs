//! What becomes of a desk when its keyring does not do what it should (security.md S-3, S-4), on a real Secret Service.
//!
//! A process has one keyring for as long as it lives, so whatever a desk does here is done by this program started once
//! more, in the session of the test.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what breaks outside a test function must fail the test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use balie_store::key::{self, KeyError, KeyFor};
use balie_store::ledger::{Environment, Ledger};
use balie_store::pin::Pin;
use balie_store::rehearsal::keys;
use balie_store::vault::{Keys, Vault};
use balie_tests::bus::Bus;
use balie_tests::driver::stage_missing;
use balie_tests::skip::skipped;

/// Names what the program started once more is to do.
const DO: &str = "BALIE_KEYS";
const PROFILE: &str = "one";
const PIN: &str = "2468";

/// A desk with its folder, in a session.
struct Desk {
    folder: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Desk {
    fn on(bus: &Bus) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), env: bus.env() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// Lets the program do this, and gives what it says.
    fn told(&self, words: &str) -> String {
        std::fs::create_dir_all(self.path()).unwrap();
        let out = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_program_itself", "--nocapture"])
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env(DO, words)
            .env("BALIE_FOLDER", self.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        let line = said.lines().find_map(|line| line.split_once("told: ")).map(|(_, told)| told.to_owned());
        line.unwrap_or_else(|| panic!("{words}: {said}{}", String::from_utf8_lossy(&out.stderr)))
    }

    /// Every file of the profile with what is in it.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.path())
    }

    /// The keyring fails like this: it is said, nothing is written, and the code opens the ledger.
    fn fails(&self, code: &str, reason: &str) {
        let before = self.files();
        assert!(before.keys().any(|file| file.ends_with("keys.json")));
        let locked = self.told("lock");
        assert!(locked.starts_with(&format!("Recovery({reason}")), "{locked}");
        for act in ["open", "begin"] {
            let told = self.told(act);
            assert!(told.starts_with(reason), "{act}: {told}");
        }
        assert!(self.files() == before, "{reason}: something was written");
        let told = self.told(&format!("recover {code}"));
        assert!(told.starts_with("opened, 0 in plain"), "{reason}: {told}");
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

/// What the desk does when it is started: one act, and one line that says what came of it.
#[tokio::test]
async fn the_program_itself() {
    let Ok(words) = std::env::var(DO) else { return };
    let folder = PathBuf::from(std::env::var_os("BALIE_FOLDER").unwrap());
    let told = match act(&folder, &words.split(' ').collect::<Vec<_>>()).await {
        Ok(told) => told,
        Err(error) => format!("{error:?}"),
    };
    println!("told: {told}");
}

async fn act(folder: &Path, words: &[&str]) -> Result<String, KeyError> {
    let (at, words) = (folder.to_owned(), words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    // As in the program, the keyring is asked where it may take its time.
    let (keys, told) = tokio::task::spawn_blocking(move || unlock(&at, &words)).await.unwrap()?;
    let Some(keys) = keys else { return Ok(told) };
    let ledger = Ledger::open(&folder.join("ledger.db"), &keys.ledger, Environment::Test, "B1").await.unwrap();
    assert_eq!(ledger.damage().await.unwrap(), Vec::<String>::new());
    ledger.close().await;
    let plain = |file: &&Vec<u8>| keys::stands_in(&keys.ledger, file) || keys::stands_in(&keys.snapshot, file);
    let plain = files(folder).values().filter(plain).count();
    Ok(told.replacen("opened", &format!("opened, {plain} in plain"), 1))
}

/// The keys, if the act gives them, and what came of it.
fn unlock(folder: &Path, words: &[String]) -> Result<(Option<Keys>, String), KeyError> {
    let word = |at: usize| words[at].as_str();
    let opened = |keys: Keys| (Some(keys), "opened".to_owned());
    match word(0) {
        "spoil" => {
            keys::spoil(PROFILE, word(1), words.get(2).map(|text| text.as_bytes()))?;
            return Ok((None, "done".to_owned()));
        }
        "earlier" => {
            let ledger = keys::kept_by_an_earlier_version(PROFILE, KeyFor::Ledger)?;
            let snapshot = keys::kept_by_an_earlier_version(PROFILE, KeyFor::Snapshot)?;
            return Ok(opened(Keys { ledger, snapshot, snapshot_is_new: false }));
        }
        "kept" => {
            let [ledger, snapshot] =
                [KeyFor::Ledger, KeyFor::Snapshot].map(|which| keys::is_kept_as_earlier(PROFILE, which));
            return Ok((None, format!("{:?}", (ledger?, snapshot?))));
        }
        _ => {}
    }
    let mut vault = Vault::at(folder, if word(0) == "as" { word(1) } else { PROFILE })?;
    let pin = |typed: &str| Pin::new(typed).unwrap();
    Ok(match word(0) {
        "begin" => {
            let (keys, code) = vault.begin()?;
            key::remember(PROFILE, &[7; 16])?;
            (Some(keys), code.text().to_string())
        }
        "open" => opened(vault.open()?),
        "recover" => {
            let keys = vault.open_with_recovery(word(1))?;
            let kept = vault.not_kept().map_or("kept".to_owned(), |why| format!("not kept: {why:?}"));
            (Some(keys), format!("opened, {kept}"))
        }
        "set-pin" => {
            let keys = vault.open()?;
            vault.set_pin(&keys, Some(&pin(PIN)))?;
            opened(keys)
        }
        "pin" => match vault.open_with_pin(&pin(word(1))) {
            Ok(keys) => opened(keys),
            Err(error) => (None, format!("{error:?}")),
        },
        "pin-after" => {
            sleep(Duration::from_secs(word(1).parse().unwrap()));
            vault.open_with_pin(&pin(PIN)).map_or_else(|error| (None, format!("{error:?}")), opened)
        }
        _ => (None, format!("{:?}", vault.lock())),
    })
}

#[test]
fn whatever_becomes_of_the_keyring_it_is_said_and_the_code_opens_the_ledger() {
    if skipped(stage_missing()) {
        return;
    }
    let mut bus = Bus::start().unwrap();
    let mut desk = Desk::on(&bus);
    assert_eq!(desk.told("lock"), "New");
    let code = desk.told("begin");
    assert_eq!(code.len(), 34, "{code}");
    assert_eq!(desk.told("open"), "opened, 0 in plain");

    // No bus at all.
    let env = std::mem::replace(&mut desk.env, vec![("DBUS_SESSION_BUS_ADDRESS".into(), "unix:path=/nowhere".into())]);
    desk.fails(&code, "NoKeyring");
    desk.env = env;
    // A bus, and nobody on it who keeps secrets.
    bus.end_keyring();
    desk.fails(&code, "NoService");
    // A keyring that nobody has unlocked.
    bus.lock_keyring().unwrap();
    desk.fails(&code, "Locked");
    bus.start_keyring().unwrap();
    assert_eq!(desk.told("open"), "opened, 0 in plain", "after all this");
    // Somebody took out the item, or put something else in its place.
    desk.told("spoil secret-a garbage");
    desk.fails(&code, "Damaged(\"secret-a\")");
    desk.told("spoil secret-b 0123456789abcdef0123456789abcdef");
    desk.fails(&code, "Mismatch");
    desk.told("spoil secret-a");
    desk.fails(&code, "Lost(\"ledger\")");
    assert_eq!(desk.told("open"), "opened, 0 in plain", "each time there is a new secret");
    // A new keyring, as after a system was set up anew, or as another user has one.
    bus.lose_keyring().unwrap();
    bus.start_keyring().unwrap();
    desk.fails(&code, "Emptied");
    assert_eq!(desk.told("open"), "opened, 0 in plain");
    let other = Bus::start().unwrap();
    desk.env = other.env();
    desk.fails(&code, "Emptied");
    assert!(desk.told("as two lock").starts_with("OtherProfile"));
    assert!(desk.told("recover AAAA").starts_with("CodeMistyped"));
}

#[test]
fn a_desk_that_begins_without_a_keyring_writes_nothing() {
    if skipped(stage_missing()) {
        return;
    }
    let mut bus = Bus::without_keyring().unwrap();
    let desk = Desk::on(&bus);
    assert_eq!(desk.told("lock"), "New");
    assert!(desk.told("begin").starts_with("NoService"));
    bus.start_keyring().unwrap();
    bus.lock_keyring().unwrap();
    assert!(desk.told("begin").starts_with("Locked"), "{}", desk.told("begin"));
    assert_eq!(desk.files().len(), 0);
}

#[test]
fn the_keys_of_an_earlier_version_are_taken_over_from_a_real_keyring() {
    if skipped(stage_missing()) {
        return;
    }
    let mut bus = Bus::start().unwrap();
    let desk = Desk::on(&bus);
    assert_eq!(desk.told("earlier"), "opened, 0 in plain");
    assert_eq!(desk.told("lock"), "Open");
    assert_eq!(desk.told("kept"), "(true, true)");
    let code = desk.told("begin");
    assert_eq!(code.len(), 34, "the first recovery code of this desk: {code}");
    assert_eq!(desk.told("kept"), "(false, false)", "the keys themselves are out of the keyring");
    bus.lose_keyring().unwrap();
    bus.start_keyring().unwrap();
    desk.fails(&code, "Emptied");
}

#[test]
fn a_wrong_pin_is_counted_in_the_keyring_and_waits_again_after_a_restart() {
    if skipped(stage_missing()) {
        return;
    }
    let bus = Bus::start().unwrap();
    let desk = Desk::on(&bus);
    let code = desk.told("begin");
    assert_eq!(desk.told("set-pin"), "opened, 0 in plain");
    let kept: serde_json::Value = serde_json::from_slice(&desk.files()[&desk.path().join("keys.json")]).unwrap();
    let pin = &kept["keyring"]["pin"];
    assert_eq!((&pin["function"], &pin["memory_kib"], &pin["passes"]), (&"argon2id".into(), &65_536.into(), &3.into()));

    let before = desk.files();
    assert_eq!(desk.told("lock"), "Pin");
    assert!(desk.told("open").starts_with("PinNeeded"));
    assert_eq!(desk.told("pin 1357"), "Wrong { wait: 2s, left: 9 }");
    for _ in 0..3 {
        // Each is a program of its own: none has waited for as long as it must.
        let told = desk.told(&format!("pin {PIN}"));
        assert!(told.starts_with("Wait { wait: 1."), "{told}");
    }
    assert!(desk.files() == before, "a wrong PIN is not counted in a file, which could be copied back");
    assert_eq!(desk.told("pin-after 2"), "opened, 0 in plain");
    assert_eq!(desk.told(&format!("pin {PIN}")), "opened, 0 in plain");
    assert_eq!(desk.told(&format!("recover {code}")), "opened, 0 in plain, kept");
    assert_eq!(desk.told("open"), "opened, 0 in plain", "the PIN is forgotten");
}
