//! The proof of who signed in: the id token, held against everything that can be known of it.

use super::SignInError;
use super::provider::Provider;
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, Nonce};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// How far the clock of this computer and that of the server may be apart.
const SKEW: Duration = Duration::from_secs(120);

/// Signatures that only the server can make. One that is made with the secret of the client, or none at all, proves
/// nothing.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What an id token is held against.
pub(super) struct Against<'a> {
    pub(super) provider: &'a Provider,
    pub(super) client_id: &'a str,
    pub(super) keys: CoreJsonWebKeySet,
    pub(super) nonce: &'a Nonce,
    pub(super) access_token: &'a AccessToken,
    pub(super) now: SystemTime,
}

/// Who the token is about, if all of it is right.
pub(super) fn subject(token: &CoreIdToken, against: Against<'_>) -> Result<String, SignInError> {
    let now = against.now;
    let verifier = verifier(against.provider, against.client_id, against.keys)?
        .set_allowed_algs(SIGNATURES)
        // A token that ended within the skew may be good by the clock of the server.
        .set_time_fn(move || now.checked_sub(SKEW).unwrap_or(now).into())
        // It was made for us a moment ago: one of another time is an old one, or one of the clocks is wrong.
        .set_issue_time_verifier_fn(move |issued| {
            let issued = SystemTime::from(issued);
            let apart = now.duration_since(issued).or_else(|_| issued.duration_since(now)).unwrap_or_default();
            if apart <= SKEW { Ok(()) } else { Err("of another time".to_owned()) }
        });
    let claims = token.claims(&verifier, against.nonce).map_err(|error| match error {
        ClaimsVerificationError::Expired(_) => SignInError::Clock,
        _ => SignInError::Unproven,
    })?;
    // `openidconnect` leaves this one out: a token that was made for another client is not ours, whoever may read it.
    if claims.authorized_party().is_some_and(|party| party.as_str() != against.client_id) {
        return Err(SignInError::Unproven);
    }
    if let Some(told) = claims.access_token_hash() {
        let unproven = |_| SignInError::Unproven;
        let key = token.signing_key(&verifier).map_err(|_| SignInError::Unproven)?;
        let alg = token.signing_alg().map_err(|_| SignInError::Unproven)?;
        if *told != AccessTokenHash::from_token(against.access_token, alg, key).map_err(unproven)? {
            return Err(SignInError::Unproven);
        }
    }
    Ok(claims.subject().to_string())
}

/// Who the id token of a renewal is about; `None` when it cannot be read. It came from the server itself over a
/// connection that proves the server (OpenID Connect Core §3.1.3.7), so that its signature adds nothing.
pub(super) fn renewed_subject(text: &str, provider: &Provider, client_id: &str) -> Option<String> {
    let verifier = verifier(provider, client_id, CoreJsonWebKeySet::new(Vec::new()))
        .ok()?
        .insecure_disable_signature_check()
        .set_time_fn(|| SystemTime::UNIX_EPOCH.into());
    let token = CoreIdToken::from_str(text).ok()?;
    let no_question = |_: Option<&Nonce>| Ok(());
    token.claims(&verifier, no_question).ok().map(|claims| claims.subject().to_string())
}

fn verifier(
    provider: &Provider,
    client_id: &str,
    keys: CoreJsonWebKeySet,
) -> Result<CoreIdTokenVerifier<'static>, SignInError> {
    Ok(CoreIdTokenVerifier::new_public_client(ClientId::new(client_id.to_owned()), provider.issuer_url()?, keys))
}
