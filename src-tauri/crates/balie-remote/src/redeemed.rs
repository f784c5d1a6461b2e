//! `POST /rewards/redeemed`: redeeming a reward, and the list of what was redeemed.

use crate::ask::AskError;
use crate::client::Api;
use crate::outcome::{Doubt, Outcome, judge};
use crate::passes::moment;
use crate::problem::short;
use crate::rows::{RewardRow, read_reward_rows};
use balie_core::entry::Redemption;
use balie_core::event::OrganizerId;
use balie_core::insz;
use balie_core::pass::PassholderId;
use balie_core::time::Moment;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A redemption that UiTPAS holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredRedemption {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS registered it, where it says so.
    pub at: Option<Moment>,
    /// The code that the passholder needs to use it; some rewards have one.
    pub code: Option<String>,
    /// What the passholder must know to use it.
    pub info: Option<String>,
    /// Where the passholder can use it; a web address.
    pub link: Option<String>,
}

/// How many redemptions a page holds. Each brings its whole reward along, so these are fewer than the API allows.
const PAGE: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RedemptionWire<'a> {
    reward_id: &'a str,
    uitpas_number: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredWire {
    id: String,
    reward: RewardWire,
    redeem_date: Option<String>,
    redeem_info: Option<Box<RawValue>>,
    redeem_code: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct RewardWire {
    id: String,
}

#[derive(Deserialize, Default)]
struct InfoWire {
    text: Option<String>,
    link: Option<String>,
}

impl Api {
    /// Registers one redemption. It is sent once; the outcome says whether it may ever be sent again.
    pub async fn redeem(&self, redemption: &Redemption) -> Outcome<RegisteredRedemption> {
        let wire = RedemptionWire { reward_id: &redemption.reward.0, uitpas_number: redemption.holder.number.reveal() };
        let seen = self.send(&["rewards", "redeemed"], &wire).await;
        judge(&seen, |body| read_registered_redemption(body, redemption))
    }

    /// Asks which redemptions UiTPAS holds of a passholder at an organizer.
    ///
    /// # Errors
    /// Fails when there is no answer, or none that is complete.
    pub async fn redeemed_rows(
        &self,
        passholder: &PassholderId,
        organizer: &OrganizerId,
    ) -> Result<Vec<RewardRow>, AskError> {
        let list = ("redeemed rewards", ["rewards", "redeemed"].as_slice(), PAGE);
        self.rows(list, (passholder, organizer), read_reward_rows).await
    }
}

/// Reads what was registered, and compares it with what was sent. The answer does not repeat the number.
///
/// # Errors
/// Says what is wrong with the proof.
pub fn read_registered_redemption(body: &[u8], redemption: &Redemption) -> Result<RegisteredRedemption, Doubt> {
    let row: RegisteredWire = serde_json::from_slice(body).map_err(|_| Doubt::Garbled)?;
    if row.reward.id != redemption.reward.0 || row.id.is_empty() {
        return Err(Doubt::Mismatch);
    }
    // What is said beside it is worth showing, and no ground to doubt that it was redeemed.
    let info: InfoWire = row.redeem_info.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    let code: Option<String> = row.redeem_code.and_then(|raw| serde_json::from_str(raw.get()).ok());
    Ok(RegisteredRedemption {
        id: row.id,
        at: row.redeem_date.as_deref().and_then(moment),
        code: code.filter(|code| !code.trim().is_empty()).map(short),
        info: info.text.filter(|text| !text.trim().is_empty()).map(|text| short(insz::mask(&text))),
        link: info.link.filter(|link| link.starts_with("https://")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::entry::Holder;
    use balie_core::pass::UitpasNumber;
    use balie_core::reward::{RewardId, RewardKind};

    fn redemption() -> Redemption {
        Redemption {
            holder: Holder {
                number: UitpasNumber::parse("0900000067513").unwrap(),
                passholder: PassholderId("p".to_owned()),
                organizer: OrganizerId("o".to_owned()),
            },
            reward: RewardId("5824".to_owned()),
            title: "Online".to_owned(),
            kind: RewardKind::Points,
            points: 1,
            as_of: Moment::UNIX_EPOCH,
        }
    }

    const ROW: &str = r#"{"id":"r1","reward":{"id":"5824","title":"Online"},"redeemDate":"2026-11-21T10:00:00+00:00",
        "redeemInfo":{"text":"Gebruik de code.","link":"https://example.com/x","label":"Ga"},"redeemCode":"abc123"}"#;

    fn accepted(body: &str) -> Result<RegisteredRedemption, Doubt> {
        read_registered_redemption(body.as_bytes(), &redemption())
    }

    #[test]
    fn the_answer_must_be_about_what_was_sent() {
        let row = accepted(ROW).unwrap();
        assert_eq!((row.id.as_str(), row.code.as_deref(), row.at.is_some()), ("r1", Some("abc123"), true));
        assert_eq!(
            (row.info.as_deref(), row.link.as_deref()),
            (Some("Gebruik de code."), Some("https://example.com/x"))
        );
        for (from, to) in [("5824", "5823"), ("\"r1\"", "\"\"")] {
            assert_eq!(accepted(&ROW.replace(from, to)), Err(Doubt::Mismatch), "{to}");
        }
        for body in ["", "{}", "[]", r#"{"id":"r1"}"#, &ROW[..40]] {
            assert_eq!(accepted(body), Err(Doubt::Garbled), "{body}");
        }
    }

    #[test]
    fn what_is_said_beside_it_casts_no_doubt_and_only_web_addresses_are_links() {
        let bare = accepted(r#"{"id":"r1","reward":{"id":"5824"},"redeemInfo":"x","redeemCode":{}}"#).unwrap();
        assert_eq!((bare.at, bare.code, bare.info, bare.link), (None, None, None, None));
        let odd = accepted(&ROW.replace("https://", "javascript:")).unwrap();
        assert_eq!((odd.link, odd.info.is_some()), (None, true));
    }
}
