//! What a server over HTTP/2 says of a stream that it did not look at, and of one that it may have (RFC 9113 §6.8, §8.7).

use super::case::Act;
use super::stage::carry_out;
use super::verdict::Said;
use balie_remote::access::Credentials;
use balie_remote::client::{Api, Endpoints, Manner};
use balie_remote::endpoint::Endpoint;
use balie_sandbox::Sandbox;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

/// The stream of the first request on a connection.
const OURS: u8 = 1;

/// RST_STREAM of our stream, with this code.
fn reset_stream(code: u8) -> Vec<u8> {
    vec![0, 0, 4, 3, 0, 0, 0, 0, OURS, 0, 0, 0, code]
}

/// GOAWAY with this code: nothing after this stream was looked at.
fn go_away(last: u8, code: u8) -> Vec<u8> {
    vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, code]
}

/// What the client says of a sale that is answered with these frames, and how many connections it opened for it.
async fn answered(frames: &[u8]) -> (Said, u32) {
    let sandbox = Sandbox::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let issuer = Endpoint::parse(&format!("{}/realms/uitid", sandbox.url())).unwrap();
    let endpoints = Endpoints { search: api.clone(), api, issuer };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    let manner = Manner { upload: Duration::from_secs(3), http2: true };
    let client = Api::with_manner(endpoints, credentials, manner).unwrap();
    let mut opened = 0;
    let serving = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            opened += 1;
            stream.write_all(SETTINGS).await.unwrap();
            let (mut came, mut some) = (Vec::new(), [0; 4096]);
            // The request is there when its JSON is; it is not compressed.
            while !came.ends_with(b"}]") {
                let count = stream.read(&mut some).await.unwrap();
                assert!(count > 0, "the client left before it had asked");
                came.extend_from_slice(&some[..count]);
            }
            stream.write_all(frames).await.unwrap();
            // The client may close right away; what it still says does not matter.
            let _ = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut some)).await;
        }
    };
    let said = tokio::select! {
        () = serving => unreachable!("it serves for ever"),
        said = carry_out(&client, Act::Sale, None) => said,
    };
    (said, opened)
}

#[tokio::test]
async fn only_a_stream_that_was_not_looked_at_was_not_sent_and_nothing_is_sent_again_by_itself() {
    let [no_error, internal_error, refused_stream, cancel, calm_down] = [0, 2, 7, 8, 11];
    for (what, frames, said) in [
        ("refused", reset_stream(refused_stream), Said::NotSent),
        ("broken", reset_stream(internal_error), Said::Unknown),
        ("cancelled", reset_stream(cancel), Said::Unknown),
        ("going away before ours", go_away(0, no_error), Said::NotSent),
        ("going away after ours", go_away(OURS, no_error), Said::Unknown),
        // In anger the library fails every stream in the same words, so that nobody can tell.
        ("breaking off before ours", go_away(0, calm_down), Said::Unknown),
        ("breaking off after ours", go_away(OURS, calm_down), Said::Unknown),
    ] {
        assert_eq!(answered(&frames).await, (said, 1), "{what}");
    }
}
