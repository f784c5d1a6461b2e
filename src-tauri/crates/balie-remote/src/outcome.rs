//! What became of a `POST`, judged from what was seen of it (sync.md §1.3). A pure function, so that every line of the
//! table can be tested byte by byte.

use crate::problem::{Problem, ProblemKind};

/// What was seen of one `POST`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// Not a byte of it left this computer.
    NotSent,
    /// There was no token to send it with, so it did not leave either.
    NoToken,
    /// Something was sent, and no complete answer came.
    NoAnswer,
    /// A complete answer came.
    Answer {
        /// Its status.
        status: u16,
        /// Whether it calls itself JSON.
        json: bool,
        /// Its body.
        body: Vec<u8>,
        /// For how many seconds the server asks to wait.
        retry_after: Option<u32>,
    },
}

/// What it means; `T` is what was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// UiTPAS has it.
    Accepted(T),
    /// It never left: try again later.
    NotSent,
    /// UiTPAS says that it did nothing: try again when the reason is gone.
    NotProcessed(Hold),
    /// UiTPAS does not accept it.
    Refused(Problem),
    /// Nobody knows. It may not be sent again.
    Unknown(Doubt),
}

impl<T> Outcome<T> {
    /// The same outcome, with what was registered in other words.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        self.accepted().map_or_else(|rest| rest, |registered| Outcome::Accepted(change(registered)))
    }

    /// What was registered.
    ///
    /// # Errors
    /// Any other outcome; it fits wherever something else would have been registered.
    pub fn accepted<U>(self) -> Result<T, Outcome<U>> {
        match self {
            Self::Accepted(registered) => Ok(registered),
            Self::NotSent => Err(Outcome::NotSent),
            Self::NotProcessed(hold) => Err(Outcome::NotProcessed(hold)),
            Self::Refused(problem) => Err(Outcome::Refused(problem)),
            Self::Unknown(doubt) => Err(Outcome::Unknown(doubt)),
        }
    }
}

/// Why UiTPAS did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Signing in is needed.
    SignIn,
    /// There is no permission for this.
    Forbidden,
    /// The server asks to wait.
    Wait {
        /// For how many seconds; at least 30.
        seconds: u32,
    },
}

/// Why the outcome is not known; kept as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No complete answer came.
    NoAnswer,
    /// An answer whose status proves nothing.
    Status(u16),
    /// A success whose body cannot be read.
    Garbled,
    /// A success about something else than what was sent.
    Mismatch,
}

/// The shortest wait after a server asked for one.
const SHORTEST_WAIT_SECONDS: u32 = 30;

/// Judges an observation. `accept` reads the body of a success and compares it with what was sent.
///
/// A refusal counts only when it is signed: a problem document of publiq. A bare 400 or 404 may come from a proxy that
/// never passed the request on, or from one that did, so it proves nothing.
pub fn judge<T>(seen: &Observation, accept: impl FnOnce(&[u8]) -> Result<T, Doubt>) -> Outcome<T> {
    let (status, json, body, retry_after) = match seen {
        Observation::NotSent => return Outcome::NotSent,
        Observation::NoToken => return Outcome::NotProcessed(Hold::SignIn),
        Observation::NoAnswer => return Outcome::Unknown(Doubt::NoAnswer),
        Observation::Answer { status, json, body, retry_after } => (*status, *json, body, *retry_after),
    };
    match status {
        200..=299 if json => accept(body).map_or_else(Outcome::Unknown, Outcome::Accepted),
        200..=299 => Outcome::Unknown(Doubt::Garbled),
        400..=499 => {
            let problem = Problem::parse(body);
            match (Hold::of(status, problem.as_ref(), retry_after), problem) {
                (Some(hold), _) => Outcome::NotProcessed(hold),
                (None, Some(problem)) => Outcome::Refused(problem),
                (None, None) => Outcome::Unknown(Doubt::Status(status)),
            }
        }
        status => Outcome::Unknown(Doubt::Status(status)),
    }
}

