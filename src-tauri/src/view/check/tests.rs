use super::*;
use crate::dto::LineState;
use balie_core::entry::{CheckIn, Entry, EntryId, Holder, ReceiptNumber, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::life::Life;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::tariff::PriceSource;
use balie_store::entries::Recorded;

const NUMBER: &str = "0900000067513";

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn holder() -> Holder {
    Holder {
        number: UitpasNumber::parse(NUMBER).unwrap(),
        passholder: PassholderId("p".to_owned()),
        organizer: OrganizerId("o".to_owned()),
    }
}

fn sale() -> Act {
    Act::Sale(TicketSale {
        holder: holder(),
        event: EventId("e".to_owned()),
        event_title: "Recreatief zwemmen".to_owned(),
        tariff: None,
        label: "Volwassene".to_owned(),
        quantity: 1,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Cached,
        price_as_of: at("2026-11-21T09:00:00Z"),
    })
}

fn point(deadline: &str) -> Act {
    Act::CheckIn(CheckIn {
        holder: holder(),
        event: EventId("e".to_owned()),
        event_title: "Recreatief zwemmen".to_owned(),
        points: 1,
        deadline: Some(at(deadline)),
        as_of: at("2026-11-21T09:00:00Z"),
    })
}

fn recorded(act: Act, state: State) -> Recorded {
    let occurred = at("2026-11-21T09:42:00Z");
    let receipt = ReceiptNumber { prefix: "B1".to_owned(), sequence: 12 };
    Recorded {
        entry: Entry { id: EntryId([7; 16]), receipt, act, occurred },
        state,
        version: 2,
        attempts: 1,
        changed: at("2026-11-21T10:00:00Z"),
        hold: None,
        server_price: None,
        problem: None,
        said: None,
        redeem_code: None,
        redeem_info: None,
        being_cancelled: false,
        begun: false,
        life: Life::fresh(),
        first_receipt: None,
    }
}

fn found(recorded: Recorded, why: Why, ways: &[Way]) -> Case {
    Case { recorded, why, at_risk: Cents(800), candidates: Vec::new(), ways: ways.to_vec() }
}

fn seen(cases: Vec<Case>) -> ToCheckView {
    let found = ToCheck { cases, all: 612, extras: Vec::new(), sums: Vec::new(), at_risk: Cents(800) };
    view(found, at("2026-11-21T10:00:00Z"))
}

fn only(case: Case) -> CaseView {
    seen(vec![case]).cases.remove(0)
}

#[test]
fn refused_comes_first_and_what_goes_stale_last() {
    let expiring = Why::Expiring(at("2026-11-21T10:20:00Z"));
    let seen = seen(vec![
        found(recorded(point("2026-11-21T10:20:00Z"), State::Queued), expiring, &[]),
        found(recorded(sale(), State::InDoubt), Why::Looking, &[]),
        found(recorded(sale(), State::Refused), Why::Refused, &[Way::SendAgain, Way::WriteOff]),
    ]);
    let groups: Vec<CaseGroup> = seen.cases.iter().map(|case| case.group).collect();
    assert_eq!(groups, [CaseGroup::Refused, CaseGroup::Disputed, CaseGroup::Expiring]);
    assert_eq!((seen.at_risk_cents, seen.all), (800, 612), "those that are not listed count too");
    assert_eq!(seen.cases[0].ways, [CaseWay::SendAgain, CaseWay::WriteOff], "the desk orders the buttons");
    assert_eq!(seen.cases[2].notice.code, "check.expiring");
    assert_eq!(seen.cases[2].notice.facts[0].value, "11:20", "the hour here, not that of Greenwich");
}

#[test]
fn a_refusal_keeps_what_uitpas_said_and_a_missed_deadline_is_no_refusal_of_uitpas() {
    let said = Some("Het maximum is bereikt.".to_owned());
    let refused = Recorded { said: said.clone(), ..recorded(sale(), State::Refused) };
    let case = only(found(refused, Why::Refused, &[]));
    assert_eq!((case.notice.code.as_str(), case.notice.said), ("sale.refused", said));
    let late =
        Recorded { problem: Some("expired".to_owned()), ..recorded(point("2026-11-21T09:50:00Z"), State::Refused) };
    let case = only(found(late, Why::Refused, &[]));
    assert_eq!(case.notice.code, "check.expired");
    assert_eq!(case.line.notice.unwrap().code, "check.expired", "the list of what was done says the same");
    assert_eq!(case.charged_cents, None);
}

#[test]
fn what_was_never_sent_is_not_called_refused_by_uitpas() {
    for (problem, code) in [("no-record", "cancel.noRecord"), ("unreadable-tariff", "sale.refused.unreadable")] {
        let refused = Recorded { problem: Some(problem.to_owned()), ..recorded(sale(), State::Refused) };
        assert_eq!(only(found(refused, Why::Refused, &[])).notice.code, code);
    }
}

#[test]
fn both_prices_stand_there_where_they_differ_and_only_there() {
    let other = Recorded { server_price: Some(Cents(250)), ..recorded(sale(), State::Confirmed) };
    let case = only(found(other, Why::Disputed(Dispute::Price), &[Way::Accept]));
    assert_eq!((case.charged_cents, case.accepted_cents), (Some(200), Some(250)));
    let facts: Vec<&str> = case.notice.facts.iter().map(|fact| fact.value.as_str()).collect();
    assert_eq!(facts, ["€ 2,00", "€ 2,50"]);
    let same = Recorded { server_price: Some(Cents(200)), ..recorded(sale(), State::InDoubt) };
    assert_eq!(only(found(same, Why::Looking, &[])).accepted_cents, None);
}

#[test]
fn every_dispute_has_a_code_of_its_own_and_an_older_case_shows_its_day() {
    for dispute in Dispute::ALL {
        let case = only(found(recorded(sale(), State::InDoubt), Why::Disputed(dispute), &[]));
        assert_eq!(case.notice.code, format!("check.{}", dispute.code()));
        assert_eq!(case.day, None);
    }
    let mut older = recorded(sale(), State::InDoubt);
    older.entry.occurred = at("2026-11-20T22:30:00Z");
    assert_eq!(only(found(older, Why::Looking, &[])).day.as_deref(), Some("20/11"));
}

#[test]
fn no_number_of_a_pass_crosses_whole() {
    let candidate = Candidate {
        id: "record".to_owned(),
        at: at("2026-11-21T09:43:00Z"),
        price: Some(Cents(200)),
        label: Some("Volwassene".to_owned()),
        number_masked: UitpasNumber::parse(NUMBER).unwrap().masked(),
    };
    let case = found(recorded(sale(), State::InDoubt), Why::Disputed(Dispute::Several), &[Way::IsThere]);
    let seen = seen(vec![Case { candidates: vec![candidate], ..case }]);
    assert_eq!(seen.cases[0].candidates[0].at, "21/11 10:43");
    assert_eq!(seen.cases[0].line.state, LineState::InDoubt);
    assert!(!serde_json::to_string(&seen).unwrap().contains(NUMBER));
}
