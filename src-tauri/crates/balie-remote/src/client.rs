//! The client of the UiTPAS API and of the search: one connection pool, explicit limits, no hidden retries.

use crate::access::{Access, Credentials};
use crate::ask::{AskError, never_left};
use crate::endpoint::Endpoint;
use crate::outcome::Observation;
use crate::sign_in::Person;
use crate::sign_in::who::Door;
use balie_core::time::Moment;
use reqwest::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, Url};
use serde::Serialize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the person at the desk waits for an answer before the local one has to do.
pub const AT_THE_DESK: Duration = Duration::from_secs(2);

/// How long a question behind the scenes may take.
pub const BEHIND_THE_SCENES: Duration = Duration::from_secs(10);

/// How long an upload waits for its answer before its outcome counts as unknown.
pub const UPLOAD: Duration = Duration::from_secs(15);

/// How long an answer may take of which every piece has its own patience.
const ENDLESS: Duration = Duration::from_secs(24 * 60 * 60);

/// The largest answer that is read, in bytes. The largest known page of the search stays well below it.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Where the servers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The UiTPAS API.
    pub api: Endpoint,
    /// The search of the UiTdatabank.
    pub search: Endpoint,
    /// The sign-in server, up to and including its realm.
    pub issuer: Endpoint,
}

/// How the client speaks. A desk speaks by the default; the tests that cut connections have less time, and choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// How long an upload waits for its answer.
    pub upload: Duration,
    /// Speaks HTTP/2 without asking. A server over https is asked during the handshake, and needs this never.
    pub http2: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { upload: UPLOAD, http2: false }
    }
}

/// The client. Cheap to share behind a reference; keeps its connections and its token.
pub struct Api {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoints: Endpoints,
    access: Access,
    heard: Mutex<Option<Heard>>,
}

/// What an answer said of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The clock of UiTPAS, in whole seconds.
    pub date: Moment,
    /// When the question left.
    pub asked: Instant,
    /// When the answer came.
    pub answered: Instant,
}

/// The answer to a question.
struct Got {
    status: u16,
    body: Vec<u8>,
    date: Option<Moment>,
}

