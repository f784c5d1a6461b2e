//! Days without a network: what was fetched before carries the desk, and what was noted arrives afterwards.
#![expect(clippy::unwrap_used, reason = "what the tests share fails them as well")]

use balie_core::card::ChipNumber;
use balie_core::entry::Act;
use balie_core::event::OrganizerId;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::ready::{Part, State as Readiness};
use balie_core::social_tariff::Standing;
use balie_core::tariff::{NoOffer, PriceSource};
use balie_desk::desk::Desk;
use balie_desk::person::{Notice, Phase};
use balie_desk::prepare::{PrepareError, Step};
use balie_desk::tap::TypedError;
use balie_desk::to_check::Resolution;
use balie_desk::upload::{EXPIRED, WRONG_CARD};
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
/// A chip that UiTPAS knows as nobody's.
const NOBODYS_CHIP: &str = "04FFFFFFFFFF80";
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
async fn a_card_and_a_number_that_do_not_belong_together_send_nothing_and_are_shown() {
    let scene = prepared().await;
    scene.go_offline().await;
    // The clerk types the number of Noor for the card of Yasmina.
    assert_eq!(scene.tap(YASMINA).await.phase, Phase::NumberNeeded);
    scene.type_number(NOORS_NUMBER).await;
    let sold = scene.sell_first().await;
    assert_eq!(scene.sent(), 0);
    let scene = scene.restart().await;
    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    scene.upload().await;
    let refused = scene.again(&sold).await;
    assert_eq!((refused.state, refused.problem.as_deref()), (State::Refused, Some(WRONG_CARD)));
    assert_eq!((scene.sent(), scene.to_do().await), (0, (0, 1)), "nothing was sent, and a person sees it");
    // The pair is forgotten: the next tap offline asks again, or knows who it is by now.
    assert_eq!(scene.snapshot.number_of(ChipNumber::parse(YASMINA).unwrap()).await.unwrap(), None);
    // A person says that the number is right after all.
    scene.desk.resolve(sold.entry.id, Resolution::SendAgain).await.unwrap();
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Confirmed, 1));
}

#[tokio::test]
async fn a_card_that_nobody_has_is_not_sent_under_the_number_that_was_typed_for_it() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.tap(NOBODYS_CHIP).await;
    scene.type_number(YASMINAS_NUMBER).await;
    let sold = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.again(&sold).await.problem.as_deref(), Some(WRONG_CARD));
}

#[tokio::test]
async fn a_typed_pair_that_is_right_is_learned_and_sent() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    scene.type_number(YASMINAS_NUMBER).await;
    let sold = scene.sell_first().await;
    let again = scene.tap(YASMINA).await;
    assert_eq!(again.phase, Phase::Ready, "its number is not asked twice");
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed);
    let chip = ChipNumber::parse(YASMINA).unwrap();
    assert!(matches!(scene.snapshot.number_of(chip).await.unwrap(), Some((_, true))), "UiTPAS said so");
}

#[tokio::test]
async fn while_nobody_says_who_a_stranger_is_the_rest_goes_on() {
    let scene = prepared().await;
    scene.tap(NOOR).await;
    scene.go_offline().await;
    scene.type_number(YASMINAS_NUMBER).await;
    let stranger = scene.sell_first().await;
    scene.tap(NOOR).await;
    let known = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/passes").method("GET").answering(500, ""));
    scene.upload().await;
    assert_eq!((scene.state(&stranger).await, scene.state(&known).await), (State::Queued, State::Confirmed));
    scene.sandbox.clear_faults();
    scene.later(60).await;
    assert_eq!(scene.state(&stranger).await, State::Confirmed);
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
async fn nobody_tries_numbers_out_at_a_desk() {
    let scene = prepared().await;
    scene.go_offline().await;
    for _ in 0..30 {
        scene.type_number(YASMINAS_NUMBER).await;
    }
    assert!(matches!(scene.desk.typed(NOORS_NUMBER), Err(TypedError::TooMany)));
    for _ in 0..70 {
        scene.tap(YASMINA).await;
    }
    let viewed = scene.ledger.trail_count("viewed").await.unwrap();
    assert_eq!(viewed, 30, "every look at a pass stands in the trail; a card that is not known is no look");
    scene.pass_time(61);
    scene.type_number(NOORS_NUMBER).await;
    assert_eq!(scene.ledger.trail_count("viewed").await.unwrap(), 31);
    assert_eq!(scene.ledger.trail_count("viewed_many").await.unwrap(), 1, "and so does that nothing was done for any");
    scene.ledger.verify_trail().await.unwrap();
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

/// Two desks that may be stood at: that of the sandbox, and another one.
fn two_desks() -> FaultRule {
    let body = format!(
        r#"[{{"organizer":{{"id":"0ce87cbc-9299-4528-8d35-92225dc9489f","name":"Zwembad"}},"permissionDetails":[]}},
            {{"organizer":{{"id":"{ELSEWHERE}","name":"Bibliotheek"}},"permissionDetails":[]}}]"#
    );
    json(FaultRule::new(FaultAction::Status, "/permissions").method("GET").answering(200, &body))
}

const ELSEWHERE: &str = "b1d7a0c4-52f6-4d3e-8f0a-6c9e2b7d1f30";

#[tokio::test]
async fn going_to_another_desk_begins_with_an_empty_one() {
    let scene = prepared().await;
    let (ours, other) = (scene.desk.organizer(), OrganizerId(ELSEWHERE.to_owned()));
    assert!(scene.desk.choose_desk(&other).await.is_err(), "nobody may stand there");
    assert_eq!(scene.desk.organizer(), ours);
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    scene.sandbox.add_fault(two_desks());
    scene.desk.ask_desks().await.unwrap();
    scene.desk.choose_desk(&other).await.unwrap();
    assert_eq!((scene.desk.organizer(), scene.desk.organizer_name().as_str()), (other.clone(), "Bibliotheek"));
    assert!(scene.desk.events().is_empty() && scene.desk.rewards().is_empty() && scene.desk.person().is_none());
    let ready = scene.desk.ready().await.unwrap();
    assert_eq!(ready.good_until, None, "what was fetched was for the other desk");
    // What was noted at the one before is that one's.
    assert_eq!(sold.entry.act.holder().organizer, ours);
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed);
    let scene = scene.restart().await;
    assert_eq!(scene.desk.organizer(), other, "the last one is kept");
    scene.desk.refresh().await.unwrap();
    assert!(!scene.desk.events().iter().any(|event| event.id.0 == POOL), "the pool is elsewhere");
}

