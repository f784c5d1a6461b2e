//! Id tokens that prove nothing, each refused although everything else about them is right.

use crate::browser::asked;
use crate::provider::by_link;
use crate::shelf::desk;
use crate::stand_in::{StandIn, base64, code, key, signed};
use balie_remote::sign_in::{Person, SignInError};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const NOW: u64 = 1_800_000_000;

/// Signs in at a server whose id token has these claims instead of the right ones (null takes one out), and is made of
/// them in this way.
async fn trial(
    stand_in: &StandIn,
    claims: &Value,
    make: impl Fn(&StandIn, &Value) -> String,
) -> Result<String, SignInError> {
    let clock = Arc::new(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW));
    let api = desk(&stand_in.url, Person { clock, ..by_link() });
    let attempt = api.begin_sign_in().await.unwrap();
    let nonce = asked(attempt.url(), "nonce").unwrap();
    let mut all = json!({ "iss": stand_in.url, "sub": "an", "aud": "balie", "nonce": nonce, "iat": NOW,
                          "exp": NOW + 300 });
    for (name, value) in claims.as_object().unwrap() {
        match value {
            Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
            value => all[name] = value.clone(),
        }
    }
    let id_token = make(stand_in, &all);
    let answer = json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": id_token });
    stand_in.answers(&[(200, answer)]);
    Ok(api.finish_sign_in(&attempt, &code(&attempt)).await?.subject)
}

async fn with(claims: Value) -> Result<String, SignInError> {
    trial(&StandIn::start().await, &claims, StandIn::signed).await
}

#[tokio::test]
async fn an_id_token_of_somebody_else_or_for_somebody_else_is_refused() {
    assert_eq!(with(json!({})).await.as_deref(), Ok("an"));
    assert_eq!(with(json!({ "aud": ["balie"], "azp": "balie" })).await.as_deref(), Ok("an"));
    // The first half of SHA-512 over the access token, as this kind of signature has it.
    let hash = "kyd4-h3ZoV2sH212kLKbcOnCBajStKQ38Ae_bfT-PFI";
    assert_eq!(with(json!({ "at_hash": hash })).await.as_deref(), Ok("an"));
    for claims in [
        json!({ "nonce": null }),
        json!({ "nonce": "other" }),
        json!({ "nonce": "" }),
        json!({ "aud": "other" }),
        json!({ "aud": ["balie", "other"] }),
        json!({ "aud": "balie", "azp": "other" }),
        json!({ "iss": "https://account.uitid.be/realms/uitid" }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ] {
        assert_eq!(with(claims.clone()).await, Err(SignInError::Unproven), "{claims}");
    }
}

#[tokio::test]
async fn a_signature_that_anybody_can_make_is_none() {
    let stand_in = StandIn::start().await;
    let other = key();
    let body = |claims: &Value| base64(claims.to_string().as_bytes());
    let headed = |head: &str, claims: &Value, end: &str| format!("{}.{}.{end}", base64(head.as_bytes()), body(claims));
    let none = trial(&stand_in, &json!({}), |_, claims| headed(r#"{"alg":"none"}"#, claims, "")).await;
    assert!(none.is_err(), "{none:?}");
    let mac = trial(&stand_in, &json!({}), |_, claims| headed(r#"{"alg":"HS256"}"#, claims, "AAAA")).await;
    assert_eq!(mac, Err(SignInError::Unproven));
    let wrong = trial(&stand_in, &json!({}), |_, claims| signed(claims, &other)).await;
    assert_eq!(wrong, Err(SignInError::Unproven), "the key is another one with the same name");
    let right = json!({});
    let changed = trial(&stand_in, &right, |stand_in, claims| {
        let token = stand_in.signed(claims);
        let mut parts: Vec<&str> = token.split('.').collect();
        let other = body(&json!({ "sub": "bo" }));
        parts[1] = &other;
        parts.join(".")
    });
    assert!(changed.await.is_err());
    let absent = trial(&stand_in, &json!({}), |_, _| String::new()).await;
    assert!(absent.is_err(), "{absent:?}");
}

#[tokio::test]
async fn two_minutes_between_the_clocks_are_bridged_and_no_more() {
    for (issued, ends) in [(-60, 300), (60, 360), (-300 + 180, 300), (-110, -60), (-120, -119), (120, 420)] {
        let at = |offset: i64| NOW.checked_add_signed(offset).unwrap();
        let told = with(json!({ "iat": at(issued), "exp": at(ends) })).await;
        assert_eq!(told.as_deref(), Ok("an"), "{issued} {ends}");
    }
    for (issued, ends) in [(-600, 300), (600, 900), (-600, -300), (-110, -600), (-121, 300), (121, 421), (-100, -120)] {
        let at = |offset: i64| NOW.checked_add_signed(offset).unwrap();
        let told = with(json!({ "iat": at(issued), "exp": at(ends) })).await;
        assert_eq!(told, Err(SignInError::Clock), "{issued} {ends}");
    }
}
