//! A line between a client and a server that passes an exact number of bytes, and then fails.

use super::Way;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// More than any request or answer that is cut here.
const BUFFER: usize = 64 * 1024;

/// How long the line waits for an end to notice that it was closed. Both notice at once, unless the computer is ill.
const NOTICE: Duration = Duration::from_secs(5);

/// From where to where bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Response,
}

/// What the line is to do once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// In which direction bytes are counted.
    pub direction: Direction,
    /// After how many bytes the line fails. With 0 it fails when the first byte comes, and passes none.
    pub after: u64,
    /// How it fails.
    pub way: Way,
    /// Counting begins when a client sends something that begins like this, on its connection alone.
    pub from: &'static str,
}

/// What the line saw since it was given a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many bytes the client handed over.
    pub handed_over: u64,
    /// How many of them were passed on to the server.
    pub request: u64,
    /// How many bytes of the server were passed on to the client.
    pub response: u64,
    /// Whether the line failed as planned.
    pub failed: bool,
    /// How many connections the clients opened.
    pub opened: u64,
}

#[derive(Debug, Default)]
struct Book {
    plan: Option<Plan>,
    /// The connection on which bytes are counted.
    counting: Option<u64>,
    seen: Seen,
    connections: u64,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    book: Mutex<Book>,
    hang_up: watch::Sender<Way>,
}

/// A line that listens on loopback. It stops when it is dropped.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl Line {
    /// Puts a line in front of a server.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub fn before(server: SocketAddr) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let (address, listener) = (listener.local_addr()?, TcpListener::from_std(listener)?);
        let (hang_up, _) = watch::channel(Way::Close);
        let shared = Arc::new(Shared { server, book: Mutex::default(), hang_up });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, listening })
    }

    /// Where clients find it: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Gives it a plan, and counts anew.
    pub fn plan(&self, plan: Plan) {
        let mut book = self.shared.book();
        (book.plan, book.counting, book.seen) = (Some(plan), None, Seen::default());
    }

    /// Takes the plan away, and says what was seen.
    pub fn seen(&self) -> Seen {
        let mut book = self.shared.book();
        book.plan = None;
        book.seen
    }

    /// Ends every connection that is open now. A stall has no end to tell of, so it does nothing.
    pub fn hang_up(&self, way: Way) {
        if way != Way::Stall {
            // Nobody hears it when no connection is open.
            let _ = self.shared.hang_up.send(way);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.listening.abort();
        self.hang_up(Way::Reset);
    }
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> u64 {
        let mut book = self.book();
        book.connections += 1;
        book.seen.opened += 1;
        book.connections
    }

    /// How many of these bytes go on, and whether the line fails after them.
    fn pass(&self, connection: u64, direction: Direction, bytes: &[u8]) -> (usize, Option<Way>) {
        let mut book = self.book();
        let Some(plan) = book.plan else { return (bytes.len(), None) };
        if direction == Direction::Request && book.counting.is_none() && bytes.starts_with(plan.from.as_bytes()) {
            book.counting = Some(connection);
        }
        if book.counting != Some(connection) || book.seen.failed {
            return (bytes.len(), None);
        }
        let came = bytes.len() as u64;
        if direction == Direction::Request {
            book.seen.handed_over += came;
        }
        let passed = match direction {
            Direction::Request => &mut book.seen.request,
            Direction::Response => &mut book.seen.response,
        };
        let left = plan.after.saturating_sub(*passed);
        let fails = direction == plan.direction && came >= left;
        let goes = if fails { left } else { came };
        *passed += goes;
        book.seen.failed |= fails;
        (usize::try_from(goes).unwrap_or(bytes.len()), fails.then_some(plan.way))
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                tokio::spawn(carry(client, Arc::clone(&shared)));
            }
            // Out of file descriptors, most likely: breathe instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn carry(mut client: TcpStream, shared: Arc<Shared>) {
    let mut hang_up = shared.hang_up.subscribe();
    let connection = shared.opened();
    let Ok(mut server) = TcpStream::connect(shared.server).await else { return };
    // Without this, the tail of a cut would wait for bytes that never come; failing to get it only costs time.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let way = pass_until_the_end(&mut client, &mut server, &shared, connection, &mut hang_up).await;
    // An end that is gone already makes the rest of this fail, which is the same to us.
    match way {
        Way::Reset => {
            let _ = (client.set_zero_linger(), server.set_zero_linger());
        }
        Way::Close => {
            let _ = (client.shutdown().await, server.shutdown().await);
            // Closing with bytes unread would be a reset, so what still comes is read.
            let both = async { tokio::join!(read_off(&mut client), read_off(&mut server)) };
            let _ = tokio::time::timeout(NOTICE, both).await;
        }
        // Until the client gives up, neither end hears anything.
        Way::Stall => tokio::select! {
            () = read_off(&mut client) => {}
            _ = hang_up.changed() => {}
        },
    }
}

