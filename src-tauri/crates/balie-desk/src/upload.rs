//! The uploader: the one place that sends acts to UiTPAS, one at a time, each with its intent on the disk first.

use crate::connection::Connection;
use crate::desk::{Change, Desk};
use crate::judge::{Sent, judge, was_held};
use balie_core::agreement::Verb;
use balie_core::entry::{Act, Cancellation, TicketSale};
use balie_core::outbox::Signal;
use balie_core::tariff::{ServerAnswer, TariffId};
use balie_remote::ask::AskError;
use balie_remote::cancels::{Cancelled, TakenOut};
use balie_remote::outcome::{Hold, Outcome};
use balie_store::entries::Recorded;
use balie_store::open::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// How often the queue is looked at when nobody rings; entries whose wait is over go then.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long the next attempt waits after one that ended in doubt, doubled for each that follows, at most five minutes: a
/// server that swallows one answer may swallow the next.
const AFTER_A_DOUBT: Duration = Duration::from_secs(5);

/// How long the end of the program waits for the attempt that is open.
const LAST_ATTEMPT: Duration = Duration::from_secs(16);

/// The name under which is kept that UiTPAS held nothing any more of what was to be taken out.
pub const WAS_GONE: &str = "was-gone";

impl Desk {
    /// Sends what is queued for as long as the program runs. Start it once.
    pub async fn keep_uploading(self: Arc<Self>) {
        let mut last_probe = None::<tokio::time::Instant>;
        // What was left of an earlier run need not wait.
        self.bell.notify_one();
        loop {
            let rung = tokio::time::timeout(LOOK_EVERY, self.bell.notified()).await.is_ok();
            if self.connection() != Connection::Connected {
                let due = last_probe.is_none_or(|at| rung || at.elapsed() >= self.config.probe_every);
                if !due {
                    continue;
                }
                last_probe = Some(tokio::time::Instant::now());
                if self.probe().await != Connection::Connected {
                    continue;
                }
            }
            self.upload_all().await;
            let doubts = self.floor().doubts.checked_sub(1);
            if let Some(doubts) = doubts {
                tokio::time::sleep(AFTER_A_DOUBT * 2_u32.pow(doubts.min(6))).await;
            }
        }
    }

    /// Begins no attempt any more, and waits for the one that is open, so that closing the window leaves no doubt.
    pub async fn stop_sending(&self) {
        match tokio::time::timeout(LAST_ATTEMPT, self.sending.lock()).await {
            // Never given back: whatever the uploader still wants to begin waits for the end of the program.
            Ok(turn) => std::mem::forget(turn),
            Err(_) => tracing::warn!("an attempt is still open; it is found in doubt at the next start"),
        }
    }

    /// Sends all that may be sent now, until the queue is empty or the line is.
    pub async fn upload_all(&self) {
        loop {
            match self.upload_next().await {
                Ok(true) if self.connection() == Connection::Connected => {}
                Ok(_) => return,
                Err(error) => {
                    // What could not be written stays as it is; an open attempt is found in doubt at the next start.
                    tracing::error!(%error, "the queue cannot be worked on");
                    return;
                }
            }
        }
    }

    /// Sends the next entry, if there is one, and says whether there was.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read or written.
    pub async fn upload_next(&self) -> Result<bool, StoreError> {
        let _turn = self.sending.lock().await;
        let Some(recorded) = self.ledger.claim(self.now()).await? else { return Ok(false) };
        self.tell(Change::Lines);
        let outcome = self.send(&recorded).await;
        let receipt = &recorded.entry.receipt;
        let (signal, evidence) = judge(&outcome, &recorded, self.now(), rand::random());
        match signal {
            Signal::Accepted => tracing::info!(%receipt, "confirmed"),
            Signal::Unknown => tracing::warn!(%receipt, "in doubt"),
            Signal::Refused => tracing::warn!(%receipt, problem = ?evidence.problem, "refused"),
            _ => tracing::info!(%receipt, ?signal, "not sent"),
        }
        self.ledger.settle(&recorded, signal, &evidence, self.now()).await?;
        if let (Act::Cancellation(cancellation), Signal::Accepted) = (&recorded.entry.act, signal) {
            self.offer_again(cancellation.of).await;
        }
        {
            let mut floor = self.floor();
            floor.doubts = if signal == Signal::Unknown { floor.doubts.saturating_add(1) } else { 0 };
        }
        self.connection_is(match &outcome {
            Outcome::Accepted(_) | Outcome::Refused(_) => Connection::Connected,
            Outcome::NotProcessed(Hold::SignIn) if !was_held(&recorded) => {
                // The refused token was dropped: a new one may be all it takes, so nobody is asked to sign in yet.
                self.bell.notify_one();
                Connection::Unknown
            }
            Outcome::NotProcessed(Hold::Forbidden | Hold::Wait { .. }) => Connection::Connected,
            Outcome::NotProcessed(Hold::SignIn) => Connection::SignInNeeded,
            Outcome::NotSent => Connection::Offline,
            Outcome::Unknown(_) => Connection::Slow,
        });
        self.tell(Change::Lines);
        self.tell(Change::Desk);
        Ok(true)
    }

