use super::*;
use crate::key::Key;
use crate::ledger::Environment;
use balie_core::entry::{Act, Cancellation, Entry, Holder, ReceiptNumber, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::tariff::PriceSource;

const POLICY: RetentionPolicy = RetentionPolicy { reduce_after_days: 30, delete_after_days: 400 };
const NUMBER: &str = "0900000067513";
const START: i64 = 1_795_000_000_000;

fn after(days: i64, milliseconds: i64) -> Moment {
    Moment::from_millisecond(START + days * 86_400_000 + milliseconds).unwrap()
}

async fn opened(folder: &tempfile::TempDir) -> Ledger {
    let path = folder.path().join("ledger.db");
    Ledger::open(&path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap()
}

fn sale(person: &str) -> Act {
    Act::Sale(TicketSale {
        holder: Holder {
            number: UitpasNumber::parse(NUMBER).unwrap(),
            passholder: PassholderId(format!("person-{person}")),
            organizer: OrganizerId("o".to_owned()),
        },
        event: EventId("e".to_owned()),
        event_title: "Zwemmen".to_owned(),
        tariff: None,
        label: "Volwassene".to_owned(),
        quantity: 1,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Computed,
        price_as_of: after(0, 0),
    })
}

/// Records a sale, and lets it stand like this since the start. Everything beside it holds the number too.
async fn standing(ledger: &Ledger, at: u8, state: &str, more: &str) -> Entry {
    let recorded = ledger.record(EntryId([at; 16]), &sale(&at.to_string()), after(0, 0)).await.unwrap();
    let receipt = recorded.entry.receipt.sequence;
    stands(ledger, receipt, state).await;
    let beside = format!(
        "insert into attempt (id, receipt, started_at, phase, class, ended_at, problem, batch)
             values ({receipt}, {receipt}, {START}, 'closed', 'accepted', {START}, 'uitpas/{NUMBER}', {receipt});
         insert into observation (id, receipt, batch, at, verdict) values ({receipt}, {receipt}, {receipt}, {START}, 'found');
         insert into observed_row values ({receipt}, 'row-{receipt}', {START}, 200, 'Kind {NUMBER}');
         insert into server_record (kind, server_id, receipt, created, price_cents)
             values ('sell', 'row-{receipt}', {receipt}, {START}, 200);
         {}",
        more.replace('?', &receipt.to_string())
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(beside)).execute(&ledger.pool).await.unwrap();
    recorded.entry
}

async fn stands(ledger: &Ledger, receipt: i64, state: &str) {
    let doubt = if state == "in_doubt" { "1" } else { "null" };
    let stands = format!(
        "delete from outbox where receipt = {receipt};
         insert into outbox (receipt, state, changed_at, said, problem, redeem_code, redeem_info, doubt_batch, doubt_from,
                             doubt_until)
         values ({receipt}, '{state}', {START}, 'Dag {NUMBER}', 'uitpas/{NUMBER}', '{NUMBER}', 'Voor {NUMBER}', {doubt},
                 {doubt}, {doubt});"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(stands)).execute(&ledger.pool).await.unwrap();
}

/// Sets a column of the outbox of this receipt without a step, as a remark does.
fn remark(column: &str, value: &str) -> String {
    ["update", &format!(" outbox set {column} = {value} where receipt = ?;")].concat()
}

/// In which places the number and the person of a receipt still stand.
async fn traces(ledger: &Ledger, person: &str) -> Vec<String> {
    let all = crate::rehearsal::texts_of_ledger(ledger).await.unwrap();
    let names = [NUMBER.to_owned(), format!("person-{person}")];
    all.into_iter().filter(|(_, text)| names.iter().any(|name| text.contains(name))).map(|(place, _)| place).collect()
}

async fn held(ledger: &Ledger) -> Vec<(i64, bool)> {
    let list = ledger.newest(1_000).await.unwrap();
    list.iter().rev().map(|each| (each.entry.receipt.sequence, each.entry.act.holder().number.is_forgotten())).collect()
}

#[tokio::test]
async fn every_state_has_its_term_and_what_is_open_has_none() {
    let extra = |taken_out: &str, seen: &str, provable: u8| {
        format!(
            "insert into surplus values ('sell', 'extra-?', ?, 'Zwemmen', '{NUMBER}', 0, 200, {provable}, 0, {taken_out}, {seen});"
        )
    };
    let since = START.to_string();
    let intent = "insert into attempt (receipt, started_at, phase) values (?, 0, 'intent');";
    let cases = [
        ("queued", String::new(), false),
        ("sending", intent.to_owned(), false),
        ("in_doubt", String::new(), false),
        ("refused", String::new(), false),
        ("confirmed", String::new(), true),
        ("withdrawn", String::new(), true),
        ("cancelled", String::new(), true),
        ("written_off", String::new(), true),
        ("handed_over", String::new(), true),
        ("confirmed", remark("dispute", "'gone'"), false),
        ("confirmed", remark("recheck_at", "5"), false),
        ("confirmed", remark("doubt_batch = 1, doubt_from = 1, doubt_until", "1"), false),
        ("handed_over", remark("doubt_batch = 1, doubt_from = 1, doubt_until", "1"), true),
        ("confirmed", intent.to_owned(), false),
        ("confirmed", extra("null", "null", 0), false),
        ("confirmed", extra("null", &since, 1), false),
        ("confirmed", extra("null", &since, 0), true),
        ("confirmed", extra(&since, "null", 1), true),
        (
            "handed_over",
            "insert into trail select max(seq) + 1, 0, 'clerk', 'hand_over', ?, '', zeroblob(32) from trail;".into(),
            false,
        ),
    ];
    for (state, more, ends) in cases {
        let folder = tempfile::tempdir().unwrap();
        let ledger = opened(&folder).await;
        standing(&ledger, 1, state, &more).await;
        let before = traces(&ledger, "1").await;
        let days = [(29, 0), (30, 0), (30, 1), (31, 0), (400, 0), (400, 1), (401, 0)];
        for (at, (days, milliseconds)) in days.into_iter().enumerate() {
            let what = format!("{state} {more} after {days} days and {milliseconds} ms");
            let done = ledger.retain(after(days, milliseconds), &POLICY).await.unwrap();
            let expected = Retained { reduced: u32::from(ends && at == 2), deleted: u32::from(ends && at == 5) };
            assert_eq!(done, expected, "{what}");
            let wanted = match at {
                _ if !ends => vec![(1, false)],
                0..2 => vec![(1, false)],
                2..5 => vec![(1, true)],
                _ => vec![],
            };
            assert_eq!(held(&ledger).await, wanted, "{what}");
            if wanted == [(1, false)] {
                assert_eq!(traces(&ledger, "1").await, before, "{what}: nothing of it is touched");
            } else {
                assert_eq!(traces(&ledger, "1").await, [""; 0], "{what}");
            }
        }
        let next = ledger.record(EntryId([9; 16]), &sale("9"), after(401, 0)).await.unwrap();
        assert_eq!(next.entry.receipt.sequence, 2, "{state}: no number is given out twice");
    }
}

#[tokio::test]
async fn what_is_left_is_what_the_books_need() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = opened(&folder).await;
    let entry = standing(&ledger, 1, "confirmed", "").await;
    let before = ledger.by_receipt(1).await.unwrap().unwrap();
    assert_eq!(ledger.retain(after(31, 0), &POLICY).await.unwrap(), Retained { reduced: 1, deleted: 0 });
    assert_eq!(ledger.retain(after(31, 0), &POLICY).await.unwrap(), Retained::default(), "it is done once");
    let reduced = ledger.entry(entry.id).await.unwrap().unwrap();
    let (Act::Sale(was), Act::Sale(is)) = (&entry.act, &reduced.entry.act) else { panic!("sales") };
    let holder = Holder {
        number: UitpasNumber::forgotten(),
        passholder: PassholderId(String::new()),
        organizer: was.holder.organizer.clone(),
    };
    assert_eq!(is, &TicketSale { holder, ..was.clone() });
    assert_eq!((&reduced.entry.receipt, reduced.entry.occurred), (&entry.receipt, entry.occurred));
    assert_eq!((reduced.state, reduced.changed, reduced.version), (State::Confirmed, before.changed, before.version));
    assert_eq!((reduced.said, reduced.redeem_code, reduced.redeem_info, reduced.problem), (None, None, None, None));
    assert_eq!(ledger.sold_at(&EventId("e".to_owned())).await.unwrap(), [("row-1".to_owned(), 1)]);
    let story = ledger.story(1).await.unwrap();
    assert!(story.iter().any(|line| line.detail == "sell row-1 · 200 cent"), "{story:?}");
    assert!(story.iter().all(|line| !line.detail.contains(NUMBER)), "{story:?}");
    ledger.verify_trail().await.unwrap();
    assert_eq!(ledger.damage().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn what_was_reduced_counts_for_nobody_and_goes_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = opened(&folder).await;
    let confirmed = standing(&ledger, 1, "confirmed", "").await;
    let given = standing(&ledger, 2, "handed_over", "").await;
    ledger.retain(after(31, 0), &POLICY).await.unwrap();
    let back = Act::Cancellation(Cancellation::of(&confirmed).unwrap());
    let refused = ledger.record(EntryId([7; 16]), &back, after(31, 0)).await;
    assert!(matches!(refused, Err(StoreError::Changed)), "nobody knows whose it was: {refused:?}");
    for person in ["person-1", ""] {
        let person = PassholderId(person.to_owned());
        assert!(ledger.own_uses(balie_core::agreement::Verb::Sell, &person).await.unwrap().is_empty());
        assert!(ledger.points_changes(&person, after(31, 0)).await.unwrap().is_empty());
    }
    assert!(ledger.to_hand_over().await.unwrap().is_empty(), "no file is written without the number");

    // It comes back from the other desk, which kept the number.
    let arriving = crate::hand_over::Arriving {
        id: given.id,
        act: sale("2"),
        occurred: given.occurred,
        first_receipt: "B1-000002/abcd".to_owned(),
        from: after(0, 0),
        until: after(31, 0),
        labelled: false,
        cancel_wanted: false,
        typed_card: None,
    };
    let came = ledger.take_over(std::slice::from_ref(&arriving), after(31, 0)).await.unwrap();
    assert_eq!((came[0].receipt(), came[0].entry.act.holder().number.reveal()), (3, NUMBER));
    assert_eq!(held(&ledger).await, [(1, true), (3, false)]);
    assert!(ledger.take_over(&[arriving], after(31, 0)).await.unwrap().is_empty(), "it comes in once");
    assert_eq!(crate::rehearsal::fault(&ledger).await.unwrap(), None);
}

#[tokio::test]
async fn a_cancellation_and_what_it_takes_back_stay_and_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = opened(&folder).await;
    let target = standing(&ledger, 1, "confirmed", "").await;
    // Far enough behind it that the two are never looked at in one turn.
    let behind = format!(
        "insert into entry (receipt, receipt_prefix, id, kind, occurred_at, organizer_id, uitpas_number, passholder_id,
                 title, facts_as_of, event_id, points)
             values ({}, 'B1', zeroblob(16), 'check_in', 0, 'o', '{NUMBER}', 'person-0', 't', 0, 'e', 1);
         insert into outbox (receipt, state, changed_at) values ({}, 'confirmed', {START});",
        3 * TOGETHER,
        3 * TOGETHER
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(behind)).execute(&ledger.pool).await.unwrap();
    let back = Act::Cancellation(Cancellation::of(&target).unwrap());
    let back = ledger.record(EntryId([2; 16]), &back, after(0, 0)).await.unwrap().entry.receipt.sequence;
    for open in ["queued", "refused"] {
        stands(&ledger, back, open).await;
        let done = ledger.retain(after(500, 0), &POLICY).await.unwrap();
        assert!(held(&ledger).await.contains(&(1, false)), "{open} after {done:?}: it is still to be taken out");
    }
    stands(&ledger, back, "confirmed").await;
    let later =
        ["update", &format!(" outbox set changed_at = {} where receipt = {back}", after(90, 0).as_millisecond())];
    sqlx::raw_sql(sqlx::AssertSqlSafe(later.concat())).execute(&ledger.pool).await.unwrap();
    ledger.retain(after(401, 0), &POLICY).await.unwrap();
    assert_eq!(held(&ledger).await, [(1, true), (back, true)], "it tells what was taken back");
    let told = ledger.by_receipt(back).await.unwrap().unwrap();
    let Act::Cancellation(told) = told.entry.act else { panic!("a cancellation") };
    assert_eq!(told.of_receipt, ReceiptNumber { prefix: "B1".to_owned(), sequence: 1 });
    assert_eq!(ledger.retain(after(491, 0), &POLICY).await.unwrap(), Retained { reduced: 0, deleted: 2 });
    assert_eq!(held(&ledger).await, []);
    assert_eq!(
        ledger.record(EntryId([3; 16]), &sale("3"), after(491, 0)).await.unwrap().entry.receipt.sequence,
        back + 1
    );
}

#[tokio::test]
async fn nothing_else_about_an_entry_can_be_changed_or_removed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = opened(&folder).await;
    standing(&ledger, 1, "confirmed", "").await;
    standing(&ledger, 2, "queued", "").await;
    let columns: Vec<(String, String)> = sqlx::query("select name, type from pragma_table_info('entry')")
        .fetch_all(&ledger.pool)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    assert!(columns.len() > 20);
    let forgotten = "uitpas_number = '0000000000000', passholder_id = ''";
    let mut refused: Vec<String> = vec![
        "update entry set uitpas_number = '0000000000000' where receipt = 1".to_owned(),
        "update entry set passholder_id = '' where receipt = 1".to_owned(),
        format!("update entry set {forgotten} where receipt = 2"),
        "delete from entry where receipt = 1".to_owned(),
        "update desk set receipts_gone = 9; delete from entry where receipt = 1".to_owned(),
        "update desk set receipts_gone = 9; update desk set receipts_gone = 8".to_owned(),
        "insert into entry select * from entry where receipt = 1".to_owned(),
    ];
    for (name, kind) in columns.iter().filter(|(name, _)| !["uitpas_number", "passholder_id"].contains(&name.as_str()))
    {
        let other = match kind.as_str() {
            "INTEGER" => format!("coalesce({name}, 0) + 7"),
            "BLOB" => "randomblob(16)".to_owned(),
            _ => format!("coalesce({name}, '') || 'x'"),
        };
        refused.push(format!("update entry set {name} = {other} where receipt = 1"));
        refused.push(format!("update entry set {forgotten}, {name} = {other} where receipt = 1"));
    }
    for sql in &refused {
        let mut tx = ledger.pool.begin().await.unwrap();
        let tried = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.as_str())).execute(&mut *tx).await;
        assert!(tried.is_err(), "{sql}");
    }
    let mut tx = ledger.pool.begin().await.unwrap();
    let allowed = format!("update entry set {forgotten} where receipt = 1");
    sqlx::raw_sql(sqlx::AssertSqlSafe(allowed)).execute(&mut *tx).await.unwrap();
    let back = format!("update entry set uitpas_number = '{NUMBER}', passholder_id = 'p' where receipt = 1");
    assert!(sqlx::raw_sql(sqlx::AssertSqlSafe(back)).execute(&mut *tx).await.is_err(), "and it never comes back");
}

