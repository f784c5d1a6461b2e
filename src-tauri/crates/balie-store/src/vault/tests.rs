//! The vault on a pretended keyring, with the current cut at every step. The real keyrings are in `tests/keyring.rs`.

use super::*;
use crate::durable::STEPS;
use crate::keyring::pretended::Shared;
use crate::throttle::WIPED_AFTER;
use std::cell::Cell;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(1_000) };
}

fn clock() -> Duration {
    Duration::from_secs(NOW.get())
}

fn later(seconds: u64) {
    NOW.set(NOW.get() + seconds);
}

/// A folder and a keyring, which outlive the program.
struct Desk {
    folder: tempfile::TempDir,
    shared: Shared,
}

const PROFILE: &str = "one";

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), shared: Shared::default() }
    }

    /// The program starts.
    fn vault(&self) -> Vault {
        STEPS.set(usize::MAX);
        self.vault_of(PROFILE).unwrap()
    }

    fn vault_of(&self, profile: &str) -> Result<Vault, KeyError> {
        let mut keyring = Keyring::of(profile);
        keyring.pretended = Some(Shared::clone(&self.shared));
        Vault::with_keyring(self.folder.path(), keyring, profile, clock)
    }

    fn write(&self, name: &str) {
        std::fs::write(self.folder.path().join(name), name).unwrap();
    }

    fn has(&self, name: &str) -> bool {
        self.folder.path().join(name).exists()
    }

    fn put(&self, item: Item, bytes: Option<&[u8]>) {
        let mut held = self.shared.lock().unwrap();
        let place = (PROFILE.to_owned(), item);
        match bytes {
            Some(bytes) => held.items.insert(place, bytes.to_vec()),
            None => held.items.remove(&place),
        };
    }

    fn items(&self) -> Vec<Item> {
        let held = self.shared.lock().unwrap();
        Item::ALL.into_iter().filter(|item| held.items.contains_key(&(PROFILE.to_owned(), *item))).collect()
    }

    /// What an earlier version left behind.
    fn of_an_earlier_version() -> (Self, Key, Key) {
        let desk = Self::new();
        let (ledger, snapshot) = (Key::random().unwrap(), Key::random().unwrap());
        desk.put(Item::Ledger, Some(ledger.bytes()));
        desk.put(Item::Snapshot, Some(snapshot.bytes()));
        desk.write("ledger.db");
        desk.write("snapshot.db");
        (desk, ledger, snapshot)
    }
}

fn pin(digits: &str) -> Pin {
    Pin::new(digits).unwrap()
}

fn same(keys: &Keys, ledger: &Key, snapshot: &Key) {
    assert_eq!(keys.ledger.bytes(), ledger.bytes());
    assert_eq!(keys.snapshot.bytes(), snapshot.bytes());
    assert!(!keys.snapshot_is_new);
}

/// Does this with the current cut after each step in turn, until it is done without a cut.
fn cut_at_every_step(mut act: impl FnMut(usize) -> bool) {
    let (mut steps, mut done) = (0, false);
    while !done {
        done = act(steps);
        steps += 1;
        assert!(steps < 50, "it never ends");
    }
    assert!(steps > 3, "only {steps} steps were seen");
    STEPS.set(usize::MAX);
}

#[test]
fn what_was_begun_opens_again_and_the_code_opens_the_ledger() {
    let desk = Desk::new();
    assert!(matches!(desk.vault().lock(), Lock::New));
    let (keys, code) = desk.vault().begin().unwrap();
    assert!(matches!(desk.vault().lock(), Lock::Open));
    same(&desk.vault().open().unwrap(), &keys.ledger, &keys.snapshot);
    assert_eq!(desk.items(), [Item::SecretA, Item::Tries]);
    let mut vault = desk.vault();
    let opened = vault.open_with_recovery(&code.text().to_lowercase()).unwrap();
    same(&opened, &keys.ledger, &keys.snapshot);
    assert!(vault.not_kept().is_none());
    assert_eq!(desk.items(), [Item::SecretB, Item::Tries], "with a new secret");

    assert!(matches!(desk.vault().open_with_recovery("ABCD"), Err(KeyError::CodeMistyped)));
    let other = RecoveryCode::draw().unwrap();
    assert!(matches!(desk.vault().open_with_recovery(&other.text()), Err(KeyError::CodeWrong)));
    let next = desk.vault().renew_recovery_code(&keys).unwrap();
    assert!(matches!(desk.vault().open_with_recovery(&code.text()), Err(KeyError::CodeWrong)));
    assert!(desk.vault().open_with_recovery(&next.text()).is_ok());
}

