//! What a clerk did: immutable, numbered, and later corrected by new entries only.

use crate::event::{EventId, OrganizerId};
use crate::money::Cents;
use crate::pass::{PassholderId, UitpasNumber};
use crate::tariff::{PriceSource, TariffId};
use crate::time::Moment;
use std::fmt;

/// The id of an entry, made before anything is sent. It is drawn outside the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub [u8; 16]);

/// Prints 32 hexadecimal digits.
impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl EntryId {
    /// Reads the 32 hexadecimal digits back; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| well_formed)?;
        Some(Self(number.to_be_bytes()))
    }
}

/// The number of a receipt (bon): the prefix of the desk and a sequence without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReceiptNumber {
    /// The prefix of the desk, for example `B1`.
    pub prefix: String,
    /// Counts from 1.
    pub sequence: i64,
}

/// Prints `B1-000412`.
impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.prefix, self.sequence)
    }
}

/// A tariff that was granted (tarief toekennen; contract: `TicketSale`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSale {
    /// The number to register it on.
    pub number: UitpasNumber,
    /// The passholder.
    pub passholder: PassholderId,
    /// The organizer whose desk it was.
    pub organizer: OrganizerId,
    /// The activity.
    pub event: EventId,
    /// Its title, for the list and the books.
    pub event_title: String,
    /// The tariff; absent when the price was computed and the tariff must still be asked for.
    pub tariff: Option<TariffId>,
    /// The price category.
    pub label: String,
    /// The regular price.
    pub regular: Cents,
    /// What was charged.
    pub charged: Cents,
    /// Where the charged price came from.
    pub source: PriceSource,
    /// From when that price dates.
    pub price_as_of: Moment,
}

/// One act of a clerk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its receipt number.
    pub receipt: ReceiptNumber,
    /// What was done.
    pub sale: TicketSale,
    /// When it was done, by the clock of the desk.
    pub occurred: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        let id = EntryId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(EntryId::parse(&id.to_string()), Some(id));
        assert_eq!(EntryId::parse("+0010203040506070809101112131415"), None);
        assert_eq!(EntryId::parse("00"), None);
    }

    #[test]
    fn a_receipt_number_is_short_enough_to_read_aloud() {
        let receipt = ReceiptNumber { prefix: "B1".to_owned(), sequence: 412 };
        assert_eq!(receipt.to_string(), "B1-000412");
    }
}
