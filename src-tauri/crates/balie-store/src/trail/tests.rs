use super::*;
use crate::key::Key;
use crate::ledger::Environment;

/// A ledger whose trail has three rows, of which the first says this.
async fn three_rows(path: &std::path::Path, first: &str) -> Ledger {
    let ledger = Ledger::open(path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap();
    for detail in [first, "the same", "the same"] {
        let mut tx = ledger.pool.begin_with("begin immediate").await.unwrap();
        note(&mut tx, Actor::Clerk, "seen_extra", None, detail, Moment::UNIX_EPOCH).await.unwrap();
        tx.commit().await.unwrap();
    }
    ledger
}

async fn changed(ledger: &Ledger, sql: &'static str) -> Option<i64> {
    sqlx::raw_sql("drop trigger trail_is_never_changed; drop trigger trail_is_never_removed")
        .execute(&ledger.pool)
        .await
        .unwrap();
    sqlx::raw_sql(sql).execute(&ledger.pool).await.unwrap();
    match ledger.verify_trail().await {
        Ok(()) => None,
        Err(StoreError::Tampered { seq }) => Some(seq),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn whatever_is_changed_in_the_trail_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    for (number, (sql, seq)) in [
        ("select 1", None),
        ("update trail set detail = 'another' where seq = 2", Some(2)),
        ("update trail set at = 1 where seq = 3", Some(3)),
        ("delete from trail where seq = 2", Some(3)),
        ("delete from trail where seq = 1", Some(2)),
    ]
    .into_iter()
    .enumerate()
    {
        let ledger = three_rows(&folder.path().join(format!("{number}.db")), "one").await;
        assert_eq!(changed(&ledger, sql).await, seq, "{sql}");
    }
}

#[tokio::test]
async fn a_row_of_another_trail_does_not_fit_in() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = three_rows(&folder.path().join("ledger.db"), "one").await;
    let other = three_rows(&folder.path().join("other.db"), "another").await;
    let theirs: Vec<u8> =
        sqlx::query("select hash from trail where seq = 2").fetch_one(&other.pool).await.unwrap().get(0);
    sqlx::raw_sql("drop trigger trail_is_never_changed").execute(&ledger.pool).await.unwrap();
    sqlx::query("update trail set hash = ? where seq = 2").bind(theirs).execute(&ledger.pool).await.unwrap();
    assert!(
        matches!(ledger.verify_trail().await, Err(StoreError::Tampered { seq: 2 })),
        "it says the same, after something else"
    );
}

/// A trail of so many rows, as a desk writes them: with and without a receipt and a detail. Whoever has the key may change it.
async fn long(path: &std::path::Path, rows: i64) -> Ledger {
    let ledger = Ledger::open(path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap();
    let mut tx = ledger.pool.begin_with("begin immediate").await.unwrap();
    for at in 1..=rows {
        let (actor, action) = if at % 3 == 0 { (Actor::Machine, "accepted") } else { (Actor::Clerk, "recorded") };
        let detail = if at % 5 == 0 { "wish" } else { "" };
        let receipt = (at % 4 > 0).then_some(at);
        let now = Moment::from_millisecond(1_795_000_000_000 + at).unwrap();
        note(&mut tx, actor, action, receipt, detail, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let loose = "drop trigger trail_is_never_changed; drop trigger trail_is_never_removed;
        pragma ignore_check_constraints = on; pragma synchronous = off;
        create table kept as select * from trail;";
    sqlx::raw_sql(loose).execute(&ledger.pool).await.unwrap();
    ledger
}

/// The bytes of a column, and the statement that writes other ones.
const COLUMNS: [(&str, &str); 7] = [
    ("seq", "update trail set seq = ?1 where seq = ?2"),
    ("at", "update trail set at = ?1 where seq = ?2"),
    ("actor", "update trail set actor = cast(?1 as text) where seq = ?2"),
    ("action", "update trail set action = cast(?1 as text) where seq = ?2"),
    ("receipt", "update trail set receipt = ?1 where seq = ?2"),
    ("detail", "update trail set detail = cast(?1 as text) where seq = ?2"),
    ("hash", "update trail set hash = ?1 where seq = ?2"),
];

async fn write(ledger: &Ledger, sql: &'static str, bytes: &[u8], is_number: bool, seq: i64) -> bool {
    let query = sqlx::query(sql);
    let query = match is_number {
        true => query.bind(i64::from_be_bytes(bytes.try_into().unwrap())),
        false => query.bind(bytes.to_vec()),
    };
    query.bind(seq).execute(&ledger.pool).await.is_ok()
}

#[tokio::test]
async fn each_byte_of_two_hundred_rows_is_held_by_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = long(&folder.path().join("ledger.db"), 200).await;
    let mut flipped = 0;
    for seq in 1..=200_i64 {
        for (column, update) in COLUMNS {
            let is_number = matches!(column, "seq" | "at" | "receipt");
            let read = format!("select {column}, cast({column} as blob) from trail where seq = {seq}");
            let row = sqlx::query(sqlx::AssertSqlSafe(read)).fetch_one(&ledger.pool).await.unwrap();
            let bytes = match is_number {
                true => row.get::<Option<i64>, _>(0).map(|number| number.to_be_bytes().to_vec()).unwrap_or_default(),
                false => row.get::<Vec<u8>, _>(1),
            };
            for place in 0..bytes.len() {
                // Another bit at each place; of the number of a row one that no other row has.
                let masks = (0..8).map(|bit| 1_u8 << ((place + bit) % 8)).chain(3..=255);
                let mut changed = bytes.clone();
                for mask in masks {
                    changed[place] = bytes[place] ^ mask;
                    if write(&ledger, update, &changed, is_number, seq).await {
                        break;
                    }
                }
                assert!(
                    matches!(ledger.verify_trail().await, Err(StoreError::Tampered { .. })),
                    "byte {place} of {column} of row {seq}: {bytes:?} became {changed:?}"
                );
                let now = if column == "seq" { i64::from_be_bytes(changed.try_into().unwrap()) } else { seq };
                assert!(write(&ledger, update, &bytes, is_number, now).await);
                flipped += 1;
            }
        }
    }
    assert!(flipped > 200 * 60, "{flipped}");
    ledger.verify_trail().await.unwrap();
}

#[tokio::test]
async fn no_row_can_be_taken_out_put_in_swapped_or_emptied_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = long(&folder.path().join("ledger.db"), 200).await;
    let (whole, closing) = (ledger.trail_head().await.unwrap(), "drop table if exists other");
    let swap = "create table other as select * from trail where seq in (?, ? + 1);
        delete from trail where seq in (?, ? + 1);
        insert into trail select 2 * ? + 1 - seq, at, actor, action, receipt, detail, hash from other;";
    let shifted = "create table other as select * from trail where seq > ?; delete from trail where seq >= ?;
        insert into trail select seq - 1, at, actor, action, receipt, detail, hash from other;";
    let doubled = "create table other as select * from trail where seq >= ?; delete from trail where seq > ?;
        insert into trail select seq + 1, at, actor, action, receipt, detail, hash from other;";
    let mut tried = 0;
    for seq in (1..200_i64).step_by(7) {
        for sql in [
            swap,
            shifted,
            doubled,
            "delete from trail where seq = ?",
            "update trail set receipt = null where seq = ? / 4 * 4 + 1",
            "update trail set receipt = 0 where seq = (? + 3) / 4 * 4",
            "update trail set detail = action, action = detail where seq = ?",
        ] {
            let sql = sql.replace('?', &seq.to_string());
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql.as_str())).execute(&ledger.pool).await.unwrap();
            let seen = ledger.verify_trail().await;
            assert!(matches!(seen, Err(StoreError::Tampered { .. })), "{sql}: {seen:?}");
            let back = "delete from trail; insert into trail select * from kept";
            sqlx::raw_sql(back).execute(&ledger.pool).await.unwrap();
            sqlx::raw_sql(closing).execute(&ledger.pool).await.unwrap();
            assert_eq!(ledger.trail_head().await.unwrap(), whole);
            tried += 1;
        }
    }
    assert!(tried > 200);
}

