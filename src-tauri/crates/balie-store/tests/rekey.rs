//! A change of the key tells nobody either key.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_store::key::Key;
use balie_store::rekey::rekey;
use balie_store::snapshot::Snapshot;
use std::io::Write;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether a text holds 64 hexadecimal digits in a row, which is what a key looks like.
fn holds_a_key(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_hexdigit()).any(|word| word.len() >= 64)
}

#[tokio::test]
async fn neither_key_stands_in_a_log_however_much_is_logged() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // For all threads: the connection has one of its own.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::info!("the log is read");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.db");
    let (old, new) = (Key::random().unwrap(), Key::random().unwrap());
    Snapshot::open(&path, &old).await.unwrap().close().await;
    rekey(&path, &old, &new).await.unwrap();
    assert!(rekey(&path, &old, &new).await.is_err(), "the old key does not fit any more");
    Snapshot::open(&path, &new).await.unwrap().close().await;
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("the log is read"));
    assert!(!holds_a_key(&logged) && !logged.to_lowercase().contains("pragma rekey"), "{logged}");
    assert!(holds_a_key(&format!("pragma rekey = \"x'{}'\"", "0A".repeat(32))));
}