#[tokio::test]
async fn a_long_history_goes_in_turns_and_its_receipts_never_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = opened(&folder).await;
    let many = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000)
         insert into entry (receipt, receipt_prefix, id, kind, occurred_at, organizer_id, uitpas_number, passholder_id,
                            title, facts_as_of, event_id, points)
         select i, 'B1', randomblob(16), 'check_in', 0, 'o', '{NUMBER}', 'person-' || i, 't', 0, 'e', 1 from n;
         insert into outbox (receipt, state, changed_at)
         select receipt, case when receipt % 100 = 3 then 'queued' else 'confirmed' end, {START} from entry;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(many)).execute(&ledger.pool).await.unwrap();
    // Somebody else records all the while.
    let other = ledger.clone();
    let (done, ()) = tokio::join!(ledger.retain(after(500, 0), &POLICY), async {
        for at in 1..=20 {
            other.record(EntryId([at; 16]), &sale("x"), after(500, 0)).await.unwrap();
        }
    });
    assert_eq!(done.unwrap(), Retained { reduced: 990, deleted: 990 });
    let open: Vec<(i64, bool)> = (0..10).map(|hundred| (hundred * 100 + 3, false)).collect();
    assert_eq!(held(&ledger).await[..10], open);
    assert_eq!(held(&ledger).await.len(), 30);
    assert_eq!(crate::rehearsal::fault(&ledger).await.unwrap(), None);
    let told = sqlx::query("select detail from trail where action = 'removed' order by seq limit 1");
    let told: String = told.fetch_one(&ledger.pool).await.unwrap().get(0);
    assert!(told.starts_with("24") && told.contains(" 804-902 904-"), "{told}");
}

