use super::*;
use crate::key::DistributionKey;
use proptest::prelude::*;

fn line(receipt: i64, kind: Kind, place: Place) -> Line {
    Line {
        receipt: ReceiptNumber { prefix: "B1".to_owned(), sequence: receipt },
        kind,
        place,
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        event: None,
        title: "Zwemmen".to_owned(),
        label: String::new(),
        tickets: 0,
        regular: Cents::ZERO,
        charged: Cents::ZERO,
        points: 0,
        given_back: Cents::ZERO,
        takes_back: None,
    }
}

fn sale(receipt: i64, place: Place, tickets: u32, (regular, charged): (i64, i64)) -> Line {
    let event = Some(EventId("swim".to_owned()));
    let (regular, charged) = (Cents(regular), Cents(charged));
    Line { event, tickets, regular, charged, label: "Kind".to_owned(), ..line(receipt, Kind::Sale, place) }
}

fn standard(line: &Line) -> Option<crate::key::Split> {
    Some(DistributionKey::standard().split(line.regular))
}

#[test]
fn every_state_has_its_word() {
    let place = |state| Place::of(state, None);
    assert_eq!([State::Queued, State::Sending].map(place), [Place::Noted; 2]);
    assert_eq!([State::Refused, State::WrittenOff].map(place), [Place::Refused; 2]);
    assert_eq!([State::Withdrawn, State::Cancelled].map(place), [Place::TakenBack; 2]);
    let others = [State::Confirmed, State::InDoubt, State::HandedOver].map(place);
    assert_eq!(others, [Place::Sent, Place::ToCheck, Place::HandedOver]);
    assert_eq!(Place::of(State::Confirmed, Some(Dispute::Price)), Place::Sent);
    assert_eq!(Place::of(State::Confirmed, Some(Dispute::Gone)), Place::ToCheck);
}

#[test]
fn only_what_uitpas_has_is_added_to_what_it_has() {
    let lines = [
        sale(1, Place::Sent, 3, (1_000, 200)),
        sale(2, Place::Noted, 1, (750, 150)),
        sale(3, Place::Refused, 1, (1_000, 200)),
        sale(4, Place::ToCheck, 1, (1_000, 200)),
        sale(5, Place::TakenBack, 1, (1_000, 200)),
        sale(6, Place::HandedOver, 1, (1_000, 200)),
        Line { points: 1, ..line(7, Kind::CheckIn, Place::Sent) },
        Line { points: -12, ..line(8, Kind::Redemption, Place::Sent) },
    ];
    let totals = add_up(&lines, standard);
    let sent = totals.at(Place::Sent);
    assert_eq!((sent.acts, sent.tickets, sent.saved, sent.spent), (3, 3, 1, 12));
    assert_eq!((sent.charged, sent.regular, sent.discount()), (Cents(600), Cents(3_000), Cents(2_400)));
    assert_eq!((totals.at(Place::Noted).charged, totals.at(Place::ToCheck).charged), (Cents(150), Cents(200)));
    assert_eq!((totals.count(Kind::Sale, Place::Sent), totals.count(Kind::CheckIn, Place::Noted)), (1, 0));
    assert_eq!(totals.acts(), 8);
    let Estimate { passholder, organizer, municipality, unknown } = totals.estimate;
    assert_eq!([passholder, organizer, municipality, unknown], [600, 1_200, 1_200, 0].map(Cents));
    let swim = &totals.activities[0];
    assert_eq!((swim.acts(), swim.sent.acts, swim.open.charged), (3, 1, Cents(350)));
}

#[test]
fn the_discount_that_was_given_is_shared_as_the_key_shares_its_own() {
    let estimate = |charged, split: fn(&Line) -> Option<crate::key::Split>| {
        let Estimate { passholder, organizer, municipality, unknown } =
            add_up(&[sale(1, Place::Sent, 1, (1_000, charged))], split).estimate;
        [passholder, organizer, municipality, unknown].map(|cents| cents.0)
    };
    assert_eq!(estimate(200, standard), [200, 400, 400, 0]);
    assert_eq!(estimate(151, standard), [151, 425, 424, 0], "half a cent goes up");
    assert_eq!(estimate(200, |_| None), [200, 0, 0, 800], "no key applies, and none is made up");
    let all_paid = |_: &Line| {
        let key = DistributionKey::new(
            Vec::new(),
            crate::key::Share::OfPrice(10_000),
            crate::key::Share::Rest,
            crate::key::Share::OfPrice(0),
        );
        Some(key.unwrap().split(Cents(1_000)))
    };
    assert_eq!((estimate(200, all_paid), estimate(1_000, all_paid)), ([200, 0, 0, 800], [1_000, 0, 0, 0]));
}

