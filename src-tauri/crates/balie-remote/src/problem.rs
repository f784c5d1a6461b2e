//! Problem documents (RFC 7807) as publiq writes them, turned into kinds that something acts upon.

use balie_core::{insz, redact};
use serde::Deserialize;

const NAMESPACE: &str = "https://api.publiq.be/probs/";

/// What UiTPAS has against a request (domain.md §6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// Nobody has this number.
    PassNotFound,
    /// The card is blocked, not given out yet, or out of use.
    InvalidCardStatus,
    /// The card is not fit for this act.
    InvalidCard,
    /// The person is blocked.
    PassholderBlocked,
    /// The number has a wrong shape.
    InvalidNumber,
    /// The activity is not known to UiTPAS.
    EventNotFound,
    /// The limit of the activity or the organizer is reached.
    MaximumReached,
    /// The term of the kansenstatuut has passed.
    SocialTariffExpired,
    /// The kansenstatuut is suspended.
    SocialTariffSuspended,
    /// There is no social tariff for this activity and price.
    SocialTariffNotAvailable,
    /// No point can be saved now: it is outside the window, or the limit is reached. UiTPAS does not say which.
    CheckInNotAllowed,
    /// There are not enough points for the reward.
    RewardPoints,
    /// The passholder redeemed the reward as often as allowed.
    RewardVolume,
    /// All of the reward are gone.
    RewardSoldOut,
    /// The reward cannot be redeemed at this time.
    RewardPeriod,
    /// The reward is for other regions.
    RewardRegion,
    /// We are not signed in.
    Unauthorized,
    /// We are signed in, but may not do this.
    Forbidden,
    /// Another problem; its name within the namespace of publiq.
    Other(String),
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is about.
    pub kind: ProblemKind,
    /// The name within the namespace of publiq, kept as evidence.
    pub name: String,
    /// What UiTPAS wants the people at the desk to read, in Dutch.
    pub said: Option<String>,
    /// For a card that is not active: its status (`BLOCKED`, `LOCAL_STOCK`, …).
    pub card_status: Option<String>,
    /// The position of the item that it is about, where several went in one request and UiTPAS says which.
    pub item: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    r#type: String,
    end_user_message: Option<Sentence>,
    card_status: Option<String>,
    json_pointer: Option<String>,
}

/// A sentence for the people at the desk, in the languages of the API; only Dutch is always there.
#[derive(Deserialize)]
pub(crate) struct Sentence {
    nl: Option<String>,
}

impl Sentence {
    pub(crate) fn dutch(self) -> Option<String> {
        self.nl.map(|text| short(insz::mask(&text)))
    }
}

/// The longest sentence of UiTPAS that is kept; more is no sentence for a desk.
const LONGEST_MESSAGE: usize = 600;

impl Problem {
    /// Reads a problem document of publiq; `None` when the body is anything else, for example the page of a proxy.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(body).ok()?;
        let name = redact::numbers(document.r#type.strip_prefix(NAMESPACE)?);
        let said = document.end_user_message.and_then(Sentence::dutch);
        let item = document.json_pointer.as_deref().and_then(first_step);
        Some(Self {
            kind: kind_of(&name),
            name,
            said,
            card_status: document.card_status.as_deref().map(redact::numbers),
            item,
        })
    }
}

/// The position that a pointer into an array names: `3` of `/3/tariff/id`.
fn first_step(pointer: &str) -> Option<usize> {
    pointer.strip_prefix('/')?.split('/').next()?.parse().ok()
}

impl ProblemKind {
    /// Whether an earlier success of the same act would meet it as well: evidence for that success, never proof.
    pub const fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::MaximumReached
                | Self::CheckInNotAllowed
                | Self::RewardVolume
                | Self::RewardPoints
                | Self::RewardSoldOut
        )
    }
}

/// Cuts off what is too long for a desk.
pub(crate) fn short(sentence: String) -> String {
    if sentence.chars().count() <= LONGEST_MESSAGE {
        return sentence;
    }
    sentence.chars().take(LONGEST_MESSAGE).chain(['…']).collect()
}

