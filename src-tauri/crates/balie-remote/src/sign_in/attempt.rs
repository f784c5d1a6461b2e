//! One attempt to sign in: the secrets that it is known by, the address for the browser, and what its answer is worth.

use super::callback::{place, read_callback};
use super::provider::{Provider, WireError, ends, wire};
use super::verify::{Against, subject};
use super::{Language, Person, Redirect, Secret, Session, SignInError, loopback};
use crate::ask::AskError;
use crate::client::Api;
use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, LanguageTag, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse,
};
use reqwest::Url;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;

/// One attempt to sign in. It is good for one answer, and for some minutes; dropping it gives it up.
#[derive(Debug)]
pub struct Attempt {
    url: Secret,
    redirect: RedirectUrl,
    nonce: Secret,
    verifier: Secret,
    expected: Arc<Expected>,
    listener: Option<TcpListener>,
    language: Language,
    provider: Arc<Provider>,
    ends: Instant,
}

/// What the answer of the browser has to say.
#[derive(Debug)]
pub(super) struct Expected {
    place: String,
    state: Secret,
    issuer: String,
}

/// What the sign-in server gave the browser for us; it works once.
#[derive(Debug)]
pub struct Code(Secret);

impl Expected {
    /// Whether a request asks for the place where the answer comes.
    pub(super) fn is_at(&self, target: &str) -> bool {
        let path = target.split('?').next().unwrap_or_default();
        target.starts_with('/')
            && Url::parse(&format!("http://127.0.0.1{path}")).is_ok_and(|url| place(&url) == self.place)
    }

    /// What an answer is worth.
    pub(super) fn judge(&self, text: &str) -> Result<Code, SignInError> {
        let callback = read_callback(text)?;
        let is_issuer = callback.issuer.is_none_or(|issuer| issuer == self.issuer);
        if callback.place != self.place || !self.state.is(callback.state.expose()) || !is_issuer {
            return Err(SignInError::NotOurs);
        }
        callback.code.map(Code).ok_or(SignInError::Denied)
    }
}

impl Attempt {
    /// The address that the browser of the computer has to open. It is for nobody else, and for no log.
    pub fn url(&self) -> &str {
        self.url.expose()
    }

    /// Waits for the browser, where the answer comes over the loopback interface. An answer to anything but this attempt
    /// does not end the wait. Where the answer comes as a deep link, this only says when the time for it is over.
    ///
    /// # Errors
    /// Fails when the sign-in was refused in the browser, and when nobody answered in time.
    pub async fn answer(&self) -> Result<Code, SignInError> {
        let answer = async {
            match &self.listener {
                Some(listener) => loopback::answer(listener, Arc::clone(&self.expected), self.language).await,
                None => std::future::pending().await,
            }
        };
        tokio::time::timeout_at(self.ends.into(), answer).await.unwrap_or(Err(SignInError::TimedOut))
    }

    /// Takes the answer of the browser that came as a deep link.
    ///
    /// # Errors
    /// Refuses every other text: the attempt stays open, because anybody can send a deep link.
    /// [`SignInError::Denied`] and [`SignInError::TimedOut`] are its end.
    pub fn accept(&self, link: &str) -> Result<Code, SignInError> {
        let code = self.expected.judge(link)?;
        if Instant::now() < self.ends { Ok(code) } else { Err(SignInError::TimedOut) }
    }
}