#[test]
fn a_beginning_that_is_cut_off_can_be_made_again_and_no_secret_is_left_over() {
    cut_at_every_step(|steps| {
        let desk = Desk::new();
        let mut vault = desk.vault();
        STEPS.set(steps);
        let begun = vault.begin().is_ok();
        let (keys, code) = desk.vault().begin().unwrap();
        same(&desk.vault().open().unwrap(), &keys.ledger, &keys.snapshot);
        same(&desk.vault().open_with_recovery(&code.text()).unwrap(), &keys.ledger, &keys.snapshot);
        assert_eq!(desk.items().len(), 2, "{steps}");
        begun
    });
}

#[test]
fn the_keys_of_an_earlier_version_are_taken_over_wherever_the_current_fails() {
    cut_at_every_step(|steps| {
        let (desk, ledger, snapshot) = Desk::of_an_earlier_version();
        let mut vault = desk.vault();
        assert!(matches!(vault.lock(), Lock::Open));
        STEPS.set(steps);
        let taken = vault.open().is_ok() && STEPS.get() > 0;
        same(&desk.vault().open().unwrap(), &ledger, &snapshot);
        assert_eq!(desk.items().len(), 2, "the keys themselves are out of the keyring: {:?}", desk.items());
        assert!(desk.has("ledger.db") && desk.has("snapshot.db"));
        let mut vault = desk.vault();
        assert!(!vault.has_recovery_code());
        assert!(matches!(
            desk.vault().open_with_recovery(&RecoveryCode::draw().unwrap().text()),
            Err(KeyError::NoRecoveryCode)
        ));
        let (keys, code) = vault.begin().unwrap();
        same(&keys, &ledger, &snapshot);
        same(&desk.vault().open_with_recovery(&code.text()).unwrap(), &ledger, &snapshot);
        taken
    });
}

#[test]
fn a_pin_is_set_wherever_the_current_fails_or_it_is_not() {
    let pin = pin("2468");
    cut_at_every_step(|steps| {
        let desk = Desk::new();
        let (keys, code) = desk.vault().begin().unwrap();
        let before = std::fs::read(desk.folder.path().join("keys.json")).unwrap();
        let mut vault = desk.vault();
        STEPS.set(steps);
        let set = vault.set_pin(&keys, Some(&pin)).is_ok() && STEPS.get() > 0;
        let mut vault = desk.vault();
        let opened = match vault.lock() {
            Lock::Pin => {
                assert!(matches!(vault.open(), Err(KeyError::PinNeeded)));
                vault.open_with_pin(&pin).unwrap()
            }
            Lock::Open => vault.open().unwrap(),
            other => panic!("{other:?}"),
        };
        same(&opened, &keys.ledger, &keys.snapshot);
        assert_eq!(desk.items().len(), 2, "{steps}");
        if vault.has_pin() {
            std::fs::write(desk.folder.path().join("keys.json"), before).unwrap();
            let copied_back = desk.vault();
            assert!(matches!(copied_back.lock(), Lock::Recovery(KeyError::Lost(_))), "{:?}", copied_back.lock());
        }
        let opened = desk.vault().open_with_recovery(&code.text()).unwrap();
        assert_eq!(opened.ledger.bytes(), keys.ledger.bytes());
        assert!(matches!(desk.vault().lock(), Lock::Open), "and the PIN is forgotten");
        set
    });
}

