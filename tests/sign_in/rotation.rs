//! Refresh tokens that work once, on the certified provider: what is kept, and what a loss costs.

use crate::browser::Browser;
use crate::provider::{Provider, an_at, by_link, missing, session};
use crate::shelf::{Shelf, desk, name};
use balie_remote::ask::AskError;
use balie_remote::cancels::Cancelled;
use balie_remote::outcome::{Hold, Outcome};
use balie_remote::sign_in::KeepError;
use balie_tests::skip::skipped;
use std::time::Duration;

const SHORT: &str = r#"{"access":2}"#;
const LONGER: Duration = Duration::from_millis(2_200);

#[tokio::test]
async fn an_access_token_that_ran_out_is_renewed_once_for_all_who_ask() {
    if skipped(missing()) {
        return;
    }
    let provider = Provider::start(SHORT).unwrap();
    let (api, shelf) = an_at(&provider).await;
    let first = shelf.last();
    tokio::time::sleep(LONGER).await;
    let (one, two, three, four) = tokio::join!(name(&api), name(&api), name(&api), name(&api));
    for told in [one, two, three, four] {
        assert_eq!(told.as_deref(), Ok("an"));
    }
    assert_eq!(shelf.count(), 2, "one renewal, kept");
    assert!(shelf.last() != first, "the refresh token is another one");
}

#[tokio::test]
async fn what_could_not_be_kept_is_not_used_and_not_lost() {
    if skipped(missing()) {
        return;
    }
    let provider = Provider::start(SHORT).unwrap();
    let (api, shelf) = an_at(&provider).await;
    tokio::time::sleep(LONGER).await;
    shelf.is_full(true);
    for _ in 0..3 {
        assert_eq!(name(&api).await, Err(AskError::NotKept));
    }
    assert_eq!(api.cancel(Cancelled::TicketSale, "1").await, Outcome::NotSent, "what waits goes later");
    assert!(api.is_signed_in() && shelf.count() == 1);
    shelf.is_full(false);
    assert_eq!((name(&api).await.as_deref(), shelf.count() >= 2), (Ok("an"), true));
    // The chain of refresh tokens is whole: the one that was kept last is the one that the provider expects.
    drop(api);
    let api = desk(&provider.url, by_link());
    api.sign_in_as(shelf.last(), shelf.keeper()).await.unwrap();
    assert_eq!(name(&api).await.as_deref(), Ok("an"));
}

#[tokio::test]
async fn a_fresh_session_that_could_not_be_kept_is_kept_before_it_is_used() {
    if skipped(missing()) {
        return;
    }
    let provider = Provider::start("{}").unwrap();
    let api = desk(&provider.url, by_link());
    let fresh = session(&api, &mut Browser::new(), "an").await;
    let shelf = Shelf::new();
    shelf.is_full(true);
    assert_eq!(api.sign_in_as(fresh, shelf.keeper()).await, Err(KeepError));
    assert_eq!((name(&api).await, api.is_signed_in()), (Err(AskError::NotKept), true));
    shelf.is_full(false);
    assert_eq!((name(&api).await.as_deref(), shelf.count()), (Ok("an"), 1));
}

#[tokio::test]
async fn a_desk_that_dies_before_keeping_is_signed_out_and_its_queue_is_held() {
    if skipped(missing()) {
        return;
    }
    let provider = Provider::start("{}").unwrap();
    let (api, shelf) = an_at(&provider).await;
    let old = shelf.last();
    drop(api);

    let dies = desk(&provider.url, by_link());
    shelf.is_full(true);
    dies.sign_in_as(old.clone(), shelf.keeper()).await.unwrap();
    assert_eq!(name(&dies).await, Err(AskError::NotKept));
    drop(dies);

    shelf.is_full(false);
    let api = desk(&provider.url, by_link());
    api.sign_in_as(old, shelf.keeper()).await.unwrap();
    assert_eq!((name(&api).await, api.is_signed_in(), api.subject()), (Err(AskError::SignIn), false, None));
    let outcome = api.cancel(Cancelled::TicketSale, "1").await;
    assert_eq!(outcome, Outcome::NotProcessed(Hold::SignIn));
}

#[tokio::test]
async fn a_refresh_token_that_ran_out_signs_out() {
    if skipped(missing()) {
        return;
    }
    let provider = Provider::start(r#"{"access":2,"refresh":2}"#).unwrap();
    let (api, shelf) = an_at(&provider).await;
    tokio::time::sleep(LONGER).await;
    assert_eq!((name(&api).await, api.is_signed_in()), (Err(AskError::SignIn), false));
    assert_eq!(shelf.count(), 1);
}

#[tokio::test]
async fn a_server_that_is_away_signs_nobody_out() {
    if skipped(missing()) {
        return;
    }
    let mut provider = Provider::start(SHORT).unwrap();
    let (api, _) = an_at(&provider).await;
    tokio::time::sleep(LONGER).await;
    provider.end();
    assert_eq!((name(&api).await, api.is_signed_in()), (Err(AskError::Offline), true));
    assert_eq!(api.cancel(Cancelled::TicketSale, "1").await, Outcome::NotSent);
}
