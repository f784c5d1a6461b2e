//! `GET /passes`: who a number, a chip or a national number belongs to.

use crate::ask::{AskError, json};
use crate::client::{AT_THE_DESK, Api};
use crate::points::Points;
use crate::problem::ProblemKind;
use balie_core::insz;
use balie_core::pass::{
    CardStatus, CardSystem, Identifier, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber,
};
use balie_core::time::Moment;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// What UiTPAS knows of an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassAnswer {
    /// A pass that can be used, or at least looked at.
    Known(Pass),
    /// Nothing can be done with it.
    Refused {
        /// Why.
        why: PassRefusal,
        /// What UiTPAS wants to be shown about it.
        said: Option<String>,
    },
}

/// Why nothing can be done with an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassRefusal {
    /// UiTPAS does not know it.
    NotFound,
    /// The card is blocked.
    CardBlocked,
    /// The card was not given out yet, or is out of use.
    CardNotActive,
    /// The person is blocked.
    PassholderBlocked,
    /// UiTPAS has another reason.
    Other,
}

// Only what the desk needs is read; the date of birth, the address and the national number never get a name here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PassWire {
    passholder_id: String,
    pass_type: String,
    uitpas_number: String,
    first_name: Option<String>,
    points: Option<Points>,
    postal_code: Option<String>,
    social_tariff: TariffWire,
    card_system: Option<CardSystemWire>,
    #[serde(default)]
    messages: Vec<MessageWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TariffWire {
    status: String,
    end_date: Option<String>,
}

#[derive(Deserialize)]
struct CardSystemWire {
    id: i64,
    #[serde(default)]
    name: String,
}

impl From<CardSystemWire> for CardSystem {
    fn from(wire: CardSystemWire) -> Self {
        Self { id: wire.id, name: insz::mask(&wire.name) }
    }
}

#[derive(Deserialize)]
struct MessageWire {
    text: String,
}

impl Api {
    /// Asks who an identifier belongs to, and waits no longer than a person at a desk does.
    ///
    /// # Errors
    /// Fails when there is no answer; a pass that is unknown or blocked is an answer.
    pub async fn pass(&self, identifier: &Identifier, now: Moment) -> Result<PassAnswer, AskError> {
        let chip;
        let text = match identifier {
            Identifier::Chip(number) => {
                chip = number.to_hex();
                chip.as_str()
            }
            Identifier::Number(number) => number.reveal(),
            Identifier::Insz(number) => number.reveal(),
            Identifier::Barcode(barcode) => barcode.reveal(),
        };
        match self.ask(&["passes"], &[("identifier", text)], AT_THE_DESK).await {
            Ok(body) => read_pass(&body, now).map(PassAnswer::Known),
            Err(AskError::Problem(problem)) => {
                let why = match (&problem.kind, problem.card_status.as_deref()) {
                    (ProblemKind::PassNotFound | ProblemKind::InvalidNumber, _) => PassRefusal::NotFound,
                    (ProblemKind::InvalidCardStatus, Some("BLOCKED")) => PassRefusal::CardBlocked,
                    (ProblemKind::InvalidCardStatus, _) => PassRefusal::CardNotActive,
                    (ProblemKind::PassholderBlocked, _) => PassRefusal::PassholderBlocked,
                    _ => PassRefusal::Other,
                };
                Ok(PassAnswer::Refused { why, said: problem.said })
            }
            Err(error) => Err(error),
        }
    }
}

/// Reads a pass.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_pass(body: &[u8], now: Moment) -> Result<Pass, AskError> {
    let wire: PassWire = json("passes", body)?;
    let garbled = || AskError::Garbled("passes");
    Ok(Pass {
        passholder: PassholderId(wire.passholder_id),
        kind: match wire.pass_type.as_str() {
            "INDIVIDUAL" => PassKind::Individual,
            "GROUP" => PassKind::Group,
            _ => return Err(garbled()),
        },
        number: UitpasNumber::parse(&wire.uitpas_number).ok_or_else(garbled)?,
        first_name: wire.first_name.filter(|name| !name.trim().is_empty()).map(|name| insz::mask(&name)),
        points: wire.points.map(|points| points.0),
        status: match wire.social_tariff.status.as_str() {
            "ACTIVE" => PassTariffStatus::Active,
            "EXPIRED" => PassTariffStatus::Expired,
            "NONE" => PassTariffStatus::None,
            _ => return Err(garbled()),
        },
        ends: match wire.social_tariff.end_date.as_deref() {
            // An end that cannot be read is not the same as no end.
            Some(text) => Some(moment(text).ok_or_else(garbled)?),
            None => None,
        },
        card_system: wire.card_system.map(CardSystem::from),
        postal_code: wire.postal_code.filter(|code| !code.trim().is_empty()).map(|code| insz::mask(&code)),
        card: CardStatus::Active,
        messages: wire.messages.into_iter().map(|message| insz::mask(&message.text)).collect(),
        as_of: now,
    })
}

/// Reads a date and time; some answers leave the offset out, and then mean UTC.
pub fn moment(text: &str) -> Option<Moment> {
    let without_offset = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    text.parse().ok().or_else(without_offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_and_without_an_offset() {
        let expected: Moment = "2026-04-30T21:59:59Z".parse().unwrap();
        for text in
            ["2026-04-30T21:59:59+00:00", "2026-04-30T21:59:59Z", "2026-04-30T21:59:59", "2026-04-30T23:59:59+02:00"]
        {
            assert_eq!(moment(text), Some(expected), "{text}");
        }
        assert_eq!(moment("morgen"), None);
    }

    #[test]
    fn points_are_whole_and_the_postal_code_is_kept() {
        let json = r#"{"passholderId":"p","passType":"INDIVIDUAL","uitpasNumber":"0900000067513","points":23.55,
            "postalCode":"9000","socialTariff":{"status":"NONE"}}"#;
        let pass = read_pass(json.as_bytes(), Moment::UNIX_EPOCH).unwrap();
        assert_eq!((pass.points, pass.postal_code.as_deref()), (Some(23), Some("9000")));
    }

    #[test]
    fn an_end_that_cannot_be_read_is_not_taken_for_no_end() {
        let json = r#"{"passholderId":"p","passType":"INDIVIDUAL","uitpasNumber":"0900000067513",
            "socialTariff":{"status":"ACTIVE","endDate":"30 april"}}"#;
        assert_eq!(read_pass(json.as_bytes(), Moment::UNIX_EPOCH), Err(AskError::Garbled("passes")));
    }

    #[test]
    fn a_pass_without_a_valid_number_is_not_taken_for_a_pass() {
        let json = r#"{"passholderId":"p","passType":"INDIVIDUAL","uitpasNumber":"0560002524314","socialTariff":{"status":"NONE"}}"#;
        assert_eq!(read_pass(json.as_bytes(), Moment::UNIX_EPOCH), Err(AskError::Garbled("passes")));
    }
}
