//! Who signs in at the certified OpenID provider.

use crate::browser::Browser;
use crate::shelf::{Shelf, desk};
use balie_remote::client::Api;
use balie_remote::sign_in::{Person, Redirect, Session};
use std::sync::Arc;

pub(crate) use balie_tests::provider::{Provider, missing};

/// Somebody who comes back as a deep link, the shortest way.
pub(crate) fn by_link() -> Person {
    Person { redirect: Redirect::parse("be.balie.desk:/signed-in").unwrap(), ..Person::default() }
}

/// A fresh session of this person.
pub(crate) async fn session(api: &Api, browser: &mut Browser, name: &str) -> Session {
    let attempt = api.begin_sign_in().await.unwrap();
    let trip = browser.sign_in(attempt.url(), Some(name)).await;
    api.finish_sign_in(&attempt, &attempt.accept(&trip.back).unwrap()).await.unwrap()
}

/// A desk that An has signed in at, and where that is kept.
pub(crate) async fn an_at(provider: &Provider) -> (Api, Arc<Shelf>) {
    let (api, shelf) = (desk(&provider.url, by_link()), Shelf::new());
    let fresh = session(&api, &mut Browser::new(), "an").await;
    api.sign_in_as(fresh, shelf.keeper()).await.unwrap();
    (api, shelf)
}
