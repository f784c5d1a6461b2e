//! `DELETE`: taking out what UiTPAS has. Unlike a `POST`, it may be asked for again: what is gone stays gone.

use crate::client::Api;
use crate::outcome::{Doubt, Hold, Observation, Outcome};
use crate::problem::Problem;

/// What kind of registration is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// A ticket sale.
    TicketSale,
    /// A check-in.
    CheckIn,
    /// A redemption.
    Redemption,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOut {
    /// UiTPAS had it, and took it out.
    Now,
    /// UiTPAS does not know it, or not any more.
    WasGone,
}

impl Cancelled {
    const fn path(self) -> &'static [&'static str] {
        match self {
            Self::TicketSale => &["ticket-sales"],
            Self::CheckIn => &["checkins"],
            Self::Redemption => &["rewards", "redeemed"],
        }
    }

    /// Whether a 404 with this problem is about the registration. For a ticket sale the contract names its problem; for
    /// the others it names none, so there any problem of publiq will do.
    fn is_gone(self, problem: &Problem) -> bool {
        self != Self::TicketSale || problem.name.ends_with("ticket-sale-not-found")
    }
}

impl Api {
    /// Takes one registration out. It is sent once.
    pub async fn cancel(&self, what: Cancelled, id: &str) -> Outcome<TakenOut> {
        // Without an id the path would be that of the whole list.
        if id.is_empty() {
            return Outcome::Unknown(Doubt::Mismatch);
        }
        let path = [what.path(), &[id]].concat();
        judge_cancel(what, &self.delete(&path).await)
    }
}

/// Judges what was seen of a `DELETE`. The contract knows one success, 204 without a body; any other may come from something
/// before the server, and proves nothing. Asking once more does no harm.
pub fn judge_cancel(what: Cancelled, seen: &Observation) -> Outcome<TakenOut> {
    let (status, body, retry_after) = match seen {
        Observation::NotSent => return Outcome::NotSent,
        Observation::NoToken => return Outcome::NotProcessed(Hold::SignIn),
        Observation::NoAnswer => return Outcome::Unknown(Doubt::NoAnswer),
        Observation::Answer { status, body, retry_after, .. } => (*status, body, *retry_after),
    };
    if (200..=299).contains(&status) {
        let taken_out = status == 204 && body.is_empty();
        return if taken_out { Outcome::Accepted(TakenOut::Now) } else { Outcome::Unknown(Doubt::Garbled) };
    }
    let problem = Problem::parse(body);
    match (Hold::of(status, problem.as_ref(), retry_after), problem) {
        (Some(hold), _) => Outcome::NotProcessed(hold),
        (None, Some(problem)) if status == 404 && what.is_gone(&problem) => Outcome::Accepted(TakenOut::WasGone),
        // Signed by publiq: UiTPAS looked at it and does not do it, so asking again is of no use.
        (None, Some(problem)) if (400..=499).contains(&status) && status != 404 => Outcome::Refused(problem),
        _ => Outcome::Unknown(Doubt::Status(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, json: bool, body: &str) -> Observation {
        Observation::Answer { status, json, body: body.as_bytes().to_vec(), retry_after: None }
    }

    fn problem(name: &str) -> String {
        format!(r#"{{"type":"https://api.publiq.be/probs/{name}"}}"#)
    }

    #[test]
    fn every_line_of_the_table_holds() {
        let (gone, refusal) = (problem("uitpas/ticket-sale-not-found"), problem("uitpas/invalid-card"));
        let unknown = |status| Outcome::Unknown(Doubt::Status(status));
        let table = [
            (Observation::NotSent, Outcome::NotSent),
            (Observation::NoToken, Outcome::NotProcessed(Hold::SignIn)),
            (Observation::NoAnswer, Outcome::Unknown(Doubt::NoAnswer)),
            (answer(204, false, ""), Outcome::Accepted(TakenOut::Now)),
            (answer(200, true, "{}"), Outcome::Unknown(Doubt::Garbled)),
            (answer(200, false, ""), Outcome::Unknown(Doubt::Garbled)),
            (answer(200, false, "<html>portal</html>"), Outcome::Unknown(Doubt::Garbled)),
            (answer(404, true, &gone), Outcome::Accepted(TakenOut::WasGone)),
            (answer(404, false, ""), unknown(404)),
            (answer(410, true, &gone), Outcome::Refused(Problem::parse(gone.as_bytes()).unwrap())),
            (answer(400, true, &refusal), Outcome::Refused(Problem::parse(refusal.as_bytes()).unwrap())),
            (answer(400, false, "<html>"), unknown(400)),
            (answer(401, false, ""), Outcome::NotProcessed(Hold::SignIn)),
            (answer(403, true, &problem("auth/forbidden")), Outcome::NotProcessed(Hold::Forbidden)),
            (answer(400, true, &problem("auth/forbidden")), Outcome::NotProcessed(Hold::Forbidden)),
            (answer(408, false, ""), Outcome::NotProcessed(Hold::Wait { seconds: 30 })),
            (answer(429, true, "{}"), Outcome::NotProcessed(Hold::Wait { seconds: 30 })),
            (answer(500, true, &gone), unknown(500)),
            (answer(302, false, ""), unknown(302)),
        ];
        for (seen, expected) in table {
            assert_eq!(judge_cancel(Cancelled::TicketSale, &seen), expected, "{seen:?}");
        }
    }

    #[test]
    fn a_path_that_does_not_exist_is_no_ticket_sale_that_is_gone() {
        let nowhere = answer(404, true, &problem("url/not-found"));
        assert_eq!(judge_cancel(Cancelled::TicketSale, &nowhere), Outcome::Unknown(Doubt::Status(404)));
        for what in [Cancelled::CheckIn, Cancelled::Redemption] {
            assert_eq!(judge_cancel(what, &nowhere), Outcome::Accepted(TakenOut::WasGone), "{what:?}");
        }
    }
}
