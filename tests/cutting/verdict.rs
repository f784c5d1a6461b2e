//! What the client said, held against what the stand-in holds. A pure function.

use super::Way;
use super::case::{Act, Case, Connection, Place, Protocol};
use super::line::Seen;

/// What the client made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// UiTPAS has it, under these ids; of a cancellation, that it is out.
    Accepted(Vec<String>),
    /// It never left.
    NotSent,
    /// UiTPAS did nothing.
    NotProcessed,
    /// UiTPAS does not accept it.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// What the stand-in knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The ids of the records that the act made, in their order; of a cancellation, the record that is still there.
    pub held: Vec<String>,
    /// How many complete requests for the act came in.
    pub requests: u64,
}

/// How long the request and the response are when nothing is cut, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    /// The request.
    pub request: u64,
    /// The response.
    pub response: u64,
}

/// Whether UiTPAS did what was asked, all of it.
///
/// # Errors
/// When it did a part of it, or more than was asked.
pub fn done(act: Act, truth: &Truth) -> Result<bool, String> {
    let whole = if act == Act::Group { 3 } else { 1 };
    let there = match truth.held.len() {
        0 => false,
        count if count == whole => true,
        count => return Err(format!("UiTPAS holds {count} records, which is neither none nor all {whole}")),
    };
    Ok(there != (act == Act::Cancel))
}

/// Whether the client was right.
///
/// # Errors
/// Says what it was wrong about.
pub fn check(case: &Case, lengths: Lengths, said: &Said, truth: &Truth, seen: Seen) -> Result<(), String> {
    let done = done(case.act, truth)?;
    if truth.requests > 1 {
        return Err(format!("one act was sent {} times", truth.requests));
    }
    let known_connections = u64::from(case.connection == Connection::Fresh);
    if case.place != Place::Idle && seen.opened > known_connections {
        return Err(format!("the client went on over another connection, {} in all", seen.opened));
    }
    match said {
        Said::Refused | Said::NotProcessed => return Err("the stand-in refuses nothing here".to_owned()),
        Said::NotSent if done => return Err("not sent, says the client, and UiTPAS did it".to_owned()),
        Said::NotSent if truth.requests > 0 => return Err("not sent, says the client, and UiTPAS read it".to_owned()),
        Said::Accepted(_) if !done => return Err("accepted, says the client, and UiTPAS did not do it".to_owned()),
        Said::Accepted(ids) if case.act != Act::Cancel && *ids != truth.held => {
            return Err(format!("accepted as {ids:?}, and UiTPAS holds {:?}", truth.held));
        }
        Said::Accepted(_) | Said::NotSent | Said::Unknown => {}
    }
    if case.place == Place::Connect {
        return if *said == Said::NotSent {
            Ok(())
        } else {
            Err("nothing could leave, and the client is in doubt".to_owned())
        };
    }
    // Over HTTP/2 a connection says more than its requests, so bytes do not tell what was said of one of them.
    if case.protocol == Protocol::Http1 { at_this_byte(case, lengths, said, done, seen) } else { Ok(()) }
}

