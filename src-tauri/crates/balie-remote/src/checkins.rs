//! `POST /checkins` and `GET /checkin-status`: saving a point, and whether one can be saved; and the list of those that
//! were.

use crate::ask::{AskError, json};
use crate::client::{AT_THE_DESK, Api};
use crate::outcome::{Doubt, Outcome, judge};
use crate::passes::moment;
use crate::points::Points;
use crate::problem::Sentence;
use crate::rows::{EventRow, read_event_rows};
use balie_core::checkin::{CheckInAnswer, CheckInFact};
use balie_core::entry::CheckIn;
use balie_core::event::{EventId, OrganizerId};
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::time::Moment;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A check-in that UiTPAS holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredCheckIn {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS registered it, where it says so.
    pub created: Option<Moment>,
    /// The points that UiTPAS counts, where it says so; compared with what was noted.
    pub points: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckInWire<'a> {
    uitpas_number: &'a str,
    event_id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredWire {
    id: String,
    creation_date: Option<String>,
    uitpas_number: String,
    event_id: String,
    points: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusWire {
    allowed: bool,
    end_user_message: Option<Sentence>,
}

impl Api {
    /// Asks whether a person can save a point now, and waits no longer than a person at a desk does.
    ///
    /// # Errors
    /// Fails when there is no answer; "not allowed", for whatever reason, is an answer.
    pub async fn check_in_status(
        &self,
        number: &UitpasNumber,
        event: &EventId,
        now: Moment,
    ) -> Result<CheckInFact, AskError> {
        let query = [("uitpasNumber", number.reveal()), ("eventId", event.0.as_str())];
        read_check_in_status(&self.ask(&["checkin-status"], &query, AT_THE_DESK).await?, now)
    }

    /// Registers one check-in. It is sent once; the outcome says whether it may ever be sent again.
    pub async fn check_in(&self, check_in: &CheckIn) -> Outcome<RegisteredCheckIn> {
        let wire = CheckInWire { uitpas_number: check_in.holder.number.reveal(), event_id: &check_in.event.0 };
        let seen = self.send(&["checkins"], &wire).await;
        judge(&seen, |body| read_registered_check_in(body, check_in))
    }

    /// Asks which check-ins UiTPAS holds of a passholder at an organizer.
    ///
    /// # Errors
    /// Fails when there is no answer, or none that is complete.
    pub async fn check_in_rows(
        &self,
        passholder: &PassholderId,
        organizer: &OrganizerId,
    ) -> Result<Vec<EventRow>, AskError> {
        self.rows(("check-ins", &["checkins"], 500), (passholder, organizer), read_event_rows).await
    }
}

/// Reads whether a point can be saved.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_check_in_status(body: &[u8], now: Moment) -> Result<CheckInFact, AskError> {
    let wire: StatusWire = json("checkin-status", body)?;
    let answer = if wire.allowed {
        CheckInAnswer::Allowed
    } else {
        CheckInAnswer::NotAllowed { said: wire.end_user_message.and_then(Sentence::dutch) }
    };
    Ok(CheckInFact { answer, as_of: now })
}

/// Reads what was registered, and compares it with what was sent.
///
/// # Errors
/// Says what is wrong with the proof.
pub fn read_registered_check_in(body: &[u8], check_in: &CheckIn) -> Result<RegisteredCheckIn, Doubt> {
    let row: RegisteredWire = serde_json::from_slice(body).map_err(|_| Doubt::Garbled)?;
    let same =
        row.uitpas_number == check_in.holder.number.reveal() && row.event_id == check_in.event.0 && !row.id.is_empty();
    if !same {
        return Err(Doubt::Mismatch);
    }
    let created = row.creation_date.as_deref().and_then(moment);
    // How many points it brought is worth knowing, and no ground to doubt that it was saved.
    let points = row.points.and_then(|raw| serde_json::from_str(raw.get()).ok()).map(|Points(points)| points);
    Ok(RegisteredCheckIn { id: row.id, created, points })
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::entry::Holder;

    fn check_in() -> CheckIn {
        CheckIn {
            holder: Holder {
                number: UitpasNumber::parse("0900000067513").unwrap(),
                passholder: PassholderId("p".to_owned()),
                organizer: OrganizerId("o".to_owned()),
            },
            event: EventId("e".to_owned()),
            event_title: "Zwemmen".to_owned(),
            points: 1,
            deadline: None,
            as_of: Moment::UNIX_EPOCH,
        }
    }

    const ROW: &str = r#"{"id":"c1","creationDate":"2026-11-21T10:00:00+00:00","eventId":"e","eventTitle":"Zwemmen",
        "uitpasNumber":"0900000067513","points":2}"#;

    fn accepted(body: &str) -> Result<RegisteredCheckIn, Doubt> {
        read_registered_check_in(body.as_bytes(), &check_in())
    }

    #[test]
    fn the_answer_must_be_about_what_was_sent() {
        let row = accepted(ROW).unwrap();
        assert_eq!((row.id.as_str(), row.points, row.created.is_some()), ("c1", Some(2), true));
        for (from, to) in [("0900000067513", "0900000095902"), ("\"e\"", "\"f\""), ("\"c1\"", "\"\"")] {
            assert_eq!(accepted(&ROW.replace(from, to)), Err(Doubt::Mismatch), "{to}");
        }
        for body in ["", "{}", "[]", &ROW[..40], &format!("[{ROW}]")] {
            assert_eq!(accepted(body), Err(Doubt::Garbled), "{body}");
        }
    }

    #[test]
    fn points_that_cannot_be_read_cast_no_doubt() {
        assert_eq!(accepted(&ROW.replace("\"points\":2", "\"points\":\"twee\"")).unwrap().points, None);
        assert_eq!(accepted(&ROW.replace(",\n        \"uitpas", ",\"x\":1,\"uitpas")).unwrap().points, Some(2));
    }

    #[test]
    fn a_point_can_be_saved_or_not_and_nothing_else() {
        let read = |body: &str| read_check_in_status(body.as_bytes(), Moment::UNIX_EPOCH).map(|fact| fact.answer);
        assert_eq!(read(r#"{"allowed":true}"#), Ok(CheckInAnswer::Allowed));
        let said = Some("Al gespaard.".to_owned());
        let not_allowed = r#"{"allowed":false,"endUserMessage":{"nl":"Al gespaard."}}"#;
        assert_eq!(read(not_allowed), Ok(CheckInAnswer::NotAllowed { said }));
        assert_eq!(read(r#"{"allowed":false}"#), Ok(CheckInAnswer::NotAllowed { said: None }));
        assert_eq!(read("{}"), Err(AskError::Garbled("checkin-status")));
    }
}