/// Passes bytes until the line fails, is hung up, or one end closes; says how the connection is to end.
async fn pass_until_the_end(
    client: &mut TcpStream,
    server: &mut TcpStream,
    shared: &Shared,
    connection: u64,
    hang_up: &mut watch::Receiver<Way>,
) -> Way {
    let (mut requests, mut responses) = (vec![0; BUFFER], vec![0; BUFFER]);
    loop {
        let (direction, bytes, to) = tokio::select! {
            came = client.read(&mut requests) => (Direction::Request, came.map(|count| &requests[..count]), &mut *server),
            came = server.read(&mut responses) => (Direction::Response, came.map(|count| &responses[..count]), &mut *client),
            // The line itself is gone when nobody can hang up any more.
            told = hang_up.changed() => return told.map_or(Way::Reset, |()| *hang_up.borrow()),
        };
        let Ok(bytes) = bytes else { return Way::Reset };
        if bytes.is_empty() {
            return Way::Close;
        }
        let (goes, fails) = shared.pass(connection, direction, bytes);
        if to.write_all(&bytes[..goes]).await.is_err() {
            return fails.unwrap_or(Way::Reset);
        }
        if let Some(way) = fails {
            return way;
        }
    }
}

async fn read_off(stream: &mut TcpStream) {
    let mut rest = [0; 4096];
    while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends "question" through a line and answers "answer", and says what arrived at each end, and how it ended there.
    async fn arrived(direction: Direction, after: u64, way: Way) -> [(String, &'static str); 2] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let line = Line::before(listener.local_addr().unwrap()).unwrap();
        line.plan(Plan { direction, after, way, from: "q" });
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = read_some(&mut stream, 8).await;
            if asked.0 == "question" {
                let _ = stream.write_all(b"answer").await;
                asked.1 = read_some(&mut stream, 1).await.1;
            }
            asked
        };
        let client = async {
            let mut stream = TcpStream::connect(line.address).await.unwrap();
            stream.write_all(b"question").await.unwrap();
            let got = read_some(&mut stream, 6).await;
            // It stays until the server is done, which would hear it leave.
            (got, stream)
        };
        let (asked, (got, _stream)) = tokio::join!(server, client);
        assert!(line.seen().failed);
        [asked, got]
    }

    async fn read_some(stream: &mut TcpStream, wanted: usize) -> (String, &'static str) {
        let (mut text, mut letter) = (String::new(), [0; 1]);
        while text.len() < wanted {
            match tokio::time::timeout(Duration::from_millis(200), stream.read(&mut letter)).await {
                Err(_) => return (text, "silence"),
                Ok(Err(_)) => return (text, "reset"),
                Ok(Ok(0)) => return (text, "closed"),
                Ok(Ok(_)) => text.push(char::from(letter[0])),
            }
        }
        (text, "whole")
    }

    #[tokio::test]
    async fn a_line_passes_exactly_so_many_bytes_and_fails_as_it_is_told() {
        let told = |text: &str, end| (text.to_owned(), end);
        for (way, end) in [(Way::Reset, "reset"), (Way::Close, "closed"), (Way::Stall, "silence")] {
            for after in 0..8_u8 {
                let asked = told(&"question"[..usize::from(after)], end);
                assert_eq!(
                    arrived(Direction::Request, after.into(), way).await,
                    [asked, told("", end)],
                    "{way} {after}"
                );
            }
            for after in 0..6_u8 {
                let answered = told(&"answer"[..usize::from(after)], end);
                let [asked, got] = arrived(Direction::Response, after.into(), way).await;
                assert_eq!((asked.0.as_str(), got), ("question", answered), "{way} {after}");
            }
        }
    }
}
