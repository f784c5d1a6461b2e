//! The captions of the files, in the language of the clerk.

use balie_core::day::{Kind, Place};

/// What stands above the columns of the list.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The receipt.
    pub receipt: String,
    /// The date.
    pub date: String,
    /// The hour.
    pub hour: String,
    /// What was done.
    pub kind: String,
    /// The activity or the reward.
    pub title: String,
    /// The price category.
    pub label: String,
    /// How many tickets.
    pub tickets: String,
    /// The regular price of all of them.
    pub regular: String,
    /// What was charged for all of them, or given back.
    pub charged: String,
    /// How the points of the person change.
    pub points: String,
    /// Where it stands.
    pub place: String,
}

/// The kinds of acts.
#[derive(Debug, Clone)]
pub struct Kinds {
    /// A tariff was granted.
    pub sale: String,
    /// A point was saved.
    pub check_in: String,
    /// A reward was redeemed.
    pub redemption: String,
    /// An act was taken back.
    pub cancellation: String,
}

/// Where an act stands.
#[derive(Debug, Clone)]
pub struct Places {
    /// On this computer.
    pub noted: String,
    /// UiTPAS has it.
    pub sent: String,
    /// Not accepted.
    pub refused: String,
    /// Not known.
    pub to_check: String,
    /// Taken back.
    pub taken_back: String,
    /// Given to another desk.
    pub handed_over: String,
}

/// The sentences of the slip.
#[derive(Debug, Clone)]
pub struct Slip {
    /// Its heading, with the date: `Dag 21/11/2026`.
    pub heading: String,
    /// It is of the test environment or of practice: nothing on it is real; empty on a real one.
    pub not_real: String,
    /// Before the moment at which it was made.
    pub made: String,
    /// Before the moment at which the day was closed.
    pub closed: String,
    /// The day was not closed.
    pub not_closed: String,
    /// Something changed after the day was closed; empty when nothing did.
    pub changed: String,
    /// How many acts.
    pub acts: String,
    /// What was given as a discount.
    pub discount: String,
    /// Points that were saved.
    pub saved: String,
    /// Points that were spent.
    pub spent: String,
    /// What was given back for acts of earlier days.
    pub back: String,
    /// The heading of who bears the discount; it says that it is an estimate, and of what.
    pub estimate: String,
    /// The passholder.
    pub passholder: String,
    /// The organizer.
    pub organizer: String,
    /// The municipality.
    pub municipality: String,
    /// Nobody knows who.
    pub unknown: String,
    /// The heading of what UiTPAS counts beside what the desk counts.
    pub difference: String,
    /// What the desk counts.
    pub ours: String,
    /// What UiTPAS counts.
    pub theirs: String,
    /// The one less the other.
    pub less: String,
    /// Tickets of which UiTPAS did not say the price.
    pub unpriced: String,
    /// Tickets of which it counts another price than was charged.
    pub differing: String,
    /// The heading of the activities.
    pub activities: String,
    /// Before the end of the trail.
    pub trail: String,
}

/// All captions.
#[derive(Debug, Clone)]
pub struct Words {
    /// The name of the sheet with the acts.
    pub list: String,
    /// The name of the sheet with what they add up to.
    pub totals: String,
    /// Above the columns.
    pub columns: Columns,
    /// The kinds of acts.
    pub kinds: Kinds,
    /// Where they stand.
    pub places: Places,
    /// The sentences of the slip.
    pub slip: Slip,
}

impl Words {
    /// The word for a kind of act.
    pub(super) fn kind(&self, kind: Kind) -> &str {
        match kind {
            Kind::Sale => &self.kinds.sale,
            Kind::CheckIn => &self.kinds.check_in,
            Kind::Redemption => &self.kinds.redemption,
            Kind::Cancellation => &self.kinds.cancellation,
        }
    }

    /// The word for where an act stands.
    pub(super) fn place(&self, place: Place) -> &str {
        match place {
            Place::Noted => &self.places.noted,
            Place::Sent => &self.places.sent,
            Place::Refused => &self.places.refused,
            Place::ToCheck => &self.places.to_check,
            Place::TakenBack => &self.places.taken_back,
            Place::HandedOver => &self.places.handed_over,
        }
    }
}
