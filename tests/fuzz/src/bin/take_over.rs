//! Files of a hand-over: whatever the bytes, opening one is an error or gives entries that can be read, and never a panic.
#![no_main]

use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use libfuzzer_sys::fuzz_target;

/// The code that the seed was written with.
const CODE: &str = "ABCD-EFGH-JKMN-PQRS";

fuzz_target!(|bytes: &[u8]| {
    // The desk does not open an empty one: it would be taken for a new ledger.
    if bytes.is_empty() {
        return;
    }
    let Ok(folder) = tempfile::tempdir() else { return };
    let file = folder.path().join("parcel");
    if std::fs::write(&file, bytes).is_err() {
        return;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(parcel) = Ledger::open(&file, &Key::of_code(CODE), Environment::Test, "P").await else { return };
        let entries = parcel.to_hand_over().await;
        parcel.close().await;
        if let Ok(entries) = entries {
            assert!(entries.iter().all(|each| !each.entry.act.holder().number.is_forgotten()), "it is nobody's");
        }
    });
});
