//! The facts are gathered here, the core decides: what an activity costs a person, whether a point can be saved and
//! which rewards can be redeemed.

use crate::desk::Desk;
use crate::person::Live;
use balie_core::agreement::Verb;
use balie_core::checkin::{Admission, CheckInFacts, NoCheckIn, check_in};
use balie_core::coupon::offer;
use balie_core::event::Event;
use balie_core::group_pass::{Turns, left_of_pass};
use balie_core::money::Cents;
use balie_core::pass::{Pass, PassKind, PassholderId};
use balie_core::points::{Balance, PointsChange, uncounted_spending};
use balie_core::refusal::{Reason, Refusal};
use balie_core::reward::{Exchange, NoExchange, RedeemAnswer, RedeemFacts, RedeemReason, Reward, redeem};
use balie_core::social_tariff::{Region, Standing, StandingPolicy, region, standing};
use balie_core::tariff::{NoOffer, Offer, QuoteFacts, quote};
use balie_core::time::Moment;
use balie_core::usage::{OwnUse, ServerRow, Use, merge};
use balie_store::open::StoreError;
use balie_store::social_tariff_list::Listed;
use std::collections::HashMap;

/// What a price category costs a person, or why the regular price holds.
pub(crate) type Quote = Result<Offer, Refusal<NoOffer>>;

/// The decision for every price category of an activity, with what it rests on.
pub(crate) struct Quotes {
    pub(crate) standing: Standing,
    pub(crate) region: Region,
    pub(crate) categories: Vec<(String, Cents, Quote)>,
    /// What a coupon makes of a category: its label, its regular price, the name of the coupon.
    pub(crate) coupons: Vec<(String, Cents, String, Offer)>,
}

impl Desk {
    /// Decides what each price category of an activity costs a person, now.
    pub(crate) async fn quotes(&self, pass: &Pass, event: &Event, live: &Live) -> Result<Quotes, StoreError> {
        let (now, settings) = (self.now(), self.settings());
        let (offline, keys) = (settings.offline, settings.distribution.computing());
        let policy = StandingPolicy { max_age_days: offline.standing_max_age_days };
        let listed = self.listed(pass)?;
        let (standing, region) = (standing(pass, Self::evidence(listed), policy, now), region(pass, event));
        // The newest evidence decided.
        let standing_as_of = listed.map_or(pass.as_of, |listed| match pass.is_stranger() {
            true => listed.evidence.as_of,
            false => listed.evidence.as_of.max(pass.as_of),
        });
        let uses = self.uses(Verb::Sell, pass, Some(&event.id.0)).await?;
        let cached = self.snapshot.prices(&event.id).await?;
        let refused = self.snapshot.refused_prices(&pass.passholder, &event.id).await?;
        let turns = match pass.kind {
            PassKind::Group => self.snapshot.turns(&pass.passholder, &event.id).await?,
            PassKind::Individual => HashMap::new(),
        };
        let list = turns_of_list(listed);
        // A group has one number of turns for all activities together.
        let pass_left = match pass.kind {
            PassKind::Group => {
                let mut said = self.snapshot.all_turns(&pass.passholder).await?;
                // A list that is newer than an answer knows what was used since.
                if let Some(list) = list {
                    said.retain(|turns| turns.as_of > list.as_of);
                    said.push(list);
                }
                left_of_pass(&said, &self.uses(Verb::Sell, pass, None).await?)
            }
            PassKind::Individual => None,
        };
        let open = self.ledger.open_risk().await?;
        let mut categories = Vec::with_capacity(event.prices.len());
        let mut coupons = Vec::new();
        let everywhere = match live.coupons.values().all(Vec::is_empty) {
            true => Vec::new(),
            false => self.uses(Verb::Sell, pass, None).await?,
        };
        for category in &event.prices {
            let facts = QuoteFacts {
                kind: pass.kind,
                standing,
                standing_as_of,
                region: &region,
                regular: category.regular,
                live: live.prices.get(&category.regular),
                cached: cached.get(&category.regular),
                keys: keys.as_deref(),
                own_municipality: self.own_municipality(pass),
                own_card_system: self.own_card_system(pass),
                refused: refused.get(&category.regular),
                limit: event.effective_ticket_limit(),
                uses: &uses,
                event_as_of: event.as_of,
                turns: newest(turns.get(&category.regular).copied(), list),
                pass_left,
                policy: offline,
                open,
            };
            categories.push((category.label.clone(), category.regular, quote(&facts, now)));
            for coupon in live.coupons.get(&category.regular).into_iter().flatten() {
                // A coupon is counted over all activities, so whatever waits anywhere may be this one.
                if let Some(offer) = offer(coupon, category.regular, pass.kind, facts.limit, &everywhere, now) {
                    coupons.push((category.label.clone(), category.regular, coupon.name.clone(), offer));
                }
            }
        }
        Ok(Quotes { standing, region, categories, coupons })
    }

    /// Decides whether a person can save a point at an activity, now.
    pub(crate) async fn admission(
        &self,
        pass: &Pass,
        event: &Event,
        live: &Live,
    ) -> Result<Result<Admission, Refusal<NoCheckIn>>, StoreError> {
        let uses = self.uses(Verb::CheckIn, pass, Some(&event.id.0)).await?;
        let policy = self.config.check_in;
        let facts = CheckInFacts { pass, event, uses: &uses, live: live.check_in.as_ref(), policy };
        Ok(check_in(&facts, self.now()))
    }

