//! What could not be sent from here goes to another desk as a file, and what another desk could not send comes in.
//!
//! The file is a ledger of its own, encrypted with a code that is shown once: it holds numbers of people. What comes in is
//! in doubt, because the first desk may have sent it: it is looked up at UiTPAS before it is ever sent.

use crate::desk::{Change, Desk};
use balie_core::card::ChipNumber;
use balie_core::entry::EntryId;
use balie_core::label;
use balie_core::life::Open;
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_store::entries::Recorded;
use balie_store::hand_over::Arriving;
use balie_store::key::Key;
use balie_store::ledger::Ledger;
use balie_store::machine::a_day_before;
use balie_store::open::StoreError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Why nothing was handed over or taken over.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    /// Nothing waits here.
    #[error("there is nothing to hand over")]
    NothingToDo,
    /// The file is none of ours, it is damaged, or the code is another one.
    #[error("the file cannot be read with this code")]
    Unreadable,
    /// The file is of another environment.
    #[error("the file is of another environment")]
    OtherEnvironment,
    /// The file cannot be written.
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for HandOverError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::OtherEnvironment { .. } => Self::OtherEnvironment,
            other => Self::Store(other),
        }
    }
}

/// What was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// How many entries.
    pub count: u32,
    /// The code that opens the file. It is shown once and kept nowhere.
    pub code: String,
}

/// One page of a database: no parcel is smaller, in bytes.
const SMALLEST: u64 = 4_096;

impl Desk {
    /// Writes everything that waits or is in doubt into a file, and never sends it from here again. When nothing waits, what
    /// was handed over before is written once more: the file may have been lost.
    ///
    /// # Errors
    /// When this fails before the entries were handed over, they are as they were; what was handed over can be written
    /// again.
    pub async fn hand_over(&self, file: &Path) -> Result<HandedOver, HandOverError> {
        let _books = self.books.lock().await;
        // What leaves this computer is whole (I13).
        self.ledger.verify_trail().await?;
        let all = self.ledger.to_hand_over().await?;
        let lost = self.ledger.not_given_away().await?;
        let is_lost = |recorded: &Recorded| lost.contains(&recorded.entry.receipt.sequence);
        let (given, waiting): (Vec<Recorded>, Vec<Recorded>) =
            all.into_iter().partition(|recorded| recorded.state == State::HandedOver);
        // What went into a file that never came into its place goes along with what waits.
        let going: Vec<&Recorded> = if waiting.is_empty() {
            given.iter().collect()
        } else {
            given.iter().filter(|recorded| is_lost(recorded)).chain(&waiting).collect()
        };
        if going.is_empty() {
            return Err(HandOverError::NothingToDo);
        }
        let (now, code) = (self.now(), Key::draw_code().map_err(|_| HandOverError::Unreadable)?);
        let arriving: Vec<Arriving> = going.iter().map(|recorded| self.arriving(recorded, now)).collect();
        let draft = beside(file);
        discard(&draft);
        let written = async {
            self.write_file(&draft, &code, &arriving).await?;
            self.is_there(&draft, &code, &arriving).await
        };
        written.await.inspect_err(|_| discard(&draft))?;
        let opens: Vec<Open> = waiting.iter().map(Recorded::open).collect();
        if let Err(error) = self.ledger.handed_over(&opens, now).await {
            discard(&draft);
            return Err(error.into());
        }
        self.renew_queue().await;
        self.tell(Change::Lines);
        self.tell(Change::Desk);
        std::fs::rename(&draft, file)?;
        if let Err(error) = self.ledger.given_away(now).await {
            tracing::error!(%error, "the same goes into the next file once more");
        }
        tracing::warn!(count = arriving.len(), "handed over");
        Ok(HandedOver { count: u32::try_from(arriving.len()).unwrap_or(u32::MAX), code })
    }

    fn arriving(&self, recorded: &Recorded, now: Moment) -> Arriving {
        let doubt = recorded.life.doubt;
        Arriving {
            id: recorded.entry.id,
            act: recorded.entry.act.clone(),
            occurred: recorded.entry.occurred,
            first_receipt: recorded.first_receipt.clone().unwrap_or_else(|| label::token(&recorded.entry)),
            from: doubt.map_or_else(|| a_day_before(recorded.entry.occurred), |doubt| doubt.from),
            until: self.server_now().max(now),
            labelled: doubt.map_or(self.config.receipt_in_label, |doubt| doubt.labelled),
            cancel_wanted: recorded.life.cancel_wanted,
            typed_card: self.floor().typed_cards.get(&recorded.entry.id).copied(),
        }
    }