#[test]
fn the_recovery_code_opens_the_ledger_wherever_the_current_fails() {
    cut_at_every_step(|steps| {
        let desk = Desk::new();
        let (keys, code) = desk.vault().begin().unwrap();
        desk.write("snapshot.db");
        desk.shared.lock().unwrap().items.clear();
        let mut vault = desk.vault();
        assert!(matches!(vault.lock(), Lock::Recovery(KeyError::Emptied)));
        STEPS.set(steps);
        let opened = vault.open_with_recovery(&code.text()).unwrap();
        assert_eq!(opened.ledger.bytes(), keys.ledger.bytes(), "for this session at least");
        assert!(opened.snapshot_is_new);
        let kept = vault.not_kept().is_none() && STEPS.get() > 0;
        assert_eq!(desk.vault().open_with_recovery(&code.text()).unwrap().ledger.bytes(), keys.ledger.bytes());
        assert!(matches!(desk.vault().lock(), Lock::Open));
        kept
    });
}

#[test]
fn another_recovery_code_holds_or_the_earlier_one_does() {
    cut_at_every_step(|steps| {
        let desk = Desk::new();
        let (keys, code) = desk.vault().begin().unwrap();
        let mut vault = desk.vault();
        STEPS.set(steps);
        let next = RecoveryCode::draw().unwrap();
        let kept = vault.keep_recovery_code(&keys.ledger, &next);
        let done = kept.is_ok() && STEPS.get() > 0;
        let holds = |code: &RecoveryCode| desk.vault().open_with_recovery(&code.text()).is_ok();
        match kept {
            Ok(()) => assert!(holds(&next) && !holds(&code)),
            // After the very last step nobody knows which: the clerk has both on paper.
            Err(_) => assert!(holds(&code) != holds(&next)),
        }
        done
    });
}

#[test]
fn a_locked_keyring_costs_this_session_no_sale_and_keeps_nothing() {
    let desk = Desk::new();
    let (keys, code) = desk.vault().begin().unwrap();
    desk.shared.lock().unwrap().is_locked = true;
    let before = std::fs::read(desk.folder.path().join("keys.json")).unwrap();
    let mut vault = desk.vault();
    assert!(matches!(vault.lock(), Lock::Recovery(KeyError::Locked(_))));
    let opened = vault.open_with_recovery(&code.text()).unwrap();
    assert_eq!(opened.ledger.bytes(), keys.ledger.bytes());
    assert!(opened.snapshot_is_new && matches!(vault.not_kept(), Some(KeyError::Locked(_))));
    assert_eq!(std::fs::read(desk.folder.path().join("keys.json")).unwrap(), before);
    desk.shared.lock().unwrap().is_locked = false;
    same(&desk.vault().open().unwrap(), &keys.ledger, &keys.snapshot);
}

#[test]
fn while_the_keyring_fails_no_pin_can_lock_the_desk_out() {
    let desk = Desk::new();
    let mut vault = desk.vault();
    let (keys, code) = vault.begin().unwrap();
    vault.set_pin(&keys, Some(&Pin::new("2468").unwrap())).unwrap();
    desk.shared.lock().unwrap().is_locked = true;
    let mut vault = desk.vault();
    assert!(vault.has_pin(), "at the start it is asked for");
    let opened = vault.open_with_recovery(&code.text()).unwrap();
    assert!(!vault.has_pin(), "nothing could open it again");
    desk.shared.lock().unwrap().is_locked = false;
    assert!(desk.vault().has_pin(), "it is there at the next start");
    // Set anew meanwhile, it is one that opens.
    vault.set_pin(&opened, Some(&Pin::new("1357").unwrap())).unwrap();
    assert!(vault.has_pin() && vault.not_kept().is_none());
    assert!(desk.vault().open_with_pin(&Pin::new("1357").unwrap()).is_ok());
}

