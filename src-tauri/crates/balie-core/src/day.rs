//! The books of one day (house.md, stop 10): counts and cents, each under the word that the desk has for it. What UiTPAS does
//! not have is never added to what it has, and a difference is shown as it is.

mod estimate;
mod totals;

pub use estimate::Estimate;
pub use totals::{Activity, Back, Hour, Sum, Totals, add_up};

use crate::entry::ReceiptNumber;
use crate::event::EventId;
use crate::life::Dispute;
use crate::money::Cents;
use crate::outbox::State;
use crate::time::Moment;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A tariff was granted.
    Sale,
    /// A point was saved.
    CheckIn,
    /// A reward was redeemed.
    Redemption,
    /// An earlier act was taken back at UiTPAS.
    Cancellation,
}

impl Kind {
    /// Every one that there is, in the order of the books.
    pub const ALL: [Self; 4] = [Self::Sale, Self::CheckIn, Self::Redemption, Self::Cancellation];
}

/// Where an act stands in the books: the four words of the desk, and two for what is not of this desk any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// On this computer, to be sent (genoteerd).
    Noted,
    /// UiTPAS has it (verzonden).
    Sent,
    /// UiTPAS did not accept it (geweigerd).
    Refused,
    /// It is not known whether UiTPAS has it, or UiTPAS has it no more (na te kijken).
    ToCheck,
    /// Taken back, before or after it was sent.
    TakenBack,
    /// Given to another desk, which sends it.
    HandedOver,
}

impl Place {
    /// Every one that there is, in the order of the books.
    pub const ALL: [Self; 6] =
        [Self::Noted, Self::Sent, Self::Refused, Self::ToCheck, Self::TakenBack, Self::HandedOver];

    /// Where an entry stands. A price that UiTPAS counts otherwise does not change that UiTPAS has it.
    pub const fn of(state: State, dispute: Option<Dispute>) -> Self {
        match (state, dispute) {
            (State::Queued | State::Sending, _) => Self::Noted,
            (State::Confirmed, None | Some(Dispute::Price)) => Self::Sent,
            (State::InDoubt | State::Confirmed, _) => Self::ToCheck,
            (State::Refused | State::WrittenOff, _) => Self::Refused,
            (State::Withdrawn | State::Cancelled, _) => Self::TakenBack,
            (State::HandedOver, _) => Self::HandedOver,
        }
    }

    /// Whether somebody still has to do something: the uploader or a person.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Noted | Self::ToCheck)
    }
}

/// One act, as far as the books need it: nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its receipt.
    pub receipt: ReceiptNumber,
    /// What was done.
    pub kind: Kind,
    /// Where it stands.
    pub place: Place,
    /// When it was done, by the clock of the desk.
    pub at: Moment,
    /// The activity; absent for a reward and for what was taken back.
    pub event: Option<EventId>,
    /// The title of the activity or of the reward.
    pub title: String,
    /// The price category; empty for what has none.
    pub label: String,
    /// How many tickets; nothing for what is no sale.
    pub tickets: u32,
    /// The regular price of one ticket.
    pub regular: Cents,
    /// What was charged for one ticket.
    pub charged: Cents,
    /// How the points of the person change: saved above zero, spent below.
    pub points: i64,
    /// What is given back in money, for what was taken back.
    pub given_back: Cents,
    /// The receipt that is taken back.
    pub takes_back: Option<i64>,
}

/// Which lines of a day are shown. What is absent or empty lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what stands here.
    pub place: Option<Place>,
    /// Only acts of this kind.
    pub kind: Option<Kind>,
    /// Only at this activity.
    pub event: Option<EventId>,
    /// A part of the receipt, of the title or of the price category, whatever its capitals.
    pub text: String,
}

impl Filter {
    /// Whether a line is shown.
    pub fn lets_through(&self, line: &Line) -> bool {
        self.place.is_none_or(|place| place == line.place)
            && self.kind.is_none_or(|kind| kind == line.kind)
            && self.event.as_ref().is_none_or(|event| line.event.as_ref() == Some(event))
            && self.has_text(line)
    }

    fn has_text(&self, line: &Line) -> bool {
        let wanted = self.text.trim().to_lowercase();
        let is_in = |text: &str| text.to_lowercase().contains(&wanted);
        wanted.is_empty() || is_in(&line.receipt.to_string()) || is_in(&line.title) || is_in(&line.label)
    }
}

#[cfg(test)]
mod tests;
