//! A desk that speaks plain HTTP to a sandbox of its own.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use balie_sandbox::Sandbox;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

pub(crate) const ORGANIZER: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";
pub(crate) const HUNDRED_A_WEEK: &str = "5a0967f9-cc06-4c3c-9206-30481a767434";
pub(crate) const ONE_A_WEEK: &str = "d83b5b8a-108a-45d6-9ac9-8bdc44a0a24a";
pub(crate) const NO_PERMISSION: &str = "373d6cee-b4ae-4637-9b7c-eeb79e45f044";
pub(crate) const SWIMMING: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e101";
pub(crate) const SHOW: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e102";
pub(crate) const EXHIBITION: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e105";
pub(crate) const YASMINA: &str = "0900000067513";
pub(crate) const NOOR: &str = "0900010959113";
pub(crate) const GROUP: &str = "0900000045410";

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The last word of the problem type, after checking that it is a whole problem.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        let body = self.json();
        assert_eq!(body["status"], self.status);
        assert!(body["title"].is_string());
        let kind = body["type"].as_str().unwrap();
        kind.strip_prefix("https://api.publiq.be/probs/").expect("full type URI").to_owned()
    }
}

pub(crate) struct Desk {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client<HttpConnector, Body>,
    pub(crate) token: String,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let sandbox = Sandbox::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let token = sandbox.issue_access_token();
        Self { sandbox, client: Client::builder(TokioExecutor::new()).build_http(), token }
    }

    pub(crate) async fn try_send(&self, request: Request<Body>) -> Result<Answer, String> {
        let answer = self.client.request(request).await.map_err(|e| e.to_string())?;
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(Body::new(body), usize::MAX).await.map_err(|e| e.to_string())?;
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, text })
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Request<Body> {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.sandbox.url()))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, |b| Body::from(b.to_string())))
            .unwrap()
    }

    pub(crate) async fn attempt(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, String> {
        self.try_send(self.request(method, path, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.attempt("GET", path, None).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.attempt("DELETE", path, None).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.attempt("POST", path, Some(body)).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.attempt("PUT", path, Some(body)).await.unwrap()
    }

    /// A request on the control port.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.sandbox.control_url()))
            .body(body.map_or_else(Body::empty, |b| Body::from(b.to_string())))
            .unwrap();
        self.try_send(request).await.unwrap()
    }
}

/// A ticket of ten euro at the social tariff.
pub(crate) fn sale(number: &str, event: &str) -> Value {
    json!({
        "uitpasNumber": number,
        "eventId": event,
        "regularPrice": 10.0,
        "regularPriceLabel": "Basistarief",
        "tariff": { "id": "SOCIALTARIFF" },
    })
}