    async fn send(&self, recorded: &Recorded) -> Outcome<Sent> {
        match &recorded.entry.act {
            Act::Sale(sale) => {
                let tariff = match &sale.tariff {
                    Some(tariff) => tariff.clone(),
                    None => match self.find_tariff(sale).await {
                        Ok(tariff) => tariff,
                        Err(outcome) => return outcome,
                    },
                };
                self.api.register(sale, &tariff).await.map(Sent::sales)
            }
            Act::CheckIn(check_in) => self.api.check_in(check_in).await.map(Sent::check_in),
            Act::Redemption(redemption) => self.api.redeem(redemption).await.map(Sent::redemption),
            Act::Cancellation(cancellation) => self.take_out(recorded, cancellation).await,
        }
    }

    /// Takes out every record of the entry that is taken back. What was taken out already, by us or by somebody else, is
    /// out all the same.
    async fn take_out(&self, recorded: &Recorded, cancellation: &Cancellation) -> Outcome<Sent> {
        let records = match self.ledger.to_take_out(cancellation).await {
            Ok(records) => records,
            Err(error) => {
                tracing::error!(%error, "what is to be taken out cannot be read");
                return Outcome::NotProcessed(Hold::Wait { seconds: 30 });
            }
        };
        let mut all_gone = !records.is_empty() && recorded.attempts == 0;
        for (kind, id) in records {
            let what = match kind {
                Verb::Sell => Cancelled::TicketSale,
                Verb::CheckIn => Cancelled::CheckIn,
                Verb::Redeem => Cancelled::Redemption,
            };
            match self.api.cancel(what, &id).await.accepted() {
                Ok(taken_out) => all_gone &= taken_out == TakenOut::WasGone,
                Err(rest) => return rest,
            }
            if let Err(error) = self.ledger.taken_out(kind, &id, self.now()).await {
                tracing::error!(%error, "what was taken out cannot be noted");
                return Outcome::NotProcessed(Hold::Wait { seconds: 30 });
            }
            self.keep(self.snapshot.forget_row(kind, &cancellation.holder.passholder, &id).await);
        }
        Outcome::Accepted(Sent { was_gone: all_gone, ..Sent::default() })
    }

    // A computed price has no tariff yet; asking for it sends nothing that has to be sent once.
    async fn find_tariff(&self, sale: &TicketSale) -> Result<TariffId, Outcome<Sent>> {
        let answer = self.api.tariff(&sale.event, &sale.holder.number, sale.regular, self.now()).await;
        match answer.map(|tariffs| tariffs.social.answer) {
            Ok(ServerAnswer::Granted { tariff, .. }) => Ok(tariff),
            Ok(ServerAnswer::NotGranted { said }) => Err(Outcome::Refused(not_granted(said))),
            Err(AskError::SignIn) => Err(Outcome::NotProcessed(Hold::SignIn)),
            Err(AskError::Forbidden) => Err(Outcome::NotProcessed(Hold::Forbidden)),
            Err(AskError::RateLimited) => Err(Outcome::NotProcessed(Hold::Wait { seconds: 30 })),
            Err(AskError::Problem(problem)) => Err(Outcome::Refused(problem)),
            Err(AskError::Offline | AskError::Slow | AskError::Unexpected { .. } | AskError::Garbled(_)) => {
                Err(Outcome::NotSent)
            }
        }
    }
}

fn not_granted(said: Option<String>) -> balie_remote::problem::Problem {
    let name = "uitpas/social-tariff-not-available".to_owned();
    let kind = balie_remote::problem::ProblemKind::SocialTariffNotAvailable;
    balie_remote::problem::Problem { kind, name, said, card_status: None }
}
