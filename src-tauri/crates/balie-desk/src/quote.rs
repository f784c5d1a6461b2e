//! What stands on the screen for a person: decided anew whenever a fact comes in, shown in one piece.

use crate::connection::Connection;
use crate::decide::Quotes;
use crate::desk::{Change, Desk, Floor};
use crate::person::{Notice, OfferedPoint, OfferedReward, Person, Phase, PricedCategory, TapId};
use balie_core::checkin::{Admission, NoCheckIn};
use balie_core::event::{Event, EventId};
use balie_core::money::Cents;
use balie_core::pass::Pass;
use balie_core::refusal::Refusal;
use balie_core::reward::{Exchange, NoExchange, Reward, RewardKind};
use balie_core::tariff::{NoOffer, Offer};
use balie_core::time::Moment;
use balie_store::open::StoreError;

/// What can be decided anew, so that a change decides no more than what it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Prices,
    Point,
    Rewards,
}

/// Everything.
pub(crate) const ALL: &[Part] = &[Part::Prices, Part::Point, Part::Rewards];

/// What was decided, by part; what was not asked is absent.
#[derive(Default)]
struct Decided {
    quotes: Option<Quotes>,
    point: Option<(u32, Result<Admission, Refusal<NoCheckIn>>)>,
    rewards: Option<DecidedRewards>,
}

/// What was decided about the rewards, and the balance that it rests on.
struct DecidedRewards {
    exchanges: Vec<(Reward, Result<Exchange, Refusal<NoExchange>>)>,
    balance: Option<i64>,
}

impl Desk {
    /// Shows a pass with what is known here. Where UiTPAS answered the card itself, its number is no longer one that somebody
    /// typed.
    pub(crate) async fn show_pass(&self, tap: TapId, pass: &Pass, phase: Phase, card_is_known: bool) {
        let mut first = false;
        self.with_person(tap, |person| {
            first = person.pass.is_none();
            person.pass = Some(pass.clone());
            person.notice = None;
            person.phase = phase;
            if card_is_known {
                person.typed_card = None;
            }
        });
        self.requote(tap, ALL).await;
        if first {
            self.looked_at(&pass.number).await;
        }
    }

    /// Decides anew for the person of this tap, and shows it. Somebody who was refused is shown nothing.
    pub(crate) async fn requote(&self, tap: TapId, parts: &[Part]) {
        let Some((person, event)) = self.person_and_event(tap) else { return };
        let Some(pass) = person.pass.as_ref().filter(|_| person.phase != Phase::Refused) else { return };
        match self.decided(&person, pass, event.as_ref(), parts).await {
            Ok(decided) => self.show(tap, event.as_ref().map(|event| &event.id), decided),
            Err(error) => {
                tracing::error!(%error, "nothing can be decided");
                self.with_person(tap, |person| person.refuse(Notice::Fault));
            }
        }
    }

    async fn decided(
        &self,
        person: &Person,
        pass: &Pass,
        event: Option<&Event>,
        parts: &[Part],
    ) -> Result<Decided, StoreError> {
        let mut decided = Decided::default();
        for part in parts {
            match (part, event) {
                (Part::Prices, Some(event)) => decided.quotes = Some(self.quotes(pass, event, &person.live).await?),
                (Part::Point, Some(event)) => {
                    decided.point = Some((event.points(), self.admission(pass, event, &person.live).await?));
                }
                (Part::Prices | Part::Point, None) => {}
                (Part::Rewards, _) => {
                    let rewards = self.rewards();
                    let exchanges = self.exchanges(pass, &rewards, &person.live).await?;
                    let balance = self.balance(pass).await?.map(|balance| balance.points);
                    let exchanges = rewards.into_iter().zip(exchanges).collect();
                    decided.rewards = Some(DecidedRewards { exchanges, balance });
                }
            }
        }
        Ok(decided)
    }

