//! Acts, entries and attempts for the tests of the outbox.

use crate::entry::{Act, Cancellation, CheckIn, Entry, EntryId, Holder, ReceiptNumber, Redemption, TicketSale};
use crate::event::{EventId, OrganizerId};
use crate::life::{Attempt, Life, Open};
use crate::money::Cents;
use crate::outbox::Signal;
use crate::pass::{PassholderId, UitpasNumber};
use crate::reward::{RewardId, RewardKind};
use crate::tariff::{PriceSource, TariffId};
use crate::time::Moment;
use jiff::SignedDuration;
use std::sync::Arc;

/// The settle time of these tests.
pub(crate) const SETTLE: SignedDuration = SignedDuration::from_secs(120);

pub(crate) fn at(second: i64) -> Moment {
    Moment::from_second(second).unwrap()
}

/// The number of a person: the last digit makes the sum right.
pub(crate) fn number(person: usize) -> UitpasNumber {
    (0..10).find_map(|last| UitpasNumber::parse(&format!("0900{:08}{last}", person % 1_000))).unwrap()
}

pub(crate) fn holder(person: usize) -> Holder {
    Holder {
        number: number(person),
        passholder: PassholderId(format!("p{person}")),
        organizer: OrganizerId("o".to_owned()),
    }
}

pub(crate) fn ticket(person: usize, event: &str) -> TicketSale {
    TicketSale {
        holder: holder(person),
        event: EventId(event.to_owned()),
        event_title: "Zwemmen".to_owned(),
        tariff: Some(TariffId("t".to_owned())),
        label: "Volwassene".to_owned(),
        quantity: 1,
        regular: Cents(1_000),
        charged: Cents(200),
        source: PriceSource::Live,
        price_as_of: at(0),
    }
}

pub(crate) fn sale(person: usize, event: &str) -> Act {
    Act::Sale(ticket(person, event))
}

pub(crate) fn tickets(person: usize, event: &str, quantity: u32) -> Act {
    Act::Sale(TicketSale { quantity, ..ticket(person, event) })
}

pub(crate) fn check_in(person: usize, event: &str, deadline: Option<i64>) -> Act {
    Act::CheckIn(CheckIn {
        holder: holder(person),
        event: EventId(event.to_owned()),
        event_title: "Zwemmen".to_owned(),
        points: 1,
        deadline: deadline.map(at),
        as_of: at(0),
    })
}

pub(crate) fn redemption(person: usize, reward: &str) -> Act {
    Act::Redemption(Redemption {
        holder: holder(person),
        reward: RewardId(reward.to_owned()),
        title: "Koffie".to_owned(),
        kind: RewardKind::Points,
        points: 5,
        as_of: at(0),
    })
}

pub(crate) fn cancellation(person: usize) -> Act {
    let of = Entry {
        id: EntryId([9; 16]),
        receipt: ReceiptNumber { prefix: "B1".to_owned(), sequence: 999 },
        act: sale(person, "e"),
        occurred: at(0),
    };
    Act::Cancellation(Cancellation::of(&of).unwrap())
}

/// An act as it stands right after it was recorded, at the moment 0.
pub(crate) fn open(receipt: i64, act: Act) -> Open {
    occurred(receipt, act, 0)
}

pub(crate) fn occurred(receipt: i64, act: Act, second: i64) -> Open {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&receipt.to_be_bytes());
    let receipt = ReceiptNumber { prefix: "B1".to_owned(), sequence: receipt };
    let entry = Arc::new(Entry { id: EntryId(id), receipt, act, occurred: at(second) });
    Open { token: crate::label::token(&entry), entry, life: Life::fresh() }
}

pub(crate) fn attempt(batch: i64, from: i64, until: i64) -> Attempt {
    Attempt { batch, from: at(from), until: at(until), fresh: true, labelled: false }
}

pub(crate) fn with(open: Open, life: Life) -> Open {
    Open { life, ..open }
}

pub(crate) fn sending(open: Open) -> Open {
    let life = open.life.take(Signal::Claim).unwrap();
    with(open, life)
}

/// Sent in an attempt of which nobody knows what became.
pub(crate) fn in_doubt(open: Open, attempt: &Attempt) -> Open {
    let open = sending(open);
    let life = open.life.doubted(Signal::Unknown, attempt, attempt.until).unwrap();
    with(open, life)
}
