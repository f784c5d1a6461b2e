//! The life of one entry on one page, for whoever wants to know what became of it.

use crate::desk::Desk;
use balie_core::entry::EntryId;
use balie_core::time::Moment;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;

/// One thing that happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// When, by the clock of the desk; what UiTPAS made is dated by its own.
    pub at: Moment,
    /// What, as a code: `step.claim`, `sent.intent`, `answered.unknown`, `looked.absent`, `record.is there`, …
    pub what: String,
    /// What else is known of it; nothing in it names a person.
    pub detail: String,
}

/// The life of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The entry as it stands now.
    pub recorded: Recorded,
    /// What happened to it, the oldest first.
    pub lines: Vec<StoryLine>,
}

impl Desk {
    /// The life of an entry; `None` when there is no such entry.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn life_of(&self, entry: EntryId) -> Result<Option<Story>, StoreError> {
        let Some(recorded) = self.ledger.entry(entry).await? else { return Ok(None) };
        let happened = self.ledger.story(recorded.entry.receipt.sequence).await?;
        let line = |each: balie_store::story::Happened| StoryLine {
            at: each.at,
            what: format!("{}.{}", each.what, each.word),
            detail: each.detail,
        };
        Ok(Some(Story { recorded, lines: happened.into_iter().map(line).collect() }))
    }
}
