//! Who is signed in, and the renewal of their access token.
//!
//! A refresh token works once: whoever uses it and loses what comes back is signed out. So a renewal is never given up
//! half-way, two never run at the same time, and what it brings is kept before it is used.

use super::provider::{NotRenewed, Provider, Renewed, ends};
use super::verify::renewed_subject;
use super::{KeepError, Keeper, Kept, Person, Secret, Session, Who};
use crate::ask::AskError;
use crate::client::Api;
use crate::endpoint::Endpoint;
use reqwest::Client;
use std::sync::{Arc, Mutex as Sync, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// A token this close to its end is not used any more; of a short one, its last fifth.
const MARGIN: Duration = Duration::from_secs(120);

/// How long a server that does not accept us as its client is left alone.
const PAUSE: Duration = Duration::from_secs(60);

/// Where people come in. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct Door(Arc<Inner>);

struct Inner {
    http: Client,
    issuer: Endpoint,
    client_id: String,
    person: Person,
    provider: Sync<Option<Arc<Provider>>>,
    /// Locked for as long as a renewal takes.
    inside: Arc<Mutex<Option<Inside>>>,
    /// Who is inside, for those who do not want to wait.
    subject: Sync<Option<String>>,
}

/// Somebody who is signed in.
struct Inside {
    subject: String,
    refresh_token: Option<Secret>,
    id_token: Option<Secret>,
    access: Option<Access>,
    /// The refresh token is safe on this computer.
    is_kept: bool,
    keeper: Keeper,
    not_before: Option<Instant>,
}

struct Access {
    token: Secret,
    /// Until when it is used.
    until: Option<Instant>,
}

impl Access {
    fn new(token: Secret, ends: Option<Instant>) -> Self {
        let margin = |ends: Instant| MARGIN.min(ends.saturating_duration_since(Instant::now()) / 5);
        Self { token, until: ends.and_then(|ends| ends.checked_sub(margin(ends))) }
    }

    fn is_good(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }
}

impl Inside {
    fn new(who: Who, keeper: Keeper) -> Self {
        let (subject, refresh_token, id_token, access, is_kept) = match who {
            Who::Session(Session { subject, access_token, ends, refresh_token, id_token }) => {
                // Without a refresh token there is nothing to keep.
                let is_kept = refresh_token.is_none();
                (subject, refresh_token, Some(id_token), Some(Access::new(access_token, ends)), is_kept)
            }
            Who::Kept(Kept { subject, refresh_token, id_token }) => {
                (subject, Some(refresh_token), id_token, None, true)
            }
        };
        Self { subject, refresh_token, id_token, access, is_kept, keeper, not_before: None }
    }

    /// A token that may be used now.
    fn ready(&self) -> Option<String> {
        let access = self.access.as_ref().filter(|access| self.is_kept && access.is_good())?;
        Some(access.token.expose().to_owned())
    }

    /// Keeps the refresh token, if that is not done yet.
    async fn keep(&mut self) -> Result<(), KeepError> {
        if let (false, Some(refresh_token)) = (self.is_kept, &self.refresh_token) {
            let kept = Kept {
                subject: self.subject.clone(),
                refresh_token: refresh_token.clone(),
                id_token: self.id_token.clone(),
            };
            (self.keeper)(kept).await?;
            self.is_kept = true;
        }
        Ok(())
    }

    fn take(&mut self, renewed: Renewed, asked: Instant) {
        if let Some(token) = renewed.refresh_token {
            self.refresh_token = Some(Secret::new(token));
            self.is_kept = false;
        }
        if let Some(token) = renewed.id_token {
            self.id_token = Some(Secret::new(token));
        }
        let ends = ends(asked, renewed.expires_in.map(Duration::from_secs));
        self.access = Some(Access::new(Secret::new(renewed.access_token), ends));
    }
}

impl Door {
    pub(crate) fn new(http: Client, issuer: Endpoint, client_id: String, person: Person) -> Self {
        let (provider, inside, subject) = <_>::default();
        Self(Arc::new(Inner { http, issuer, client_id, person, provider, inside, subject }))
    }

    pub(super) fn http(&self) -> &Client {
        &self.0.http
    }

    pub(super) fn client_id(&self) -> &str {
        &self.0.client_id
    }

    pub(super) fn person(&self) -> &Person {
        &self.0.person
    }

    /// Asks the server to describe itself.
    pub(super) async fn discover(&self) -> Result<Arc<Provider>, AskError> {
        let provider = Arc::new(Provider::discover(&self.0.http, &self.0.issuer).await?);
        *self.0.provider.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&provider));
        Ok(provider)
    }

    fn known_provider(&self) -> Option<Arc<Provider>> {
        self.0.provider.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn provider(&self) -> Result<Arc<Provider>, AskError> {
        match self.known_provider() {
            Some(provider) => Ok(provider),
            None => self.discover().await,
        }
    }

    fn subject(&self) -> Option<String> {
        self.0.subject.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn show(&self, subject: Option<String>) {
        *self.0.subject.lock().unwrap_or_else(PoisonError::into_inner) = subject;
    }

    /// Who is inside, with everybody else kept waiting. Nobody is a `None`.
    async fn inside(&self) -> OwnedMutexGuard<Option<Inside>> {
        Arc::clone(&self.0.inside).lock_owned().await
    }

    async fn enter(&self, who: Who, keeper: Keeper) -> Result<(), KeepError> {
        let (door, mut inside) = (self.clone(), self.inside().await);
        // A task of its own: what is dropped half-way would be neither kept nor not kept.
        let entering = tokio::spawn(async move {
            let now = inside.insert(Inside::new(who, keeper));
            door.show(Some(now.subject.clone()));
            now.keep().await
        });
        entering.await.unwrap_or(Err(KeepError))
    }

    /// A token that is good for some time more; `None` when nobody is signed in.
    pub(crate) async fn token(&self) -> Option<Result<String, AskError>> {
        let (door, guard) = (self.clone(), self.inside().await);
        if let Some(ready) = guard.as_ref()?.ready() {
            return Some(Ok(ready));
        }
        // A task of its own: the question that needs the token may be given up meanwhile, the renewal may not.
        let renewing = tokio::spawn(async move { door.renew(guard).await });
        Some(renewing.await.unwrap_or(Err(AskError::NotKept)))
    }

    /// Drops a token that was refused, unless another one has taken its place meanwhile.
    pub(crate) async fn refused(&self, text: &str) {
        if let Some(inside) = self.inside().await.as_mut()
            && inside.access.as_ref().is_some_and(|access| access.token.is(text))
        {
            inside.access = None;
        }
    }

    async fn renew(&self, mut guard: OwnedMutexGuard<Option<Inside>>) -> Result<String, AskError> {
        let Some(inside) = guard.as_mut() else { return Err(AskError::SignIn) };
        inside.keep().await.map_err(|KeepError| AskError::NotKept)?;
        if let Some(ready) = inside.ready() {
            return Ok(ready);
        }
        match self.ask(inside).await {
            Ok((renewed, asked)) => inside.take(renewed, asked),
            Err(NotRenewed::Ended) => {
                *guard = None;
                self.show(None);
                return Err(AskError::SignIn);
            }
            Err(NotRenewed::Client) => {
                inside.not_before = Instant::now().checked_add(PAUSE);
                return Err(AskError::SignIn);
            }
            Err(NotRenewed::Ask(error)) => return Err(error),
        }
        inside.keep().await.map_err(|KeepError| AskError::NotKept)?;
        // A token without a term is used for this one request only.
        inside.access.as_ref().map(|access| access.token.expose().to_owned()).ok_or(AskError::SignIn)
    }

    async fn ask(&self, inside: &Inside) -> Result<(Renewed, Instant), NotRenewed> {
        if inside.not_before.is_some_and(|moment| Instant::now() < moment) {
            return Err(NotRenewed::Ask(AskError::SignIn));
        }
        let refresh_token = inside.refresh_token.as_ref().ok_or(NotRenewed::Ended)?;
        let provider = self.provider().await.map_err(NotRenewed::Ask)?;
        let asked = Instant::now();
        let secret = self.0.person.client_secret.as_ref();
        let mut renewed = provider.renew(&self.0.http, &self.0.client_id, secret, refresh_token).await?;
        let about = renewed.id_token.as_deref().and_then(|text| renewed_subject(text, &provider, &self.0.client_id));
        match about {
            // Tokens of somebody else would put their name under what this person does.
            Some(subject) if subject != inside.subject => return Err(NotRenewed::Ended),
            Some(_) => {}
            None => renewed.id_token = None,
        }
        Ok((renewed, asked))
    }

    async fn leave(&self) -> String {
        let inside = self.inside().await.take();
        self.show(None);
        // For a server that cannot be asked now, the place is known from earlier or where publiq has it.
        let patience = Duration::from_secs(5);
        let provider = tokio::time::timeout(patience, self.provider()).await.ok().and_then(Result::ok);
        let (mut refresh_token, mut id_token) = (None, None);
        if let Some(inside) = inside {
            (refresh_token, id_token) = (inside.refresh_token, inside.id_token);
        }
        let mut url = Provider::end_session(provider.as_deref(), &self.0.issuer);
        match &id_token {
            Some(token) => url.query_pairs_mut().append_pair("id_token_hint", token.expose()),
            None => url.query_pairs_mut().append_pair("client_id", &self.0.client_id),
        };
        if let Some(place) = &self.0.person.post_logout_redirect {
            url.query_pairs_mut().append_pair("post_logout_redirect_uri", place);
        }
        if let (Some(provider), Some(token)) = (provider, refresh_token) {
            let secret = self.0.person.client_secret.as_ref();
            provider.revoke(&self.0.http, &self.0.client_id, secret, &token).await;
        }
        url.into()
    }
}

impl Api {
    /// Works as this person from now on. A fresh session is handed to the keeper first, and so is every refresh token
    /// that comes later; an access token is used only after that went well.
    ///
    /// # Errors
    /// Fails when a fresh session could not be kept. The person is signed in all the same, and keeping is tried again
    /// before anything is asked in their name.
    pub async fn sign_in_as(&self, who: impl Into<Who>, keeper: Keeper) -> Result<(), KeepError> {
        self.door().enter(who.into(), keeper).await
    }

    /// Whether somebody is signed in. Only the next question shows whether UiTPAS still accepts them.
    pub fn is_signed_in(&self) -> bool {
        self.subject().is_some()
    }

    /// Who is signed in, as the sign-in server names them.
    pub fn subject(&self) -> Option<String> {
        self.door().subject()
    }

    /// Forgets who is signed in, tells the sign-in server so where it can be reached, and gives the address that the
    /// browser has to open: without it the browser would let the next person in as this one. What was kept is for the
    /// keeper's owner to remove: a renewal that is under way is waited for, so that nothing is kept afterwards.
    pub async fn sign_out(&self) -> String {
        self.door().leave().await
    }
}