#[test]
fn no_new_key_is_made_over_a_ledger_and_each_loss_has_its_word() {
    let desk = Desk::new();
    desk.write("ledger.db");
    assert!(matches!(desk.vault().lock(), Lock::Recovery(KeyError::Emptied)));
    assert!(matches!(desk.vault().begin(), Err(KeyError::Emptied)));
    assert!(matches!(desk.vault().open(), Err(KeyError::Emptied)));
    assert_eq!(desk.items(), []);

    let (desk, ..) = Desk::of_an_earlier_version();
    desk.put(Item::Ledger, None);
    assert!(matches!(desk.vault().lock(), Lock::Recovery(KeyError::Lost("ledger"))));
    assert!(matches!(desk.vault().begin(), Err(KeyError::Lost("ledger"))));

    let desk = Desk::new();
    let (keys, code) = desk.vault().begin().unwrap();
    desk.write("ledger.db");
    assert!(matches!(desk.vault_of("two"), Err(KeyError::OtherProfile)));
    let secret = desk.shared.lock().unwrap().items[&(PROFILE.to_owned(), Item::SecretA)].clone();
    desk.put(Item::SecretA, None);
    assert!(matches!(desk.vault().lock(), Lock::Recovery(KeyError::Lost("ledger"))));
    desk.put(Item::SecretA, Some(b"garbage"));
    assert!(matches!(desk.vault().lock(), Lock::Recovery(KeyError::Damaged("secret-a"))));
    desk.put(Item::SecretA, Some(&[1; 32]));
    assert!(matches!(desk.vault().lock(), Lock::Recovery(KeyError::Mismatch)));
    assert!(matches!(desk.vault().begin(), Err(KeyError::Mismatch)));
    desk.put(Item::SecretA, Some(&secret));
    same(&desk.vault().open().unwrap(), &keys.ledger, &keys.snapshot);

    std::fs::write(desk.folder.path().join("keys.json"), b"{").unwrap();
    assert!(matches!(desk.vault().lock(), Lock::Recovery(KeyError::NoKeyFile)));
    std::fs::remove_file(desk.folder.path().join("keys.json")).unwrap();
    assert!(matches!(desk.vault().lock(), Lock::Recovery(KeyError::NoKeyFile)));
    assert!(matches!(desk.vault().begin(), Err(KeyError::NoKeyFile)));
    let opened = desk.vault().open_with_recovery(&code.text()).unwrap();
    assert_eq!(opened.ledger.bytes(), keys.ledger.bytes(), "from the copy beside the copies of the ledger");
    assert!(matches!(desk.vault().lock(), Lock::Open));
}

#[test]
fn a_key_file_with_its_wraps_swapped_opens_nothing() {
    let desk = Desk::new();
    let (_, code) = desk.vault().begin().unwrap();
    let mut vault = desk.vault();
    let by = vault.file.keyring.as_mut().unwrap();
    (by.ledger, by.snapshot) = (by.snapshot.clone().unwrap(), Some(by.ledger.clone()));
    vault.file.recovery = Some(by.ledger.clone());
    vault.write().unwrap();
    assert!(matches!(desk.vault().open(), Err(KeyError::Mismatch)));
    assert!(matches!(desk.vault().open_with_recovery(&code.text()), Err(KeyError::CodeWrong)));
}