impl Hold {
    /// Why a status, or the problem that came with it, says that nothing was done.
    pub(crate) fn of(status: u16, problem: Option<&Problem>, retry_after: Option<u32>) -> Option<Self> {
        match (status, problem.map(|problem| &problem.kind)) {
            (401, _) => Some(Self::SignIn),
            (403, _) => Some(Self::Forbidden),
            (408 | 429, _) => Some(Self::Wait { seconds: retry_after.unwrap_or(0).max(SHORTEST_WAIT_SECONDS) }),
            (400..=499, Some(ProblemKind::Unauthorized)) => Some(Self::SignIn),
            (400..=499, Some(ProblemKind::Forbidden)) => Some(Self::Forbidden),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, json: bool, body: &str, retry_after: Option<u32>) -> Observation {
        Observation::Answer { status, json, body: body.as_bytes().to_vec(), retry_after }
    }

    fn problem(name: &str) -> String {
        format!(r#"{{"type":"https://api.publiq.be/probs/{name}","status":400}}"#)
    }

    fn verdict(seen: &Observation) -> &'static str {
        let accept = |body: &[u8]| match body {
            b"[1]" => Ok(()),
            b"[2]" => Err(Doubt::Mismatch),
            _ => Err(Doubt::Garbled),
        };
        match judge(seen, accept) {
            Outcome::Accepted(()) => "accepted",
            Outcome::NotSent => "not sent",
            Outcome::NotProcessed(Hold::SignIn) => "sign in",
            Outcome::NotProcessed(Hold::Forbidden) => "forbidden",
            Outcome::NotProcessed(Hold::Wait { .. }) => "wait",
            Outcome::Refused(_) => "refused",
            Outcome::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn every_line_of_the_table_holds() {
        let limit = problem("uitpas/maximum-reached");
        let table = [
            (Observation::NotSent, "not sent"),
            (Observation::NoToken, "sign in"),
            (Observation::NoAnswer, "unknown"),
            (answer(200, true, "[1]", None), "accepted"),
            (answer(201, true, "[1]", None), "accepted"),
            (answer(200, true, "[2]", None), "unknown"),
            (answer(200, true, "[1", None), "unknown"),
            (answer(200, false, "<html>portal</html>", None), "unknown"),
            (answer(204, false, "", None), "unknown"),
            (answer(301, false, "", None), "unknown"),
            (answer(304, true, "[1]", None), "unknown"),
            (answer(400, true, &limit, None), "refused"),
            (answer(404, true, &problem("uitpas/event-not-found"), None), "refused"),
            (answer(400, false, "<html>bad gateway</html>", None), "unknown"),
            (answer(404, false, "", None), "unknown"),
            (answer(400, true, &problem("auth/unauthorized"), None), "sign in"),
            (answer(401, true, &problem("auth/unauthorized"), None), "sign in"),
            (answer(401, false, "", None), "sign in"),
            (answer(403, true, &problem("auth/forbidden"), None), "forbidden"),
            (answer(408, false, "", None), "wait"),
            (answer(429, true, "{}", Some(60)), "wait"),
            (answer(500, true, &limit, None), "unknown"),
            (answer(502, false, "", None), "unknown"),
            (answer(503, true, "{}", Some(5)), "unknown"),
            (answer(504, false, "", None), "unknown"),
            (answer(599, false, "", None), "unknown"),
            (answer(101, false, "", None), "unknown"),
        ];
        for (seen, expected) in table {
            assert_eq!(verdict(&seen), expected, "{seen:?}");
        }
    }

    #[test]
    fn a_server_that_asks_to_wait_gets_at_least_half_a_minute() {
        let waits = |retry_after| match judge(&answer(429, true, "", retry_after), |_| Ok(())) {
            Outcome::NotProcessed(Hold::Wait { seconds }) => seconds,
            other => panic!("{other:?}"),
        };
        assert_eq!((waits(None), waits(Some(1)), waits(Some(90))), (30, 30, 90));
    }
}