#[tokio::test]
async fn records_too_many_and_sums_have_their_terms_too() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = opened(&folder).await;
    let rows = format!(
        "insert into surplus values ('sell', 'open', null, 't', '{NUMBER}', 0, null, 0, {START}, null, null),
             ('sell', 'ours', null, 't', '{NUMBER}', 0, null, 1, {START}, null, {START}),
             ('sell', 'seen', null, 't', '{NUMBER}', 0, null, 0, {START}, null, {START}),
             ('sell', 'out', null, 't', '{NUMBER}', 0, null, 1, {START}, {START}, null);
         insert into sum_check (event_id, organizer_id, title, due_at, checked_at) values
             ('a', 'o', 't', null, {START}), ('b', 'o', 't', {START}, {START});"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(rows)).execute(&ledger.pool).await.unwrap();
    let left = async || {
        let rows = sqlx::query(
            "select server_id || case uitpas_number when '0000000000000' then '-' else '' end from surplus
             union all select event_id from sum_check order by 1",
        );
        let rows = rows.fetch_all(&ledger.pool).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect::<Vec<String>>().join(" ")
    };
    for (days, wanted) in [
        (30, "a b open ours out seen"),
        (31, "a b open ours out- seen-"),
        (400, "a b open ours out- seen-"),
        (401, "b open ours"),
        (900, "b open ours"),
    ] {
        ledger.retain(after(days, 0), &POLICY).await.unwrap();
        assert_eq!(left().await, wanted, "after {days} days");
    }
}

#[test]
fn what_is_told_of_receipts_is_short() {
    assert_eq!(told(&[1, 2, 3, 4, 7]), "5: 1-4 7");
    assert_eq!((told(&[3]), list(&[1, 2])), ("1: 3".to_owned(), "[1,2]".to_owned()));
}

#[test]
fn a_policy_that_removes_before_it_reduces_removes_when_it_reduces() {
    let short = RetentionPolicy { reduce_after_days: 30, delete_after_days: 3 };
    let terms = Terms::of(&short, after(0, 0));
    assert_eq!((terms.reduce, terms.remove), (after(-30, 0).as_millisecond(), after(-30, 0).as_millisecond()));
    let endless = RetentionPolicy { reduce_after_days: 30, delete_after_days: u32::MAX };
    assert_eq!(Terms::of(&endless, after(0, 0)).remove, Moment::MIN.as_millisecond());
}
