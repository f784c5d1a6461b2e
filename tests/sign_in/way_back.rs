//! The way through the browser and back, on the certified provider.

use crate::browser::{Browser, asked, client};
use crate::provider::{Provider, by_link, missing, session};
use crate::shelf::{Shelf, desk, name};
use balie_remote::ask::AskError;
use balie_remote::sign_in::{Language, Person, SignInError};
use balie_tests::skip::skipped;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_person_signs_in_through_the_loopback_interface() {
    if skipped(missing()) {
        return;
    }
    let (provider, mut browser, shelf) = (Provider::start("{}").unwrap(), Browser::new(), Shelf::new());
    let api = desk(&provider.url, Person { language: Language::Fr, ..Person::default() });
    assert_eq!((name(&api).await, api.is_signed_in()), (Err(AskError::SignIn), false));

    let attempt = api.begin_sign_in().await.unwrap();
    for (key, value) in [("prompt", "login"), ("code_challenge_method", "S256"), ("response_type", "code")] {
        assert_eq!(asked(attempt.url(), key).as_deref(), Some(value));
    }
    assert_eq!(asked(attempt.url(), "scope").as_deref(), Some("openid offline_access"));
    let trip = browser.sign_in(attempt.url(), Some("an")).await;
    assert_eq!(trip.asked[0], r#"{"prompt":"login","language":"fr","referrer":"uitpas"}"#);
    let (code, page) = tokio::join!(attempt.answer(), browser.open(&trip.back));
    assert!(page.status == 200 && page.body.contains("fermer cette fenêtre"), "{}", page.body);
    assert!(page.headers.contains("default-src 'none'") && page.headers.contains("no-store"), "{}", page.headers);

    let session = api.finish_sign_in(&attempt, &code.unwrap()).await.unwrap();
    assert_eq!((session.subject.as_str(), api.is_signed_in()), ("an", false));
    let told = format!("{attempt:?} {session:?}");
    api.sign_in_as(session, shelf.keeper()).await.unwrap();
    assert!(!told.contains("eyJ") && !told.contains("code"), "a secret was printed: {told}");
    assert_eq!(name(&api).await.as_deref(), Ok("an"));
    assert_eq!((api.subject().as_deref(), shelf.last().subject.as_str(), shelf.count()), (Some("an"), "an", 1));
}

#[tokio::test]
async fn a_person_comes_back_as_a_deep_link_and_stays_signed_in_after_a_restart() {
    if skipped(missing()) {
        return;
    }
    let (provider, shelf) = (Provider::start("{}").unwrap(), Shelf::new());
    let api = desk(&provider.url, by_link());
    let fresh = session(&api, &mut Browser::new(), "an").await;
    api.sign_in_as(fresh, shelf.keeper()).await.unwrap();
    assert_eq!(name(&api).await.as_deref(), Ok("an"));
    drop(api);

    let api = desk(&provider.url, by_link());
    api.sign_in_as(shelf.last(), shelf.keeper()).await.unwrap();
    assert_eq!((name(&api).await.as_deref(), api.subject().as_deref()), (Ok("an"), Some("an")));
    assert_eq!(shelf.count(), 2, "the next refresh token was kept");
}

/// Sends bytes to where the answer is waited for, and gives the first line of what comes back.
async fn knock(place: &str, bytes: &[u8]) -> String {
    let port = place.split(':').nth(2).unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut told = [0; 64];
    let length = stream.read(&mut told).await.unwrap();
    String::from_utf8_lossy(&told[..length]).lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_not_the_answer_does_not_end_the_wait() {
    if skipped(missing()) {
        return;
    }
    let (provider, mut browser) = (Provider::start("{}").unwrap(), Browser::new());
    let api = desk(&provider.url, Person::default());
    let attempt = api.begin_sign_in().await.unwrap();
    let trip = browser.sign_in(attempt.url(), Some("an")).await;
    let place = asked(attempt.url(), "redirect_uri").unwrap();
    let disturb = async {
        let silent = TcpStream::connect(place.trim_start_matches("http://").split('/').next().unwrap()).await.unwrap();
        for (request, status) in [
            ("GET /signed-in?code=c&state=other HTTP/1.1\r\n\r\n", "400"),
            ("GET /signed-in?error=access_denied&state=other HTTP/1.1\r\n\r\n", "400"),
            ("GET /signed-in HTTP/1.1\r\n\r\n", "400"),
            ("GET /favicon.ico HTTP/1.1\r\n\r\n", "404"),
            ("POST /signed-in?code=c&state=other HTTP/1.1\r\n\r\n", "405"),
            ("\u{0}\u{ff}\r\n\r\n", "405"),
        ] {
            let told = knock(&place, request.as_bytes()).await;
            assert!(told.starts_with(&format!("HTTP/1.1 {status} ")), "{request} {told}");
        }
        let endless = format!("GET /{} HTTP/1.1\r\n", "a".repeat(17_000));
        assert!(knock(&place, endless.as_bytes()).await.starts_with("HTTP/1.1 431 "));
        let page = browser.open(&trip.back).await;
        drop(silent);
        page.status
    };
    let (code, status) = tokio::join!(attempt.answer(), disturb);
    let session = api.finish_sign_in(&attempt, &code.unwrap()).await.unwrap();
    assert_eq!((status, session.subject.as_str()), (200, "an"));
}

#[tokio::test]
async fn a_code_works_once_and_a_person_may_say_no() {
    if skipped(missing()) {
        return;
    }
    let (provider, mut browser) = (Provider::start("{}").unwrap(), Browser::new());
    let api = desk(&provider.url, by_link());
    let attempt = api.begin_sign_in().await.unwrap();
    let trip = browser.sign_in(attempt.url(), Some("an")).await;
    let code = attempt.accept(&trip.back).unwrap();
    let session = api.finish_sign_in(&attempt, &code).await.unwrap();
    assert_eq!(api.finish_sign_in(&attempt, &code).await.unwrap_err(), SignInError::Refused);
    // The provider takes back what it gave for the code that came twice.
    let shelf = Shelf::new();
    api.sign_in_as(session, shelf.keeper()).await.unwrap();
    assert_eq!((name(&api).await, api.is_signed_in()), (Err(AskError::SignIn), false));

    let attempt = api.begin_sign_in().await.unwrap();
    let trip = browser.sign_in(attempt.url(), None).await;
    assert_eq!(attempt.accept(&trip.back).unwrap_err(), SignInError::Denied);
}

#[tokio::test]
async fn a_code_of_another_attempt_is_worth_nothing() {
    if skipped(missing()) {
        return;
    }
    let (provider, mut browser) = (Provider::start("{}").unwrap(), Browser::new());
    let api = desk(&provider.url, by_link());
    let (mine, other) = (api.begin_sign_in().await.unwrap(), api.begin_sign_in().await.unwrap());
    let trip = browser.sign_in(other.url(), Some("bo")).await;
    assert_eq!(mine.accept(&trip.back).unwrap_err(), SignInError::NotOurs);
    let code = other.accept(&trip.back).unwrap();
    assert_eq!(api.finish_sign_in(&mine, &code).await.unwrap_err(), SignInError::Refused, "PKCE");
}

#[tokio::test]
async fn the_password_is_asked_again_although_the_browser_knows_somebody() {
    if skipped(missing()) {
        return;
    }
    let (provider, mut browser) = (Provider::start("{}").unwrap(), Browser::new());
    let strict = desk(&provider.url, by_link());
    let lax = desk(&provider.url, Person { prompt_login: false, ..by_link() });
    assert_eq!(session(&strict, &mut browser, "an").await.subject, "an");
    assert_eq!(session(&lax, &mut browser, "bo").await.subject, "an", "the browser knows An, and nobody asks");
    assert_eq!(session(&strict, &mut browser, "bo").await.subject, "bo");
}

#[tokio::test]
async fn signing_out_ends_the_tokens_and_what_the_browser_knows() {
    if skipped(missing()) {
        return;
    }
    let (provider, mut browser, shelf) = (Provider::start("{}").unwrap(), Browser::new(), Shelf::new());
    let bye = "https://balie.example/bye";
    let person = Person { prompt_login: false, post_logout_redirect: Some(bye.to_owned()), ..by_link() };
    let api = desk(&provider.url, person);
    let fresh = session(&api, &mut browser, "an").await;
    api.sign_in_as(fresh, shelf.keeper()).await.unwrap();

    let url = api.sign_out().await;
    assert_eq!((api.is_signed_in(), name(&api).await), (false, Err(AskError::SignIn)));
    assert_eq!(browser.sign_out(&url).await.as_deref(), Some(bye));
    assert_eq!(session(&api, &mut browser, "bo").await.subject, "bo", "the browser does not know An any more");
    api.sign_in_as(shelf.last(), shelf.keeper()).await.unwrap();
    assert_eq!(name(&api).await, Err(AskError::SignIn), "the refresh token was revoked");
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_the_time_for_it() {
    if skipped(missing()) {
        return;
    }
    let provider = Provider::start("{}").unwrap();
    for person in [Person::default(), by_link()] {
        let api = desk(&provider.url, Person { patience: Duration::from_millis(50), ..person });
        let attempt = api.begin_sign_in().await.unwrap();
        let state = asked(attempt.url(), "state").unwrap();
        assert_eq!(attempt.answer().await.unwrap_err(), SignInError::TimedOut);
        let late = attempt.accept(&format!("be.balie.desk:/signed-in?code=c&state={state}"));
        assert!(matches!(late, Err(SignInError::TimedOut | SignInError::NotOurs)));
        let place = asked(attempt.url(), "redirect_uri").unwrap();
        drop(attempt);
        assert!(client().get(place).send().await.is_err(), "nobody listens any more");
    }
}
