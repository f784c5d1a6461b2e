//! `GET /cards/social-tariff/{cardSystemId}/active`: everyone who has the social tariff in a region, in one answer without
//! pages.
//!
//! The answer may be tens of megabytes, so that it is read while it comes in, and never held. A list that is not whole is
//! no list: whoever is missing from it would be refused.

use crate::ask::AskError;
use crate::client::Api;
use crate::export_rows::Rows;
use crate::guarded::{Counts, Guarded};
use balie_core::pass::UitpasNumber;
use serde::de::DeserializeSeed;
use std::io::{BufReader, Error, ErrorKind, Read};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How long each piece of the answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest list that is read, unpacked. A million cards are 55 MB, and no region has ten.
const MOST: Most = Most { bytes: 1024 * 1024 * 1024, rows: 10_000_000 };

/// How many pieces may wait to be read; the network waits for the rest.
const WAITING: usize = 8;

/// Beyond this, an answer is no list.
#[derive(Clone, Copy)]
struct Most {
    bytes: u64,
    rows: u64,
}

const ABOUT: &str = "social tariff cards";

/// How far a download is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read, unpacked.
    pub bytes: u64,
    /// Cards read.
    pub rows: u64,
}

/// What a whole list held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export {
    /// Its size, unpacked.
    pub bytes: u64,
    /// How many rows it had, the ones that could not be read included.
    pub rows: u64,
    /// How many rows were left out, because they had no number that holds.
    pub bad: u64,
}

impl Api {
    /// Asks who has the social tariff in a region. The rows go into the sink one by one, which comes back when the list was
    /// whole, and is dropped when it was not. `progress` is told now and then, on a thread of its own.
    ///
    /// # Errors
    /// Fails when there is no answer, when it breaks off, and when it is not what was agreed. Without the permission for it
    /// the answer is [`AskError::Forbidden`].
    pub async fn social_tariff_cards<S>(
        &self,
        card_system: i64,
        mut sink: S,
        progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<(S, Export), AskError>
    where
        S: Extend<(UitpasNumber, Option<u32>)> + Send + 'static,
    {
        let id = card_system.to_string();
        let mut answer = self.ask_streamed(&["cards", "social-tariff", &id, "active"], PATIENCE).await?;
        let (pieces, coming) = channel(WAITING);
        let reading = tokio::task::spawn_blocking(move || {
            let export = read_social_tariff(Pieces { coming, piece: None, at: 0 }, &mut sink, progress)?;
            Ok((sink, export))
        });
        let came = loop {
            let piece = match tokio::time::timeout(PATIENCE, answer.chunk()).await {
                Ok(Ok(piece)) => piece,
                Ok(Err(error)) => break Err(AskError::of(&error)),
                Err(_) => break Err(AskError::Slow),
            };
            let is_last = piece.is_none();
            // A reader that is gone has seen enough, and says itself why.
            if hand_over(&pieces, piece).await.is_err() || is_last {
                break Ok(());
            }
        };
        // Without a last piece, the reader knows that the answer broke off.
        drop(pieces);
        let read = reading.await.unwrap_or(Err(AskError::Garbled(ABOUT)));
        came?;
        read
    }
}

async fn hand_over<T>(pieces: &Sender<Option<T>>, piece: Option<T>) -> Result<(), ()> {
    pieces.send(piece).await.map_err(|_| ())
}

/// Reads a list of cards from any source, row by row, into a sink. Rows without a number that holds are left out, as long
/// as they are few.
///
/// # Errors
/// Fails when it is not what was agreed: no list, too long, cut off, or with more than one bad row in a hundred. What the
/// sink holds by then is worth nothing.
pub fn read_social_tariff(
    source: impl Read,
    sink: &mut impl Extend<(UitpasNumber, Option<u32>)>,
    progress: impl FnMut(Progress),
) -> Result<Export, AskError> {
    read_at_most(MOST, source, sink, progress)
}

fn read_at_most(
    most: Most,
    source: impl Read,
    sink: &mut impl Extend<(UitpasNumber, Option<u32>)>,
    mut progress: impl FnMut(Progress),
) -> Result<Export, AskError> {
    let counts = Rc::new(Counts::default());
    let told = |counts: &Counts| progress(Progress { bytes: counts.bytes.get(), rows: counts.rows.get() });
    let guarded = Guarded::new(source, counts.clone(), most.bytes, told);
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(256 * 1024, guarded));
    let garbled = |_| AskError::Garbled(ABOUT);
    let bad = Rows { sink, counts: &counts, most: most.rows }.deserialize(&mut json).map_err(garbled)?;
    json.end().map_err(garbled)?;
    let rows = counts.rows.get();
    if bad.saturating_mul(100) > rows {
        return Err(AskError::Garbled(ABOUT));
    }
    Ok(Export { bytes: counts.bytes.get(), rows, bad })
}

/// The pieces of an answer as a source. Only an answer that was whole has an end.
struct Pieces<T> {
    coming: Receiver<Option<T>>,
    piece: Option<T>,
    at: usize,
}

impl<T: AsRef<[u8]>> Read for Pieces<T> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let rest = self.piece.as_ref().and_then(|piece| piece.as_ref().get(self.at..)).unwrap_or_default();
            if !rest.is_empty() {
                let length = rest.len().min(buffer.len());
                buffer[..length].copy_from_slice(&rest[..length]);
                self.at += length;
                return Ok(length);
            }
            match self.coming.blocking_recv() {
                Some(Some(piece)) => (self.piece, self.at) = (Some(piece), 0),
                Some(None) => return Ok(0),
                None => return Err(Error::from(ErrorKind::UnexpectedEof)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
