//! A day as a file: a table for a spreadsheet (CSV, XLSX), and a slip to print (PDF).
//!
//! The captions come from whoever asks, in the language of the clerk: the words of the desk stand in one catalogue, that of the
//! window, and a second one here would drift away from it. No name and no digit of a pass stands in a file: a receipt leads back to
//! the act here, and to nobody where the file goes on to.

mod csv;
mod pdf;
mod slip;
mod table;
mod words;
mod xlsx;

pub use words::{Columns, Kinds, Places, Slip, Words};

use crate::config::Language;
use crate::desk::Desk;
use crate::report::Report;
use balie_core::day::Filter;
use balie_core::time::Moment;
use balie_store::durable;
use balie_store::entries::Recorded;
use balie_store::ledger::Environment;
use balie_store::open::StoreError;
use jiff::civil::Date;
use std::path::Path;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with a line for each act, which a spreadsheet opens.
    Csv,
    /// A workbook: the acts, and what they add up to.
    Xlsx,
    /// A slip to print: what the acts add up to.
    Pdf,
}

/// Why no file was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be written.
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
    /// The workbook cannot be made.
    #[error("the workbook cannot be made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The font of the slip cannot be read.
    #[error("the font of the slip cannot be read")]
    Font,
    /// The ledger cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All that goes into the files of a day.
struct Book {
    organizer: String,
    environment: Environment,
    language: Language,
    report: Report,
    /// The acts, the oldest first.
    acts: Vec<Recorded>,
    /// The end of the trail, which whoever has it on paper can hold against the ledger (I13).
    trail: String,
    made: Moment,
}

impl Desk {
    /// Writes a day into a file, with these captions.
    ///
    /// # Errors
    /// When this fails, the file is as it was. A ledger whose trail is not whole gives no file: what leaves this computer is
    /// whole (I13).
    pub async fn export_day(
        &self,
        day: Date,
        format: Format,
        (language, words): (Language, Words),
        file: &Path,
    ) -> Result<(), ExportError> {
        let mut acts = self.acts_of(day, &Filter::default(), 0, usize::MAX).await?.acts;
        acts.reverse();
        let book = Book {
            organizer: self.organizer_name(),
            environment: self.config.environment,
            language,
            report: self.report(day).await?,
            acts,
            trail: self.ledger.trail_head().await?.short(),
            made: self.now(),
        };
        let file = file.to_owned();
        let written = tokio::task::spawn_blocking(move || {
            let bytes = match format {
                Format::Csv => csv::of(&book, &words),
                Format::Xlsx => xlsx::of(&book, &words)?,
                Format::Pdf => slip::of(&book, &words)?,
            };
            durable::write(&file, &bytes)?;
            Ok::<_, ExportError>(())
        });
        written.await.map_err(std::io::Error::other)??;
        tracing::info!(%day, ?format, "a day went into a file");
        Ok(())
    }
}
