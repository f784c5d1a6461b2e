//! Who bears the discount of a sale, as far as a desk can tell. UiTPAS settles it later with the keys of that moment, so this
//! is an estimate and is called one.

use super::Line;
use crate::key::Split;
use crate::money::Cents;

/// Who pays what of the regular price. The four always add up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// What passholders paid at the desk. It was charged, so it is exact.
    pub passholder: Cents,
    /// What the organizer bears.
    pub organizer: Cents,
    /// What the municipality pays back.
    pub municipality: Cents,
    /// The discount of which no distribution key tells who bears it.
    pub unknown: Cents,
}

impl Estimate {
    /// Takes in a sale, with what its distribution key says of one ticket. What was charged may be another price than the key
    /// says: the discount that was given is then shared as the key shares its own.
    pub(super) fn take_in(&mut self, line: &Line, split: Option<Split>) {
        let tickets = i64::from(line.tickets);
        let discount = Cents(line.regular.0.saturating_sub(line.charged.0));
        let add = |to: &mut Cents, cents: Cents| *to = Cents(to.0.saturating_add(cents.0.saturating_mul(tickets)));
        add(&mut self.passholder, line.charged);
        match split.and_then(|split| share_of_organizer(discount, split)) {
            Some(organizer) => {
                add(&mut self.organizer, organizer);
                add(&mut self.municipality, discount - organizer);
            }
            None => add(&mut self.unknown, discount),
        }
    }
}

/// The part of a discount that the organizer bears, rounded half-up to the cent; `None` when the key gives no discount.
fn share_of_organizer(discount: Cents, split: Split) -> Option<Cents> {
    let borne = split.organizer + split.municipality;
    let (part, whole) = (i128::from(split.organizer.0), i128::from(borne.0));
    if whole <= 0 {
        return (discount == Cents::ZERO).then_some(Cents::ZERO);
    }
    let share = (i128::from(discount.0) * part * 2 + whole).div_euclid(whole * 2);
    i64::try_from(share).ok().map(Cents)
}
