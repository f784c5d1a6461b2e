//! Saving points within window and limit, and exchanging them for rewards.

use crate::desk::{Answer, Desk, EXHIBITION, GROUP, HUNDRED_A_WEEK, ORGANIZER, SHOW, YASMINA, sale};
use serde_json::{Value, json};

fn checkin(number: &str, event: &str) -> Value {
    json!({ "uitpasNumber": number, "eventId": event })
}

async fn points(desk: &Desk, number: &str) -> i64 {
    desk.get(&format!("/passes?identifier={number}")).await.json()["points"].as_i64().unwrap()
}

#[tokio::test]
async fn a_point_is_saved_once_a_day_and_can_be_taken_back() {
    let desk = Desk::open().await;
    let before = points(&desk, YASMINA).await;
    let made = desk.post("/checkins", &checkin(YASMINA, HUNDRED_A_WEEK)).await;
    assert_eq!((made.status, &made.json()["points"]), (201, &json!(1)));
    assert_eq!(points(&desk, YASMINA).await, before + 1);
    let again = desk.post("/checkins", &checkin(YASMINA, HUNDRED_A_WEEK)).await;
    assert_eq!((again.status, again.problem().as_str()), (400, "uitpas/checkin-not-allowed"));
    assert!(again.json()["endUserMessage"]["nl"].is_string());
    let status = desk.get(&format!("/checkin-status?uitpasNumber={YASMINA}&eventId={HUNDRED_A_WEEK}")).await.json();
    assert_eq!(status["allowed"], false);

    let holder = desk.sandbox.checkins()[0].passholder_id.clone();
    let listed = desk.get(&format!("/checkins?passholderId={holder}&organizerId={ORGANIZER}")).await.json();
    assert_eq!(listed["member"][0]["id"], made.json()["id"]);
    let path = format!("/checkins/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(desk.delete(&path).await.status, 404);
    assert_eq!(points(&desk, YASMINA).await, before);
}

#[tokio::test]
async fn the_window_opens_five_hours_before_and_closes_five_hours_after() {
    let desk = Desk::open().await;
    let path = format!("/checkin-status?uitpasNumber={YASMINA}&eventId={SHOW}");
    // The show runs from 20:00 to 22:15 in Brussels, which is one hour ahead of UTC in November.
    for (moment, allowed) in
        [("2026-11-21T13:59:00Z", false), ("2026-11-21T14:01:00Z", true), ("2026-11-21T22:30:00Z", true)]
    {
        desk.sandbox.set_now(Some(moment.parse().unwrap()));
        assert_eq!(desk.get(&path).await.json()["allowed"], allowed, "{moment}");
    }
    desk.sandbox.set_now(Some("2026-11-21T11:00:00Z".parse().unwrap()));
    let early = desk.post("/checkins", &checkin(YASMINA, SHOW)).await;
    assert_eq!(early.problem(), "uitpas/checkin-not-allowed");
    assert_eq!(desk.post("/checkins", &checkin(YASMINA, EXHIBITION)).await.json()["points"], 2);
}

#[tokio::test]
async fn groups_and_unusable_cards_save_no_points() {
    let desk = Desk::open().await;
    let group = desk.post("/checkins", &checkin(GROUP, HUNDRED_A_WEEK)).await;
    assert_eq!(group.problem(), "uitpas/invalid-card");
    let blocked = desk.post("/checkins", &checkin("0900000002312", HUNDRED_A_WEEK)).await;
    assert_eq!(blocked.problem(), "uitpas/invalid-card-status");
    let expired = desk.post("/checkins", &checkin("0900000031618", HUNDRED_A_WEEK)).await;
    assert_eq!(expired.status, 201, "expired standing still saves");
}

async fn redeem(desk: &Desk, reward: &str, number: &str) -> Answer {
    desk.post("/rewards/redeemed", &json!({ "rewardId": reward, "uitpasNumber": number })).await
}

#[tokio::test]
async fn a_reward_costs_its_points_and_cancelling_gives_them_back() {
    let desk = Desk::open().await;
    let before = points(&desk, YASMINA).await;
    let made = redeem(&desk, "9001", YASMINA).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["reward"]["points"], 5);
    assert_eq!(points(&desk, YASMINA).await, before - 5);
    let listed = desk.get(&format!("/rewards/redeemed?uitpasNumber={YASMINA}&rewardType=POINTS")).await.json();
    assert_eq!(listed["member"][0]["id"], made.json()["id"]);
    let path = format!("/rewards/redeemed/{}", made.json()["id"].as_str().unwrap());
    assert_eq!((desk.delete(&path).await.status, desk.delete(&path).await.status), (204, 404));
    assert_eq!(points(&desk, YASMINA).await, before);
    assert!(made.json()["redeemCode"].is_null() && made.json()["redeemInfo"]["link"].is_null());
    let online = redeem(&desk, "5824", YASMINA).await.json();
    assert!(online["redeemCode"].is_string() && online["redeemInfo"]["link"].is_string());
}