    /// Shows what was decided, unless person or activity changed meanwhile.
    ///
    /// An offer keeps its number as long as its terms stay; new terms are a new offer, so that nobody confirms what was
    /// not on the screen. Deciding takes a while, so it is compared with what stands there now: an offer that was
    /// recorded meanwhile stays recorded.
    fn show(&self, tap: TapId, event: Option<&EventId>, decided: Decided) {
        let now = self.now();
        let mut floor = self.floor();
        if floor.chosen.as_ref() != event {
            return;
        }
        let Some(still_there) = floor.at_desk.of_mut(tap).filter(|person| person.phase != Phase::Refused) else {
            return;
        };
        let mut person = std::mem::replace(still_there, Person::new(tap, None));
        if event.is_none() {
            person.offers.clear();
            person.check_in = None;
        }
        if let Some(quotes) = decided.quotes {
            show_quotes(&mut floor, &mut person, quotes);
        }
        if let Some((points, decision)) = decided.point {
            let recorded = person.check_in.as_ref().and_then(|point| point.recorded);
            person.check_in = Some(OfferedPoint { points, decision, recorded });
        }
        if let Some(rewards) = decided.rewards {
            show_rewards(&mut floor, &mut person, rewards.exchanges, now);
            person.balance = rewards.balance;
        }
        if let Some(place) = floor.at_desk.of_mut(tap) {
            *place = person;
        }
        drop(floor);
        self.tell(Change::Person);
    }

    /// Whether UiTPAS may be asked now, without anybody waiting in vain.
    pub(crate) fn may_ask(&self) -> bool {
        self.connection() == Connection::Connected
    }
}

fn show_quotes(floor: &mut Floor, person: &mut Person, quotes: Quotes) {
    let mut before = std::mem::take(&mut person.offers);
    let categories = quotes.categories.into_iter().map(|(label, regular, quote)| (label, regular, None, quote));
    let coupons =
        quotes.coupons.into_iter().map(|(label, regular, name, offer)| (label, regular, Some(name), Ok(offer)));
    for (label, regular, coupon, quote) in categories.chain(coupons) {
        let same =
            |before: &PricedCategory| before.label == label && before.regular == regular && before.coupon == coupon;
        // Taken out when found: two categories may well be called the same.
        let same = before.iter().position(same).map(|place| before.remove(place));
        let kept = same.as_ref().filter(|before| price(&before.quote) == price(&quote));
        let id = kept.map_or_else(|| floor.next_offer(), |before| before.id);
        let sold = same.and_then(|before| before.sold);
        person.offers.push(PricedCategory { id, label, coupon, regular, quote, sold });
    }
    person.standing = Some(quotes.standing);
    person.region = Some(quotes.region);
}

fn show_rewards(
    floor: &mut Floor,
    person: &mut Person,
    rewards: Vec<(Reward, Result<Exchange, Refusal<NoExchange>>)>,
    now: Moment,
) {
    let before = std::mem::take(&mut person.rewards);
    for (reward, decision) in rewards {
        let same = before.iter().find(|before| before.reward.id == reward.id);
        let kept = same.filter(|before| terms(&before.decision) == terms(&decision));
        let id = kept.map_or_else(|| floor.next_offer(), |before| before.id);
        let recorded = same.and_then(|before| before.recorded);
        if is_shown(&reward, &decision, now) || recorded.is_some() {
            person.rewards.push(OfferedReward { id, reward, decision, recorded });
        }
    }
    person.rewards.sort_by_cached_key(|offered| (rank(offered), offered.reward.points, offered.reward.title.clone()));
}

/// What can never be redeemed here and now is no news to anybody in the queue.
fn is_shown(reward: &Reward, decision: &Result<Exchange, Refusal<NoExchange>>, now: Moment) -> bool {
    let over = reward.until.is_some_and(|until| until < now);
    let not_for_them = matches!(
        decision.as_ref().err().map(|refusal| &refusal.reason),
        Some(NoExchange::OtherDesk | NoExchange::OtherRegion | NoExchange::NotActive | NoExchange::NotSeenAsGranted)
    );
    !over && !not_for_them
}

/// Welcome advantages first, then what can be redeemed, then what is nearest in reach.
fn rank(offered: &OfferedReward) -> (u8, i64) {
    match (&offered.decision, offered.reward.kind) {
        (Ok(_), RewardKind::Welcome) => (0, 0),
        (Ok(_), RewardKind::Points) => (1, 0),
        (Err(Refusal { reason: NoExchange::NotEnoughPoints { missing }, .. }), _) => (2, *missing),
        (Err(_), _) => (3, 0),
    }
}

fn price(quote: &Result<Offer, Refusal<NoOffer>>) -> Option<Cents> {
    quote.as_ref().ok().map(|offer| offer.price)
}

fn terms(decision: &Result<Exchange, Refusal<NoExchange>>) -> Option<(i64, Option<i64>)> {
    decision.as_ref().ok().map(|exchange| (exchange.points, exchange.before))
}
