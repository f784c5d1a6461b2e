//! Days without a network: what was fetched before carries the desk, and what was noted arrives afterwards.
#![expect(clippy::unwrap_used, reason = "what the tests share fails them as well")]

#[path = "offline/desks.rs"]
mod desks;
#[path = "offline/strangers.rs"]
mod strangers;

use balie_core::entry::Act;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::ready::{Part, State as Readiness};
use balie_core::social_tariff::Standing;
use balie_core::tariff::{NoOffer, PriceSource};
use balie_desk::desk::Desk;
use balie_desk::person::{Notice, Phase};
use balie_desk::prepare::{PrepareError, Step};
use balie_desk::upload::EXPIRED;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_store::open::StoreError;
use balie_store::passes::LocalIdentifier;
use balie_tests::scene::{NOOR, NOORS_NUMBER, SHOW, Scene, YASMINA, YASMINAS_NUMBER, json, no_offer};
use std::sync::Arc;

/// A pool that is open every day; five, three and forty-two euro.
const POOL: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e101";
/// Lessons on this day of the week, for four weeks.
const LESSONS: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e103";
/// Pieter has no kansenstatuut.
const PIETER: &str = "04784CDAEE3880";
const PIETERS_NUMBER: &str = "0900000095902";
/// A group pass of the published guide.
const GROUP: &str = "0900000045410";

const DAY: i64 = 86_400;

async fn prepared() -> Scene {
    let scene = Scene::start().await;
    scene.desk.prepare().await.unwrap();
    scene
}

/// So many sales and points over three days, on cards that are known, on numbers that only a list knows, and on cards that
/// nobody ever saw.
#[tokio::test]
async fn three_days_without_a_network_and_three_hundred_acts_all_arrive_or_say_why_not() {
    let scene = Scene::start().await;
    let crowd: Vec<String> = scene.sandbox.welcome(120).into_iter().map(|card| card.number).collect();
    scene.desk.prepare().await.unwrap();
    for known in [YASMINA, NOOR, PIETER] {
        scene.tap(known).await;
    }
    scene.lose_the_network().await;
    scene.desk.refresh().await.unwrap_err();
    let mut done: Vec<Recorded> = Vec::new();
    for day in 0..3 {
        scene.desk.refresh().await.unwrap_err();
        assert!(scene.desk.events().iter().any(|event| event.id.0 == POOL), "day {day}: the pool is open");
        scene.choose(POOL).await;
        for turn in 0..40 {
            scene.pass_time(60);
            // A known card, a number of the list, and a card whose number is typed for the first time.
            if turn % 7 == 0 {
                let person = scene.tap([YASMINA, NOOR][turn % 2]).await;
                done.push(scene.desk.sell(person.tap, person.offers[0].id, 1).await.unwrap());
            }
            let person = scene.type_number(&crowd[day * 40 + turn]).await;
            let price = person.offers[0].quote.clone().unwrap();
            assert_eq!((price.price, price.source), (Cents(100), PriceSource::Cached), "a fifth of five euro");
            done.push(scene.desk.sell(person.tap, person.offers[0].id, 1).await.unwrap());
            if turn % 2 == 0 {
                done.push(scene.desk.check_in(person.tap).await.unwrap());
            }
        }
        scene.pass_time(DAY - 40 * 60);
        let reopened = scene.desk.ready().await.unwrap();
        assert!(reopened.good_until.is_some(), "day {day}: what was fetched still holds");
    }
    let pairs = typed_pairs(&scene, &mut done).await;
    assert!(done.len() >= 300, "{} acts", done.len());

    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    scene.upload().await;
    assert_eq!(scene.counts().await.to_send, 0);
    sums_agree(&scene, &done).await;
    for (number, passholder) in pairs {
        let pass = scene.snapshot.pass(&LocalIdentifier::Number(number)).await.unwrap();
        assert_eq!(pass.unwrap().passholder.is_of_stranger(), passholder);
    }
}

/// Cards that were never seen, each with its number typed once; the second tap knows it.
async fn typed_pairs(scene: &Scene, done: &mut Vec<Recorded>) -> Vec<(balie_core::pass::UitpasNumber, bool)> {
    let mut pairs = Vec::new();
    for (chip, number) in [("04CEE7528E6180", "0900000031618")] {
        let unseen = scene.tap(chip).await;
        assert_eq!(unseen.phase, Phase::NumberNeeded);
        let typed = scene.type_number(number).await;
        assert_eq!(typed.notice, Some(Notice::Stranger));
        done.push(scene.desk.check_in(typed.tap).await.unwrap());
        let again = scene.tap(chip).await;
        assert_eq!(again.pass.map(|pass| pass.number.reveal().to_owned()).as_deref(), Some(number));
        pairs.push((balie_core::pass::UitpasNumber::parse(number).unwrap(), false));
    }
    // People who came to live here since: nobody here knows them, and they save a point.
    scene.choose(POOL).await;
    for card in scene.sandbox.welcome(230).into_iter().skip(120) {
        scene.pass_time(30);
        let number = card.number;
        let person = scene.type_number(&number).await;
        assert!(matches!(no_offer(&person.offers[0]), NoOffer::Standing(Standing::Unknown)), "on no list");
        done.push(scene.desk.check_in(person.tap).await.unwrap());
    }
    pairs
}

