use super::*;
use crate::key::Key;
use crate::ledger::Environment;
use crate::{entries, outbox};

/// The tables that grow for ever.
const HISTORY: [&str; 4] = ["entry", "outbox", "attempt", "trail"];

/// The steps of the plan of a query that read one of these tables from end to end, by its own name or by those that the query
/// gives them.
async fn read_whole(ledger: &Ledger, sql: &str, names: &[&str]) -> Vec<String> {
    let plan = sqlx::query(sqlx::AssertSqlSafe(format!("explain query plan {sql}")));
    let steps = plan.fetch_all(&ledger.pool).await.unwrap();
    assert!(!steps.is_empty());
    let steps = steps.iter().map(|step| step.try_get::<String, _>("detail").unwrap());
    let whole = |step: &String| {
        let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        // A partial index holds only what its condition lets in.
        let partial = ["outbox_open", "outbox_to_check", "outbox_recheck"].iter().any(|index| step.ends_with(index));
        table.is_some_and(|table| HISTORY.contains(&table) || names.contains(&table)) && !partial
    };
    steps.filter(whole).collect()
}

#[tokio::test]
async fn what_is_asked_at_every_step_reads_no_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap();
    for (sql, names) in [
        (outbox::WAITING, [].as_slice()),
        (outbox::TO_CHECK, &[]),
        (entries::TO_CHECK.as_str(), &["e", "o", "t", "c", "co", "a", "r"]),
        (BY_HAND, &["this", "e", "o"]),
        (OWN_USES, &["e", "o", "r"]),
        (POINTS.as_str(), &["e", "o", "t", "a"]),
    ] {
        assert_eq!(read_whole(&ledger, sql, names).await, [""; 0], "{sql}");
    }
    let control = "select count(*) from outbox join entry using (receipt) where state <> 'confirmed'";
    assert!(!read_whole(&ledger, control, &[]).await.is_empty(), "one that reads all of it is noticed");
}
