//! What happens to entries that are sent again.

use super::super::*;
use crate::entry::{Cancellation, Entry, EntryId, Holder, ReceiptNumber, TicketSale};
use crate::event::{EventId, OrganizerId};
use crate::money::Cents;
use crate::pass::{PassholderId, UitpasNumber};
use crate::tariff::PriceSource;
use std::sync::Arc;

fn at(second: i64) -> Moment {
    Moment::from_second(second).unwrap()
}

fn sale() -> Open {
    let holder = Holder {
        number: UitpasNumber::parse("0900000067513").unwrap(),
        passholder: PassholderId("p".to_owned()),
        organizer: OrganizerId("o".to_owned()),
    };
    let sale = TicketSale {
        holder,
        event: EventId("e".to_owned()),
        event_title: "Zwemmen".to_owned(),
        tariff: None,
        label: "Volwassene".to_owned(),
        quantity: 1,
        regular: Cents(1_000),
        charged: Cents(200),
        source: PriceSource::Computed,
        price_as_of: at(0),
    };
    let receipt = ReceiptNumber { prefix: "B1".to_owned(), sequence: 7 };
    let entry = Entry { id: EntryId([7; 16]), receipt, act: Act::Sale(sale), occurred: at(0) };
    Open { entry: Arc::new(entry), token: "B1-000007/aaaa".to_owned(), life: Life::fresh() }
}

fn attempt() -> Attempt {
    Attempt { batch: 1, from: at(10), until: at(20), fresh: true, labelled: false }
}

fn sent(open: &Open) -> Open {
    Open { life: claimed(std::slice::from_ref(open)).unwrap()[0].life, ..open.clone() }
}

fn answer(open: &Open, class: Class) -> Open {
    let changes = answered(&[sent(open)], class, &attempt(), at(20), 0).unwrap();
    Open { life: changes.last().unwrap().life, ..open.clone() }
}

#[test]
fn a_limit_that_is_met_again_after_a_person_said_that_it_is_not_there_is_a_refusal() {
    let limit = Class::Refused { culprit: Some(0), limit: true };
    let open = answer(&sale(), Class::Unknown { mismatch: false });
    let absent =
        looked(std::slice::from_ref(&open), &Verdict::Absent, at(400), SignedDuration::from_secs(120), at(400))
            .unwrap();
    let again = answer(&Open { life: absent[0].life, ..open }, limit);
    assert_eq!(again.life.state, State::InDoubt, "it may be there after all");
    let disputed =
        looked(std::slice::from_ref(&again), &Verdict::Absent, at(900), SignedDuration::from_secs(120), at(900))
            .unwrap();
    assert_eq!(disputed[0].life.dispute, Some(Dispute::LimitAfterDoubt));
    let told = disputed[0].life.take(Signal::IsNotThere).unwrap();
    let last = answer(&Open { life: told, ..again }, limit);
    assert_eq!(last.life.state, State::Refused, "and not in doubt for ever");
}

#[test]
fn an_attempt_found_open_is_in_doubt_and_a_cancellation_is_done_again() {
    let sale = sale();
    let found = found_open(&sent(&sale), &attempt(), at(60)).unwrap();
    assert_eq!((found.signal, found.life.state), (Some(Signal::FoundOpen), State::InDoubt));
    let back = Act::Cancellation(Cancellation::of(&sale.entry).unwrap());
    let back = Open { entry: Arc::new(Entry { act: back, ..(*sale.entry).clone() }), ..sale.clone() };
    let found = found_open(&sent(&back), &attempt(), at(60)).unwrap();
    assert_eq!((found.signal, found.life.state, found.life.doubt), (Some(Signal::Repeatable), State::Queued, None));
    assert!(found_open(&sale, &attempt(), at(60)).is_err(), "what is queued is not open");
}