#[test]
fn a_wrong_pin_waits_longer_each_time_and_no_restart_shortens_it() {
    let desk = Desk::new();
    let (keys, _) = desk.vault().begin().unwrap();
    desk.vault().set_pin(&keys, Some(&pin("2468"))).unwrap();
    let mut vault = desk.vault();
    assert!(matches!(vault.lock(), Lock::Pin));
    let wrong = |vault: &mut Vault, seconds: u64, still: u32| {
        let said = vault.open_with_pin(&pin("1357"));
        assert!(
            matches!(said, Err(PinError::Wrong { wait, left })
            if wait == Duration::from_secs(seconds) && left == still),
            "{said:?}"
        );
    };
    let waits = |vault: &mut Vault, digits: &str, seconds: u64| {
        let said = vault.open_with_pin(&pin(digits));
        assert!(matches!(said, Err(PinError::Wait { wait }) if wait == Duration::from_secs(seconds)), "{said:?}");
    };
    wrong(&mut vault, 2, 9);
    waits(&mut vault, "2468", 2);
    later(2);
    wrong(&mut vault, 4, 8);
    later(3);
    waits(&mut vault, "2468", 1);
    let mut vault = desk.vault();
    waits(&mut vault, "2468", 4);
    assert_eq!(vault.pin_waits().unwrap(), Some(Duration::from_secs(4)));
    later(4);
    same(&vault.open_with_pin(&pin("2468")).unwrap(), &keys.ledger, &keys.snapshot);
    wrong(&mut vault, 2, 9);

    // Whoever takes the count out of the keyring wins nothing by it.
    desk.put(Item::Tries, None);
    later(4);
    waits(&mut desk.vault(), "2468", 512);
    vault.set_pin(&keys, None).unwrap();
    assert!(matches!(desk.vault().lock(), Lock::Open));
}

#[test]
fn a_program_that_ends_while_a_pin_is_judged_has_counted_it() {
    let desk = Desk::new();
    let (keys, _) = desk.vault().begin().unwrap();
    desk.vault().set_pin(&keys, Some(&pin("2468"))).unwrap();
    let mut vault = desk.vault();
    // Two steps are those of the count. Nothing is judged when the first of them fails.
    STEPS.set(1);
    assert!(matches!(vault.open_with_pin(&pin("1357")), Err(PinError::Key(KeyError::File(_)))));
    assert_eq!(desk.vault().wrong_tries().unwrap(), 1);
    STEPS.set(0);
    let mut vault = desk.vault_of(PROFILE).unwrap();
    later(2);
    assert!(matches!(vault.open_with_pin(&pin("2468")), Err(PinError::Key(KeyError::File(_)))), "also the right one");
    STEPS.set(usize::MAX);
}

#[test]
fn ten_wrong_pins_wipe_the_snapshot_and_never_the_ledger() {
    let desk = Desk::new();
    let (keys, _) = desk.vault().begin().unwrap();
    desk.vault().set_pin(&keys, Some(&pin("2468"))).unwrap();
    let expendable = ["snapshot.db", "snapshot.db-wal", "social-tariff-2026.db", "social-tariff-2026.db-shm"];
    let others = ["ledger.db", "ledger.db-wal", "balie.toml", "keys.json", "social-tariff-notes.txt"];
    for file in expendable.iter().chain(&others[..2]).chain(&others[4..]).chain(&others[2..3]) {
        desk.write(file);
    }
    for tries in 1..WIPED_AFTER {
        let said = desk.vault().open_with_pin(&pin("1357"));
        assert!(!matches!(said, Ok(_) | Err(PinError::SnapshotWiped { .. })), "{tries}: {said:?}");
        if matches!(said, Err(PinError::Wait { .. })) {
            let mut vault = desk.vault();
            later(3_600);
            assert!(
                matches!(vault.open_with_pin(&pin("1357")), Err(PinError::Wrong { left, .. }) if left == WIPED_AFTER - tries)
            );
        }
    }
    assert!(expendable.iter().all(|file| desk.has(file)));
    // The program ends after the last one was counted, and before anything was wiped.
    let mut vault = desk.vault();
    later(3_600);
    STEPS.set(2);
    assert!(vault.open_with_pin(&pin("1357")).is_err());
    let mut vault = desk.vault();
    assert!(matches!(vault.open_with_pin(&pin("2468")), Err(PinError::Wait { .. })));
    assert!(expendable.iter().all(|file| !desk.has(file)) && others.iter().all(|file| desk.has(file)));
    later(3_600);
    let opened = vault.open_with_pin(&pin("2468")).unwrap();
    assert!(opened.snapshot_is_new && opened.snapshot.bytes() != keys.snapshot.bytes());
    assert_eq!(opened.ledger.bytes(), keys.ledger.bytes());
    same(&desk.vault().open_with_pin(&pin("2468")).unwrap(), &keys.ledger, &opened.snapshot);
}
