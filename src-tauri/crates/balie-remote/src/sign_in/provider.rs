//! The sign-in server as it describes itself, and the exchanges with it.

use super::{Secret, SignInError};
use crate::ask::{AskError, json};
use crate::client::{BEHIND_THE_SCENES, read};
use crate::endpoint::Endpoint;
use openidconnect::core::{CoreClient, CoreJsonWebKeySet};
use openidconnect::{
    AuthUrl, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, TokenUrl,
};
use reqwest::{Client, Url};
use serde::Deserialize;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// The sign-in server as it describes itself.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(super) issuer: String,
    authorization: Endpoint,
    token: Endpoint,
    keys: Endpoint,
    end_session: Option<Endpoint>,
    revocation: Option<Endpoint>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
}

/// The client of `openidconnect`, with the two addresses that we use it for.
pub(super) type OpenId =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointNotSet>;

/// New tokens, in exchange for a refresh token.
#[derive(Deserialize)]
pub(super) struct Renewed {
    pub(super) access_token: String,
    pub(super) expires_in: Option<u64>,
    pub(super) refresh_token: Option<String>,
    pub(super) id_token: Option<String>,
}

/// Why there are no new tokens.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotRenewed {
    /// The refresh token is worth nothing any more: the person has to sign in again.
    Ended,
    /// The server does not accept us as its client; that has nothing to do with the person.
    Client,
    /// The server could not be asked.
    Ask(AskError),
}

#[derive(Deserialize)]
struct OAuthProblem {
    error: String,
}

/// An exchange that failed, for the closure that `openidconnect` speaks through.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct WireError(pub(super) AskError);

type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send>>;

const ABOUT: &str = "the sign-in server";

impl Provider {
    /// Asks the server to describe itself.
    pub(super) async fn discover(http: &Client, issuer: &Endpoint) -> Result<Self, AskError> {
        let body = get(http, issuer.at(&[".well-known", "openid-configuration"])).await?;
        Self::read(&body, issuer)
    }

    fn read(body: &[u8], issuer: &Endpoint) -> Result<Self, AskError> {
        let document: Document = json(ABOUT, body)?;
        // A server that calls itself by another name could take part in a mix-up (OpenID Connect Discovery §4.3).
        if document.issuer.trim_end_matches('/') != issuer.to_string() {
            return Err(AskError::Garbled(ABOUT));
        }
        let place = |text: &str| Endpoint::parse(text).map_err(|_| AskError::Garbled(ABOUT));
        Ok(Self {
            authorization: place(&document.authorization_endpoint)?,
            token: place(&document.token_endpoint)?,
            keys: place(&document.jwks_uri)?,
            end_session: document.end_session_endpoint.as_deref().map(place).transpose()?,
            revocation: document.revocation_endpoint.as_deref().map(place).transpose()?,
            issuer: document.issuer,
        })
    }

    pub(super) fn issuer_url(&self) -> Result<IssuerUrl, AskError> {
        IssuerUrl::new(self.issuer.clone()).map_err(|_| AskError::Garbled(ABOUT))
    }

    /// The keys that the server signs with, as they are now: it changes them from time to time.
    pub(super) async fn keys(&self, http: &Client) -> Result<CoreJsonWebKeySet, AskError> {
        json("the keys of the sign-in server", &get(http, self.keys.url().clone()).await?)
    }

    pub(super) fn client(&self, id: &str, secret: Option<&Secret>) -> Result<OpenId, AskError> {
        let client =
            CoreClient::new(ClientId::new(id.to_owned()), self.issuer_url()?, CoreJsonWebKeySet::new(Vec::new()))
                .set_auth_uri(AuthUrl::from_url(self.authorization.url().clone()))
                .set_token_uri(TokenUrl::from_url(self.token.url().clone()));
        Ok(match secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        })
    }

    /// Exchanges a refresh token for new tokens.
    ///
    /// Read here, and not by `openidconnect`: it refuses an answer whole when it cannot read the id token in it, and with
    /// it the new refresh token would be lost.
    pub(super) async fn renew(
        &self,
        http: &Client,
        id: &str,
        secret: Option<&Secret>,
        refresh_token: &Secret,
    ) -> Result<Renewed, NotRenewed> {
        let mut form =
            vec![("grant_type", "refresh_token"), ("client_id", id), ("refresh_token", refresh_token.expose())];
        form.extend(secret.map(|secret| ("client_secret", secret.expose())));
        let lost = |error: &reqwest::Error| NotRenewed::Ask(AskError::of(error));
        let answer = http.post(self.token.url().clone()).form(&form).send().await.map_err(|error| lost(&error))?;
        let (status, body) = read(answer).await.map_err(|error| lost(&error))?;
        match status {
            200 => json("token", &body).map_err(NotRenewed::Ask),
            400 | 401 => match json::<OAuthProblem>("token", &body) {
                Ok(problem) if problem.error == "invalid_grant" => Err(NotRenewed::Ended),
                Ok(_) => Err(NotRenewed::Client),
                Err(error) => Err(NotRenewed::Ask(error)),
            },
            status => Err(NotRenewed::Ask(not_now(status))),
        }
    }

    /// Tells the server that a refresh token will not be used any more. It dies by itself as well, so that nothing
    /// depends on the answer.
    pub(super) async fn revoke(&self, http: &Client, id: &str, secret: Option<&Secret>, refresh_token: &Secret) {
        let Some(place) = &self.revocation else { return };
        let mut form = vec![("token", refresh_token.expose()), ("token_type_hint", "refresh_token"), ("client_id", id)];
        form.extend(secret.map(|secret| ("client_secret", secret.expose())));
        let _ = http.post(place.url().clone()).form(&form).timeout(Duration::from_secs(5)).send().await;
    }

    /// Where the browser signs out; on a server that does not say, where publiq has it.
    pub(super) fn end_session(provider: Option<&Self>, issuer: &Endpoint) -> Url {
        provider
            .and_then(|provider| provider.end_session.as_ref())
            .map_or_else(|| issuer.at(&["protocol", "openid-connect", "logout"]), |place| place.url().clone())
    }
}