    async fn write_file(&self, file: &Path, code: &str, arriving: &[Arriving]) -> Result<(), HandOverError> {
        let parcel = Ledger::open(file, &Key::of_code(code), self.config.environment, "P").await?;
        let written = parcel.take_over(arriving, self.now()).await;
        // Closing writes everything into the one file.
        parcel.close().await;
        written?;
        std::fs::File::open(file)?.sync_all()?;
        Ok(())
    }

    /// Reads what stands in a file of a desk.
    async fn read_file(&self, file: &Path, code: &str) -> Result<Vec<Arriving>, HandOverError> {
        // What is shorter than a page of a database would be taken for a new ledger.
        if !std::fs::metadata(file).is_ok_and(|file| file.is_file() && file.len() >= SMALLEST) {
            return Err(HandOverError::Unreadable);
        }
        // Read from a copy: the file on the stick stays as it is.
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("parcel");
        std::fs::copy(file, &copy)?;
        let parcel = match Ledger::open(&copy, &Key::of_code(code), self.config.environment, "P").await {
            Err(StoreError::OtherEnvironment { .. }) => return Err(HandOverError::OtherEnvironment),
            Err(_) => return Err(HandOverError::Unreadable),
            Ok(parcel) => parcel,
        };
        let read = async { Ok::<_, StoreError>((parcel.to_hand_over().await?, parcel.typed_cards().await?)) };
        let read = read.await;
        parcel.close().await;
        let (entries, cards) = read.map_err(|_| HandOverError::Unreadable)?;
        Ok(entries.iter().filter_map(|recorded| arrived(recorded, &cards)).collect())
    }

    /// Only what can be read again, as far as the computer gives back what it wrote, is handed over.
    async fn is_there(&self, file: &Path, code: &str, arriving: &[Arriving]) -> Result<(), HandOverError> {
        let there = self.read_file(file, code).await.unwrap_or_default();
        let is_all = there.iter().map(|each| each.id).eq(arriving.iter().map(|each| each.id));
        if is_all { Ok(()) } else { Err(std::io::Error::other("it cannot be read again").into()) }
    }

    /// Takes over what stands in a file of another desk. What came in before is left out, so a file can be read twice.
    ///
    /// # Errors
    /// Fails when the file cannot be read with this code; then nothing came in.
    pub async fn take_over(&self, file: &Path, code: &str) -> Result<u32, HandOverError> {
        let (now, arriving) = (self.now(), self.read_file(file, code).await?);
        let _books = self.books.lock().await;
        let came = self.ledger.take_over(&arriving, now).await?;
        let count = u32::try_from(came.len()).unwrap_or(u32::MAX);
        // What came in before may have been asked since.
        let is_new = |each: &&Arriving| came.iter().any(|open| open.entry.id == each.id);
        let cards = arriving.iter().filter(is_new).filter_map(|each| Some((each.id, each.typed_card?)));
        self.floor().typed_cards.extend(cards);
        self.renew_queue().await;
        self.tell(Change::Lines);
        self.tell(Change::Desk);
        self.bell.notify_one();
        tracing::warn!(count, "taken over");
        Ok(count)
    }
}

fn arrived(recorded: &Recorded, cards: &HashMap<EntryId, ChipNumber>) -> Option<Arriving> {
    let doubt = recorded.life.doubt?;
    Some(Arriving {
        id: recorded.entry.id,
        act: recorded.entry.act.clone(),
        occurred: recorded.entry.occurred,
        first_receipt: recorded.first_receipt.clone()?,
        from: doubt.from,
        until: doubt.until,
        labelled: doubt.labelled,
        cancel_wanted: recorded.life.cancel_wanted,
        typed_card: cards.get(&recorded.entry.id).copied(),
    })
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    file.with_file_name(name)
}

/// Removes a draft that is not whole, and what the database keeps beside it.
fn discard(draft: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = draft.as_os_str().to_os_string();
        name.push(end);
        // It may not be there, which is just as well.
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
}
