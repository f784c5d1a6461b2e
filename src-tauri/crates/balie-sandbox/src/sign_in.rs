//! The sign-in server, and the checks that every request passes: a bearer token or a client id.

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::problem::Problem;
use crate::query::Asked;
use crate::tokens::ACCESS_SECONDS;
use crate::world::{Shared, World};

/// A request with a good bearer token.
#[derive(Debug)]
pub(crate) struct Token;

/// A request that names its client, without a token.
#[derive(Debug)]
pub(crate) struct Client;

/// Either of the two, for the few endpoints that ask no more than a client id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenOrClient {
    Token,
    Client,
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get("authorization")?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Whether these headers carry a good token.
pub(crate) fn is_signed_in(headers: &HeaderMap, world: &World) -> bool {
    bearer(headers).is_some_and(|token| world.tokens.admits(token, Timestamp::now()))
}

impl FromRequestParts<Shared> for Token {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(|| Problem::unauthorized("no bearer token"))?;
        let world = shared.world();
        if world.tokens.admits(token, Timestamp::now()) {
            Ok(Self)
        } else {
            Err(Problem::unauthorized("the token is unknown or no longer valid"))
        }
    }
}

impl FromRequestParts<Shared> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let in_header = parts.headers.get("x-client-id").is_some_and(|id| !id.is_empty());
        let asked = Asked::from_request_parts(parts, shared).await?;
        if in_header || asked.one("clientId").is_some() {
            Ok(Self)
        } else {
            Err(Problem::unauthorized("no x-client-id header and no clientId parameter"))
        }
    }
}

impl FromRequestParts<Shared> for TokenOrClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        if bearer(&parts.headers).is_some() {
            Token::from_request_parts(parts, shared).await.map(|_| Self::Token)
        } else {
            Client::from_request_parts(parts, shared).await.map(|_| Self::Client)
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Grant {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default)]
    scope: String,
}

/// `GET /realms/uitid/.well-known/openid-configuration`: enough for a desk that goes on with a kept refresh token. Nobody
/// can sign in here: there is no browser, and no id token.
pub(crate) async fn discovery(headers: HeaderMap) -> Response {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let issuer = format!("http://{host}/realms/uitid");
    let at = |what: &str| format!("{issuer}/protocol/openid-connect/{what}");
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at("auth"),
        "token_endpoint": at("token"),
        "jwks_uri": at("certs"),
        "end_session_endpoint": at("logout"),
    }))
    .into_response()
}

/// `POST /realms/uitid/protocol/openid-connect/token`. Any client id is known here, but it must be given; a client that
/// asks for `offline_access` gets a refresh token too, so that rotation can be tried without a browser.
pub(crate) async fn token(State(shared): State<Shared>, form: Result<Form<Grant>, FormRejection>) -> Response {
    let Ok(Form(grant)) = form else {
        return refused(StatusCode::BAD_REQUEST, "invalid_request", "the body is no form");
    };
    if grant.client_id.is_empty() {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "client_id is missing");
    }
    let mut world = shared.world();
    let now = Timestamp::now();
    let lasting = match grant.grant_type.as_str() {
        "client_credentials" if grant.client_secret.is_empty() => {
            return refused(StatusCode::UNAUTHORIZED, "unauthorized_client", "client_secret is missing");
        }
        "client_credentials" => grant.scope.split(' ').any(|s| s == "offline_access"),
        "refresh_token" => {
            if !world.tokens.spend_refresh(&grant.refresh_token, now) {
                return refused(StatusCode::BAD_REQUEST, "invalid_grant", "Token is not active");
            }
            true
        }
        _ => return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Unsupported grant_type"),
    };
    let mut answer = json!({
        "access_token": world.tokens.give_access(now),
        "expires_in": ACCESS_SECONDS,
        "token_type": "Bearer",
        "scope": grant.scope,
    });
    if lasting {
        answer["refresh_token"] = json!(world.tokens.give_refresh(now));
    }
    Json(answer).into_response()
}

/// Errors of OAuth have a shape of their own (RFC 6749).
fn refused(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": description }))).into_response()
}
