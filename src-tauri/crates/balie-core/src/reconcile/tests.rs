use super::*;
use crate::life::{Attempt, Life, Open};
use crate::outbox::Signal;
use crate::tests::{
    SETTLE, attempt, check_in, in_doubt, number, open, redemption, sale, sending, ticket, tickets, with,
};
use proptest::prelude::*;

fn at(second: i64) -> Moment {
    crate::tests::at(second)
}

/// A row of UiTPAS about an entry, as it would be made at this second.
fn row(id: &str, second: i64, entry: &Entry) -> Row {
    let (about, sale) = match &entry.act {
        Act::Sale(sale) => {
            let label = Some(sale.label.clone());
            let row = SaleRow { tariff: TariffId("t".to_owned()), regular: sale.regular, label, price: None };
            (sale.event.0.clone(), Some(row))
        }
        Act::CheckIn(check_in) => (check_in.event.0.clone(), None),
        Act::Redemption(redemption) => (redemption.reward.0.clone(), None),
        Act::Cancellation(_) => (String::new(), None),
    };
    Row { id: id.to_owned(), at: at(second), number: entry.act.holder().number.clone(), about, sale, redeem_code: None }
}

fn labelled(row: Row, token: &str) -> Row {
    let sale = row.sale.map(|sale| SaleRow { label: Some(label::with_receipt("Volwassene", token)), ..sale });
    Row { sale, ..row }
}

/// Sent from second 100 until second 110.
fn doubtful(act: Act) -> Open {
    in_doubt(open(1, act), &attempt(1, 100, 110))
}

fn with_label(act: Act) -> Open {
    in_doubt(open(1, act), &Attempt { labelled: true, ..attempt(1, 100, 110) })
}

fn item(open: &Open) -> Item<'_> {
    Item {
        entry: &open.entry,
        token: &open.token,
        doubt: open.life.doubt.as_ref().unwrap(),
        group: false,
        by_hand: false,
    }
}

const NOBODY: &(dyn Fn(&str) -> bool + Sync) = &|_| false;

/// A list that may say that something is not there.
fn settled(alone: bool) -> Known<'static> {
    Known { accounted: NOBODY, alone, listed_at: at(230), waited: SETTLE, settle: SETTLE }
}

/// One that may not.
fn early(alone: bool) -> Known<'static> {
    Known { listed_at: at(120), waited: SignedDuration::from_secs(10), ..settled(alone) }
}

fn judged(open: &Open, rows: &[Row], known: &Known<'_>) -> Verdict {
    verdict(&[item(open)], rows, known)
}

fn found(rows: &[usize]) -> Verdict {
    Verdict::Found { rows: vec![rows.to_vec()], surplus: Vec::new() }
}

#[test]
fn nothing_listed_says_nothing_until_it_may_and_then_that_it_is_not_there() {
    let open = doubtful(sale(1, "e"));
    for alone in [true, false] {
        assert_eq!(judged(&open, &[], &early(alone)), Verdict::NotYet);
        assert_eq!(judged(&open, &[], &settled(alone)), Verdict::Absent);
        let second = SignedDuration::from_secs(1);
        for (listed_at, waited, verdict) in [
            (at(229), SETTLE, Verdict::NotYet),
            (at(230), SETTLE - second, Verdict::NotYet),
            (at(230), SETTLE, Verdict::Absent),
            (at(9_000), SignedDuration::ZERO, Verdict::NotYet),
        ] {
            assert_eq!(judged(&open, &[], &Known { listed_at, waited, ..settled(alone) }), verdict);
        }
    }
}

#[test]
fn its_own_receipt_proves_that_it_is_there_at_once_and_whoever_else_sells() {
    for (group, fresh, alone) in [(false, true, true), (true, false, false), (true, true, false)] {
        let open = in_doubt(open(1, sale(1, "e")), &Attempt { labelled: true, fresh, ..attempt(1, 100, 110) });
        let rows = [labelled(row("a", 700_000, &open.entry), &open.token)];
        let item = Item { group, ..item(&open) };
        assert_eq!(verdict(&[item], &rows, &early(alone)), found(&[0]));
    }
}