/// Every act is confirmed or says why not, and the money is the same on both sides, to the cent.
async fn sums_agree(scene: &Scene, done: &[Recorded]) {
    let (mut ours, mut confirmed) = (0, 0);
    for recorded in done {
        let now = scene.again(recorded).await;
        match now.state {
            State::Confirmed => {
                confirmed += 1;
                if let Act::Sale(sale) = &now.entry.act {
                    ours += sale.charged.0;
                }
            }
            other => {
                assert_eq!(other, State::Refused, "{}", now.entry.receipt);
                assert!(now.problem.is_some(), "{}: no reason", now.entry.receipt);
            }
        }
    }
    let theirs: i64 = scene.sandbox.ticket_sales().iter().map(|sale| sale.price_cents).sum();
    let held = scene.held() + scene.sandbox.checkins().len();
    assert_eq!((ours, confirmed), (theirs, held));
    let refused: Vec<Option<String>> = {
        let mut reasons = Vec::new();
        for recorded in done {
            let now = scene.again(recorded).await;
            if now.state == State::Refused {
                reasons.push(now.problem);
            }
        }
        reasons
    };
    // Points of days that are over are taken no more, which nothing can change.
    assert!(refused.iter().all(|why| why.as_deref() == Some(EXPIRED)), "{refused:?}");
    assert!(confirmed >= 200, "{confirmed} of {}", done.len());
}

#[tokio::test]
async fn a_number_that_only_the_list_knows_gets_its_price_and_the_right_name_when_the_line_is_back() {
    let scene = prepared().await;
    scene.go_offline().await;
    let person = scene.type_number(YASMINAS_NUMBER).await;
    assert_eq!(person.standing, Some(Standing::Active { until: None }));
    let sold = scene.sell_first().await;
    assert!(sold.entry.act.holder().passholder.is_of_stranger());
    scene.bring_the_network_back().await;
    scene.upload().await;
    let now = scene.again(&sold).await;
    assert_eq!(now.state, State::Confirmed);
    assert!(!now.entry.act.holder().passholder.is_of_stranger(), "who it was is filled in");
    // The limit of a person counts what was noted for them before anybody knew who it was.
    scene.go_offline().await;
    scene.choose(balie_tests::scene::ONCE_A_WEEK).await;
    scene.type_number(NOORS_NUMBER).await;
    let first = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.tap(NOOR).await;
    assert!(first.entry.act.holder().passholder.is_of_stranger());
    scene.upload().await;
    assert_eq!(scene.state(&first).await, State::Confirmed);
    scene.go_offline().await;
    assert!(matches!(no_offer(&scene.tap(NOOR).await.offers[0]), NoOffer::LimitReached(_)));
}

#[tokio::test]
async fn a_newer_list_takes_away_what_an_older_answer_gave_and_gives_what_it_did_not() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    scene.tap(PIETER).await;
    scene.pass_time(60);
    // Yasmina is not on it any more, and Pieter is.
    let list = format!(r#"[{{"uitpasNumber":"{PIETERS_NUMBER}","cardType":"REGULAR"}}]"#);
    let path = "/cards/social-tariff/5/active";
    scene.sandbox.add_fault(json(FaultRule::new(FaultAction::Status, path).method("GET").answering(200, &list)));
    scene.desk.prepare().await.unwrap();
    scene.go_offline().await;
    let gone = scene.tap(YASMINA).await;
    assert_eq!(no_offer(&gone.offers[0]), NoOffer::Standing(Standing::Unknown));
    let pieter = scene.tap(PIETER).await;
    assert_eq!(pieter.standing, Some(Standing::Active { until: None }), "since this morning");
    // UiTPAS itself refused him a price today, and nothing but an answer about that takes it away.
    assert!(matches!(no_offer(&pieter.offers[0]), NoOffer::NotGranted { .. }));
    scene.pass_time(8 * DAY);
    let standing = scene.tap(PIETER).await.standing;
    assert!(matches!(standing, Some(Standing::TooOld { .. } | Standing::None | Standing::Unknown)), "{standing:?}");
}

