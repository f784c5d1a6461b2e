//! The list of everyone who has the social tariff in a region: from the stand-in, and from a server that says whatever a
//! test wants in bytes of its own.

use crate::bench::{Bench, YASMINA, number};
use balie_core::pass::UitpasNumber;
use balie_remote::access::Credentials;
use balie_remote::ask::AskError;
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use balie_remote::export::Export;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

type Rows = Vec<(UitpasNumber, Option<u32>)>;

async fn asked(bench: &Bench, card_system: i64) -> Result<(Rows, Export), AskError> {
    bench.api.social_tariff_cards(card_system, Rows::new(), |_| {}).await
}

/// A client that signs in at the stand-in and asks a server that always gives the same bytes.
async fn says(bytes: Vec<u8>) -> (Bench, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            for piece in bytes.chunks(64 * 1024) {
                if stream.write_all(piece).await.is_err() {
                    break;
                }
                counter.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
        }
    });
    let mut bench = Bench::open().await;
    let endpoint = |base: &str, path: &str| Endpoint::parse(&format!("{base}{path}")).unwrap();
    let sandbox = bench.sandbox.url().to_string();
    let endpoints = Endpoints {
        api: endpoint(&format!("http://{address}"), ""),
        search: endpoint(&sandbox, "/search"),
        issuer: endpoint(&sandbox, "/realms/uitid"),
    };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    bench.api = Api::new(endpoints, credentials).unwrap();
    (bench, sent)
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn packed(parts: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    parts.for_each(|part| packed.write_all(&part).unwrap());
    packed.finish().unwrap()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    answer(&format!("content-encoding: gzip\r\ncontent-length: {}", body.len()), body)
}

const ROW: &str = r#"{"uitpasNumber":"0900000067513","cardType":"REGULAR"}"#;

#[tokio::test]
async fn the_stand_in_lists_its_region_with_the_tickets_of_its_groups() {
    let bench = Bench::open().await;
    let system = bench.pass(YASMINA).await.card_system.unwrap();
    let (rows, export) = asked(&bench, system.id).await.unwrap();
    assert!(rows.contains(&(number(YASMINA), None)), "{rows:?}");
    assert_eq!((export.rows, export.bad), (rows.len() as u64, 0));
    assert!(rows.iter().any(|(_, tickets)| tickets.is_some()), "{rows:?}");
    assert!(matches!(asked(&bench, 404).await, Err(AskError::Problem(_))));
}

#[tokio::test]
async fn without_the_permission_there_is_no_list() {
    let bench = Bench::open().await;
    bench.sandbox.set_permissions(["PASSES_READ"]);
    assert_eq!(asked(&bench, 1).await.unwrap_err(), AskError::Forbidden);
}

#[tokio::test]
async fn a_packed_list_is_unpacked_while_it_is_read() {
    let count = 50_000;
    let parts = (0..count).map(|row| format!("{}{ROW}", if row == 0 { "[" } else { "," }).into_bytes());
    let body = packed(parts.chain([b"]".to_vec()]));
    let (bench, _) = says(gzip(&body)).await;
    let (rows, export) = asked(&bench, 1).await.unwrap();
    assert_eq!((rows.len(), export.rows), (count, count as u64));
    assert!(export.bytes > 50 * body.len() as u64, "{} bytes from {}", export.bytes, body.len());
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_no_list() {
    let whole = format!("[{ROW},{ROW}]");
    for (headers, body) in [
        // The connection breaks before the promised length.
        ("content-length: 5000".to_owned(), whole.as_bytes()),
        // What was promised came, and is half a list.
        (format!("content-length: {}", whole.len() - 1), &whole.as_bytes()[..whole.len() - 1]),
        // The last piece is missing.
        ("transfer-encoding: chunked".to_owned(), format!("{:x}\r\n{whole}\r\n", whole.len()).as_bytes()),
    ] {
        let (bench, _) = says(answer(&headers, body)).await;
        let error = asked(&bench, 1).await.unwrap_err();
        assert!(matches!(error, AskError::Offline | AskError::Garbled(_)), "{headers}: {error:?}");
    }
    let body = packed([whole.into_bytes()].into_iter());
    let (bench, _) = says(gzip(&body[..body.len() - 9])).await;
    assert!(asked(&bench, 1).await.is_err(), "a packed list that is cut off");
}

#[tokio::test]
async fn what_is_far_larger_than_it_looks_is_given_up_in_time() {
    // Half a gigabyte of spaces in half a megabyte: no row comes out of it.
    let spaces = vec![b' '; 1024 * 1024];
    let body = packed([b"[".to_vec()].into_iter().chain((0..512).map(|_| spaces.clone())));
    assert!(body.len() < 4 * 1024 * 1024, "{}", body.len());
    let (bench, _) = says(gzip(&body)).await;
    let read = Arc::new(AtomicU64::new(0));
    let seen = read.clone();
    let told = move |at: balie_remote::export::Progress| seen.store(at.bytes, Ordering::Relaxed);
    let error = bench.api.social_tariff_cards(1, Rows::new(), told).await.unwrap_err();
    assert_eq!(error, AskError::Garbled("social tariff cards"));
    assert!(read.load(Ordering::Relaxed) < 8 * 1024 * 1024, "{read:?} bytes were unpacked");
}

#[tokio::test]
async fn a_page_of_somebody_else_is_no_list_and_is_not_read_to_its_end() {
    let page = vec![b'<'; 64 * 1024 * 1024];
    let (bench, sent) = says(answer(&format!("content-length: {}", page.len()), &page)).await;
    assert_eq!(asked(&bench, 1).await.unwrap_err(), AskError::Garbled("social tariff cards"));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(sent.load(Ordering::Relaxed) < 32 * 1024 * 1024, "{sent:?} bytes were sent");
}