#[test]
fn a_row_with_the_receipt_of_another_is_never_its_own() {
    for open in [doubtful(sale(1, "e")), with_label(sale(1, "e"))] {
        let rows = [labelled(row("a", 105, &open.entry), "B2-000001/abcd")];
        for alone in [true, false] {
            assert_eq!(judged(&open, &rows, &settled(alone)), Verdict::Absent);
            assert_eq!(judged(&open, &rows, &early(alone)), Verdict::NotYet);
        }
    }
}

#[test]
fn what_went_with_a_receipt_and_is_listed_without_it_is_for_a_person() {
    let open = with_label(sale(1, "e"));
    let rows = [row("a", 105, &open.entry)];
    for alone in [true, false] {
        assert_eq!(judged(&open, &rows, &early(alone)), Verdict::NotYet);
        assert_eq!(judged(&open, &rows, &settled(alone)), Verdict::Disputed(Dispute::WithoutReceipt));
    }
}

#[test]
fn its_own_receipt_twice_is_one_too_many_and_the_oldest_stays() {
    let open = with_label(sale(1, "e"));
    let own = |id: &str, second| labelled(row(id, second, &open.entry), &open.token);
    let rows = [own("c", 107), own("b", 106), own("a", 107)];
    let expected = Verdict::Found { rows: vec![vec![1]], surplus: vec![(0, 2), (0, 0)] };
    assert_eq!(judged(&open, &rows, &early(false)), expected, "in one second the smaller id is the older");
    let taken = Known { accounted: &|id| id == "b", ..settled(false) };
    assert_eq!(judged(&open, &rows, &taken), Verdict::Found { rows: vec![vec![2]], surplus: vec![(0, 0)] });
}

#[test]
fn some_of_its_tickets_are_a_contradiction_once_the_list_cannot_lag_any_more() {
    for open in [with_label(tickets(1, "e", 3)), doubtful(tickets(1, "e", 3))] {
        let own = |id: &str| match open.life.doubt.unwrap().labelled {
            true => labelled(row(id, 105, &open.entry), &open.token),
            false => row(id, 105, &open.entry),
        };
        for alone in [true, false] {
            let (two, three) = ([own("a"), own("b")], [own("a"), own("b"), own("c")]);
            assert_eq!(judged(&open, &two, &early(alone)), Verdict::NotYet);
            assert_eq!(judged(&open, &two, &settled(alone)), Verdict::Disputed(Dispute::Partial));
            assert_eq!(judged(&open, &three, &early(alone)), found(&[0, 1, 2]));
        }
    }
}

#[test]
fn alone_whatever_is_counted_is_ours_however_late() {
    let open = doubtful(sale(1, "e"));
    let rows = [row("a", 9_000, &open.entry)];
    assert_eq!(judged(&open, &rows, &early(true)), found(&[0]));
    let rows = [row("a", 107, &open.entry), row("b", 106, &open.entry)];
    assert_eq!(judged(&open, &rows, &early(true)), Verdict::Found { rows: vec![vec![1]], surplus: vec![(0, 0)] });
}

#[test]
fn beside_other_desks_a_person_who_stands_here_is_not_elsewhere() {
    let open = doubtful(sale(1, "e"));
    let rows = [row("a", 107, &open.entry)];
    assert_eq!(judged(&open, &rows, &early(false)), found(&[0]));
    let two = [row("a", 107, &open.entry), row("b", 106, &open.entry)];
    assert_eq!(judged(&open, &two, &early(false)), Verdict::NotYet);
    assert_eq!(judged(&open, &two, &settled(false)), Verdict::Disputed(Dispute::Several), "one of them is not ours");
}