/// The kind behind a name within the namespace of publiq.
///
/// The documentation spells some of these in two ways and puts them under two statuses, so only the end of the name counts.
pub fn kind_of(name: &str) -> ProblemKind {
    match name.rsplit('/').next().unwrap_or_default() {
        "pass-not-found" | "passholder-not-found" => ProblemKind::PassNotFound,
        "invalid-card-status" | "card-blocked" => ProblemKind::InvalidCardStatus,
        "invalid-card" => ProblemKind::InvalidCard,
        "passholder-blocked" => ProblemKind::PassholderBlocked,
        "invalid-uitpasnumber" | "invalid-uitpas-number" => ProblemKind::InvalidNumber,
        "event-not-found" => ProblemKind::EventNotFound,
        "maximum-reached" | "invalid-number-of-tickets" => ProblemKind::MaximumReached,
        "social-tariff-expired" | "social-tariff-discount-expired" => ProblemKind::SocialTariffExpired,
        "social-tariff-suspended" => ProblemKind::SocialTariffSuspended,
        "social-tariff-not-available" => ProblemKind::SocialTariffNotAvailable,
        "checkin-not-allowed" => ProblemKind::CheckInNotAllowed,
        "reward-passholder-points-constraint" => ProblemKind::RewardPoints,
        "reward-passholder-volume-constraint" => ProblemKind::RewardVolume,
        "reward-volume-constraint" => ProblemKind::RewardSoldOut,
        "reward-period-constraint" => ProblemKind::RewardPeriod,
        "reward-passholder-no-applicable-cardsystems" => ProblemKind::RewardRegion,
        "unauthorized" => ProblemKind::Unauthorized,
        "forbidden" => ProblemKind::Forbidden,
        other => ProblemKind::Other(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_for_the_desk_is_kept_and_the_name_decides() {
        let body = br#"{"type":"https://api.publiq.be/probs/uitpas/maximum-reached","status":"400",
            "title":"x","endUserMessage":{"nl":"Maximum bereikt.","fr":"x"}}"#;
        let problem = Problem::parse(body).unwrap();
        assert_eq!(problem.kind, ProblemKind::MaximumReached);
        assert_eq!(problem.said.as_deref(), Some("Maximum bereikt."));
    }

    #[test]
    fn the_item_of_an_array_is_told_by_its_pointer() {
        let item = |pointer: &str| {
            let body = format!(r#"{{"type":"https://api.publiq.be/probs/uitpas/x","jsonPointer":"{pointer}"}}"#);
            Problem::parse(body.as_bytes()).unwrap().item
        };
        assert_eq!((item("/3"), item("/12/tariff/id")), (Some(3), Some(12)));
        assert_eq!((item("/"), item("/tariff"), item("3"), item("")), (None, None, None, None));
    }

    #[test]
    fn both_spellings_of_a_number_problem_are_one_kind() {
        for name in ["invalid-uitpasnumber", "invalid-uitpas-number"] {
            let body = format!(r#"{{"type":"https://api.publiq.be/probs/uitpas/{name}"}}"#);
            assert_eq!(Problem::parse(body.as_bytes()).unwrap().kind, ProblemKind::InvalidNumber);
        }
    }

    #[test]
    fn what_stands_in_the_way_of_a_reward_has_a_kind_of_its_own() {
        for (name, kind) in [
            ("checkin-not-allowed", ProblemKind::CheckInNotAllowed),
            ("reward-passholder-points-constraint", ProblemKind::RewardPoints),
            ("reward-passholder-volume-constraint", ProblemKind::RewardVolume),
            ("reward-volume-constraint", ProblemKind::RewardSoldOut),
            ("reward-period-constraint", ProblemKind::RewardPeriod),
            ("reward-passholder-no-applicable-cardsystems", ProblemKind::RewardRegion),
            ("reward-not-found", ProblemKind::Other("reward-not-found".to_owned())),
        ] {
            assert_eq!(kind_of(&format!("uitpas/{name}")), kind);
        }
    }

    #[test]
    fn what_is_not_from_publiq_is_no_problem_document() {
        for body in
            ["", "<html>", "{}", r#"{"type":"about:blank"}"#, r#"{"type":"https://evil.example/maximum-reached"}"#]
        {
            assert_eq!(Problem::parse(body.as_bytes()), None, "{body}");
        }
    }
}
