//! The person at the desk, as the window sees it.

use super::details::details;
use super::reason::{no_check_in, no_exchange, no_offer};
use super::{cents, day_and_hour, plain, points, soon};
use crate::dto::{ByItselfView, CheckInView, Notice, OfferView, PersonView, Phase, PriceSource, RewardView};
use balie_core::pass::PassKind;
use balie_core::reward::RewardKind;
use balie_core::tariff::PriceSource as CorePriceSource;
use balie_core::time::Moment;
use balie_desk::desk::Desk;
use balie_desk::person::{
    ByItself, Notice as DeskNotice, OfferedPoint, OfferedReward, Person, Phase as DeskPhase, PricedCategory,
};

/// The person at the desk.
pub fn person(desk: &Desk) -> Option<PersonView> {
    let person = desk.person()?;
    let mut view = person_view(&person, desk.time());
    let priced = matches!(person.phase, DeskPhase::Asking | DeskPhase::Ready);
    if priced && view.notice.is_none() && desk.chosen().is_none() {
        view.notice = Some(plain("event.choose"));
    }
    Some(view)
}

fn person_view(person: &Person, now: Moment) -> PersonView {
    let pass = person.pass.as_ref();
    PersonView {
        tap: person.tap.0,
        phase: match person.phase {
            DeskPhase::Looking => Phase::Looking,
            DeskPhase::Asking => Phase::Asking,
            DeskPhase::Ready => Phase::Ready,
            DeskPhase::NumberNeeded => Phase::NumberNeeded,
            DeskPhase::Refused => Phase::Refused,
        },
        first_name: pass.and_then(|pass| pass.first_name.clone()),
        number: pass.map(|pass| pass.number.masked()),
        group: pass.is_some_and(|pass| pass.kind == PassKind::Group),
        points: person.balance.or(pass.and_then(|pass| pass.points)).map(points),
        offers: person.offers.iter().map(|category| offer(category, person)).collect(),
        check_in: person.check_in.as_ref().map(|point| check_in(point, now)),
        rewards: person.rewards.iter().map(|offered| reward(offered, now)).collect(),
        by_itself: person.by_itself.map(|done| by_itself(done, now)),
        before_not_saved: person.before_not_saved,
        notice: person.notice.as_ref().map(notice),
        messages: pass.map(|pass| pass.messages.clone()).unwrap_or_default(),
        details: details(person, now),
    }
}

fn by_itself(done: ByItself, now: Moment) -> ByItselfView {
    match done {
        ByItself::Saved { entry, until } => ByItselfView {
            entry: Some(entry.to_string()),
            left_ms: i32::try_from(until.duration_since(now).as_millis()).unwrap_or(0).max(0),
        },
        ByItself::NotSaved => ByItselfView { entry: None, left_ms: 0 },
    }
}

fn offer(category: &PricedCategory, person: &Person) -> OfferView {
    let regular_cents = cents(category.regular);
    let (price_cents, source, as_of, most, reason) = match &category.quote {
        Ok(offer) => {
            let (source, as_of) = match offer.source {
                CorePriceSource::Live => (PriceSource::Live, None),
                CorePriceSource::Cached => (PriceSource::Cached, Some(day_and_hour(offer.as_of))),
                CorePriceSource::Computed => (PriceSource::Computed, None),
            };
            (cents(offer.price), source, as_of, offer.most, None)
        }
        Err(refusal) => (regular_cents, PriceSource::Regular, None, 0, Some(no_offer(refusal, person))),
    };
    let sold = category.sold.map(|_| plain("offer.sold"));
    OfferView {
        id: category.id.0,
        label: match &category.coupon {
            Some(coupon) => format!("{} · {coupon}", category.label),
            None => category.label.clone(),
        },
        regular_cents,
        price_cents,
        sellable: category.quote.is_ok() && category.sold.is_none(),
        source,
        as_of,
        most,
        reason: sold.or(reason),
    }
}

fn check_in(point: &OfferedPoint, now: Moment) -> CheckInView {
    let saved = point.recorded.is_some();
    let (live, deadline, reason) = match &point.decision {
        Ok(admission) => (admission.live, admission.deadline.map(|at| soon(at, now)), None),
        Err(refusal) => (false, None, Some(no_check_in(refusal, now))),
    };
    let reason = if saved { Some(plain("checkIn.saved")) } else { reason };
    CheckInView { points: point.points, saveable: point.decision.is_ok() && !saved, saved, live, deadline, reason }
}

fn reward(offered: &OfferedReward, now: Moment) -> RewardView {
    let redeemed = offered.recorded.is_some();
    let exchange = offered.decision.as_ref().ok();
    let reason = offered.decision.as_ref().err().map(|refusal| no_exchange(refusal, now));
    RewardView {
        id: offered.id.0,
        title: offered.reward.title.clone(),
        welcome: offered.reward.kind == RewardKind::Welcome,
        points: points(offered.reward.points),
        before: exchange.and_then(|exchange| exchange.before).map(points),
        after: exchange.and_then(|exchange| exchange.after()).map(points),
        redeemable: exchange.is_some() && !redeemed,
        redeemed,
        live: exchange.is_some_and(|exchange| exchange.live),
        practical: offered.reward.practical.clone(),
        reason: if redeemed { Some(plain("reward.redeemed")) } else { reason },
    }
}

fn notice(notice: &DeskNotice) -> Notice {
    Notice { said: notice.said().map(str::to_owned), ..plain(notice.code()) }
}
