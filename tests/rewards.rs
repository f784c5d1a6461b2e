//! Redeeming rewards, told in taps: on real encrypted files and with UiTPAS over real HTTP.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::entry::Act;
use balie_core::outbox::State;
use balie_core::reward::{NoExchange, OfflineRewards, RewardKind};
use balie_desk::act::ActError;
use balie_desk::person::{OfferedReward, Person};
use balie_sandbox::FaultAction;
use balie_store::entries::Recorded;
use balie_tests::scene::{Scene, YASMINA};

/// Coffee for five points, once a day.
const COFFEE: &str = "9001";
/// A bottle for fifteen points, forty of them.
const BOTTLE: &str = "9002";
/// A turn in the pool for thirty points.
const SWIM: &str = "9003";
/// The published welcome advantage.
const WELCOME: &str = "5688";
/// The published online reward.
const ONLINE: &str = "5824";
/// A reward of another region.
const OTHER_REGION: &str = "9005";

fn reward(person: &Person, id: &str) -> OfferedReward {
    let found = person.rewards.iter().find(|offered| offered.reward.id.0 == id);
    found.cloned().unwrap()
}

fn why_not(person: &Person, id: &str) -> NoExchange {
    reward(person, id).decision.unwrap_err().reason
}

async fn redeem(scene: &Scene, id: &str) -> Result<Recorded, ActError> {
    let person = scene.person();
    scene.desk.redeem(person.tap, reward(&person, id).id).await
}

#[tokio::test]
async fn points_are_exchanged_once_with_the_balance_before_and_after() {
    let scene = Scene::start().await;
    let person = scene.tap(YASMINA).await;
    let exchange = reward(&person, COFFEE).decision.unwrap();
    assert_eq!((exchange.before, exchange.points, exchange.after()), (Some(42), 5, Some(37)));
    assert!(exchange.live);
    let redeemed = redeem(&scene, COFFEE).await.unwrap();
    assert!(matches!(redeem(&scene, COFFEE).await, Err(ActError::Done(_))), "however often the key is hit");
    assert_eq!(scene.person().balance, Some(37));
    scene.upload().await;
    assert_eq!((scene.state(&redeemed).await, scene.sandbox.redemptions().len()), (State::Confirmed, 1));
    scene.pass_time(1);
    let again = scene.tap(YASMINA).await;
    assert_eq!(again.balance, Some(37), "UiTPAS took them off, and nobody twice");
    assert!(matches!(why_not(&again, COFFEE), NoExchange::LimitReached(_)), "once a day");
}

#[tokio::test]
async fn welcome_advantages_come_first_then_what_can_be_redeemed_and_nothing_of_another_region() {
    let scene = Scene::start().await;
    let person = scene.tap(YASMINA).await;
    assert_eq!(person.rewards[0].reward.kind, RewardKind::Welcome);
    let redeemable = person.rewards.iter().take_while(|offered| offered.decision.is_ok()).count();
    assert!(redeemable > 3);
    assert!(person.rewards[redeemable..].iter().all(|offered| offered.decision.is_err()));
    assert!(person.rewards.iter().all(|offered| offered.reward.id.0 != OTHER_REGION));
}

#[tokio::test]
async fn an_online_reward_gives_a_code_that_is_shown() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let redeemed = redeem(&scene, ONLINE).await.unwrap();
    scene.upload().await;
    let told = scene.again(&redeemed).await;
    assert_eq!(told.redeem_code, scene.sandbox.redemptions()[0].code);
    assert!(told.redeem_code.is_some() && told.redeem_info.is_some());
}

#[tokio::test]
async fn without_a_connection_only_what_the_rules_and_the_organizer_allow() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    let person = scene.tap(YASMINA).await;
    let coffee = reward(&person, COFFEE).decision.unwrap();
    assert_eq!((coffee.before, coffee.live), (Some(42), false));
    assert_eq!(why_not(&person, BOTTLE), NoExchange::StockNeedsConnection);
    assert_eq!(why_not(&person, SWIM), NoExchange::OfflineTooMany { most: 15 });
    assert_eq!(why_not(&person, ONLINE), NoExchange::OnlineNeedsConnection);
    assert!(reward(&person, WELCOME).decision.is_ok(), "it was seen as granted");
    redeem(&scene, WELCOME).await.unwrap();
    redeem(&scene, COFFEE).await.unwrap();
    let again = scene.tap(YASMINA).await;
    assert!(matches!(why_not(&again, COFFEE), NoExchange::LimitReached(_)));
    assert!(matches!(why_not(&again, WELCOME), NoExchange::LimitReached(_)));
    assert_eq!(again.balance, Some(37));
    // A day later nobody knows any more how many points there are.
    scene.pass_time(86_401);
    assert_eq!(why_not(&scene.tap(YASMINA).await, COFFEE), NoExchange::PointsTooOld);
}

