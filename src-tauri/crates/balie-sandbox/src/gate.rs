//! The gate in front of the API: counts every request, and lets the fault script have its way.

use std::fmt;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use tower::ServiceExt;

use crate::fault::{FaultAction, FaultRule};
use crate::torn::Torn;
use crate::world::Shared;

/// No request or answer of this API comes near this size.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// The connection must close without a word.
#[derive(Debug)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is dropped")
    }
}

impl std::error::Error for Dropped {}

/// What stands between a connection and the routes.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) shared: Shared,
    pub(crate) routes: Router,
}

impl Gate {
    /// Answers one request, or drops it. The work happens on a task of its own: like a real server, it finishes what it
    /// began when the client has gone.
    pub(crate) async fn pass(self, request: Request<Incoming>) -> Result<Response<Body>, Dropped> {
        let (parts, incoming) = request.into_parts();
        // The whole request is read first, so that a drop never looks like a request that was not sent.
        let body = to_bytes(Body::new(incoming), LARGEST_BODY).await.map_err(|_| Dropped)?;
        let request = Request::from_parts(parts, Body::from(body));
        tokio::spawn(self.carry_out(request)).await.map_err(|_| Dropped)?
    }

    async fn carry_out(self, request: Request<Body>) -> Result<Response<Body>, Dropped> {
        let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
        if path.starts_with("/_sandbox") {
            return self.route(request).await;
        }
        let rule = {
            let mut world = self.shared.world();
            *world.requests.entry(format!("{method} {path}")).or_default() += 1;
            world.faults.take(&method, &path)
        };
        let Some(rule) = rule else { return self.route(request).await };
        wait(rule.delay_ms).await;
        let answer = match rule.action {
            FaultAction::DropBeforeCommit => return Err(Dropped),
            FaultAction::Status => scripted(&rule),
            FaultAction::Delay => self.route(request).await?,
            FaultAction::DropAfterCommit => {
                self.route(request).await?;
                return Err(Dropped);
            }
            FaultAction::StatusAfterCommit => {
                self.route(request).await?;
                scripted(&rule)
            }
            FaultAction::Truncate => torn(self.route(request).await?).await?,
            FaultAction::Garbage => {
                self.route(request).await?;
                Response::new(Body::from(rule.body.unwrap_or_else(|| "{\"id\": 4998\u{1}<html>".to_owned())))
            }
        };
        wait(rule.delay_after_ms).await;
        Ok(answer)
    }

    /// Lets the routes answer, dated by the clock of the sandbox.
    async fn route(&self, request: Request<Body>) -> Result<Response<Body>, Dropped> {
        let mut answer = self.routes.clone().oneshot(request).await.map_err(|never| match never {})?;
        let date = self.shared.world().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(date) = HeaderValue::from_str(&date) {
            answer.headers_mut().insert(header::DATE, date);
        }
        Ok(answer)
    }
}

async fn wait(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

fn scripted(rule: &FaultRule) -> Response<Body> {
    let mut answer = Response::new(Body::from(rule.body.clone().unwrap_or_default()));
    let status = rule.status.and_then(|s| StatusCode::from_u16(s).ok());
    *answer.status_mut() = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let kind = rule.content_type.as_deref().unwrap_or("text/html");
    let mut add = |name: &str, value: &str| {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            answer.headers_mut().insert(name, value);
        }
    };
    add("content-type", kind);
    rule.headers.iter().for_each(|(name, value)| add(name, value));
    answer
}

/// Promises the whole length and sends half of it.
async fn torn(answer: Response<Body>) -> Result<Response<Body>, Dropped> {
    let (mut parts, body) = answer.into_parts();
    let whole: Bytes = to_bytes(body, LARGEST_BODY).await.map_err(|_| Dropped)?;
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    Ok(Response::from_parts(parts, Body::new(Torn::after(whole.slice(..whole.len() / 2)))))
}