async fn get(http: &Client, url: Url) -> Result<Vec<u8>, AskError> {
    let answer = http.get(url).timeout(BEHIND_THE_SCENES).send().await.map_err(|error| AskError::of(&error))?;
    let (status, body) = read(answer).await.map_err(|error| AskError::of(&error))?;
    if status == 200 { Ok(body) } else { Err(not_now(status)) }
}

const fn not_now(status: u16) -> AskError {
    match status {
        429 => AskError::RateLimited,
        status => AskError::Unexpected { status },
    }
}

/// When an access token with this term ends; the term is measured from before it was asked for.
pub(super) fn ends(asked: Instant, term: Option<Duration>) -> Option<Instant> {
    asked.checked_add(term?)
}

/// The way of `openidconnect` to the network: our own client, with its limits and without redirects.
pub(super) fn wire(http: &Client) -> impl Fn(HttpRequest) -> Answering + Send + Sync + use<> {
    let http = http.clone();
    move |request| {
        let http = http.clone();
        Box::pin(async move {
            let lost = |error: &reqwest::Error| WireError(AskError::of(error));
            let request = reqwest::Request::try_from(request).map_err(|error| lost(&error))?;
            let answer = http.execute(request).await.map_err(|error| lost(&error))?;
            let kind = answer.headers().get(reqwest::header::CONTENT_TYPE).cloned();
            let (status, body) = read(answer).await.map_err(|error| lost(&error))?;
            if !matches!(status, 200 | 400 | 401) {
                return Err(WireError(not_now(status)));
            }
            let mut answer = HttpResponse::new(body);
            *answer.status_mut() =
                reqwest::StatusCode::from_u16(status).map_err(|_| WireError(AskError::Unexpected { status }))?;
            if let Some(kind) = kind {
                answer.headers_mut().insert(reqwest::header::CONTENT_TYPE, kind);
            }
            Ok(answer)
        })
    }
}

impl From<WireError> for SignInError {
    fn from(error: WireError) -> Self {
        Self::Ask(error.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"issuer":"https://a.be/realms/u","authorization_endpoint":"https://a.be/auth",
        "token_endpoint":"https://a.be/token","jwks_uri":"https://a.be/keys"}"#;

    fn read(text: &str) -> Result<Provider, AskError> {
        Provider::read(text.as_bytes(), &Endpoint::parse("https://a.be/realms/u").unwrap())
    }

    #[test]
    fn a_server_that_calls_itself_otherwise_or_speaks_in_the_open_is_not_ours() {
        assert!(read(GOOD).is_ok());
        assert!(read(&GOOD.replace("realms/u\"", "realms/u/\"")).is_ok(), "a slash at the end is no other name");
        for (from, to) in [
            ("https://a.be/realms/u", "https://b.be/realms/u"),
            ("https://a.be/realms/u", "https://a.be/realms/v"),
            ("https://a.be/token", "http://a.be/token"),
            ("https://a.be/keys", "http://a.be/keys"),
            ("https://a.be/auth", "file:///auth"),
            ("jwks_uri", "jwks"),
        ] {
            assert_eq!(read(&GOOD.replace(from, to)).unwrap_err(), AskError::Garbled(ABOUT), "{to}");
        }
    }

    #[test]
    fn the_place_to_sign_out_is_what_the_server_says_or_where_publiq_has_it() {
        let issuer = Endpoint::parse("https://a.be/realms/u").unwrap();
        let provider = read(&GOOD.replace('}', r#","end_session_endpoint":"https://a.be/out"}"#)).unwrap();
        assert_eq!(Provider::end_session(Some(&provider), &issuer).as_str(), "https://a.be/out");
        for silent in [None, Some(&read(GOOD).unwrap())] {
            let place = Provider::end_session(silent, &issuer);
            assert_eq!(place.as_str(), "https://a.be/realms/u/protocol/openid-connect/logout");
        }
    }
}
