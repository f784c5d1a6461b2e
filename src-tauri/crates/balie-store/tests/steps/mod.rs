//! One entry through the outbox, as the uploader does it: what goes next is claimed, and settled by the core.

use balie_core::life::{Attempt, Open};
use balie_core::queue::Queue;
use balie_core::time::Moment;
use balie_core::upload::{Class, answered, claimed, take_back};
use balie_store::entries::Recorded;
use balie_store::ledger::Ledger;
use balie_store::open::StoreError;
use balie_store::outbox::{Closing, Evidence, Steps};
use balie_store::trail::Actor;
use std::collections::HashMap;

fn attempt(batch: i64, now: Moment) -> Attempt {
    Attempt { batch, from: now, until: now, fresh: true, labelled: false }
}

/// Claims the first entry that may go, alone.
pub(crate) async fn claim(ledger: &Ledger, now: Moment) -> Option<Recorded> {
    let open: Open = Queue::new(ledger.open_entries().await.unwrap(), now).next(now)?.remove(0);
    claim_it(ledger, &open, now).await.unwrap();
    ledger.by_receipt(open.receipt()).await.unwrap()
}

/// Claims one entry.
pub(crate) async fn claim_it(ledger: &Ledger, open: &Open, now: Moment) -> Result<i64, StoreError> {
    ledger.claim(&claimed(std::slice::from_ref(open)).unwrap(), &attempt(0, now), now).await
}

/// Writes what became of an entry that was claimed.
pub(crate) async fn settle(
    ledger: &Ledger,
    recorded: &Recorded,
    class: Class,
    evidence: &Evidence,
    now: Moment,
) -> Result<(), StoreError> {
    let changes = answered(&[recorded.open()], class, &attempt(1, now), now, 0)?;
    let evidence = HashMap::from([(recorded.entry.receipt.sequence, evidence.clone())]);
    let closing = Some(Closing::default());
    ledger
        .apply(&Steps { changes: &changes, evidence: &evidence, closing, actor: Actor::Machine }, now)
        .await
        .map(|_| ())
}

/// Takes an entry back, as it was read.
pub(crate) async fn withdraw(ledger: &Ledger, recorded: &Recorded, now: Moment) -> Result<(), StoreError> {
    let change = take_back(&recorded.open(), now)?;
    let evidence = HashMap::new();
    let steps = Steps { changes: &[change], evidence: &evidence, closing: None, actor: Actor::Clerk };
    ledger.apply(&steps, now).await.map(|_| ())
}