#[tokio::test]
async fn a_group_that_only_the_list_knows_pays_as_often_as_the_list_says() {
    let scene = prepared().await;
    scene.go_offline().await;
    let group = scene.type_number(GROUP).await;
    let offer = group.offers[0].quote.clone().unwrap();
    assert!(offer.most > 1, "the turns of the list");
    let sold = scene.desk.sell(group.tap, group.offers[0].id, 2).await.unwrap();
    let again = scene.type_number(GROUP).await.offers[0].quote.clone().unwrap();
    assert_eq!(again.most, offer.most - 2, "ours that wait count");
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed);
    assert_eq!(scene.held(), 2);
}

#[tokio::test]
async fn the_activities_of_the_coming_days_are_there_on_their_day() {
    let scene = prepared().await;
    assert!(scene.desk.events().iter().any(|event| event.id.0 == LESSONS));
    scene.lose_the_network().await;
    scene.pass_time(DAY);
    let scene = scene.restart().await;
    let tomorrow: Vec<String> = scene.desk.events().iter().map(|event| event.id.0.clone()).collect();
    assert!(tomorrow.contains(&POOL.to_owned()) && !tomorrow.contains(&LESSONS.to_owned()), "{tomorrow:?}");
    assert!(!tomorrow.contains(&SHOW.to_owned()), "the show was yesterday");
    scene.pass_time(6 * DAY);
    let scene = scene.restart().await;
    let lessons = scene.desk.events().into_iter().find(|event| event.id.0 == LESSONS).unwrap();
    assert_eq!(lessons.starts.unwrap().to_string(), "2026-11-28T13:00:00Z", "at the hour of that day");
    scene.choose(LESSONS).await;
    scene.type_number(YASMINAS_NUMBER).await;
    let offer = scene.person().offers[0].quote.clone();
    assert_eq!(offer.unwrap().price, Cents(150), "a fifth of 7,50, fetched a week ago");
}

#[tokio::test]
async fn a_day_that_turns_while_the_program_runs_has_its_own_activities() {
    let scene = prepared().await;
    scene.lose_the_network().await;
    let fresh = tokio::spawn(Arc::clone(&scene.desk).keep_fresh());
    assert!(scene.desk.events().iter().any(|event| event.id.0 == SHOW));
    scene.pass_time(DAY);
    let mut changes = scene.desk.changes();
    let turned = async {
        while scene.desk.events().iter().any(|event| event.id.0 == SHOW) {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(50), changes.recv()).await;
            // Whoever asks anything hears that there is no line, which wakes whoever keeps the facts.
            let _ = scene.desk.refresh().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), turned).await.unwrap();
    assert!(scene.desk.events().iter().any(|event| event.id.0 == POOL));
    fresh.abort();
}

#[tokio::test]
async fn what_was_cut_off_goes_on_where_it_was() {
    let scene = Scene::start().await;
    let asked = || scene.sandbox.request_count_below("GET", "/events/");
    let whole = {
        let other = Scene::start().await;
        other.desk.prepare().await.unwrap();
        other.sandbox.request_count_below("GET", "/events/")
    };
    // The list of kansentarieven breaks off at the very end.
    let broken = FaultRule::new(FaultAction::Status, "/cards/social-tariff").method("GET").answering(503, "");
    scene.sandbox.add_fault(broken);
    scene.desk.prepare().await.unwrap();
    let first = asked();
    scene.sandbox.clear_faults();
    scene.pass_time(60);
    scene.desk.prepare().await.unwrap();
    let today = scene.desk.events().len() as u64;
    assert!(asked() - first <= 2 * today, "what was fetched a minute ago is not fetched again");
    assert!(first <= whole + 2, "{first} {whole}");
    let ready = scene.desk.ready().await.unwrap();
    assert!(
        ready
            .lines
            .iter()
            .all(|line| line.part == Part::Reader || line.state == Readiness::Good || line.part == Part::Cards),
        "{ready:?}"
    );
}

#[tokio::test]
async fn getting_ready_can_be_stopped_and_says_what_it_is_at() {
    let scene = Scene::start().await;
    let slow = FaultRule::new(FaultAction::Delay, "/cards/social-tariff").method("GET").delay_ms(20_000);
    scene.sandbox.add_fault(slow);
    let desk = Arc::clone(&scene.desk);
    let preparing = tokio::spawn(async move { desk.prepare().await });
    let mut changes = scene.desk.changes();
    while !matches!(scene.desk.preparing().0, Some(progress) if progress.step == Step::Lists) {
        changes.recv().await.unwrap();
    }
    assert!(matches!(scene.desk.prepare().await, Err(PrepareError::UnderWay)));
    scene.desk.stop_preparing();
    assert!(matches!(preparing.await.unwrap(), Err(PrepareError::Stopped)));
    assert_eq!(scene.desk.preparing().0, None);
    scene.sandbox.clear_faults();
    scene.desk.prepare().await.unwrap();
    assert_eq!(scene.desk.preparing(), (None, None), "the next one is not the one that was stopped");
}

