//! Who gets which tariff at which price. Pure rules over the world; the endpoints only word their answers.

use jiff::Timestamp;

use crate::card_systems::CardSystem;
use crate::events::{Event, PeriodLimit, SocialTariffKey};
use crate::money::Cents;
use crate::passes::{Pass, PassType, Standing};
use crate::problem::Problem;
use crate::ticket_sales::{HeldTicketSale, TariffType};
use crate::world::World;

/// The id under which the API offers the social tariff.
pub(crate) const SOCIAL_TARIFF_ID: &str = "SOCIALTARIFF";

/// A coupon granted to a pass. It brings the price down to an amount, whatever the regular price is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coupon {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) price: Cents,
    pub(crate) card_system: CardSystem,
    pub(crate) limit: PeriodLimit,
}

/// A tariff on offer, with how many tickets it may still be used for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) price: Cents,
    pub(crate) kind: TariffType,
    pub(crate) remaining: usize,
}

/// Why there is no social tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSocialTariff {
    Free,
    NoStanding,
    Expired,
    OtherRegion,
    LimitReached(PeriodLimit),
    GroupUsedUp,
}

/// The price at the social tariff: never nothing, never more than the regular price.
pub(crate) fn social_price(event: &Event, regular: Cents) -> Cents {
    let price = match event.key {
        SocialTariffKey::Percent(percent) => regular.percent(percent),
        SocialTariffKey::Fixed(amount) => amount,
    };
    price.max(Cents(1)).min(regular)
}

/// The social tariff of a pass for an event. `pending` holds the sales of the same request that were found good so far.
pub(crate) fn social_tariff(
    world: &World,
    event: &Event,
    pass: &Pass,
    regular: Cents,
    pending: &[HeldTicketSale],
) -> Result<Offer, NoSocialTariff> {
    match pass.standing {
        Standing::None => return Err(NoSocialTariff::NoStanding),
        Standing::Expired => return Err(NoSocialTariff::Expired),
        Standing::Active => {}
    }
    if regular <= Cents(0) {
        return Err(NoSocialTariff::Free);
    }
    if !event.card_systems.contains(&pass.card_system) {
        return Err(NoSocialTariff::OtherRegion);
    }
    let left_of_event = event.ticket_limit.map_or(usize::MAX, |limit| {
        let used = social_sales(world, pass, pending)
            .filter(|s| s.event_id == event.id && limit.period_type.holds_both(s.created, world.now()))
            .count();
        limit.volume.saturating_sub(used)
    });
    if let (0, Some(limit)) = (left_of_event, event.ticket_limit) {
        return Err(NoSocialTariff::LimitReached(limit));
    }
    let left_of_pass = match pass.pass_type {
        PassType::Individual => 1,
        PassType::Group => group_tickets_left(world, pass, pending),
    };
    if left_of_pass == 0 {
        return Err(NoSocialTariff::GroupUsedUp);
    }
    Ok(Offer {
        id: SOCIAL_TARIFF_ID,
        name: "Kansentarief",
        price: social_price(event, regular),
        kind: TariffType::SocialTariff,
        remaining: left_of_event.min(left_of_pass),
    })
}

/// The tickets that a group still has at the social tariff this calendar year.
pub(crate) fn group_tickets_left(world: &World, pass: &Pass, pending: &[HeldTicketSale]) -> usize {
    let this_year = |at: Timestamp| crate::clock::Period::Year.holds_both(at, world.now());
    let used = social_sales(world, pass, pending).filter(|s| this_year(s.created)).count();
    pass.tickets_per_year.unwrap_or(0).saturating_sub(used)
}

fn social_sales<'a>(
    world: &'a World,
    pass: &'a Pass,
    pending: &'a [HeldTicketSale],
) -> impl Iterator<Item = &'a HeldTicketSale> {
    let mine = |s: &&HeldTicketSale| s.passholder_id == pass.passholder_id && s.kind == TariffType::SocialTariff;
    world.ticket_sales.iter().chain(pending).filter(mine)
}

/// The coupons of a pass that hold for an event. A coupon that is used up stays in the list with nothing remaining.
pub(crate) fn coupons(
    world: &World,
    event: &Event,
    pass: &Pass,
    regular: Cents,
    pending: &[HeldTicketSale],
) -> Vec<Offer> {
    let offer = |coupon: &Coupon| {
        let now = world.now();
        let used = world
            .ticket_sales
            .iter()
            .chain(pending)
            .filter(|s| s.passholder_id == pass.passholder_id && s.tariff_id == coupon.id)
            .filter(|s| coupon.limit.period_type.holds_both(s.created, now))
            .count();
        let left = coupon.limit.volume.saturating_sub(used);
        let at_once = if pass.pass_type == PassType::Group { left } else { left.min(1) };
        Offer {
            id: coupon.id,
            name: coupon.name,
            price: coupon.price.min(regular),
            kind: TariffType::Coupon,
            remaining: at_once,
        }
    };
    let holds = |c: &&Coupon| regular > Cents(0) && event.card_systems.contains(&c.card_system);
    pass.coupons.iter().filter(holds).map(offer).collect()
}

impl NoSocialTariff {
    /// The sentence for the passholder.
    pub(crate) fn dutch(self) -> String {
        match self {
            Self::Free => "Deze activiteit is gratis, er is geen kansentarief nodig.".into(),
            Self::NoStanding => "Je hebt geen recht op kansentarief.".into(),
            Self::Expired => "Je kansenstatuut is vervallen, daarom kan je je UiTPAS momenteel niet gebruiken. Informeer \
                              of je dit statuut kan hernieuwen bij het UiTPAS-aankooppunt waar je jouw pas hebt gekocht."
                .into(),
            Self::OtherRegion => "Je kan dit ticket niet aankopen aan kansentarief. Je hebt enkel recht op kansentarief \
                                  binnen je UiTPAS-regio."
                .into(),
            Self::LimitReached(PeriodLimit { volume, period_type }) => format!(
                "Je hebt geen recht meer op kansentarief voor deze activiteit. Je kan maximaal {volume} {} {} kopen aan \
                 kansentarief voor deze activiteit.",
                if volume == 1 { "ticket" } else { "tickets" },
                period_type.dutch(),
            ),
            Self::GroupUsedUp => "Alle tickets van deze groepspas zijn dit jaar gebruikt.".into(),
        }
    }

    /// The refusal of a ticket sale.
    pub(crate) fn problem(self) -> Problem {
        let (kind, title) = match self {
            Self::Expired => ("social-tariff-expired", "Social tariff expired"),
            Self::LimitReached(_) | Self::GroupUsedUp => ("maximum-reached", "Maximum number of ticket sales reached"),
            Self::Free | Self::NoStanding | Self::OtherRegion => ("invalid-card", "Invalid card"),
        };
        Problem::uitpas(kind, title).says(&self.dutch())
    }
}