#[tokio::test]
async fn what_a_passholder_redeemed_is_listed_for_named_organizers_only() {
    let desk = Desk::open().await;
    assert_eq!(redeem(&desk, "9001", YASMINA).await.status, 201);
    let holder = desk.sandbox.redemptions()[0].passholder_id.clone();
    let list = format!("/rewards/redeemed?passholderId={holder}");
    assert_eq!(desk.get(&list).await.status, 400);
    assert_eq!(desk.get(&format!("{list}&uitpasNumber={YASMINA}&organizerId={ORGANIZER}")).await.status, 400);
    assert_eq!(desk.get(&format!("{list}&organizerId=another")).await.status, 403);
    assert_eq!(desk.get(&format!("{list}&organizerId={ORGANIZER}")).await.json()["totalItems"], 1);
}

#[tokio::test]
async fn the_turns_of_a_group_shrink_and_come_back() {
    let desk = Desk::open().await;
    let remaining = async || {
        let query = format!("uitpasNumber={GROUP}&eventId={HUNDRED_A_WEEK}&regularPrice=10&type=SOCIALTARIFF");
        desk.get(&format!("/tariffs?{query}")).await.json()["available"][0]["remaining"].clone()
    };
    assert_eq!(remaining().await, 50);
    let sold = desk.post("/ticket-sales", &json!(vec![sale(GROUP, HUNDRED_A_WEEK); 3])).await;
    assert_eq!((sold.status, remaining().await), (200, json!(47)));
    let too_many = desk.post("/ticket-sales", &json!(vec![sale(GROUP, HUNDRED_A_WEEK); 48])).await;
    assert_eq!((too_many.status, remaining().await), (400, json!(47)), "all or none");
    let path = format!("/ticket-sales/{}", sold.json()[1]["id"].as_str().unwrap());
    assert_eq!((desk.delete(&path).await.status, remaining().await), (204, json!(48)));
}

#[tokio::test]
async fn every_constraint_of_a_reward_has_its_own_refusal() {
    let desk = Desk::open().await;
    assert_eq!(redeem(&desk, "5823", YASMINA).await.status, 201);
    assert_eq!(redeem(&desk, "5688", YASMINA).await.status, 201);
    for (reward, number, problem, reason) in [
        ("5823", YASMINA, "uitpas/reward-passholder-volume-constraint", "PASSHOLDER_VOLUME"),
        ("5688", YASMINA, "uitpas/reward-passholder-volume-constraint", "PASSHOLDER_VOLUME"),
        ("5825", YASMINA, "uitpas/reward-period-constraint", "REWARD_PERIOD"),
        ("9004", YASMINA, "uitpas/reward-volume-constraint", "REWARD_VOLUME"),
        ("9005", YASMINA, "uitpas/reward-passholder-no-applicable-cardsystems", "PASSHOLDER_APPLICABLE_CARDSYSTEMS"),
        ("5687", "1000000520006", "uitpas/reward-passholder-points-constraint", "PASSHOLDER_POINTS"),
        ("5687", GROUP, "uitpas/invalid-card", "INVALID_CARD"),
        ("5687", "0900000002312", "uitpas/invalid-card", "INVALID_CARD"),
    ] {
        let status = desk.get(&format!("/rewards/{reward}/redeem-status?uitpasNumber={number}")).await.json();
        assert_eq!((&status["redeemable"], &status["reason"]), (&json!(false), &json!(reason)));
        let refused = redeem(&desk, reward, number).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, problem));
    }
    assert_eq!(desk.get("/rewards/1").await.problem(), "uitpas/reward-not-found");
}

#[tokio::test]
async fn rewards_are_listed_by_type_by_subset_and_by_passholder() {
    let desk = Desk::open().await;
    let ids = async |query: &str| -> Vec<String> {
        let list = desk.get(&format!("/rewards?{query}")).await.json();
        list["member"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!ids("").await.contains(&"5688".to_owned()), "welcome rewards are not in the default type");
    assert!(!ids("type=ANY").await.contains(&"5825".to_owned()), "expired rewards are not for end users");
    assert!(ids("type=ANY&subset=ALL&limit=500").await.contains(&"5825".to_owned()));
    assert_eq!(ids("text=koffie").await, ["9001"]);
    let pass = desk.get("/passes?identifier=1000000520006").await.json();
    let holder = pass["passholderId"].as_str().unwrap().to_owned();
    assert_eq!(ids(&format!("type=ANY&isRedeemableByPassholderId={holder}")).await, ["5688"]);
}

#[tokio::test]
async fn the_settings_of_an_activity_can_be_read_and_changed() {
    let desk = Desk::open().await;
    let path = format!("/events/{HUNDRED_A_WEEK}/settings");
    let mut settings = desk.get(&path).await.json();
    assert_eq!(settings["passholderTicketLimit"], json!({ "volume": 100, "periodType": "WEEK" }));
    settings["checkinPoints"] = json!(3);
    settings.as_object_mut().unwrap().remove("checkinLimit");
    assert_eq!(desk.put(&path, &settings).await.status, 204);
    for _ in 0..2 {
        assert_eq!(desk.post("/checkins", &checkin(YASMINA, HUNDRED_A_WEEK)).await.json()["points"], 3);
    }
    assert_eq!(desk.get("/events/nothing/settings").await.status, 404);
    let systems = desk.get(&format!("/events/{HUNDRED_A_WEEK}/card-systems")).await.json();
    assert_eq!(systems.as_array().unwrap().len(), 2);
}
