//! A listening port with its connections. The public one can really go away: nobody listens, and nobody is connected.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::gate::Gate;

/// Asks the public port to go away or to come back, and hears when that is done.
#[derive(Debug)]
pub(crate) struct Order {
    offline: bool,
    done: oneshot::Sender<io::Result<()>>,
}

/// The way to give orders to the public port.
#[derive(Clone, Debug)]
pub(crate) struct Orders(pub(crate) mpsc::Sender<Order>);

impl Orders {
    /// Takes the public port away, or brings it back on the same number. Answers once it is so.
    pub(crate) async fn set_offline(&self, offline: bool) -> io::Result<()> {
        let (done, heard) = oneshot::channel();
        let gone = |_| io::Error::other("the sandbox has stopped");
        self.0.send(Order { offline, done }).await.map_err(|_| io::Error::other("the sandbox has stopped"))?;
        heard.await.map_err(gone)?
    }
}

/// Serves the gate on this listener until the task is aborted; every connection ends with it.
pub(crate) async fn serve(listener: TcpListener, address: SocketAddr, gate: Gate, mut orders: mpsc::Receiver<Order>) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    let mut ordered = true;
    loop {
        tokio::select! {
            order = orders.recv(), if ordered => match order {
                None => ordered = false,
                Some(Order { offline, done }) => {
                    let obeyed = if offline {
                        listener = None;
                        connections.shutdown().await;
                        Ok(())
                    } else {
                        reopen(&mut listener, address).await
                    };
                    gate.shared.world().offline = listener.is_none();
                    // The one who asked may have been a connection that has just been closed.
                    let _ = done.send(obeyed);
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            Some(accepted) = accept(listener.as_ref()), if listener.is_some() => match accepted {
                Ok(stream) => {
                    connections.spawn(converse(stream, gate.clone()));
                }
                // Out of file descriptors, most likely: breathe instead of spinning.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> Option<io::Result<TcpStream>> {
    Some(listener?.accept().await.map(|(stream, _)| stream))
}

/// Listens again on the old number. Another process may hold it for an instant, so a few attempts are made.
async fn reopen(listener: &mut Option<TcpListener>, address: SocketAddr) -> io::Result<()> {
    let mut attempts = 0;
    while listener.is_none() {
        match TcpListener::bind(address).await {
            Ok(open) => *listener = Some(open),
            Err(error) if attempts >= 20 => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        attempts += 1;
    }
    Ok(())
}

async fn converse(stream: TcpStream, gate: Gate) {
    let service = service_fn(move |request| gate.clone().pass(request));
    // Small answers must leave at once; a failure to ask for that only costs time.
    let _ = stream.set_nodelay(true);
    // HTTP/1.1, or HTTP/2 when the client begins with it.
    // An error here is a client that left or a drop that the script asked for: nothing to do in both cases.
    let mut speaking = auto::Builder::new(TokioExecutor::new());
    speaking.http1().timer(TokioTimer::new());
    let _ = speaking.serve_connection(TokioIo::new(stream), service).await;
}
