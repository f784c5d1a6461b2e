//! Who we are to UiTPAS: the access token, fetched when needed and dropped when it is refused.

use crate::ask::AskError;
use crate::endpoint::Endpoint;
use crate::sign_in::Person;
use crate::sign_in::who::Door;
use serde::Deserialize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Who we are to the servers of publiq.
#[derive(Clone)]
pub struct Credentials {
    /// The id of the client; it also identifies us to the search.
    pub client_id: String,
    /// Its secret. Publiq hands these out for its test environment only; a desk in production signs in as a person, in
    /// the browser, and has none.
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A token this close to its end is not used any more.
const MARGIN: Duration = Duration::from_secs(120);

struct Token {
    text: String,
    ends: Instant,
}

/// The current access token: of the person who is signed in, else of the client itself. At most one request for a new
/// one is under way at any time.
pub(crate) struct Access {
    issuer: Endpoint,
    credentials: Credentials,
    token: Mutex<Option<Token>>,
    door: Door,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: u64,
}

impl Access {
    pub(crate) fn new(http: reqwest::Client, issuer: Endpoint, credentials: Credentials, person: Person) -> Self {
        let door = Door::new(http, issuer.clone(), credentials.client_id.clone(), person);
        Self { issuer, credentials, token: Mutex::new(None), door }
    }

    /// The same, for a desk where people sign in this way.
    pub(crate) fn with_person(self, http: reqwest::Client, person: Person) -> Self {
        Self::new(http, self.issuer, self.credentials, person)
    }

    pub(crate) const fn door(&self) -> &Door {
        &self.door
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.credentials.client_id
    }

    /// A token that is good for some minutes more.
    pub(crate) async fn token(&self, http: &reqwest::Client) -> Result<String, AskError> {
        if let Some(token) = self.door.token().await {
            return token;
        }
        let mut slot = self.token.lock().await;
        if let Some(token) = slot.as_ref().filter(|token| token.ends > Instant::now() + MARGIN) {
            return Ok(token.text.clone());
        }
        let answer = self.fetch(http).await?;
        let text = answer.access_token.clone();
        // A token without a term is used for this one request only.
        *slot = Instant::now()
            .checked_add(Duration::from_secs(answer.expires_in))
            .map(|ends| Token { text: answer.access_token, ends });
        Ok(text)
    }

    /// Drops a token that was refused, unless another one has taken its place meanwhile.
    pub(crate) async fn refused(&self, text: &str) {
        self.door.refused(text).await;
        let mut slot = self.token.lock().await;
        if slot.as_ref().is_some_and(|token| token.text == text) {
            *slot = None;
        }
    }

    async fn fetch(&self, http: &reqwest::Client) -> Result<TokenAnswer, AskError> {
        let Some(secret) = &self.credentials.client_secret else { return Err(AskError::SignIn) };
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.credentials.client_id),
            ("client_secret", secret),
        ];
        let url = self.issuer.at(&["protocol", "openid-connect", "token"]);
        let answer = http.post(url).form(&form).send().await.map_err(|error| AskError::of(&error))?;
        match answer.status().as_u16() {
            200 => answer.json().await.map_err(|_| AskError::Garbled("token")),
            400 | 401 | 403 => Err(AskError::SignIn),
            429 => Err(AskError::RateLimited),
            status => Err(AskError::Unexpected { status }),
        }
    }
}
