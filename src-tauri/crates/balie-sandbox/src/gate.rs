//! The gate in front of the API: counts every request, and lets the fault script have its way.

use std::fmt;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header, response};
use hyper::body::Incoming;
use tower::ServiceExt;

use crate::fault::{FaultAction, FaultRule};
use crate::gzip::packed;
use crate::late::Late;
use crate::sign_in::is_signed_in;
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
        tokio::spawn(self.carry_out(parts, body)).await.map_err(|_| Dropped)?
    }

    async fn carry_out(self, head: Parts, body: Bytes) -> Result<Response<Body>, Dropped> {
        let (method, path) = (head.method.as_str().to_owned(), head.uri.path().to_owned());
        if path.starts_with("/_sandbox") {
            return self.route(Request::from_parts(head, Body::from(body))).await;
        }
        let name = format!("{method} {path}");
        let rule = {
            let mut world = self.shared.world();
            *world.requests.entry(name.clone()).or_default() += 1;
            world.faults.take(&method, &path)
        };
        let answer = match rule {
            None => self.route(Request::from_parts(head, Body::from(body))).await?,
            Some(rule) => {
                wait(rule.delay_ms).await;
                let mut answer = self.obey(&rule, head, body).await?;
                self.date(&mut answer);
                wait(rule.delay_after_ms).await;
                answer
            }
        };
        if answer.status().is_success() {
            *self.shared.world().successes.entry(name).or_default() += 1;
        }
        Ok(answer)
    }

    /// Does with a request what the rule says.
    async fn obey(&self, rule: &FaultRule, head: Parts, body: Bytes) -> Result<Response<Body>, Dropped> {
        match rule.action {
            FaultAction::DropBeforeCommit => return Err(Dropped),
            FaultAction::Status => return Ok(scripted(rule)),
            FaultAction::LateCommit if self.keep_for_later(rule, &head, &body) => {
                return if rule.status.is_some() { Ok(scripted(rule)) } else { Err(Dropped) };
            }
            _ => {}
        }
        let takes_gzip = head.headers.get(header::ACCEPT_ENCODING).is_some_and(names_gzip);
        let (head, body) = self.route(Request::from_parts(head, Body::from(body))).await?.into_parts();
        let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| Dropped)?;
        if head.status.is_success() {
            self.shared.world().follow(rule, &body);
        }
        Ok(match rule.action {
            FaultAction::DropBeforeCommit | FaultAction::DropAfterCommit => return Err(Dropped),
            FaultAction::Status | FaultAction::StatusAfterCommit => scripted(rule),
            FaultAction::TruncateGzip if takes_gzip => half_a_file(head, &body),
            FaultAction::Truncate | FaultAction::TruncateGzip => torn(head, &body),
            FaultAction::Garbage => garbage(rule),
            FaultAction::Delay | FaultAction::LateCommit | FaultAction::RowInFront | FaultAction::RowGone => {
                Response::from_parts(head, Body::from(body))
            }
        })
    }

    /// Whether this request is one that can be carried out later; a token that is no good is noticed at once.
    fn keep_for_later(&self, rule: &FaultRule, head: &Parts, body: &Bytes) -> bool {
        let mut world = self.shared.world();
        let changes = matches!(head.method, Method::POST | Method::DELETE);
        if !changes || !is_signed_in(&head.headers, &world) {
            return false;
        }
        let request = (head.method.as_str(), head.uri.path(), body.clone());
        let late = Late::after(world.clock, rule.late_ms, request, rule.twice);
        world.late.push(late);
        true
    }

    /// Lets the routes answer, dated by the clock of the sandbox.
    async fn route(&self, request: Request<Body>) -> Result<Response<Body>, Dropped> {
        let mut answer = self.routes.clone().oneshot(request).await.map_err(|never| match never {})?;
        self.date(&mut answer);
        Ok(answer)
    }

    /// Dates an answer that has no date yet by the clock of the sandbox. A rule may give it another date.
    fn date(&self, answer: &mut Response<Body>) {
        if answer.headers().contains_key(header::DATE) {
            return;
        }
        let date = self.shared.world().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(date) = HeaderValue::from_str(&date) {
            answer.headers_mut().insert(header::DATE, date);
        }
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

fn names_gzip(accepted: &HeaderValue) -> bool {
    accepted.to_str().is_ok_and(|words| words.contains("gzip"))
}

/// Text that is not JSON, whatever it calls itself.
fn garbage(rule: &FaultRule) -> Response<Body> {
    let text = rule.body.clone().unwrap_or_else(|| "{\"id\": 4998\u{1}<html>".to_owned());
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = rule.status.and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::OK);
    if let Some(Ok(kind)) = rule.content_type.as_deref().map(HeaderValue::from_str) {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    answer
}

/// Promises the whole length and sends half of it. An answer without a body promises one that never comes.
fn torn(mut head: response::Parts, whole: &Bytes) -> Response<Body> {
    let promised = if whole.is_empty() {
        head.status = StatusCode::OK;
        1
    } else {
        whole.len()
    };
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
    Response::from_parts(head, Body::new(Torn::after(whole.slice(..whole.len() / 2))))
}

/// A whole message that holds the first half of a gzip file.
fn half_a_file(mut head: response::Parts, whole: &[u8]) -> Response<Body> {
    if whole.is_empty() {
        head.status = StatusCode::OK;
    }
    let mut file = packed(whole);
    file.truncate(file.len() / 2);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.len()));
    Response::from_parts(head, Body::from(file))
}