#[test]
fn what_is_taken_back_of_an_earlier_day_is_told_apart_from_what_is_of_today() {
    let back = |receipt, of, place| Line {
        takes_back: Some(of),
        given_back: Cents(200),
        ..line(receipt, Kind::Cancellation, place)
    };
    let lines = [
        sale(8, Place::TakenBack, 1, (1_000, 200)),
        back(9, 8, Place::Sent),
        back(10, 3, Place::Noted),
        back(11, 4, Place::Refused),
    ];
    let totals = add_up(&lines, standard);
    assert_eq!(totals.back, Back { acts: 1, cents: Cents(200) });
    assert_eq!((totals.at(Place::Sent).charged, totals.at(Place::Sent).acts), (Cents::ZERO, 1));
    assert!(totals.hours.is_empty() && totals.activities.is_empty());
}

#[test]
fn an_activity_bears_the_title_that_was_recorded_last() {
    let titled = |receipt, title: &str| Line { title: title.to_owned(), ..sale(receipt, Place::Sent, 1, (1_000, 200)) };
    let totals = add_up(&[titled(9, "Zwemmen (bad 2)"), titled(8, "Zwemmen")], standard);
    assert_eq!((totals.activities.len(), totals.activities[0].title.as_str()), (1, "Zwemmen (bad 2)"));
}

#[test]
fn the_hours_are_those_of_brussels_and_have_no_gaps() {
    let at = |receipt, at: &str| Line { at: at.parse().unwrap(), ..sale(receipt, Place::Noted, 1, (1_000, 200)) };
    let lines = [at(1, "2026-07-01T07:59:59Z"), at(2, "2026-07-01T10:00:00Z"), at(3, "2026-07-01T10:30:00Z")];
    let hours: Vec<(i8, u32)> = add_up(&lines, standard).hours.iter().map(|each| (each.hour, each.acts)).collect();
    assert_eq!(hours, [(9, 1), (10, 0), (11, 0), (12, 2)]);
}

#[test]
fn lines_are_found_by_word_kind_activity_and_text() {
    let line = sale(412, Place::Sent, 1, (1_000, 200));
    let lets = |filter: Filter| filter.lets_through(&line);
    assert!(lets(Filter::default()));
    assert!(lets(Filter { place: Some(Place::Sent), kind: Some(Kind::Sale), ..Filter::default() }));
    assert!(!lets(Filter { place: Some(Place::Noted), ..Filter::default() }));
    assert!(!lets(Filter { kind: Some(Kind::CheckIn), ..Filter::default() }));
    assert!(lets(Filter { event: line.event.clone(), ..Filter::default() }));
    assert!(!lets(Filter { event: Some(EventId("other".to_owned())), ..Filter::default() }));
    for (text, found) in [(" b1-000412 ", true), ("412", true), ("ZWEM", true), ("kind", true), ("413", false)] {
        assert_eq!(lets(Filter { text: text.to_owned(), ..Filter::default() }), found, "{text}");
    }
}

fn any_line() -> impl Strategy<Value = Line> {
    let numbers = (1_i64..50, 0_usize..4, 0_usize..6, 1_u32..40);
    (numbers, (1_i64..2_000_000, 0_i64..=100), -50_i64..50).prop_map(
        |((receipt, kind, place, tickets), price, points)| {
            let (regular, part) = price;
            let line = line(receipt, Kind::ALL[kind], Place::ALL[place]);
            match line.kind {
                Kind::Sale => sale(receipt, line.place, tickets, (regular, regular * part / 100)),
                Kind::CheckIn => Line { points: points.abs(), ..line },
                Kind::Redemption => Line { points: -points.abs(), ..line },
                Kind::Cancellation => Line { given_back: Cents(regular), takes_back: Some(points.abs()), ..line },
            }
        },
    )
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_counted_twice(lines in prop::collection::vec(any_line(), 0..60)) {
        let totals = add_up(&lines, |line| (line.tickets % 3 > 0).then(|| DistributionKey::standard().split(line.regular)));
        prop_assert_eq!(totals.acts() as usize, lines.len());
        let by_place: u32 = Place::ALL.iter().map(|place| totals.at(*place).acts).sum();
        prop_assert_eq!(by_place as usize, lines.len());
        let Estimate { passholder, organizer, municipality, unknown } = totals.estimate;
        let sent = totals.at(Place::Sent);
        prop_assert_eq!(passholder, sent.charged);
        prop_assert_eq!(organizer + municipality + unknown, sent.discount());
        prop_assert!([organizer, municipality, unknown].iter().all(|part| *part >= Cents::ZERO));
        let counting = lines.iter().filter(|line| line.kind != Kind::Cancellation
            && matches!(line.place, Place::Sent | Place::Noted | Place::ToCheck)).count();
        prop_assert_eq!(totals.hours.iter().map(|each| each.acts as usize).sum::<usize>(), counting);
        let tickets: u32 = totals.activities.iter().map(|each| each.sent.tickets).sum();
        prop_assert_eq!(tickets, sent.tickets);
    }
}
