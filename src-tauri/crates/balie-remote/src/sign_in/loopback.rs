//! Waiting for the browser on the loopback interface (RFC 8252 §7.3). Anything on this computer can knock here: it is
//! answered shortly and in little, and only the answer to our own question ends the wait.

use super::attempt::{Code, Expected};
use super::callback::LONGEST;
use super::page::Page;
use super::{Language, SignInError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How long one request may take. A browser connects ahead of what it asks, and does so again.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many are listened to at the same time.
const MOST_GUESTS: usize = 16;

/// What every connection of one wait has in common.
struct Wait {
    expected: Arc<Expected>,
    language: Language,
    /// The answer is there; there is one.
    is_over: AtomicBool,
}

/// Waits for the answer of the browser. Dropping the wait closes every connection.
pub(super) async fn answer(
    listener: &TcpListener,
    expected: Arc<Expected>,
    language: Language,
) -> Result<Code, SignInError> {
    let wait = Arc::new(Wait { expected, language, is_over: AtomicBool::new(false) });
    let mut guests: JoinSet<Option<Result<Code, SignInError>>> = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept(), if guests.len() < MOST_GUESTS => {
                let wait = Arc::clone(&wait);
                guests.spawn(async move { tokio::time::timeout(PATIENCE, wait.hear(stream)).await.ok().flatten() });
            }
            Some(heard) = guests.join_next() => if let Ok(Some(answer)) = heard { return answer },
            // An accept that failed: this computer is out of something, for now.
            else => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

impl Wait {
    /// Answers one request, and says what it brought.
    async fn hear(&self, mut stream: TcpStream) -> Option<Result<Code, SignInError>> {
        let head = read_head(&mut stream).await?;
        let (page, answer) = self.judge(&head);
        let told = stream.write_all(page.answer(self.language).as_bytes()).await;
        // What the browser shows does not matter to the desk: the answer counts also when it has gone meanwhile.
        if told.is_ok() {
            let _ = stream.shutdown().await;
        }
        answer
    }

    fn judge(&self, head: &[u8]) -> (Page, Option<Result<Code, SignInError>>) {
        let Some(line) = head.split(|byte| *byte == b'\r').next().filter(|line| line.len() < head.len()) else {
            return (Page::TooMuch, None);
        };
        let mut words = std::str::from_utf8(line).unwrap_or_default().split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if method != "GET" {
            return (Page::NotThisWay, None);
        }
        if !self.expected.is_at(target) {
            return (Page::NotHere, None);
        }
        let answer = self.expected.judge(target);
        let page = match &answer {
            Ok(_) => Page::SignedIn,
            Err(SignInError::Denied) => Page::Denied,
            Err(_) => return (Page::NotOurs, None),
        };
        if self.is_over.swap(true, Ordering::SeqCst) { (Page::NotHere, None) } else { (page, Some(answer)) }
    }
}

/// The head of a request; without an end when it is longer than any real one.
async fn read_head(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::with_capacity(1024);
    let mut part = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = stream.read(&mut part).await.ok().filter(|length| *length > 0)?;
        head.extend_from_slice(part.get(..length)?);
        if head.len() > 2 * LONGEST {
            return Some(Vec::new());
        }
    }
    Some(head)
}
