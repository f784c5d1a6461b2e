//! Every fault on every request that changes something: what is stored, and what comes over the wire.

use crate::desk::{Desk, HUNDRED_A_WEEK, YASMINA, sale};
use balie_sandbox::{FaultAction, FaultRule};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const KINDS: [&str; 3] = ["/ticket-sales", "/checkins", "/rewards/redeemed"];

fn body(path: &str) -> Value {
    match path {
        "/ticket-sales" => json!([sale(YASMINA, HUNDRED_A_WEEK)]),
        "/checkins" => json!({ "uitpasNumber": YASMINA, "eventId": HUNDRED_A_WEEK }),
        _ => json!({ "uitpasNumber": YASMINA, "rewardId": "5687" }),
    }
}

fn held(desk: &Desk, path: &str) -> Vec<String> {
    match path {
        "/ticket-sales" => desk.sandbox.ticket_sales().into_iter().map(|h| h.id).collect(),
        "/checkins" => desk.sandbox.checkins().into_iter().map(|h| h.id).collect(),
        _ => desk.sandbox.redemptions().into_iter().map(|h| h.id).collect(),
    }
}

/// The head and the body of what came until the connection closed; both empty when nothing came.
async fn raw(desk: &Desk, method: &str, path: &str, body: &str, more: &str) -> (String, Vec<u8>) {
    let address = desk.sandbox.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let (token, length) = (&desk.token, body.len());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n{body}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset instead of an orderly end is just as silent.
    let _ = stream.read_to_end(&mut answer).await;
    match answer.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(end) => (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec()),
        None => (String::new(), answer),
    }
}

fn promised(head: &str) -> usize {
    head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap()
}

/// Makes one record and takes it out again, both under the same fault; gives both answers.
async fn make_and_cancel(rule: &FaultRule, path: &str, more: &str) -> [(String, Vec<u8>); 2] {
    let desk = Desk::open().await;
    desk.sandbox.add_fault(FaultRule { path: path.to_owned(), ..rule.clone() });
    let made = raw(&desk, "POST", path, &body(path).to_string(), more).await;
    let ids = held(&desk, path);
    assert_eq!(ids.len(), 1, "{path}: {:?} stores", rule.action);
    let gone = raw(&desk, "DELETE", &format!("{path}/{}", ids[0]), "", more).await;
    assert!(held(&desk, path).is_empty(), "{path}: {:?} takes out", rule.action);
    [made, gone]
}

#[tokio::test]
async fn a_status_after_the_commit_hides_that_it_was_done() {
    for (path, status) in KINDS.iter().flat_map(|path| [500, 502, 503, 504].map(|status| (path, status))) {
        let rule = FaultRule::new(FaultAction::StatusAfterCommit, "").answering(status, "<html>later</html>");
        for (head, body) in make_and_cancel(&rule, path, "").await {
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {head}");
            assert_eq!(body, b"<html>later</html>");
        }
    }
}

#[tokio::test]
async fn a_torn_answer_promises_more_than_comes() {
    for path in KINDS {
        for action in [FaultAction::Truncate, FaultAction::TruncateGzip] {
            let [made, gone] = make_and_cancel(&FaultRule::new(action, ""), path, "").await;
            assert!(!made.1.is_empty() && made.1.len() < promised(&made.0), "{path}: {}", made.0);
            assert!(gone.1.is_empty() && promised(&gone.0) > 0, "{path}: {}", gone.0);
            for (head, _) in [made, gone] {
                assert!(head.starts_with("HTTP/1.1 20") && !head.contains("content-encoding"), "{path}: {head}");
            }
        }
    }
}

#[tokio::test]
async fn half_a_gzip_file_comes_in_a_whole_message() {
    let rule = FaultRule::new(FaultAction::TruncateGzip, "");
    for path in KINDS {
        for (head, body) in make_and_cancel(&rule, path, "accept-encoding: gzip, br\r\n").await {
            assert!(head.starts_with("HTTP/1.1 20") && head.contains("content-encoding: gzip"), "{path}: {head}");
            assert_eq!(body.len(), promised(&head), "{path}: the message is whole");
            assert_eq!(body[..3], [0x1f, 0x8b, 8], "{path}");
            // Ten bytes of head, and the block says how much it holds; a whole file has eight more after it.
            let holds = body.get(11..13).map_or(0, |two| usize::from(two[0]) + 256 * usize::from(two[1]));
            assert!(body.len() < 15 + holds, "{path}: the file is half");
        }
    }
}

#[tokio::test]
async fn garbage_comes_under_any_status_and_any_name() {
    for path in KINDS {
        let plain = FaultRule::new(FaultAction::Garbage, "");
        for (head, body) in make_and_cancel(&plain, path, "").await {
            assert!(head.starts_with("HTTP/1.1 200 ") && !head.contains("content-type"), "{path}: {head}");
            assert!(serde_json::from_slice::<Value>(&body).is_err());
        }
        let lying = FaultRule { content_type: Some("application/json".to_owned()), status: Some(201), ..plain };
        for (head, _) in make_and_cancel(&lying, path, "").await {
            assert!(head.starts_with("HTTP/1.1 201 ") && head.contains("content-type: application/json"), "{head}");
        }
    }
}

#[tokio::test]
async fn a_drop_after_the_commit_says_nothing_at_all() {
    let rule = FaultRule::new(FaultAction::DropAfterCommit, "");
    for path in KINDS {
        for (head, body) in make_and_cancel(&rule, path, "").await {
            assert_eq!((head.as_str(), body.len()), ("", 0), "{path}");
        }
    }
}
