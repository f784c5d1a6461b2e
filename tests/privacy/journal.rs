//! Everything that our crates log, from the first line of these tests to the last, at the finest level.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::EnvFilter;

/// The crates that ship. The stand-in of UiTPAS is none of them.
const OURS: &str =
    "off,balie=trace,balie_core=trace,balie_card=trace,balie_store=trace,balie_remote=trace,balie_desk=trace";

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

static LINES: OnceLock<Lines> = OnceLock::new();

/// Begins to listen, once for all tests of this program.
pub fn listen() {
    LINES.get_or_init(|| {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(OURS))
            .without_time()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        // For all threads: the files and the network have threads of their own.
        tracing::subscriber::set_global_default(subscriber).unwrap();
        lines
    });
}

/// What was logged until now.
pub fn logged() -> String {
    let lines = LINES.get().unwrap();
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}