impl Api {
    /// Begins to sign somebody in.
    ///
    /// # Errors
    /// Fails when the sign-in server cannot be asked, and when there is no port for the answer.
    pub async fn begin_sign_in(&self) -> Result<Attempt, SignInError> {
        let (door, person) = (self.door(), self.door().person());
        let provider = door.discover().await?;
        let (redirect, place, listener) = way_back(&person.redirect).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (CsrfToken::new_random(), Nonce::new_random());
        let expected = Expected { place, state: Secret::new(state.secret().as_str()), issuer: provider.issuer.clone() };
        let client = provider.client(door.client_id(), None)?.set_redirect_uri(redirect.clone());
        let kept_nonce = Secret::new(nonce.secret().as_str());
        let mut question = client
            .authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, || state, || nonce)
            // `openid` goes along by itself.
            .add_scopes(person.scopes.split_whitespace().filter(|scope| *scope != "openid").map(scope))
            .add_ui_locale(LanguageTag::new(person.language.code().to_owned()))
            .set_pkce_challenge(challenge);
        if person.prompt_login {
            question = question.add_prompt(CoreAuthPrompt::Login);
        }
        for (name, value) in &person.extra {
            question = question.add_extra_param(name.as_str(), value.as_str());
        }
        let (url, _, _) = question.url();
        Ok(Attempt {
            url: Secret::new(url),
            redirect,
            nonce: kept_nonce,
            verifier: Secret::new(verifier.into_secret()),
            expected: Arc::new(expected),
            listener,
            language: person.language,
            provider,
            ends: after(person),
        })
    }

    /// Fetches the tokens for the answer of the browser, and proves who it is. Nobody is signed in yet: that is
    /// [`Api::sign_in_as`].
    ///
    /// # Errors
    /// Fails when the server cannot be asked, does not accept the code, or says something of the person that is not
    /// proven.
    pub async fn finish_sign_in(&self, attempt: &Attempt, code: &Code) -> Result<Session, SignInError> {
        let (door, person) = (self.door(), self.door().person());
        let client = attempt
            .provider
            .client(door.client_id(), person.client_secret.as_ref())?
            .set_redirect_uri(attempt.redirect.clone());
        let asked = Instant::now();
        let answer = client
            .exchange_code(AuthorizationCode::new(code.0.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.expose().to_owned()))
            .request_async(&wire(door.http()))
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(_) => SignInError::Refused,
                RequestTokenError::Request(WireError(error)) => error.into(),
                RequestTokenError::Parse(..) | RequestTokenError::Other(_) => AskError::Garbled("token").into(),
            })?;
        let id_token = answer.id_token().ok_or(SignInError::Unproven)?;
        let against = Against {
            provider: &attempt.provider,
            client_id: door.client_id(),
            keys: attempt.provider.keys(door.http()).await?,
            nonce: &Nonce::new(attempt.nonce.expose().to_owned()),
            access_token: answer.access_token(),
            now: (person.clock)(),
        };
        Ok(Session {
            subject: subject(id_token, against)?,
            access_token: Secret::new(answer.access_token().secret().as_str()),
            ends: ends(asked, answer.expires_in()),
            refresh_token: answer.refresh_token().map(|token| Secret::new(token.secret().as_str())),
            id_token: Secret::new(id_token.to_string()),
        })
    }
}

fn scope(name: &str) -> Scope {
    Scope::new(name.to_owned())
}

fn after(person: &Person) -> Instant {
    let now = Instant::now();
    now.checked_add(person.patience).unwrap_or(now)
}

/// The address that the browser comes back to, how it is recognised, and who listens there.
async fn way_back(redirect: &Redirect) -> Result<(RedirectUrl, String, Option<TcpListener>), SignInError> {
    let (text, listener) = match redirect {
        Redirect::Scheme(text) => (text.clone(), None),
        Redirect::Loopback { port, path } => {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)));
            let listener = listener.await.map_err(|_| SignInError::NoPort)?;
            let port = listener.local_addr().map_err(|_| SignInError::NoPort)?.port();
            (format!("http://127.0.0.1:{port}{path}"), Some(listener))
        }
    };
    let url = Url::parse(&text).map_err(|_| SignInError::NotOurs)?;
    let redirect = RedirectUrl::new(text).map_err(|_| SignInError::NotOurs)?;
    Ok((redirect, place(&url), listener))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(place: &str) -> Expected {
        Expected { place: place.to_owned(), state: Secret::new("s"), issuer: "https://a.be".to_owned() }
    }

    #[test]
    fn only_the_answer_to_our_own_question_counts() {
        let expected = expected("be.balie.desk:/signed-in");
        assert!(expected.judge("be.balie.desk:/signed-in?code=c&state=s").is_ok());
        assert!(expected.judge("be.balie.desk:/signed-in?code=c&state=s&iss=https%3A%2F%2Fa.be").is_ok());
        for text in [
            "be.balie.desk:/signed-in?code=c&state=t",
            "be.balie.desk:/signed-in?code=c&state=s&iss=https%3A%2F%2Fb.be",
            "be.balie.desk:/other?code=c&state=s",
            "/signed-in?code=c&state=s",
            "be.balie.desk:/signed-in?error=access_denied&state=t",
        ] {
            assert_eq!(expected.judge(text).unwrap_err(), SignInError::NotOurs, "{text}");
        }
        let no = "be.balie.desk:/signed-in?error=access_denied&state=s";
        assert_eq!(expected.judge(no).unwrap_err(), SignInError::Denied);
    }

    #[test]
    fn the_place_of_the_answer_is_known_by_its_path() {
        let expected = expected("http:127.0.0.1/signed-in");
        assert!(expected.is_at("/signed-in?x") && expected.is_at("/signed-in"));
        for target in ["/favicon.ico", "/", "/signed-in/", "", "*", "http://127.0.0.1/signed-in", "@b.be/signed-in"] {
            assert!(!expected.is_at(target), "{target}");
        }
    }
}
