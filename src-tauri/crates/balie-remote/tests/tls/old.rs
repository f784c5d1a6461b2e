//! A server that knows nothing newer than TLS 1.1, as far as a handshake with it can come.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a client said to it.
pub(crate) struct Seen {
    /// The versions of TLS that it offered.
    pub(crate) offered: Vec<u16>,
    /// What it said to TLS 1.1: one record.
    pub(crate) answered: Vec<u8>,
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: JoinHandle<Seen>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let seen = tokio::spawn(async move {
            let mut stream = listener.accept().await.unwrap().0;
            let hello = record(&mut stream).await;
            stream.write_all(&server_hello()).await.unwrap();
            Seen { offered: versions(&hello), answered: record(&mut stream).await }
        });
        Self { url, seen }
    }

    pub(crate) async fn seen(self) -> Seen {
        self.seen.await.unwrap()
    }
}

async fn record(stream: &mut TcpStream) -> Vec<u8> {
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).await.unwrap();
    let mut rest = vec![0; usize::from(u16::from_be_bytes([record[3], record[4]]))];
    stream.read_exact(&mut rest).await.unwrap();
    record.extend(rest);
    record
}

/// The extension `supported_versions` (43) of a ClientHello, whose list has a length of one byte (RFC 8446 §4.2.1).
fn versions(hello: &[u8]) -> Vec<u16> {
    let u16_at = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
    // Record, handshake, version and random; then three lists, each after its length.
    let mut at = 5 + 4 + 2 + 32;
    at += 1 + usize::from(hello[at]);
    at += 2 + u16_at(at);
    at += 1 + usize::from(hello[at]);
    at += 2;
    while u16_at(at) != 43 {
        at += 4 + u16_at(at + 2);
    }
    let list = &hello[at + 5..at + 4 + u16_at(at + 2)];
    list.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// "Let us speak TLS 1.1, with TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA."
fn server_hello() -> Vec<u8> {
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0xc0, 0x13, 0]);
    hello
}
