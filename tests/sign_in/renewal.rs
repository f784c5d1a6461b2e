//! Renewals at a server that has its moods.

use crate::provider::by_link;
use crate::shelf::{Shelf, desk, name};
use crate::stand_in::StandIn;
use balie_remote::ask::AskError;
use balie_remote::client::Api;
use balie_remote::sign_in::{Kept, Secret};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn tokens(number: u32, seconds: u64) -> Value {
    json!({ "access_token": format!("a{number}"), "expires_in": seconds, "refresh_token": format!("r{number}") })
}

/// A desk that begins with what was kept.
async fn begun(stand_in: &StandIn) -> (Api, Arc<Shelf>) {
    let (api, shelf) = (desk(&stand_in.url, by_link()), Shelf::new());
    let kept = Kept { subject: "an".to_owned(), refresh_token: Secret::new("r0"), id_token: None };
    api.sign_in_as(kept, shelf.keeper()).await.unwrap();
    (api, shelf)
}

#[tokio::test]
async fn a_server_that_is_out_of_order_signs_nobody_out() {
    let stand_in = StandIn::start().await;
    let (api, shelf) = begun(&stand_in).await;
    let broken = json!({ "error": "server_error" });
    stand_in.answers(&[(503, broken.clone()), (500, broken), (429, json!({})), (200, tokens(1, 600))]);
    assert_eq!(name(&api).await, Err(AskError::Unexpected { status: 503 }));
    assert_eq!(name(&api).await, Err(AskError::Unexpected { status: 500 }));
    assert_eq!((name(&api).await, api.is_signed_in()), (Err(AskError::RateLimited), true));
    assert_eq!((name(&api).await.as_deref(), shelf.count()), (Ok("a1"), 1));
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let stand_in = StandIn::start().await;
    let (api, shelf) = begun(&stand_in).await;
    stand_in.answers(&[(200, tokens(1, 600)), (200, tokens(2, 600)), (200, tokens(3, 600))]);
    assert_eq!(name(&api).await.as_deref(), Ok("a1"));
    stand_in.refuse("a1");
    assert_eq!((name(&api).await.as_deref(), shelf.count()), (Ok("a2"), 2));
    stand_in.refuse("a2");
    stand_in.refuse("a3");
    assert_eq!((name(&api).await, stand_in.asked()), (Err(AskError::SignIn), 3));
    assert_eq!(stand_in.seen(), ["a1", "a1", "a2", "a2", "a3"]);
}

#[tokio::test]
async fn a_question_that_is_given_up_does_not_give_up_the_renewal() {
    let stand_in = StandIn::start().await;
    let (api, shelf) = begun(&stand_in).await;
    stand_in.answers(&[(200, tokens(1, 600)), (400, json!({ "error": "invalid_grant" }))]);
    stand_in.slow(Duration::from_millis(300));
    assert!(tokio::time::timeout(Duration::from_millis(100), api.permissions()).await.is_err());
    assert_eq!((name(&api).await.as_deref(), shelf.count(), stand_in.asked()), (Ok("a1"), 1, 1));
}

#[tokio::test]
async fn what_is_not_kept_is_sent_nowhere() {
    let stand_in = StandIn::start().await;
    let (api, shelf) = begun(&stand_in).await;
    stand_in.answers(&[(200, tokens(1, 600)), (400, json!({ "error": "invalid_grant" }))]);
    shelf.is_full(true);
    for _ in 0..3 {
        assert_eq!(name(&api).await, Err(AskError::NotKept));
    }
    assert_eq!((stand_in.seen().len(), stand_in.asked()), (0, 1), "neither used nor asked for again");
    shelf.is_full(false);
    assert_eq!((name(&api).await.as_deref(), shelf.last().refresh_token.expose()), (Ok("a1"), "r1"));
}

#[tokio::test]
async fn who_is_signed_out_asks_no_more() {
    let stand_in = StandIn::start().await;
    for (error, stays) in [("invalid_grant", false), ("invalid_client", true)] {
        let (api, _) = begun(&stand_in).await;
        let before = stand_in.asked();
        stand_in.answers(&[(400, json!({ "error": error }))]);
        for _ in 0..4 {
            assert_eq!(name(&api).await, Err(AskError::SignIn));
        }
        assert_eq!((stand_in.asked() - before, api.is_signed_in()), (1, stays), "{error}");
    }
}

#[tokio::test]
async fn tokens_of_somebody_else_are_not_used() {
    let stand_in = StandIn::start().await;
    let id_token =
        |name: &str| stand_in.signed(&json!({ "iss": stand_in.url, "sub": name, "aud": "balie", "iat": 1, "exp": 2 }));
    let with = |id_token: String| {
        let mut answer = tokens(1, 600);
        answer["id_token"] = json!(id_token);
        [(200, answer)]
    };
    let (api, shelf) = begun(&stand_in).await;
    stand_in.answers(&with(id_token("bo")));
    assert_eq!((name(&api).await, api.is_signed_in(), shelf.count()), (Err(AskError::SignIn), false, 0));
    let (api, shelf) = begun(&stand_in).await;
    stand_in.answers(&with(id_token("an")));
    assert_eq!(name(&api).await.as_deref(), Ok("a1"));
    assert!(shelf.last().id_token.is_some(), "the newest id token is what signs out");
    // What cannot be read costs neither the session nor its refresh token.
    let (api, shelf) = begun(&stand_in).await;
    stand_in.answers(&with("no token".to_owned()));
    assert_eq!((name(&api).await.as_deref(), shelf.last().id_token), (Ok("a1"), None));
}

#[tokio::test]
async fn a_server_that_says_little_is_enough() {
    let stand_in = StandIn::start().await;
    let (api, shelf) = begun(&stand_in).await;
    stand_in
        .answers(&[(200, json!({ "access_token": "a1" })), (200, json!({ "access_token": "a2", "expires_in": 9 }))]);
    assert_eq!(name(&api).await.as_deref(), Ok("a1"));
    assert_eq!(name(&api).await.as_deref(), Ok("a2"), "without a term it was for one request");
    assert_eq!(name(&api).await.as_deref(), Ok("a2"));
    assert_eq!((shelf.count(), stand_in.asked()), (0, 2), "the refresh token stayed what it was");
    let out = api.sign_out().await;
    assert_eq!(out, format!("{}/protocol/openid-connect/logout?client_id=balie", stand_in.url));
}