#[tokio::test]
async fn what_was_fetched_for_one_desk_is_not_put_in_place_at_another() {
    let scene = prepared().await;
    scene.sandbox.add_fault(two_desks());
    scene.desk.ask_desks().await.unwrap();
    // The answer about the rewards of the first desk comes when somebody stands at the second one.
    let slow = FaultRule::new(FaultAction::Delay, "/rewards").method("GET").delay_ms(400).times(1);
    scene.sandbox.add_fault(slow);
    let before = scene.sandbox.request_count("GET", "/rewards");
    let desk = Arc::clone(&scene.desk);
    let refreshing = tokio::spawn(async move { desk.refresh().await });
    scene.asked("GET", "/rewards", before + 1).await;
    scene.desk.choose_desk(&OrganizerId(ELSEWHERE.to_owned())).await.unwrap();
    refreshing.await.unwrap().unwrap();
    assert!(scene.desk.events().is_empty(), "the activities of the other desk are not shown here");
    assert!(scene.snapshot.events().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_noted_before_it_was_known_for_whom_counts_towards_their_limits() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.choose(balie_tests::scene::ONCE_A_WEEK).await;
    // A stranger by number; then the same person by card, known here, while the first still waits.
    scene.type_number(NOORS_NUMBER).await;
    scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    scene.choose(balie_tests::scene::ONCE_A_WEEK).await;
    let known = scene.tap(NOOR).await;
    assert!(matches!(no_offer(&known.offers[0]), NoOffer::LimitReached(_)), "{:?}", known.offers[0].quote);
    scene.upload().await;
    // What is known of people is wiped; only the ledger knows that the number was there this week.
    scene.desk.wipe_people().await.unwrap();
    scene.desk.prepare().await.unwrap();
    scene.go_offline().await;
    let stranger = scene.type_number(NOORS_NUMBER).await;
    assert!(stranger.pass.unwrap().is_stranger());
    assert!(matches!(no_offer(&stranger.offers[0]), NoOffer::LimitReached(_)), "nor as a stranger once more");
}

#[tokio::test]
async fn an_act_for_a_stranger_in_doubt_is_never_looked_up_under_a_made_up_id() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.type_number(YASMINAS_NUMBER).await;
    let sold = scene.sell_first().await;
    scene.bring_the_network_back().await;
    // Nobody says who it is, so it goes by its number alone; and its answer is lost.
    let dumb = FaultRule::new(FaultAction::Status, "/passes").method("GET").answering(403, "");
    scene.sandbox.add_fault(dumb);
    scene.once(FaultAction::DropAfterCommit, "POST", "/ticket-sales");
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::InDoubt);
    scene.later(3_600).await;
    assert_eq!((scene.sent(), scene.held()), (1, 1), "it is not taken for absent, and not sent again");
    assert_eq!(scene.to_do().await.1, 1, "a person looks");
    scene.sandbox.clear_faults();
    scene.later(3_600).await;
    assert_eq!(
        (scene.state(&sold).await, scene.sent()),
        (State::Confirmed, 1),
        "it is found when somebody says who it is"
    );
}

#[tokio::test]
async fn one_number_that_uitpas_stumbles_over_does_not_hold_up_the_others() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.type_number(YASMINAS_NUMBER).await;
    let first = scene.sell_first().await;
    scene.type_number(NOORS_NUMBER).await;
    let second = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/passes").method("GET").answering(500, "").times(1));
    scene.upload().await;
    let mut states = [scene.state(&first).await, scene.state(&second).await];
    states.sort_by_key(|state| *state == State::Queued);
    assert_eq!(states, [State::Confirmed, State::Queued]);
    scene.later(60).await;
    assert_eq!(scene.held(), 2);
}

#[tokio::test]
async fn a_typed_card_goes_along_to_another_computer() {
    let (scene, other) = (prepared().await, prepared().await);
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    scene.type_number(NOORS_NUMBER).await;
    let sold = scene.sell_first().await;
    let file = scene.file("parcel.balie");
    let handed = scene.desk.hand_over(&file).await.unwrap();
    other.desk.take_over(&file, &handed.code).await.unwrap();
    for _ in 0..4 {
        other.later(3_600).await;
    }
    let came = other.ledger.entry(sold.entry.id).await.unwrap().unwrap();
    assert_eq!(
        (came.state, came.problem.as_deref()),
        (State::Refused, Some(WRONG_CARD)),
        "there it is noticed as well"
    );
    assert_eq!(other.held(), 0);
}