#[test]
fn beside_other_desks_a_group_and_a_backlog_are_for_a_person() {
    let fresh = doubtful(sale(1, "e"));
    let late = in_doubt(open(1, sale(1, "e")), &Attempt { fresh: false, ..attempt(1, 100, 110) });
    let rows = [row("a", 107, &fresh.entry)];
    for item in [Item { group: true, ..item(&fresh) }, item(&late), Item { group: true, ..item(&late) }] {
        assert_eq!(verdict(&[item], &rows, &early(false)), Verdict::NotYet);
        assert_eq!(verdict(&[item], &rows, &settled(false)), Verdict::Disputed(Dispute::OtherDesk));
        assert_eq!(verdict(&[item], &rows, &early(true)), found(&[0]));
        assert_eq!(verdict(&[item], &[], &settled(false)), Verdict::Absent);
    }
}

#[test]
fn where_a_person_may_have_booked_the_like_by_hand_only_a_receipt_proves_anything() {
    let open = doubtful(sale(1, "e"));
    let rows = [row("a", 107, &open.entry)];
    for alone in [true, false] {
        let item = Item { by_hand: true, ..item(&open) };
        assert_eq!(verdict(&[item], &rows, &early(alone)), Verdict::NotYet);
        assert_eq!(verdict(&[item], &rows, &settled(alone)), Verdict::Disputed(Dispute::OtherDesk));
        assert_eq!(verdict(&[item], &[], &settled(alone)), Verdict::Absent);
        let found = surplus(&item, &open.life, &rows, &settled(alone));
        assert_eq!((found.ours, found.perhaps), (vec![], vec![0]));
    }
    let open = with_label(sale(1, "e"));
    let rows = [labelled(row("a", 107, &open.entry), &open.token)];
    let item = Item { by_hand: true, ..item(&open) };
    assert_eq!(verdict(&[item], &rows, &early(false)), found(&[0]));
}

#[test]
fn a_record_is_not_of_an_attempt_that_began_more_than_five_seconds_later() {
    for (open, alone) in [(doubtful(sale(1, "e")), true), (doubtful(sale(1, "e")), false)] {
        for (second, verdict) in [(94, Verdict::Absent), (95, found(&[0])), (96, found(&[0]))] {
            assert_eq!(judged(&open, &[row("a", second, &open.entry)], &settled(alone)), verdict, "{second}");
        }
    }
    let open = with_label(sale(1, "e"));
    let own = |second| [labelled(row("a", second, &open.entry), &open.token)];
    assert_eq!(judged(&open, &own(94), &settled(false)), Verdict::Absent);
    assert_eq!(judged(&open, &own(95), &settled(false)), found(&[0]));
}

#[test]
fn beside_other_desks_a_record_of_a_minute_later_is_for_a_person() {
    let open = doubtful(sale(1, "e"));
    for (second, verdict) in [
        (169, found(&[0])),
        (170, found(&[0])),
        (171, Verdict::Disputed(Dispute::Late)),
        (9_000, Verdict::Disputed(Dispute::Late)),
    ] {
        assert_eq!(judged(&open, &[row("a", second, &open.entry)], &settled(false)), verdict, "{second}");
    }
    let rows = [row("a", 105, &open.entry), row("b", 171, &open.entry)];
    assert_eq!(
        judged(&open, &rows, &settled(false)),
        Verdict::Disputed(Dispute::Several),
        "a late one may be ours too"
    );
    let pair = doubtful(tickets(1, "e", 2));
    assert_eq!(judged(&pair, &rows, &settled(false)), Verdict::Disputed(Dispute::Partial), "one in time is half of it");
}

#[test]
fn what_is_accounted_for_counts_no_more() {
    let open = doubtful(sale(1, "e"));
    let rows = [row("base", 105, &open.entry), row("new", 106, &open.entry)];
    for alone in [true, false] {
        let known = Known { accounted: &|id| id == "base", ..settled(alone) };
        assert_eq!(judged(&open, &rows, &known), found(&[1]));
        let known = Known { accounted: &|_| true, ..settled(alone) };
        assert_eq!(judged(&open, &rows, &known), Verdict::Absent);
    }
}

