//! A body that breaks off: its first part is sent, and then the connection dies.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::{Sleep, sleep};

/// Long enough for the first part to leave the machine before the connection is torn down.
const BREATH: Duration = Duration::from_millis(30);

/// The first part of an answer that never ends well.
pub(crate) struct Torn {
    first: Option<Bytes>,
    breath: Pin<Box<Sleep>>,
}

impl Torn {
    pub(crate) fn after(first: Bytes) -> Self {
        Self { first: Some(first), breath: Box::pin(sleep(BREATH)) }
    }
}

impl Body for Torn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.breath.as_mut().poll(cx).map(|()| Some(Err(io::Error::other("the fault script tears this answer"))))
    }
}
