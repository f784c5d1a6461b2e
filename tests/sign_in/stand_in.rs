//! A sign-in server that answers whatever a test tells it to, and the one question of the API that the tests ask.

use crate::browser::asked;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use balie_remote::sign_in::{Attempt, Code};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The sign-in server under a test's hands.
#[derive(Clone)]
pub(crate) struct StandIn {
    pub(crate) url: String,
    key: Arc<CoreEdDsaPrivateSigningKey>,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    answers: Vec<(u16, Value)>,
    slow: Duration,
    forms: Vec<BTreeMap<String, String>>,
    refused: Vec<String>,
    seen: Vec<String>,
}

pub(crate) fn key() -> CoreEdDsaPrivateSigningKey {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pair.serialize_pem(), Some(JsonWebKeyId::new("k".into()))).unwrap()
}

impl StandIn {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stand_in = Self { url, key: Arc::new(key()), inside: Arc::default() };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/permissions", get(permissions))
            .with_state(stand_in.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        stand_in
    }

    /// What the token endpoint answers from now on: one after the other, and the last for good.
    pub(crate) fn answers(&self, answers: &[(u16, Value)]) {
        self.inside.lock().unwrap().answers = answers.iter().rev().cloned().collect();
    }

    pub(crate) fn slow(&self, slow: Duration) {
        self.inside.lock().unwrap().slow = slow;
    }

    /// The API accepts this token no longer.
    pub(crate) fn refuse(&self, token: &str) {
        self.inside.lock().unwrap().refused.push(token.to_owned());
    }

    /// How often the token endpoint was asked.
    pub(crate) fn asked(&self) -> usize {
        self.inside.lock().unwrap().forms.len()
    }

    /// The tokens that the API was asked with.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.inside.lock().unwrap().seen.clone()
    }

    /// An id token with these claims, signed by the server.
    pub(crate) fn signed(&self, claims: &Value) -> String {
        signed(claims, &self.key)
    }
}

/// An id token with these claims, signed with this key.
pub(crate) fn signed(claims: &Value, key: &CoreEdDsaPrivateSigningKey) -> String {
    let head = base64(json!({ "alg": "EdDSA", "kid": "k" }).to_string().as_bytes());
    let text = format!("{head}.{}", base64(claims.to_string().as_bytes()));
    let signature = key.sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).unwrap();
    format!("{text}.{}", base64(&signature))
}

/// Base64 as tokens have it: of addresses, and without an end (RFC 4648 §5).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().chain([&0, &0]).take(3).fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte));
        let letters = [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize]));
        text.extend(&letters[..=part.len()]);
    }
    text
}

/// The answer of a browser to this attempt.
pub(crate) fn code(attempt: &Attempt) -> Code {
    let state = asked(attempt.url(), "state").unwrap();
    attempt.accept(&format!("be.balie.desk:/signed-in?code=c&state={state}")).unwrap()
}

async fn discovery(State(stand_in): State<StandIn>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", stand_in.url);
    Json(json!({ "issuer": stand_in.url, "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"),
                 "jwks_uri": at("/keys") }))
}

async fn keys(State(stand_in): State<StandIn>) -> Json<Value> {
    let keys = CoreJsonWebKeySet::new(vec![stand_in.key.as_verification_key()]);
    Json(serde_json::to_value(keys).unwrap())
}

async fn token(State(stand_in): State<StandIn>, Form(form): Form<BTreeMap<String, String>>) -> impl IntoResponse {
    let ((status, body), slow) = {
        let mut inside = stand_in.inside.lock().unwrap();
        inside.forms.push(form);
        let answer = if inside.answers.len() > 1 { inside.answers.pop() } else { inside.answers.last().cloned() };
        (answer.unwrap(), inside.slow)
    };
    tokio::time::sleep(slow).await;
    (StatusCode::from_u16(status).unwrap(), Json(body))
}

async fn permissions(State(stand_in): State<StandIn>, headers: HeaderMap) -> impl IntoResponse {
    let token = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
    let mut inside = stand_in.inside.lock().unwrap();
    inside.seen.push(token.clone());
    let status = if inside.refused.contains(&token) { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    (status, Json(json!([{ "organizer": { "id": token } }])))
}