#[test]
fn what_went_together_is_there_or_is_not() {
    let batch = [doubtful(sale(1, "e")), doubtful(sale(2, "e"))];
    let items: Vec<Item<'_>> = batch.iter().map(item).collect();
    let both = [row("a", 105, &batch[1].entry), row("b", 105, &batch[0].entry)];
    let found = Verdict::Found { rows: vec![vec![1], vec![0]], surplus: vec![] };
    assert_eq!(verdict(&items, &both, &early(true)), found);
    assert_eq!(verdict(&items, &both[..1], &early(true)), Verdict::NotYet, "the list may lag");
    assert_eq!(verdict(&items, &both[..1], &settled(true)), Verdict::Disputed(Dispute::Partial));
    assert_eq!(verdict(&items, &both[1..], &settled(true)), Verdict::Disputed(Dispute::Partial));
    assert_eq!(verdict(&items, &[], &settled(true)), Verdict::Absent);
    // The one of which less is known decides for both.
    let later = in_doubt(open(2, sale(2, "e")), &attempt(1, 100, 111));
    assert_eq!(verdict(&[item(&batch[0]), item(&later)], &[], &settled(true)), Verdict::NotYet);
    let three = [both[0].clone(), both[1].clone(), row("c", 106, &batch[1].entry)];
    let surplus = Verdict::Found { rows: vec![vec![1], vec![0]], surplus: vec![(1, 2)] };
    assert_eq!(verdict(&items, &three, &early(true)), surplus);
    assert_eq!(verdict(&items, &three, &settled(false)), Verdict::Disputed(Dispute::Several));
}

#[test]
fn a_dispute_about_one_is_a_dispute_about_all() {
    let batch = [doubtful(sale(1, "e")), with_label(sale(2, "e"))];
    let items: Vec<Item<'_>> = batch.iter().map(item).collect();
    let rows = [row("a", 105, &batch[0].entry), row("b", 105, &batch[1].entry)];
    assert_eq!(verdict(&items, &rows, &early(true)), Verdict::NotYet);
    assert_eq!(verdict(&items, &rows, &settled(true)), Verdict::Disputed(Dispute::WithoutReceipt));
}

#[test]
fn each_row_is_used_up_by_one_of_two_equal_entries() {
    let one = with_label(sale(1, "e"));
    // Taken over from a desk that had the same act under the same receipt: no second row, so no second success.
    let twin = with(one.clone(), one.life);
    let own = |id: &str| labelled(row(id, 105, &one.entry), &one.token);
    assert_eq!(verdict(&[item(&one), item(&twin)], &[own("a")], &settled(true)), Verdict::Disputed(Dispute::Partial));
    let (mine, other) = (doubtful(sale(1, "e")), with_label(sale(1, "e")));
    let rows = [labelled(row("a", 105, &other.entry), &other.token), row("b", 105, &mine.entry)];
    let second = Open { token: "B1-000002/wxyz".to_owned(), ..mine.clone() };
    let rows_of = Verdict::Found { rows: vec![vec![1], vec![0]], surplus: vec![] };
    assert_eq!(verdict(&[item(&second), item(&other)], &rows, &settled(true)), rows_of);
}

