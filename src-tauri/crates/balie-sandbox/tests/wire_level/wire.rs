//! What goes wrong on the wire when it is told to, and that offline is really offline.

use std::time::Duration;

use crate::desk::{Desk, HUNDRED_A_WEEK, YASMINA, sale};
use balie_sandbox::{FaultAction, FaultRule, Sandbox};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends a sale by hand and gives back every byte that came in answer.
async fn raw_sale(desk: &Desk) -> Vec<u8> {
    let address = desk.sandbox.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let body = json!([sale(YASMINA, HUNDRED_A_WEEK)]).to_string();
    let (token, length) = (&desk.token, body.len());
    let head = format!(
        "POST /ticket-sales HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset instead of an orderly end is just as silent.
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

fn on_sales(action: FaultAction) -> FaultRule {
    FaultRule::new(action, "/ticket-sales").method("POST").times(1)
}

#[tokio::test]
async fn a_drop_sends_not_a_single_byte_and_stores_as_told() {
    let desk = Desk::open().await;
    for (action, held) in [(FaultAction::DropBeforeCommit, 0), (FaultAction::DropAfterCommit, 1)] {
        desk.sandbox.add_fault(on_sales(action));
        assert_eq!(raw_sale(&desk).await, b"", "{action:?}");
        assert_eq!(desk.sandbox.ticket_sales().len(), held, "{action:?}");
    }
    assert!(desk.attempt("POST", "/ticket-sales", Some(&json!([sale(YASMINA, HUNDRED_A_WEEK)]))).await.is_ok());
    assert_eq!(desk.sandbox.request_count("POST", "/ticket-sales"), 3);
}

#[tokio::test]
async fn answers_are_torn_garbled_or_replaced() {
    let desk = Desk::open().await;
    let items = json!([sale(YASMINA, HUNDRED_A_WEEK)]);
    desk.sandbox.add_fault(on_sales(FaultAction::Truncate));
    let torn = raw_sale(&desk).await;
    let text = String::from_utf8(torn).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|l| l.strip_prefix("content-length: ")).unwrap();
    assert!(body.len() < promised.parse().unwrap() && !body.is_empty(), "{text}");

    desk.sandbox.add_fault(on_sales(FaultAction::Garbage));
    let garbled = desk.post("/ticket-sales", &items).await;
    assert!(serde_json::from_str::<serde_json::Value>(&garbled.text).is_err());
    desk.sandbox.add_fault(on_sales(FaultAction::StatusAfterCommit).answering(504, "te laat"));
    assert_eq!(desk.post("/ticket-sales", &items).await.status, 504);
    assert_eq!(desk.sandbox.ticket_sales().len(), 3, "all three were carried out");
    desk.sandbox.add_fault(on_sales(FaultAction::Status));
    assert_eq!(desk.post("/ticket-sales", &items).await.status, 503);
    assert_eq!(desk.sandbox.ticket_sales().len(), 3);
}

#[tokio::test]
async fn a_client_that_gives_up_does_not_stop_a_late_commit() {
    let desk = Desk::open().await;
    desk.sandbox.add_fault(on_sales(FaultAction::Delay).delay_ms(300));
    let patience = tokio::time::timeout(Duration::from_millis(100), raw_sale(&desk)).await;
    assert!(patience.is_err() && desk.sandbox.ticket_sales().is_empty());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(desk.sandbox.ticket_sales().len(), 1);
}

#[tokio::test]
async fn faults_are_scripted_over_http_and_cleared() {
    let desk = Desk::open().await;
    let rules = json!([{ "path": "/permissions", "action": "status", "status": 429, "times": 2,
        "body": "{}", "content_type": "application/json", "headers": { "retry-after": "7" } }]);
    assert_eq!(desk.control("POST", "/_sandbox/faults", Some(&rules)).await.status, 204);
    let slow_down = desk.get("/permissions").await;
    assert_eq!((slow_down.status, slow_down.headers["retry-after"].to_str().unwrap()), (429, "7"));
    let left = desk.control("GET", "/_sandbox/faults", None).await.json();
    assert_eq!(left[0]["times"], 1);
    assert_eq!(desk.control("DELETE", "/_sandbox/faults", None).await.status, 204);
    assert_eq!(desk.get("/permissions").await.status, 200);
    let unknown = desk.control("POST", "/_sandbox/faults", Some(&json!({ "action": "explode" }))).await;
    assert_eq!(unknown.status, 400);
}

#[tokio::test]
async fn offline_refuses_connections_closes_open_ones_and_comes_back() {
    let desk = Desk::open().await;
    let address = desk.sandbox.url().replace("http://", "");
    let mut kept = TcpStream::connect(&address).await.unwrap();
    assert_eq!(desk.get("/permissions").await.status, 200);

    assert_eq!(desk.control("PUT", "/_sandbox/offline", Some(&json!({ "offline": true }))).await.status, 204);
    let refused = TcpStream::connect(&address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    let mut nothing = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(2), kept.read_to_end(&mut nothing)).await;
    assert!(closed.is_ok() && nothing.is_empty(), "the open connection is closed");
    assert!(desk.attempt("GET", "/permissions", None).await.is_err());
    assert_eq!(desk.control("GET", "/_sandbox/state", None).await.json()["offline"], true);

    desk.sandbox.set_offline(false).await.unwrap();
    assert_eq!(desk.get("/permissions").await.status, 200);
    assert_eq!(desk.control("GET", "/_sandbox/offline", None).await.json(), json!({ "offline": false }));
}

#[tokio::test]
async fn the_state_is_shown_and_reset() {
    let desk = Desk::open().await;
    desk.post("/ticket-sales", &json!([sale(YASMINA, HUNDRED_A_WEEK)])).await;
    desk.post("/checkins", &json!({ "uitpasNumber": YASMINA, "eventId": HUNDRED_A_WEEK })).await;
    desk.post("/rewards/redeemed", &json!({ "uitpasNumber": YASMINA, "rewardId": "5687" })).await;
    let state = desk.get("/_sandbox/state").await.json();
    assert_eq!(state["ticketSales"][0]["uitpasNumber"], YASMINA);
    assert!(state["ticketSales"][0]["passholderId"].is_string());
    assert_eq!(state["checkins"].as_array().unwrap().len(), 1);
    assert_eq!(state["redemptions"][0]["rewardId"], "5687");
    assert_eq!(state["requests"]["POST /ticket-sales"], 1);
    assert_eq!(desk.control("POST", "/_sandbox/reset", None).await.status, 204);
    let empty = desk.control("GET", "/_sandbox/state", None).await.json();
    assert_eq!((&empty["ticketSales"], &empty["requests"]), (&json!([]), &json!({})));
    assert_eq!(desk.get("/permissions").await.status, 200, "the token survives a reset");
}

#[tokio::test]
async fn only_loopback_is_listened_on_and_a_dropped_sandbox_is_gone() {
    let refused = Sandbox::start("0.0.0.0:0".parse().unwrap()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    let sandbox = Sandbox::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let addresses = [sandbox.url(), sandbox.control_url()].map(|u| u.replace("http://", ""));
    drop(sandbox);
    tokio::time::sleep(Duration::from_millis(50)).await;
    for address in addresses {
        assert!(TcpStream::connect(&address).await.is_err());
    }
}
