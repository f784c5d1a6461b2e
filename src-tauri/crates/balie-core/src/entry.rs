//! What a clerk did: immutable, numbered, and later corrected by new entries only.

use crate::event::{EventId, OrganizerId};
use crate::money::Cents;
use crate::pass::{PassholderId, UitpasNumber};
use crate::reward::{RewardId, RewardKind};
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

/// Who an act was for, and at whose desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The number to register it on.
    pub number: UitpasNumber,
    /// The passholder.
    pub passholder: PassholderId,
    /// The organizer whose desk it was.
    pub organizer: OrganizerId,
}

/// A tariff that was granted (tarief toekennen; contract: `TicketSale`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSale {
    /// Who it was for.
    pub holder: Holder,
    /// The activity.
    pub event: EventId,
    /// Its title, for the list and the books.
    pub event_title: String,
    /// The tariff; absent when the price was computed and the tariff must still be asked for.
    pub tariff: Option<TariffId>,
    /// The price category.
    pub label: String,
    /// How many tickets: one for a person, any number of turns for a group.
    pub quantity: u32,
    /// The regular price of one ticket.
    pub regular: Cents,
    /// What was charged for one ticket.
    pub charged: Cents,
    /// Where the charged price came from.
    pub source: PriceSource,
    /// From when that price dates.
    pub price_as_of: Moment,
}

impl TicketSale {
    /// What was charged for all tickets together.
    pub fn total(&self) -> Cents {
        Cents(self.charged.0.saturating_mul(i64::from(self.quantity)))
    }
}

/// A point that was saved (punt sparen; contract: `Checkin`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// Who it was for.
    pub holder: Holder,
    /// The activity.
    pub event: EventId,
    /// Its title, for the list and the books.
    pub event_title: String,
    /// How many points it is worth, as far as was known.
    pub points: u32,
    /// After this moment UiTPAS takes it no more.
    pub deadline: Option<Moment>,
    /// From when the facts date that it was decided on.
    pub as_of: Moment,
}

/// A reward that was redeemed (voordeel omruilen; contract: `RedeemedReward`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    /// Who it was for.
    pub holder: Holder,
    /// The reward.
    pub reward: RewardId,
    /// Its title, for the list and the books.
    pub title: String,
    /// How it is obtained.
    pub kind: RewardKind,
    /// What it cost, in points.
    pub points: i64,
    /// From when the facts date that it was decided on.
    pub as_of: Moment,
}

/// An act of ours that UiTPAS has, taken back there as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// Who the act was for.
    pub holder: Holder,
    /// The entry that is taken back.
    pub of: EntryId,
    /// Its receipt.
    pub of_receipt: ReceiptNumber,
    /// What it was about, for the list and the books.
    pub title: String,
    /// How the points of the person change by it; nothing for a sale.
    pub points: i64,
    /// What was charged and is given back; nothing for what cost no money.
    pub given_back: Cents,
}

impl Cancellation {
    /// Takes back an entry; `None` for a cancellation, which is not taken back but done anew.
    pub fn of(entry: &Entry) -> Option<Self> {
        let (title, points, given_back) = match &entry.act {
            Act::Sale(sale) => (&sale.event_title, 0, sale.total()),
            Act::CheckIn(check_in) => (&check_in.event_title, -i64::from(check_in.points), Cents::ZERO),
            Act::Redemption(redemption) => (&redemption.title, redemption.points, Cents::ZERO),
            Act::Cancellation(_) => return None,
        };
        Some(Self {
            holder: entry.act.holder().clone(),
            of: entry.id,
            of_receipt: entry.receipt.clone(),
            title: title.clone(),
            points,
            given_back,
        })
    }
}

/// What a clerk did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A tariff was granted.
    Sale(TicketSale),
    /// A point was saved.
    CheckIn(CheckIn),
    /// A reward was redeemed.
    Redemption(Redemption),
    /// An earlier act was taken back.
    Cancellation(Cancellation),
}

impl Act {
    /// Who it was for.
    pub const fn holder(&self) -> &Holder {
        match self {
            Self::Sale(sale) => &sale.holder,
            Self::CheckIn(check_in) => &check_in.holder,
            Self::Redemption(redemption) => &redemption.holder,
            Self::Cancellation(cancellation) => &cancellation.holder,
        }
    }

    /// What it was about: the title of the activity or of the reward.
    pub fn title(&self) -> &str {
        match self {
            Self::Sale(sale) => &sale.event_title,
            Self::CheckIn(check_in) => &check_in.event_title,
            Self::Redemption(redemption) => &redemption.title,
            Self::Cancellation(cancellation) => &cancellation.title,
        }
    }