#[test]
fn a_row_fits_only_what_it_is_about() {
    let open = open(1, sale(1, "e"));
    let fitting = row("a", 105, &open.entry);
    assert!(fitting.fits(&open.entry) && labelled(fitting.clone(), "x/y").fits(&open.entry));
    let sale_row = fitting.sale.clone().unwrap();
    let unlabelled = Row { sale: Some(SaleRow { label: None, ..sale_row.clone() }), ..fitting.clone() };
    assert!(unlabelled.fits(&open.entry), "what UiTPAS does not repeat says nothing");
    for other in [
        Row { number: number(2), ..fitting.clone() },
        Row { about: "f".to_owned(), ..fitting.clone() },
        Row { sale: Some(SaleRow { regular: Cents(1_001), ..sale_row.clone() }), ..fitting.clone() },
        Row { sale: Some(SaleRow { tariff: TariffId("u".to_owned()), ..sale_row.clone() }), ..fitting.clone() },
        Row { sale: Some(SaleRow { label: Some("Kind".to_owned()), ..sale_row.clone() }), ..fitting.clone() },
        Row { sale: None, ..fitting.clone() },
    ] {
        assert!(!other.fits(&open.entry), "{other:?}");
    }
    let computed = crate::tests::open(1, Act::Sale(crate::entry::TicketSale { tariff: None, ..ticket(1, "e") }));
    assert!(fitting.fits(&computed.entry), "its tariff was asked for later");
}

#[test]
fn points_and_rewards_are_known_by_what_they_are_about() {
    for (act, other) in [(check_in(1, "e", None), check_in(1, "f", None)), (redemption(1, "r"), redemption(1, "s"))] {
        let open = doubtful(act);
        let own = row("a", 105, &open.entry);
        assert!(own.fits(&open.entry) && own.token().is_none());
        assert!(!row("a", 105, &crate::tests::open(2, other).entry).fits(&open.entry));
        let as_sale = row("a", 105, &crate::tests::open(2, sale(1, &own.about)).entry);
        assert!(!as_sale.fits(&open.entry), "a ticket is no point and no reward");
        assert_eq!(judged(&open, std::slice::from_ref(&own), &early(false)), found(&[0]));
        assert_eq!(judged(&open, &[], &settled(false)), Verdict::Absent);
    }
    let back = sending(open(1, crate::tests::cancellation(1)));
    assert!(!row("a", 105, &back.entry).fits(&back.entry), "a cancellation makes no record");
}

/// Sent twice and confirmed.
fn twice(act: Act, labelled: bool) -> Open {
    let open = in_doubt(open(1, act), &Attempt { labelled, ..attempt(1, 100, 110) });
    let again = open.life.take(Signal::Absent).unwrap().take(Signal::Claim).unwrap();
    let life: Life = again.confirmed(Signal::Accepted, at(300)).unwrap();
    with(open, life)
}

#[test]
fn a_record_too_many_is_ours_by_its_receipt_or_because_nobody_else_sells() {
    let open = twice(sale(1, "e"), true);
    let rows = [
        labelled(row("a", 104, &open.entry), &open.token),
        labelled(row("b", 104, &open.entry), "B2-000001/abcd"),
        row("c", 104, &open.entry),
        row("d", 104, &crate::tests::open(2, sale(2, "e")).entry),
        labelled(row("e", 94, &open.entry), &open.token),
        row("f", 95, &open.entry),
        labelled(row("mine", 104, &open.entry), &open.token),
    ];
    let known = |alone| Known { accounted: &|id| id == "mine", ..settled(alone) };
    let beside_others = Surplus { ours: vec![0], perhaps: vec![2, 5] };
    assert_eq!(surplus(&item(&open), &open.life, &rows, &known(false)), beside_others);
    assert_eq!(
        surplus(&item(&open), &open.life, &rows, &known(true)),
        beside_others,
        "what bears no receipt was booked by hand"
    );
    let unlabelled = twice(sale(1, "e"), false);
    assert_eq!(
        surplus(&item(&unlabelled), &unlabelled.life, &rows, &known(true)),
        Surplus { ours: vec![0, 2, 5], perhaps: vec![] }
    );
    assert_eq!(surplus(&item(&open), &open.life, &[], &known(true)), Surplus::default());
}