/// The client could not be made; this computer lacks something.
#[derive(Debug, thiserror::Error)]
#[error("the network part could not be started: {0}")]
pub struct ClientError(#[from] reqwest::Error);

impl Api {
    /// Makes the client.
    ///
    /// # Errors
    /// Fails when the system offers no certificates to trust.
    pub fn new(endpoints: Endpoints, credentials: Credentials) -> Result<Self, ClientError> {
        Self::with_manner(endpoints, credentials, Manner::default())
    }

    /// Makes a client that speaks in another manner.
    ///
    /// # Errors
    /// As [`Api::new`].
    pub fn with_manner(endpoints: Endpoints, credentials: Credentials, manner: Manner) -> Result<Self, ClientError> {
        install_tls();
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("balie/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(5))
            .timeout(manner.upload)
            // A connection that the server may be about to close is not worth the doubt.
            .pool_idle_timeout(Duration::from_secs(10))
            // Over HTTP/2, giving up on an answer does not give up the connection. Unless it is asked whether it still
            // lives, everything that follows goes into a dead one as well, and into doubt.
            .http2_keep_alive_interval(manner.upload / 3)
            .http2_keep_alive_timeout(manner.upload / 3)
            .referer(false);
        // What stays on this computer may not take the way through a proxy of the network.
        if [&endpoints.api, &endpoints.search, &endpoints.issuer].iter().any(|server| server.is_on_this_computer()) {
            http = http.no_proxy();
        }
        if manner.http2 {
            http = http.http2_prior_knowledge();
        }
        let http = http.build()?;
        let access = Access::new(http.clone(), endpoints.issuer.clone(), credentials, Person::default());
        Ok(Self { http, endpoints, access, heard: Mutex::default() })
    }

    /// The same client, for a desk where people sign in this way. Whoever was signed in is not any more.
    #[must_use]
    pub fn with_person(mut self, person: Person) -> Self {
        self.access = self.access.with_person(self.http.clone(), person);
        self
    }

    pub(crate) const fn door(&self) -> &Door {
        self.access.door()
    }

    /// Asks the API, and gives the body of a success. A refused token is renewed once.
    pub(crate) async fn ask(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        patience: Duration,
    ) -> Result<Vec<u8>, AskError> {
        Ok(self.ask_dated(path, query, patience).await?.0)
    }

    /// The same, with the clock of UiTPAS as it stands in the answer.
    pub(crate) async fn ask_dated(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        patience: Duration,
    ) -> Result<(Vec<u8>, Option<Moment>), AskError> {
        let url = self.endpoints.api.at(path);
        let asking = async {
            let (token, first) = self.get_once(&url, query).await?;
            let got = match first {
                Got { status: 401, .. } => {
                    self.access.refused(&token).await;
                    self.get_once(&url, query).await?.1
                }
                other => other,
            };
            Ok((success(got.status, got.body)?, got.date))
        };
        tokio::time::timeout(patience, asking).await.unwrap_or(Err(AskError::Slow))
    }

    /// Asks the search, which knows us by the id of the client alone.
    pub(crate) async fn ask_search(&self, query: &[(&str, &str)]) -> Result<Vec<u8>, AskError> {
        let url = self.endpoints.search.at(&["events"]);
        let request = self.http.get(url).query(query).header("x-client-id", self.access.client_id());
        let asking = async {
            let answer = request.send().await.map_err(|error| AskError::of(&error))?;
            let (status, body) = read(answer).await.map_err(|error| AskError::of(&error))?;
            success(status, body)
        };
        tokio::time::timeout(BEHIND_THE_SCENES, asking).await.unwrap_or(Err(AskError::Slow))
    }

    /// Sends one `POST`, once, and says what was seen of it.
    pub(crate) async fn send<T: Serialize + Sync + ?Sized>(&self, path: &[&str], body: &T) -> Observation {
        self.send_once(self.http.post(self.endpoints.api.at(path)).json(body)).await
    }

    /// Sends one `DELETE`, once, and says what was seen of it.
    pub(crate) async fn delete(&self, path: &[&str]) -> Observation {
        self.send_once(self.http.delete(self.endpoints.api.at(path))).await
    }

    /// When an answer of UiTPAS last said what time it is there.
    pub fn heard(&self) -> Option<Heard> {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what an answer says of the time. A page that something before UiTPAS wrote has a clock of its own.
    fn hear(&self, asked: Instant, answer: &Response) -> Option<Moment> {
        let json = answer.headers().get(CONTENT_TYPE).is_some_and(is_json);
        if !json && answer.status().as_u16() != 204 {
            return None;
        }
        let date = answer.headers().get(DATE)?.to_str().ok()?;
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
        let heard = Heard { date, asked, answered: Instant::now() };
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
        Some(date)
    }

    async fn send_once(&self, request: RequestBuilder) -> Observation {
        let token = match self.access.token(&self.http).await {
            Ok(token) => token,
            Err(AskError::SignIn | AskError::Forbidden) => return Observation::NoToken,
            Err(_) => return Observation::NotSent,
        };
        let asked = Instant::now();
        let answer = match request.bearer_auth(&token).send().await {
            Ok(answer) => answer,
            Err(error) if never_left(&error) => return Observation::NotSent,
            Err(_) => return Observation::NoAnswer,
        };
        self.hear(asked, &answer);
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let json = answer.headers().get(CONTENT_TYPE).is_some_and(is_json);
        match read(answer).await {
            Ok((status, body)) => {
                if status == 401 {
                    self.access.refused(&token).await;
                }
                Observation::Answer { status, json, body, retry_after }
            }
            Err(_) => Observation::NoAnswer,
        }
    }

    async fn get_once(&self, url: &Url, query: &[(&str, &str)]) -> Result<(String, Got), AskError> {
        let token = self.access.token(&self.http).await?;
        let request = self.http.get(url.clone()).query(query).bearer_auth(&token);
        let asked = Instant::now();
        let answer = request.send().await.map_err(|error| AskError::of(&error))?;
        let date = self.hear(asked, &answer);
        let (status, body) = read(answer).await.map_err(|error| AskError::of(&error))?;
        Ok((token, Got { status, body, date }))
    }

    /// Asks the API for an answer that is too long to wait for or to hold, and gives the success before its body. Whoever
    /// reads the body chooses its own patience with every piece of it.
    pub(crate) async fn ask_streamed(&self, path: &[&str], patience: Duration) -> Result<Response, AskError> {
        let url = self.endpoints.api.at(path);
        let mut renewed = false;
        loop {
            let token = self.access.token(&self.http).await?;
            // The client gives up a whole answer after a while, and this one may take any time.
            let request = self.http.get(url.clone()).bearer_auth(&token).timeout(ENDLESS);
            let answer = tokio::time::timeout(patience, request.send()).await.map_err(|_| AskError::Slow)?;
            let answer = answer.map_err(|error| AskError::of(&error))?;
            match answer.status().as_u16() {
                200 => return Ok(answer),
                401 if !renewed => self.access.refused(&token).await,
                _ => {
                    let (status, body) = read(answer).await.map_err(|error| AskError::of(&error))?;
                    return Err(AskError::of_status(status, &body));
                }
            }
            renewed = true;
        }
    }
}

/// Installs the cryptography that every connection of this process uses.
pub fn install_tls() {
    // A second call finds the provider installed already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn is_json(value: &reqwest::header::HeaderValue) -> bool {
    value.to_str().is_ok_and(|text| text.contains("json"))
}

fn success(status: u16, body: Vec<u8>) -> Result<Vec<u8>, AskError> {
    if status == 200 { Ok(body) } else { Err(AskError::of_status(status, &body)) }
}

// An answer beyond the limit is cut off, and then fails to parse: it is never taken for whole.
pub(crate) async fn read(mut answer: Response) -> Result<(u16, Vec<u8>), reqwest::Error> {
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, body))
}