    /// After this moment UiTPAS takes it no more; absent when it takes it at any time.
    pub const fn deadline(&self) -> Option<Moment> {
        match self {
            Self::CheckIn(check_in) => check_in.deadline,
            Self::Sale(_) | Self::Redemption(_) | Self::Cancellation(_) => None,
        }
    }
}

/// One act of a clerk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its receipt number.
    pub receipt: ReceiptNumber,
    /// What was done.
    pub act: Act,
    /// When it was done, by the clock of the desk.
    pub occurred: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Moment {
        Moment::from_second(second).unwrap()
    }

    fn holder() -> Holder {
        Holder {
            number: UitpasNumber::parse("0900000067513").unwrap(),
            passholder: PassholderId("p".to_owned()),
            organizer: OrganizerId("o".to_owned()),
        }
    }

    fn sale(quantity: u32, charged: i64) -> TicketSale {
        TicketSale {
            holder: holder(),
            event: EventId("e".to_owned()),
            event_title: "Zwemmen".to_owned(),
            tariff: None,
            label: "Volwassene".to_owned(),
            quantity,
            regular: Cents(1000),
            charged: Cents(charged),
            source: PriceSource::Computed,
            price_as_of: at(0),
        }
    }

    fn check_in(deadline: Option<Moment>) -> CheckIn {
        CheckIn {
            holder: holder(),
            event: EventId("e".to_owned()),
            event_title: "Zwemmen".to_owned(),
            points: 1,
            deadline,
            as_of: at(0),
        }
    }

    #[test]
    fn all_tickets_of_a_sale_are_charged() {
        assert_eq!(sale(3, 150).total(), Cents(450));
        assert_eq!(sale(1, 200).total(), Cents(200));
        assert_eq!(sale(2, i64::MAX).total(), Cents(i64::MAX), "and none overflows");
    }

    #[test]
    fn only_a_point_has_to_be_sent_in_time() {
        let sold = Act::Sale(sale(1, 200));
        let saved = Act::CheckIn(check_in(Some(at(60))));
        assert_eq!((sold.deadline(), saved.deadline()), (None, Some(at(60))));
        assert_eq!(Act::CheckIn(check_in(None)).deadline(), None);
        assert_eq!((sold.holder(), saved.holder()), (&holder(), &holder()));
    }

    #[test]
    fn what_is_taken_back_gives_back_what_it_took() {
        let redemption = Redemption {
            holder: holder(),
            reward: RewardId("r".to_owned()),
            title: "Koffie".to_owned(),
            kind: RewardKind::Points,
            points: 5,
            as_of: at(0),
        };
        let saved = CheckIn { points: 2, ..check_in(None) };
        let receipt = ReceiptNumber { prefix: "B1".to_owned(), sequence: 7 };
        let entry = |act| Entry { id: EntryId([7; 16]), receipt: receipt.clone(), act, occurred: at(0) };
        for (act, title, points, cents) in [
            (Act::Sale(sale(3, 200)), "Zwemmen", 0, 600),
            (Act::CheckIn(saved), "Zwemmen", -2, 0),
            (Act::Redemption(redemption), "Koffie", 5, 0),
        ] {
            let back = Cancellation::of(&entry(act)).unwrap();
            assert_eq!((back.title.as_str(), back.points, back.given_back), (title, points, Cents(cents)));
            assert_eq!((back.of, &back.of_receipt), (EntryId([7; 16]), &receipt));
            let back = entry(Act::Cancellation(back));
            assert_eq!((back.act.holder(), back.act.deadline()), (&holder(), None));
            assert_eq!(Cancellation::of(&back), None, "it is done anew, not taken back");
        }
    }

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

    proptest! {
        #[test]
        fn every_id_can_be_read_back_and_nothing_shorter(bytes: [u8; 16], cut in 0_usize..32) {
            let text = EntryId(bytes).to_string();
            prop_assert_eq!(EntryId::parse(&text), Some(EntryId(bytes)));
            prop_assert_eq!(EntryId::parse(&text[..cut]), None);
            let longer = text + "0";
            prop_assert_eq!(EntryId::parse(&longer), None);
        }

        #[test]
        fn a_receipt_shows_its_prefix_and_its_sequence_whole(prefix in "[A-Z0-9-]{1,6}", sequence in 1_i64..=10_000_000) {
            let text = ReceiptNumber { prefix: prefix.clone(), sequence }.to_string();
            let (desk, number) = text.rsplit_once('-').unwrap();
            prop_assert_eq!((desk, number.parse()), (prefix.as_str(), Ok(sequence)));
            prop_assert!(number.len() >= 6);
        }
    }
}