#[tokio::test]
async fn without_the_permission_the_list_is_missing_openly_and_the_rest_is_there() {
    let scene = Scene::start().await;
    let without = ["PASSES_READ", "TARIFFS_READ", "TICKETSALES_REGISTER", "EVENT_SETTINGS_READ"];
    scene.sandbox.set_permissions(without);
    scene.desk.prepare().await.unwrap();
    let ready = scene.desk.ready().await.unwrap();
    let state = |part| ready.lines.iter().find(|line| line.part == part).unwrap().state;
    assert_eq!((state(Part::Lists), state(Part::Events)), (Readiness::Forbidden, Readiness::Good));
    assert_eq!(state(Part::Rewards), Readiness::Forbidden);
    assert!(ready.good_until.is_some(), "it works without");
    scene.go_offline().await;
    let stranger = scene.type_number(YASMINAS_NUMBER).await;
    assert_eq!(no_offer(&stranger.offers[0]), NoOffer::Standing(Standing::Unknown));
}

#[tokio::test]
async fn a_locked_desk_knows_nobody_and_goes_on_sending() {
    let scene = prepared().await;
    scene.tap(YASMINA).await;
    scene.lose_the_network().await;
    let sold = scene.sell_first().await;
    scene.desk.lock().await;
    assert!(scene.desk.person().is_none());
    assert!(matches!(scene.snapshot.events().await, Err(StoreError::Locked)));
    scene.bring_the_network_back().await;
    scene.upload_by_itself().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed, "what waited was sent");
    scene.unlock().await;
    scene.go_offline().await;
    assert!(scene.tap(YASMINA).await.pass.is_some(), "it is all there again");
}

#[tokio::test]
async fn a_wipe_forgets_people_and_keeps_what_was_not_sent() {
    let scene = prepared().await;
    scene.tap(YASMINA).await;
    scene.lose_the_network().await;
    let sold = scene.sell_first().await;
    scene.desk.wipe_people().await.unwrap();
    assert!(scene.desk.person().is_none());
    scene.desk.refresh().await.unwrap_err();
    assert_eq!(scene.tap(YASMINA).await.phase, Phase::NumberNeeded, "nobody is known any more");
    let stranger = scene.type_number(NOORS_NUMBER).await;
    assert!(stranger.offers[0].quote.is_err(), "the list is gone too");
    assert!(!scene.desk.events().is_empty(), "activities are not people");
    assert_eq!(scene.to_do().await, (1, 0));
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed);
}

#[tokio::test]
async fn what_was_not_fetched_for_a_week_is_forgotten_by_itself() {
    let scene = prepared().await;
    scene.tap(YASMINA).await;
    scene.lose_the_network().await;
    scene.pass_time(6 * DAY);
    let scene = scene.restart().await;
    keep_house(&scene.desk).await;
    assert!(scene.desk.kept().await.unwrap().cards.count > 0);
    scene.pass_time(3 * DAY);
    keep_house(&scene.desk).await;
    let kept = scene.desk.kept().await.unwrap();
    assert_eq!((kept.cards.count, kept.lists.len(), kept.listed.count), (0, 0, 0));
    assert!(kept.prices.count > 0, "prices are not people");
}

/// Lets the desk do once what it does every half minute.
async fn keep_house(desk: &Arc<Desk>) {
    let keeping = Arc::clone(desk).keep_fresh();
    let _ = tokio::time::timeout(std::time::Duration::from_millis(500), keeping).await;
}

#[tokio::test]
async fn a_list_that_became_much_shorter_waits_for_a_person() {
    let scene = Scene::start().await;
    scene.sandbox.welcome(60);
    scene.desk.prepare().await.unwrap();
    let path = "/cards/social-tariff/5/active";
    let list = format!(r#"[{{"uitpasNumber":"{PIETERS_NUMBER}","cardType":"REGULAR"}}]"#);
    scene.sandbox.add_fault(json(FaultRule::new(FaultAction::Status, path).method("GET").answering(200, &list)));
    scene.pass_time(2 * 3_600);
    scene.desk.prepare().await.unwrap();
    let held = || scene.desk.lists().unwrap().into_iter().find(|list| list.card_system.id == 5).unwrap();
    assert!(held().held.is_some() && held().count > 60, "the one that was there goes on");
    scene.desk.judge_list(5, true).await.unwrap();
    assert_eq!((held().held, held().count), (None, 1));
}
