//! What became of a request, in the words of the outbox: the class for the core, and what is kept as evidence.

use crate::upload::WAS_GONE;
use balie_core::life::Hold as Held;
use balie_core::upload::Class;
use balie_remote::checkins::RegisteredCheckIn;
use balie_remote::outcome::{Doubt, Hold, Outcome};
use balie_remote::redeemed::RegisteredRedemption;
use balie_remote::ticket_sales::RegisteredSale;
use balie_store::outbox::{Evidence, ServerRecord};

/// What UiTPAS registered for an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) records: Vec<ServerRecord>,
    pub(crate) redeem_code: Option<String>,
    pub(crate) redeem_info: Option<String>,
    /// UiTPAS held nothing any more of what was to be taken out, and it was not an earlier attempt of ours.
    pub(crate) was_gone: bool,
    /// A label came back otherwise than it was sent.
    pub(crate) other_label: bool,
}

impl Sent {
    pub(crate) fn sales(rows: Vec<RegisteredSale>) -> Self {
        let other_label = rows.iter().any(|row| !row.echoed);
        let record = |row: RegisteredSale| ServerRecord { id: row.id, created: row.created, price: row.price };
        Self { records: rows.into_iter().map(record).collect(), other_label, ..Self::default() }
    }

    pub(crate) fn check_in(row: RegisteredCheckIn) -> Self {
        Self { records: vec![ServerRecord { id: row.id, created: row.created, price: None }], ..Self::default() }
    }

    pub(crate) fn redemption(row: RegisteredRedemption) -> Self {
        let records = vec![ServerRecord { id: row.id, created: row.at, price: None }];
        let info = [row.info, row.link].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Self {
            records,
            redeem_code: row.code,
            redeem_info: Some(info).filter(|info| !info.is_empty()),
            ..Self::default()
        }
    }

    fn evidence(&self) -> Evidence {
        Evidence {
            records: self.records.clone(),
            redeem_code: self.redeem_code.clone(),
            redeem_info: self.redeem_info.clone(),
            problem: self.was_gone.then(|| WAS_GONE.to_owned()),
            said: None,
        }
    }
}

/// The class of an outcome, the evidence for each entry in the order in which they were sent, and the status of HTTP where
/// it says more than the class.
pub(crate) fn judge(outcome: &Outcome<Vec<Sent>>, count: usize) -> (Class, Vec<Evidence>, Option<u16>) {
    let each = |evidence: Evidence| vec![evidence; count];
    match outcome {
        Outcome::Accepted(sent) => (Class::Accepted, sent.iter().map(Sent::evidence).collect(), Some(200)),
        Outcome::NotSent => (Class::NotSent, each(Evidence::default()), None),
        Outcome::NotProcessed(hold) => {
            let (hold, seconds, status) = match hold {
                Hold::SignIn => (Held::SignIn, 0, 401),
                Hold::Forbidden => (Held::Forbidden, 0, 403),
                Hold::Wait { seconds } => (Held::Wait, *seconds, 429),
            };
            (Class::NotProcessed { hold, seconds }, each(Evidence::default()), Some(status))
        }
        Outcome::Refused(problem) => {
            // Of several, only the one that is named was refused for what it is.
            let culprit = if count == 1 { Some(0) } else { problem.item.filter(|item| *item < count) };
            let refusal =
                Evidence { problem: Some(problem.name.clone()), said: problem.said.clone(), ..Evidence::default() };
            let evidence = |at| if culprit == Some(at) { refusal.clone() } else { Evidence::default() };
            let limit = problem.kind.is_limit();
            (Class::Refused { culprit, limit }, (0..count).map(evidence).collect(), Some(400))
        }
        Outcome::Unknown(doubt) => {
            let (name, status) = match doubt {
                Doubt::NoAnswer => ("no-answer".to_owned(), None),
                Doubt::Status(status) => (format!("status-{status}"), Some(*status)),
                Doubt::Garbled => ("garbled".to_owned(), Some(200)),
                Doubt::Mismatch => ("mismatch".to_owned(), Some(200)),
            };
            let mismatch = *doubt == Doubt::Mismatch;
            (Class::Unknown { mismatch }, each(Evidence::of_problem(&name)), status)
        }
    }
}
