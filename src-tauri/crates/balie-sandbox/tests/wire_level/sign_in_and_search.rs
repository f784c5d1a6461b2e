//! Tokens that are really checked, and activities that can be found.

use crate::desk::{Answer, Desk, HUNDRED_A_WEEK, NO_PERMISSION, ORGANIZER, SWIMMING};
use axum::body::Body;
use axum::http::Request;

async fn token(desk: &Desk, form: &str) -> Answer {
    let request = Request::post(format!("{}/realms/uitid/protocol/openid-connect/token", desk.sandbox.url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .unwrap();
    desk.try_send(request).await.unwrap()
}

#[tokio::test]
async fn a_client_gets_a_token_that_opens_the_api() {
    let mut desk = Desk::open().await;
    desk.token = "made-up".into();
    let closed = desk.get("/permissions").await;
    assert_eq!((closed.status, closed.problem().as_str()), (401, "auth/unauthorized"));
    let given = token(&desk, "grant_type=client_credentials&client_id=desk&client_secret=secret").await.json();
    assert_eq!((&given["token_type"], &given["expires_in"]), (&"Bearer".into(), &86_400.into()));
    assert!(given.get("refresh_token").is_none());
    desk.token = given["access_token"].as_str().unwrap().to_owned();
    let permissions = desk.get("/permissions").await.json();
    assert_eq!(permissions[0]["organizer"]["id"], ORGANIZER);
    desk.sandbox.end_access_tokens();
    assert_eq!(desk.get("/permissions").await.status, 401);
    assert_eq!(token(&desk, "grant_type=client_credentials&client_id=desk").await.status, 401);
    assert_eq!(token(&desk, "grant_type=magic&client_id=desk").await.json()["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn a_refresh_token_rotates_and_the_old_one_is_dead() {
    let desk = Desk::open().await;
    let first = desk.sandbox.issue_refresh_token();
    let form = |refresh: &str| format!("grant_type=refresh_token&client_id=desk&refresh_token={refresh}");
    let given = token(&desk, &form(&first)).await.json();
    let second = given["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let reused = token(&desk, &form(&first)).await;
    assert_eq!((reused.status, &reused.json()["error"]), (400, &"invalid_grant".into()));
    assert_eq!(token(&desk, &form(&second)).await.status, 200);
}

#[tokio::test]
async fn a_permission_that_is_taken_away_is_missed() {
    let desk = Desk::open().await;
    desk.sandbox.set_permissions(["TARIFFS_READ"]);
    let refused = desk.get("/passes?identifier=0900000067513").await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "auth/forbidden"));
    let details = desk.get("/permissions").await.json();
    assert_eq!(details[0]["permissionDetails"].as_array().unwrap().len(), 1);
}

async fn search(desk: &Desk, query: &str) -> Answer {
    let request = Request::get(format!("{}/search/events?{query}", desk.sandbox.url()))
        .header("x-client-id", "desk")
        .body(Body::empty())
        .unwrap();
    desk.try_send(request).await.unwrap()
}

#[tokio::test]
async fn the_activities_of_an_organizer_are_found_with_their_prices() {
    let desk = Desk::open().await;
    let found = search(&desk, &format!("embed=true&organizerId={ORGANIZER}&limit=50")).await;
    let list = found.json();
    let members = list["member"].as_array().unwrap();
    assert_eq!((&list["totalItems"], members.len()), (&7.into(), 7));
    assert!(!found.text.contains(NO_PERMISSION));
    let swimming = members.iter().find(|m| m["@id"].as_str().unwrap().ends_with(SWIMMING)).unwrap();
    assert_eq!(swimming["calendarType"], "permanent");
    assert_eq!(swimming["priceInfo"][0]["category"], "base");
    assert_eq!(swimming["priceInfo"][2]["price"], 42);
    assert_eq!(swimming["priceInfo"][2]["name"]["nl"], "10-beurtenkaart");
    let single = members.iter().find(|m| m["@id"].as_str().unwrap().ends_with(HUNDRED_A_WEEK)).unwrap();
    assert!(single["subEvent"][0]["startDate"].is_string() && single["startDate"].is_string());
    assert_eq!(search(&desk, "text=zwemmen").await.json()["totalItems"], 1);
    assert_eq!(search(&desk, "start=1&limit=2").await.json()["member"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_search_filters_on_dates_and_wants_a_client_id() {
    let desk = Desk::open().await;
    desk.sandbox.set_now(Some("2026-11-21T12:00:00Z".parse().unwrap()));
    let tomorrow = "dateFrom=2026-11-22T00:00:00%2B01:00&dateTo=2026-11-22T23:59:59+01:00";
    let list = search(&desk, &format!("embed=true&{tomorrow}")).await.json();
    let kinds: Vec<_> = list["member"].as_array().unwrap().iter().map(|m| m["calendarType"].clone()).collect();
    assert_eq!(kinds, ["permanent", "periodic"]);
    assert_eq!(desk.get("/search/events").await.problem(), "auth/unauthorized");
    assert_eq!(desk.get("/search/events?clientId=desk").await.status, 200);
}
