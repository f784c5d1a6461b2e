//! Coupons (bonnen): another discount beside the social tariff, granted to a pass and counted by UiTPAS over all its
//! activities. So they exist with a connection only, and the passholder chooses whether to use one (rules.md, Limits;
//! domain.md §3.6).

use crate::limit::Limit;
use crate::money::Cents;
use crate::pass::PassKind;
use crate::tariff::{Offer, PriceSource, TariffId, is_live_at};
use crate::time::Moment;
use crate::usage::Use;

/// A coupon that UiTPAS offers a pass for one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// What to register it with.
    pub tariff: TariffId,
    /// Its name, for example `Cultuurbon 6 euro`.
    pub name: String,
    /// What the passholder pays with it.
    pub price: Cents,
    /// How many may be registered at once.
    pub remaining: u32,
    /// When UiTPAS offered it.
    pub as_of: Moment,
}

/// Decides whether a coupon can be used now, for a ticket of this regular price; `None` when it cannot.
///
/// Only an answer of at most a minute ago counts, and what this desk sold since is taken off: UiTPAS cannot have counted
/// it, and it may have been this coupon.
pub fn offer(
    coupon: &Coupon,
    regular: Cents,
    kind: PassKind,
    limit: Limit,
    uses: &[Use],
    now: Moment,
) -> Option<Offer> {
    if !is_live_at(coupon.as_of, now) || coupon.price > regular {
        return None;
    }
    let since = uses.iter().filter(|each| !each.is_counted_in_an_answer_of(coupon.as_of)).count();
    let left = coupon.remaining.saturating_sub(u32::try_from(since).unwrap_or(u32::MAX));
    let most = match kind {
        PassKind::Individual if !limit.leaves_room_after(uses, coupon.as_of, now) => 0,
        PassKind::Individual => left.min(1),
        PassKind::Group => left,
    };
    let tariff = Some(coupon.tariff.clone());
    (most > 0).then_some(Offer { tariff, price: coupon.price, source: PriceSource::Live, most, as_of: coupon.as_of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Period;

    const ONCE: Limit = Limit { volume: 1, period: Period::Absolute };

    fn at(second: i64) -> Moment {
        Moment::from_second(1_795_000_000 + second).unwrap()
    }

    fn coupon(remaining: u32) -> Coupon {
        let (tariff, name) = (TariffId("COUPON_1079".to_owned()), "Cultuurbon".to_owned());
        Coupon { tariff, name, price: Cents(400), remaining, as_of: at(0) }
    }

    fn most(coupon: &Coupon, kind: PassKind, limit: Limit, uses: &[Use], now: i64) -> Option<u32> {
        offer(coupon, Cents(1000), kind, limit, uses, at(now)).map(|offer| offer.most)
    }

    #[test]
    fn a_coupon_is_offered_while_the_answer_is_live_and_never_above_the_regular_price() {
        let found = offer(&coupon(1), Cents(1000), PassKind::Individual, ONCE, &[], at(60)).unwrap();
        assert_eq!((found.price, found.source, found.as_of), (Cents(400), PriceSource::Live, at(0)));
        assert_eq!(found.tariff, Some(TariffId("COUPON_1079".to_owned())));
        assert_eq!(most(&coupon(1), PassKind::Individual, ONCE, &[], 61), None);
        assert_eq!(most(&coupon(1), PassKind::Individual, ONCE, &[], -1), None, "from the future");
        assert!(offer(&coupon(1), Cents(400), PassKind::Individual, ONCE, &[], at(0)).is_some());
        assert!(offer(&coupon(1), Cents(399), PassKind::Individual, ONCE, &[], at(0)).is_none());
    }

    #[test]
    fn what_is_left_is_what_uitpas_named_less_what_it_cannot_have_counted() {
        let waiting = Use { at: at(-5), confirmed: None };
        let counted = Use { at: at(-5), confirmed: Some(at(-4)) };
        assert_eq!(most(&coupon(3), PassKind::Group, ONCE, &[counted, waiting], 0), Some(2));
        assert_eq!(most(&coupon(1), PassKind::Group, ONCE, &[waiting], 0), None);
        assert_eq!(most(&coupon(0), PassKind::Group, ONCE, &[], 0), None);
    }

    #[test]
    fn a_person_uses_one_at_a_time_and_within_the_limit_of_the_activity() {
        let waiting = Use { at: at(-5), confirmed: None };
        let often = Limit { volume: 5, ..ONCE };
        assert_eq!(most(&coupon(9), PassKind::Individual, often, &[], 0), Some(1));
        assert_eq!(most(&coupon(9), PassKind::Individual, often, &[waiting], 0), Some(1));
        assert_eq!(most(&coupon(9), PassKind::Individual, ONCE, &[waiting], 0), None);
    }
}