/// Over HTTP/1.1 every byte is known, so that there is one right answer at each. That keeps the doubt small as well: a
/// client that always says "unknown" would be safe, and of no use.
fn at_this_byte(case: &Case, lengths: Lengths, said: &Said, done: bool, seen: Seen) -> Result<(), String> {
    if *said == Said::NotSent && seen.handed_over > 0 {
        return Err(format!("not sent, says the client, which handed {} bytes over", seen.handed_over));
    }
    // A whole request may still be dropped by a server that hears the end of the connection before it begins.
    let (may_be_done, must_be_done, known) = match case.place {
        Place::Request => (case.after >= lengths.request, false, false),
        Place::Response => (true, true, case.after >= lengths.response),
        Place::Connect | Place::Idle => return Ok(()),
    };
    if (done && !may_be_done) || (!done && must_be_done) {
        return Err(format!("the line did not do what it should: done is {done}"));
    }
    // A reset may overtake what was passed on before it, and a short patience may end before the last byte is read.
    let may_be_lost = case.way != Way::Close;
    match (said, known) {
        (Said::Accepted(_), false) => Err("accepted, says the client, before it could know".to_owned()),
        (Said::Unknown, true) if !may_be_lost => Err("unknown, says the client, of a whole answer".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTHS: Lengths = Lengths { request: 500, response: 300 };

    fn verdict(cut: &str, said: Said, held: &[&str], requests: u64) -> Result<(), String> {
        let case: Case = cut.parse().unwrap();
        let truth = Truth { held: held.iter().map(|&id| id.to_owned()).collect(), requests };
        let seen = Seen { handed_over: 500, ..Seen::default() };
        check(&case, LENGTHS, &said, &truth, seen)
    }

    fn accepted(ids: &[&str]) -> Said {
        Said::Accepted(ids.iter().map(|&id| id.to_owned()).collect())
    }

    #[test]
    fn the_right_answer_at_each_place_passes() {
        assert_eq!(verdict("sale/http1/fresh/close/request/499", Said::Unknown, &[], 0), Ok(()));
        assert_eq!(verdict("sale/http1/fresh/close/request/500", Said::Unknown, &["1"], 1), Ok(()));
        assert_eq!(verdict("sale/http1/fresh/close/response/299", Said::Unknown, &["1"], 1), Ok(()));
        assert_eq!(verdict("sale/http1/fresh/close/response/300", accepted(&["1"]), &["1"], 1), Ok(()));
        assert_eq!(
            verdict("group/http1/fresh/close/response/300", accepted(&["1", "2", "3"]), &["1", "2", "3"], 1),
            Ok(())
        );
        assert_eq!(verdict("cancel/http1/fresh/close/request/9", Said::Unknown, &["1"], 0), Ok(()));
        assert_eq!(verdict("cancel/http1/fresh/close/response/300", accepted(&[]), &[], 1), Ok(()));
        assert_eq!(verdict("sale/http2/fresh/close/request/9", Said::NotSent, &[], 0), Ok(()));
    }

    #[test]
    fn an_act_that_goes_on_over_another_connection_is_told() {
        let truth = Truth { held: Vec::new(), requests: 0 };
        for (cut, opened) in [("sale/http1/fresh/close/request/9", 1), ("sale/http1/kept/close/request/9", 0)] {
            let told = |opened| {
                let seen = Seen { handed_over: 500, opened, ..Seen::default() };
                check(&cut.parse().unwrap(), LENGTHS, &Said::Unknown, &truth, seen)
            };
            assert_eq!(told(opened), Ok(()));
            assert!(told(opened + 1).unwrap_err().contains("another connection"));
        }
    }

    #[test]
    fn every_lie_is_told() {
        let lies = [
            ("sale/http1/fresh/close/response/9", Said::NotSent, vec!["1"], 1, "did it"),
            ("sale/http2/fresh/close/response/9", Said::NotSent, vec!["1"], 1, "did it"),
            ("sale/http2/fresh/close/response/9", Said::NotSent, vec![], 1, "read it"),
            ("sale/http1/fresh/close/request/9", Said::NotSent, vec![], 0, "handed 500"),
            ("cancel/http1/fresh/close/response/9", Said::NotSent, vec![], 1, "did it"),
            ("sale/http1/fresh/close/response/9", Said::Refused, vec![], 1, "refuses nothing"),
            ("sale/http1/fresh/close/response/9", Said::NotProcessed, vec![], 1, "refuses nothing"),
            ("sale/http2/fresh/close/request/9", accepted(&["1"]), vec![], 0, "did not do it"),
            ("cancel/http2/fresh/close/request/9", accepted(&[]), vec!["1"], 0, "did not do it"),
            ("sale/http1/fresh/close/response/300", accepted(&["2"]), vec!["1"], 1, "and UiTPAS holds"),
            ("sale/http1/fresh/close/response/9", accepted(&["1"]), vec!["1"], 1, "before it could know"),
            ("sale/http1/fresh/close/response/300", Said::Unknown, vec!["1"], 1, "of a whole answer"),
            ("sale/http1/fresh/close/response/9", Said::Unknown, vec!["1", "2"], 1, "neither none nor all"),
            ("group/http1/fresh/close/response/9", Said::Unknown, vec!["1", "2"], 1, "neither none nor all"),
            ("sale/http1/fresh/close/response/9", Said::Unknown, vec!["1"], 2, "sent 2 times"),
            ("sale/http2/fresh/close/connect/0", Said::Unknown, vec![], 0, "nothing could leave"),
            ("sale/http1/fresh/close/request/9", Said::Unknown, vec!["1"], 1, "the line did not"),
            ("sale/http1/fresh/close/response/9", Said::Unknown, vec![], 0, "the line did not"),
        ];
        for (cut, said, held, requests, why) in lies {
            let told = verdict(cut, said.clone(), &held, requests).unwrap_err();
            assert!(told.contains(why), "{cut} {said:?}: {told}");
        }
    }
}
