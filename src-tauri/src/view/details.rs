//! What stands behind the details key.

use super::{day, day_and_hour};
use crate::dto::Detail;
use balie_core::pass::{Pass, PassKind};
use balie_core::social_tariff::{Region, Standing};
use balie_core::time::Moment;
use balie_desk::person::Person;

// Everything about standing stands here, behind the details key, and nowhere else.
pub(super) fn details(person: &Person, now: Moment) -> Vec<Detail> {
    let Some(pass) = &person.pass else { return Vec::new() };
    let coded =
        |code: &str, value: &str| Detail { code: code.to_owned(), value_code: Some(value.to_owned()), value: None };
    let text = |code: &str, value: String| Detail { code: code.to_owned(), value_code: None, value: Some(value) };
    let kind = if pass.kind == PassKind::Group { "pass.kind.group" } else { "pass.kind.individual" };
    let mut details = vec![coded("details.passKind", kind)];
    if let Some(standing) = person.standing {
        details.push(coded("details.standing", standing_value(standing)));
    }
    details.extend(end_date(pass, person.standing, now));
    if let Some(system) = &pass.card_system {
        details.push(text("details.region", system.name.clone()));
    }
    if person.region.as_ref().is_some_and(|region| matches!(region, Region::Other { .. })) {
        details.push(coded("details.reason", "region.value.other"));
    }
    details.push(text("details.asOf", day_and_hour(pass.as_of)));
    details
}

fn end_date(pass: &Pass, standing: Option<Standing>, now: Moment) -> Option<Detail> {
    let standing = standing?;
    let date = match standing {
        Standing::Active { until } => until?,
        Standing::Grace { ended } => ended,
        Standing::Expired { ended } => ended?,
        _ => balie_core::time::date_of(pass.ends?),
    };
    let code = if standing.ends_soon(now).is_some() { "details.endDate.soon" } else { "details.endDate" };
    Some(Detail { code: code.to_owned(), value_code: None, value: Some(day(date)) })
}

const fn standing_value(standing: Standing) -> &'static str {
    match standing {
        Standing::Active { .. } => "standing.value.active",
        Standing::Grace { .. } => "standing.value.grace",
        Standing::Expired { .. } => "standing.value.expired",
        Standing::Suspended { .. } => "standing.value.suspended",
        Standing::None => "standing.value.none",
        Standing::TooOld { .. } => "standing.value.tooOld",
        Standing::BlockedCard | Standing::BlockedMembership | Standing::CardNotActive | Standing::Unknown => {
            "standing.value.unknown"
        }
    }
}
