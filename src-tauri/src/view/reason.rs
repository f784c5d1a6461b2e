//! Why something cannot be done: the code of the reason, and the facts that its sentence needs.

use super::{day, money, plain, soon};
use crate::dto::{Fact, Notice};
use balie_core::checkin::NoCheckIn;
use balie_core::refusal::{Reason, Refusal};
use balie_core::reward::NoExchange;
use balie_core::social_tariff::{Region, Standing};
use balie_core::tariff::NoOffer;
use balie_core::time::Moment;
use balie_desk::person::Person;

/// Why the regular price holds.
pub(super) fn no_offer(refusal: &Refusal<NoOffer>, person: &Person) -> Notice {
    let reason = plain(refusal.reason.code());
    let reason = match &refusal.reason {
        NoOffer::Standing(standing) => Notice { facts: standing_facts(*standing), ..reason },
        NoOffer::OtherRegion { name } => reason.with("region", name),
        NoOffer::LimitReached(limit) => reason.with("volume", limit.volume),
        NoOffer::OfflineCount { most } => reason.with("most", most),
        NoOffer::OfflineSum { most } => reason.with("most", money(*most)),
        NoOffer::NotGranted { said } => Notice { said: said.clone(), ..explanation(person) },
        NoOffer::Free
        | NoOffer::RegionUnknown
        | NoOffer::NoTurnsLeft
        | NoOffer::GroupNeedsConnection
        | NoOffer::NotCached => reason,
    };
    reason.dated(refusal.as_of)
}

/// Why no point can be saved.
pub(super) fn no_check_in(refusal: &Refusal<NoCheckIn>, now: Moment) -> Notice {
    let reason = plain(refusal.reason.code());
    let reason = match &refusal.reason {
        NoCheckIn::TooEarly { opens } => reason.with("opens", soon(*opens, now)),
        NoCheckIn::TooLate { closed } => reason.with("closed", soon(*closed, now)),
        NoCheckIn::LimitReached(limit) => reason.with("volume", limit.volume),
        NoCheckIn::NotAllowed { said } => Notice { said: said.clone(), ..reason },
        NoCheckIn::CardBlocked | NoCheckIn::CardNotActive | NoCheckIn::GroupPass | NoCheckIn::NoSession => reason,
    };
    reason.dated(refusal.as_of)
}

/// Why a reward cannot be redeemed.
pub(super) fn no_exchange(refusal: &Refusal<NoExchange>, now: Moment) -> Notice {
    let reason = plain(refusal.reason.code());
    let reason = match &refusal.reason {
        NoExchange::TooEarly { opens } => reason.with("opens", soon(*opens, now)),
        NoExchange::TooLate { closed } => reason.with("closed", soon(*closed, now)),
        NoExchange::LimitReached(limit) => reason.with("volume", limit.volume),
        NoExchange::NotEnoughPoints { missing } => reason.with("missing", missing),
        NoExchange::OfflineTooMany { most } => reason.with("most", most),
        NoExchange::NotAllowed { said, .. } => Notice { said: said.clone(), ..reason },
        _ => reason,
    };
    reason.dated(refusal.as_of)
}

// UiTPAS says that there is no tariff; what is known here of standing and region often says why.
fn explanation(person: &Person) -> Notice {
    match (person.standing, &person.region) {
        (Some(standing), _) if !standing.is_entitled() => {
            Notice { facts: standing_facts(standing), ..plain(standing.code()) }
        }
        (_, Some(Region::Other { name })) => plain("region.other").with("region", name),
        _ => plain("tariff.none"),
    }
}

fn standing_facts(standing: Standing) -> Vec<Fact> {
    let (name, date) = match standing {
        Standing::Expired { ended } => ("date", ended),
        Standing::Suspended { until } => ("until", until),
        Standing::TooOld { days } => return vec![Fact::new("days", days)],
        _ => return Vec::new(),
    };
    date.map(|date| Fact::new(name, day(date))).into_iter().collect()
}