#[tokio::test]
async fn an_organizer_may_redeem_nothing_without_a_connection() {
    let scene = Scene::start_as(&[], |config| config.offline.rewards = OfflineRewards::Off).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    assert_eq!(why_not(&scene.tap(YASMINA).await, COFFEE), NoExchange::OfflineOff);
    assert!(matches!(redeem(&scene, COFFEE).await, Err(ActError::Changed)));
}

#[tokio::test]
async fn what_a_person_changes_in_the_settings_holds_at_once_for_whoever_stands_there() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    assert!(reward(&scene.tap(YASMINA).await, COFFEE).decision.is_ok());
    let mut settings = scene.desk.settings();
    settings.offline.rewards = OfflineRewards::Off;
    scene.desk.settle_in(settings.clone()).await;
    assert_eq!(why_not(&scene.person(), COFFEE), NoExchange::OfflineOff);
    assert!(matches!(redeem(&scene, COFFEE).await, Err(ActError::Changed)));
    settings.offline.rewards = OfflineRewards::All;
    scene.desk.settle_in(settings).await;
    redeem(&scene, COFFEE).await.unwrap();
}

#[tokio::test]
async fn a_balance_that_changed_since_the_screen_is_not_confirmed() {
    let scene = Scene::start().await;
    let person = scene.tap(YASMINA).await;
    let seen = reward(&person, COFFEE);
    // A point that is saved meanwhile changes what stands in the confirmation.
    scene.desk.check_in(person.tap).await.unwrap();
    assert!(matches!(scene.desk.redeem(person.tap, seen.id).await, Err(ActError::Changed)));
    let now = reward(&scene.person(), COFFEE).decision.unwrap();
    assert_eq!(now.before, Some(43));
    redeem(&scene, COFFEE).await.unwrap();
    // The point goes first: it may have to pay for what follows.
    scene.upload().await;
    assert_eq!((scene.sandbox.checkins().len(), scene.sandbox.redemptions().len()), (1, 1));
}

#[tokio::test]
async fn uitpas_says_why_not_at_the_moment_of_the_exchange() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let why = r#"{"redeemable":false,"reason":"REWARD_VOLUME","message":"De voorraad is op."}"#;
    scene.answer_once("/rewards/9002/redeem-status", why);
    assert!(matches!(redeem(&scene, BOTTLE).await, Err(ActError::Changed)));
    let NoExchange::NotAllowed { said, .. } = why_not(&scene.person(), BOTTLE) else { panic!("a reason") };
    assert_eq!(said.as_deref(), Some("De voorraad is op."));
    assert_eq!(scene.counts().await.to_send, 0);
}

#[tokio::test]
async fn an_exchange_that_uitpas_has_is_taken_out_there() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let redeemed = redeem(&scene, COFFEE).await.unwrap();
    scene.upload().await;
    let back = scene.desk.undo(redeemed.entry.id).await.unwrap();
    assert!(matches!(back.entry.act, Act::Cancellation(_)));
    scene.upload().await;
    assert_eq!(scene.state(&redeemed).await, State::Cancelled);
    assert!(scene.sandbox.redemptions().is_empty());
    scene.pass_time(1);
    let again = scene.tap(YASMINA).await;
    assert_eq!(again.balance, Some(42));
    assert!(reward(&again, COFFEE).decision.is_ok());
}

#[tokio::test]
async fn an_exchange_in_doubt_counts_as_spent_and_is_never_sent_again() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let redeemed = redeem(&scene, COFFEE).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "POST", "/rewards/redeemed");
    scene.upload().await;
    scene.pass_time(60);
    scene.go_offline().await;
    assert_eq!(scene.tap(YASMINA).await.balance, Some(37));
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!((scene.state(&redeemed).await, scene.sandbox.redemptions().len()), (State::InDoubt, 1));
}