#[test]
fn what_a_person_may_have_booked_is_not_ours() {
    let open = twice(sale(1, "e"), false);
    let rows = [labelled(row("a", 104, &open.entry), &open.token), row("b", 104, &open.entry)];
    let at_hand = |life: &Life| surplus(&item(&open), life, &rows, &settled(true));
    let sent = in_doubt(crate::tests::open(1, sale(1, "e")), &attempt(1, 100, 110)).life.take(Signal::Absent).unwrap();
    let refused = sent.take(Signal::Claim).unwrap().take(Signal::Refused).unwrap();
    assert_eq!(at_hand(&open.life), Surplus { ours: vec![0, 1], perhaps: vec![] });
    assert_eq!(at_hand(&refused), Surplus { ours: vec![0], perhaps: vec![1] }, "a receipt is no work of a hand");
    let seen = refused.take(Signal::BookedByHand).unwrap();
    assert_eq!(at_hand(&seen), Surplus { ours: vec![], perhaps: vec![0, 1] }, "a person saw one of them");
}

#[test]
fn before_the_earliest_moment_there_is_none() {
    let mut open = doubtful(sale(1, "e"));
    open.life.doubt = open.life.doubt.map(|doubt| Doubt { from: Moment::MIN, ..doubt });
    let rows = [row("a", 105, &open.entry)];
    assert_eq!(judged(&open, &rows, &settled(true)), found(&[0]));
    assert_eq!(surplus(&item(&open), &open.life, &rows, &settled(true)).ours, [0]);
}

proptest! {
    /// Whatever is listed: a row proves one entry at most, nothing accounted for proves any, and before the list may say no
    /// it only ever says yes.
    #[test]
    fn rows_are_consumed_and_an_early_list_only_finds(
        people in prop::collection::vec((0_usize..3, 1_u32..3, any::<bool>()), 1..4),
        listed in prop::collection::vec((0_usize..4, 90_i64..800, any::<bool>()), 0..9),
        alone: bool, is_settled: bool, taken in 0_usize..9,
    ) {
        let opens: Vec<Open> = people.iter().enumerate().map(|(at, (person, quantity, labelled))| {
            let receipt = i64::try_from(at).unwrap() + 1;
            in_doubt(open(receipt, tickets(*person, "e", *quantity)), &Attempt { labelled: *labelled, ..attempt(1, 100, 110) })
        }).collect();
        let rows: Vec<Row> = listed.iter().enumerate().map(|(at, (of, second, with_token))| {
            let open = &opens[of % opens.len()];
            let row = row(&format!("r{at}"), *second, &open.entry);
            if *with_token { labelled(row, &open.token) } else { row }
        }).collect();
        let accounted = |id: &str| id == format!("r{taken}");
        let known = if is_settled { settled(alone) } else { early(alone) };
        let items: Vec<Item<'_>> = opens.iter().map(item).collect();
        match verdict(&items, &rows, &Known { accounted: &accounted, ..known }) {
            Verdict::Found { rows: found, surplus } => {
                let mut used: Vec<usize> = found.iter().flatten().copied().collect();
                used.extend(surplus.iter().map(|each| each.1));
                let count = used.len();
                used.sort_unstable();
                used.dedup();
                prop_assert_eq!(used.len(), count, "a row was used twice");
                for (open, theirs) in opens.iter().zip(&found) {
                    prop_assert_eq!(theirs.len(), item(open).quantity());
                    prop_assert!(theirs.iter().all(|at| rows[*at].fits(&open.entry) && !accounted(&rows[*at].id)));
                    prop_assert!(theirs.iter().all(|at| rows[*at].token().is_none_or(|token| token == open.token)));
                }
            }
            Verdict::NotYet => prop_assert!(!is_settled),
            Verdict::Absent | Verdict::Disputed(_) => prop_assert!(is_settled),
        }
    }
}

#[test]
fn a_receipt_that_only_contains_ours_is_of_another_desk() {
    let open = with_label(sale(1, "e"));
    for token in [format!("X{}", open.token), format!("{}x", open.token)] {
        let rows = [labelled(row("a", 105, &open.entry), &token)];
        assert_eq!(judged(&open, &rows, &settled(false)), Verdict::Absent, "{token}");
    }
}