    /// Decides for every reward whether a person can redeem it, now.
    pub(crate) async fn exchanges(
        &self,
        pass: &Pass,
        rewards: &[Reward],
        live: &Live,
    ) -> Result<Vec<Result<Exchange, Refusal<NoExchange>>>, StoreError> {
        let now = self.now();
        let changes = self.points_changes(pass).await?;
        let balance = pass.points.map(|said| Balance::known(said, pass.as_of, &changes));
        let granted = self.snapshot.granted(&pass.passholder).await?;
        let own = self.own_uses(Verb::Redeem, pass).await?;
        let rows = self.snapshot.rows(Verb::Redeem, &pass.passholder).await?;
        let organizer = self.organizer();
        let offline = self.settings().offline.rewards;
        let decide = |reward: &Reward| {
            let uses = merged(&own, &rows, &reward.id.0);
            let facts = RedeemFacts {
                pass,
                reward,
                organizer: &organizer,
                uses: &uses,
                balance,
                live: live.redemptions.get(&reward.id),
                seen_as_granted: granted.get(&reward.id).copied(),
                uncounted_spending: live
                    .redemptions
                    .get(&reward.id)
                    .map_or(0, |fact| uncounted_spending(&changes, fact.as_of)),
                offline,
            };
            with_local_reason(&facts, now)
        };
        Ok(rewards.iter().map(decide).collect())
    }

    /// The points of a person, as far as is known: what UiTPAS said, and what this desk did since.
    pub(crate) async fn balance(&self, pass: &Pass) -> Result<Option<Balance>, StoreError> {
        let Some(said) = pass.points else { return Ok(None) };
        let changes = self.points_changes(pass).await?;
        Ok(Some(Balance::known(said, pass.as_of, &changes)))
    }

    /// What a person did of one kind, at one activity or at all together.
    async fn uses(&self, kind: Verb, pass: &Pass, subject: Option<&str>) -> Result<Vec<Use>, StoreError> {
        let own = self.own_uses(kind, pass).await?;
        let rows = self.snapshot.rows(kind, &pass.passholder).await?;
        Ok(match subject {
            Some(subject) => merged(&own, &rows, subject),
            None => {
                let own: Vec<OwnUse> = own.into_values().flatten().collect();
                let rows: Vec<ServerRow> = rows.into_values().flatten().collect();
                merge(&rows, &own)
            }
        })
    }

    /// What this desk did for a person: also before it was known who it is.
    pub(crate) async fn own_uses(&self, kind: Verb, pass: &Pass) -> Result<HashMap<String, Vec<OwnUse>>, StoreError> {
        let mut own = self.ledger.own_uses(kind, &pass.passholder).await?;
        if !pass.passholder.is_of_stranger() {
            let before = self.ledger.own_uses(kind, &PassholderId::of_stranger(&pass.number)).await?;
            for (subject, uses) in before {
                own.entry(subject).or_default().extend(uses);
            }
        }
        Ok(own)
    }

    /// How this desk changed the points of a person: also before it was known who it is.
    pub(crate) async fn points_changes(&self, pass: &Pass) -> Result<Vec<PointsChange>, StoreError> {
        let mut changes = self.ledger.points_changes(&pass.passholder, self.now()).await?;
        if !pass.passholder.is_of_stranger() {
            let stranger = PassholderId::of_stranger(&pass.number);
            changes.extend(self.ledger.points_changes(&stranger, self.now()).await?);
        }
        Ok(changes)
    }

    /// Whether a pass has standing in the card system of the organizer itself. What is not known does not hold.
    pub(crate) fn own_card_system(&self, pass: &Pass) -> bool {
        let own = self.config.card_system;
        own.is_some() && pass.card_system.as_ref().map(|system| system.id) == own
    }

    /// Whether a passholder lives in the municipality of the organizer; `None` when either is not known.
    pub(crate) fn own_municipality(&self, pass: &Pass) -> Option<bool> {
        let codes = &self.config.postal_codes;
        pass.postal_code.as_ref().filter(|_| !codes.is_empty()).map(|code| codes.contains(code))
    }
}

/// What was said last.
fn newest(answer: Option<Turns>, list: Option<Turns>) -> Option<Turns> {
    [answer, list].into_iter().flatten().max_by_key(|turns| turns.as_of)
}

/// The turns that a list says a group pass has left.
fn turns_of_list(listed: Option<Listed>) -> Option<Turns> {
    let listed = listed.filter(|listed| listed.evidence.listed)?;
    Some(Turns { left: listed.tickets?, as_of: listed.evidence.as_of })
}

fn merged(own: &HashMap<String, Vec<OwnUse>>, rows: &HashMap<String, Vec<ServerRow>>, subject: &str) -> Vec<Use> {
    let (own, rows) = (own.get(subject), rows.get(subject));
    merge(rows.map_or(&[], Vec::as_slice), own.map_or(&[], Vec::as_slice))
}

/// The list of what can be redeemed does not say why something is not on it; what is known here often does.
fn with_local_reason(facts: &RedeemFacts<'_>, now: Moment) -> Result<Exchange, Refusal<NoExchange>> {
    let decided = redeem(facts, now);
    let unexplained = |refusal: &Refusal<NoExchange>| {
        matches!(&refusal.reason, NoExchange::NotAllowed { why: RedeemReason::Other, said: None })
    };
    match &decided {
        Err(refusal) if unexplained(refusal) => {
            let local = redeem(&RedeemFacts { live: None, ..facts.clone() }, now);
            // Not that a connection is lacking: there is one.
            local.err().filter(|local| !local.reason.lacks_facts()).map_or(decided, Err)
        }
        _ => decided,
    }
}

/// An answer to a list: what stands on it can be redeemed, and nobody says why the rest cannot.
pub(crate) fn answer_of_list(on_it: bool) -> RedeemAnswer {
    if on_it { RedeemAnswer::Redeemable } else { RedeemAnswer::NotRedeemable { why: RedeemReason::Other, said: None } }
}
