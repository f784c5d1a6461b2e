//! Sending what was claimed: one request for all of it, and what became of it.

use crate::desk::Desk;
use crate::judge::Sent;
use crate::upload::{NO_RECORD, UNREADABLE_TARIFF};
use balie_core::agreement::Verb;
use balie_core::entry::{Act, Cancellation, TicketSale};
use balie_core::label;
use balie_core::life::Open;
use balie_core::tariff::{ServerAnswer, TariffId};
use balie_remote::ask::AskError;
use balie_remote::cancels::{Cancelled, TakenOut};
use balie_remote::outcome::{Hold, Outcome};
use balie_remote::problem::{Problem, ProblemKind};
use balie_remote::ticket_sales::SaleToSend;

/// An entry that was tried so often, for whatever reason, is shown to a person when the tariff of its computed price cannot be
/// read: by then the waits in between come to some minutes at least.
const TARIFF_TRIES: u32 = 12;

/// The path of a kind of record, for taking one out.
pub(crate) const fn cancelled(kind: Verb) -> Cancelled {
    match kind {
        Verb::Sell => Cancelled::TicketSale,
        Verb::CheckIn => Cancelled::CheckIn,
        Verb::Redeem => Cancelled::Redemption,
    }
}

impl Desk {
    /// Sends entries in one request, once. Several at once are sales of the same activity.
    pub(crate) async fn send(&self, batch: &[Open], labelled: bool) -> Outcome<Vec<Sent>> {
        let Some(first) = batch.first() else { return Outcome::NotSent };
        match &first.entry.act {
            Act::Sale(_) => self.send_sales(batch, labelled).await,
            Act::CheckIn(check_in) => self.api.check_in(check_in).await.map(|row| vec![Sent::check_in(row)]),
            Act::Redemption(redemption) => self.api.redeem(redemption).await.map(|row| vec![Sent::redemption(row)]),
            Act::Cancellation(cancellation) => self.take_out(first, cancellation).await.map(|sent| vec![sent]),
        }
    }

    async fn send_sales(&self, batch: &[Open], labelled: bool) -> Outcome<Vec<Sent>> {
        let mut tariffs = Vec::with_capacity(batch.len());
        for open in batch {
            let Some(sale) = sale_of(open) else { continue };
            match &sale.tariff {
                Some(tariff) => tariffs.push(tariff.clone()),
                None => match self.find_tariff(sale, open.life.attempts).await {
                    Ok(tariff) => tariffs.push(tariff),
                    Err(outcome) => return outcome,
                },
            }
        }
        let labels: Vec<String> = batch
            .iter()
            .filter_map(|open| {
                let sale = sale_of(open)?;
                Some(if labelled { label::with_receipt(&sale.label, &open.token) } else { sale.label.clone() })
            })
            .collect();
        let sales = batch.iter().filter_map(sale_of).zip(&tariffs).zip(&labels);
        let sales: Vec<SaleToSend<'_>> =
            sales.map(|((sale, tariff), label)| SaleToSend { sale, tariff, label }).collect();
        self.api.register_all(&sales).await.map(|sales| sales.into_iter().map(Sent::sales).collect())
    }

    /// Takes out every record of the entry that is taken back. What was taken out already, by us or by somebody else, is
    /// out all the same.
    async fn take_out(&self, open: &Open, cancellation: &Cancellation) -> Outcome<Sent> {
        let records = match self.ledger.to_take_out(cancellation).await {
            Ok(records) => records,
            Err(error) => {
                tracing::error!(%error, "what is to be taken out cannot be read");
                return Outcome::NotProcessed(Hold::Wait { seconds: 30 });
            }
        };
        match self.ledger.has_records(cancellation).await {
            Ok(true) => {}
            // It was booked by hand, and is taken out by hand: a person must hear that nothing was asked.
            Ok(false) => return Outcome::Refused(no_record()),
            Err(error) => {
                tracing::error!(%error, "what is to be taken out cannot be read");
                return Outcome::NotProcessed(Hold::Wait { seconds: 30 });
            }
        }
        let mut all_gone = !records.is_empty() && open.life.attempts <= 1;
        for (kind, id) in records {
            match self.api.cancel(cancelled(kind), &id).await.accepted() {
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
    async fn find_tariff(&self, sale: &TicketSale, attempts: u32) -> Result<TariffId, Outcome<Vec<Sent>>> {
        let answer = self.api.tariff(&sale.event, &sale.holder.number, sale.regular, self.now()).await;
        match answer.map(|tariffs| tariffs.social.answer) {
            Ok(ServerAnswer::Granted { tariff, .. }) => Ok(tariff),
            Ok(ServerAnswer::NotGranted { said }) => Err(Outcome::Refused(not_granted(said))),
            Err(AskError::Problem(problem)) => Err(Outcome::Refused(problem)),
            // An answer that nobody can read may be that of a portal on the way, so it is asked again; but not for ever.
            Err(AskError::Garbled(_)) if attempts >= TARIFF_TRIES => Err(Outcome::Refused(unreadable_tariff())),
            Err(error) => Err(error.hold().map_or(Outcome::NotSent, Outcome::NotProcessed)),
        }
    }
}

fn sale_of(open: &Open) -> Option<&TicketSale> {
    if let Act::Sale(sale) = &open.entry.act { Some(sale) } else { None }
}

/// No record of what is to be taken out is known here.
fn no_record() -> Problem {
    let name = NO_RECORD.to_owned();
    Problem { kind: ProblemKind::Other(name.clone()), name, said: None, card_status: None, item: None }
}

/// UiTPAS answers about the tariff of this sale, and nobody here can read what.
fn unreadable_tariff() -> Problem {
    let name = UNREADABLE_TARIFF.to_owned();
    Problem { kind: ProblemKind::Other(name.clone()), name, said: None, card_status: None, item: None }
}

fn not_granted(said: Option<String>) -> Problem {
    let name = "uitpas/social-tariff-not-available".to_owned();
    Problem { kind: ProblemKind::SocialTariffNotAvailable, name, said, card_status: None, item: None }
}