#[tokio::test]
async fn whoever_knows_the_end_sees_when_the_tail_is_cut_or_all_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = long(&folder.path().join("ledger.db"), 20).await;
    let known = ledger.trail_head().await.unwrap();
    assert!(known.rows == 20 && known.short().starts_with("20-") && known.short().len() == 19, "{known:?}");
    let mut tx = ledger.pool.begin_with("begin immediate").await.unwrap();
    note(&mut tx, Actor::Clerk, "recorded", Some(21), "", Moment::UNIX_EPOCH).await.unwrap();
    tx.commit().await.unwrap();
    ledger.verify_trail_since(&known.short()).await.unwrap();
    ledger.verify_trail_since("0-0000000000000000").await.unwrap();
    for rows in (0..20_i64).rev() {
        let cut = format!("delete from trail where seq > {rows}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(cut)).execute(&ledger.pool).await.unwrap();
        ledger.verify_trail().await.unwrap();
        let seen = ledger.verify_trail_since(&known.short()).await;
        assert!(matches!(seen, Err(StoreError::Tampered { seq }) if seq == rows + 1), "{rows}: {seen:?}");
    }
    let other = long(&folder.path().join("other.db"), 20).await;
    sqlx::raw_sql("delete from trail").execute(&other.pool).await.unwrap();
    for _ in 0..20 {
        let mut tx = other.pool.begin_with("begin immediate").await.unwrap();
        note(&mut tx, Actor::Clerk, "recorded", None, "", Moment::UNIX_EPOCH).await.unwrap();
        tx.commit().await.unwrap();
    }
    other.verify_trail().await.unwrap();
    assert!(other.verify_trail_since(&known.short()).await.is_err(), "as long, and made anew");
}

#[tokio::test]
async fn a_trail_of_more_than_one_turn_is_followed_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let most = i64::try_from(TOGETHER).unwrap();
    for rows in [most - 1, most, most + 1] {
        let ledger = long(&folder.path().join(format!("{rows}.db")), rows).await;
        assert_eq!(ledger.trail_head().await.unwrap().rows, rows);
        let changed = format!("update trail set detail = 'x' where seq = {rows}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(changed)).execute(&ledger.pool).await.unwrap();
        assert!(matches!(ledger.verify_trail().await, Err(StoreError::Tampered { seq }) if seq == rows));
    }
}
