//! S-10: a thousand things that people and networks do, and nothing of a person in the log.

use balie_core::card::CardKind;
use balie_core::insz::Insz;
use balie_core::reader::{CardRead, ReaderEvent, ReaderName};
use balie_desk::to_check::Resolution;
use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::scene::{NOOR, ONCE_A_WEEK, SHOW, Scene, WORKSHOP, YASMINA, json};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::journal;
use crate::planted::{MARK, NAMES, NATIONAL, NUMBERS, SECRET, longest_run};

const PATHS: [&str; 8] =
    ["/passes", "/tariffs", "/ticket-sales", "/checkins", "/rewards", "/events", "/search", "/realms"];

const ACTIONS: [FaultAction; 8] = [
    FaultAction::DropBeforeCommit,
    FaultAction::DropAfterCommit,
    FaultAction::Status,
    FaultAction::Status,
    FaultAction::StatusAfterCommit,
    FaultAction::Truncate,
    FaultAction::Garbage,
    FaultAction::LateCommit,
];

const PROBLEMS: [&str; 5] =
    ["maximum-reached", "invalid-card", "passholder-blocked", "card-blocked", "pass-not-found/0900000067513"];

fn one<T: Copy>(dice: &mut StdRng, of: &[T]) -> T {
    of[dice.random_range(0..of.len())]
}

/// An answer that says as much about a person as fits in it.
fn telling(dice: &mut StdRng) -> (u16, String, &'static str) {
    let (number, name, insz) = (one(dice, &NUMBERS), one(dice, &NAMES), one(dice, &NATIONAL));
    let told = format!("{MARK} {name} {number} {insz} https://api.uitpas.be/passes?identifier={number}");
    match dice.random_range(0..4) {
        0 => (one(dice, &[400, 404, 500, 502]), format!("<html>{told}</html>"), "text/html"),
        1 => (200, format!(r#"{{"access_token":"{MARK}-token-{number}","token_type":"Bearer"}}"#), "application/json"),
        2 => (
            200,
            format!(r#"{{"member":[{{"uitpasNumber":"{number}","firstName":"{name}","id":7}}]}}"#),
            "application/json",
        ),
        _ => {
            let kind = one(dice, &PROBLEMS);
            let body = format!(
                r#"{{"type":"https://api.publiq.be/probs/uitpas/{kind}","title":"{told}","detail":"{told}",
                    "cardStatus":"{number}","endUserMessage":{{"nl":"{told}"}}}}"#
            );
            (one(dice, &[400, 401, 403, 404, 429]), body, "application/json")
        }
    }
}

fn fault(dice: &mut StdRng) -> FaultRule {
    let (status, body, kind) = telling(dice);
    let rule = FaultRule::new(one(dice, &ACTIONS), one(dice, &PATHS)).times(dice.random_range(1..4));
    let rule = json(rule.answering(status, &body).late_ms(60_000));
    FaultRule { content_type: Some(kind.to_owned()), ..rule }
}

/// Puts an eID in, or scans one and says that it is to be looked up; whether somebody was.
async fn looks_up_by_national_number(scene: &Scene, dice: &mut StdRng) -> bool {
    let (desk, number) = (&scene.desk, one(dice, &NATIONAL));
    let whom = if dice.random() {
        let read = CardRead { reader: ReaderName("Combi 00 00".to_owned()), kind: CardKind::Eid(Insz::parse(number)) };
        desk.reader_reports(ReaderEvent::Card(read))
    } else {
        let scanned = format!("{number}{}", one(dice, &["", "1", "1234"]));
        assert!(desk.scanned(&scanned).is_err(), "a scan alone looks nobody up");
        desk.forwarded(&scanned).ok()
    };
    let Some(whom) = whom else { return false };
    desk.look_up(whom).await;
    true
}

/// Does one thing, whatever comes of it.
async fn act(scene: &Scene, dice: &mut StdRng, offline: &mut bool, by_national: &mut u32) {
    let desk = &scene.desk;
    match dice.random_range(0..25) {
        0..=4 => drop(scene.tap(one(dice, &[YASMINA, NOOR, YASMINA, NOOR, "04D0AB6AF85C80", "04123456789012"])).await),
        5 => {
            let (number, insz) = (one(dice, &NUMBERS), one(dice, &NATIONAL));
            let typed = one(dice, &[number, number, insz, "0900000067514", "Yasmina"]);
            if let Ok(whom) = desk.typed(typed) {
                desk.look_up(whom).await;
            }
        }
        22..=24 => *by_national += u32::from(looks_up_by_national_number(scene, dice).await),
        6..=8 => {
            let Some(person) = desk.person() else { return };
            if let Some(offer) = person.offers.first() {
                let _ = desk.sell(person.tap, offer.id, dice.random_range(0..3)).await;
            }
        }
        9 => {
            let Some(person) = desk.person() else { return };
            let _ = desk.check_in(person.tap).await;
        }
        10 => {
            let Some(person) = desk.person() else { return };
            if let Some(offered) = person.rewards.first() {
                let _ = desk.redeem(person.tap, offered.id).await;
            }
        }
        11 => {
            let lines = desk.lines().await.unwrap();
            if !lines.is_empty() {
                let _ = desk.undo(lines[dice.random_range(0..lines.len())].entry.id).await;
            }
        }
        12 | 13 => scene.upload().await,
        14..=16 => {
            scene.pass_time(one(dice, &[1, 31, 61, 310, 3_700, 80_000]));
            let _ = desk.refresh().await;
        }
        17 => {
            *offline = !*offline && dice.random_range(0..2) == 0;
            scene.sandbox.set_offline(*offline).await.unwrap();
        }
        18 => scene.sandbox.add_fault(fault(dice)),
        19 | 20 => {
            let found = desk.to_check().await.unwrap();
            if let Some(case) = found.cases.first() {
                let ways = [
                    Resolution::SendAgain,
                    Resolution::WriteOff,
                    Resolution::BookedByHand,
                    Resolution::IsNotThere,
                    Resolution::Accept,
                    Resolution::IsThere { record: one(dice, &NUMBERS).to_owned() },
                ];
                let _ = desk.resolve(case.recorded.entry.id, ways[dice.random_range(0..ways.len())].clone()).await;
            }
            let _ = desk.seen_extra(one(dice, &NUMBERS)).await;
        }
        _ => {
            scene.sandbox.clear_faults();
            scene.sandbox.end_access_tokens();
            let _ =
                desk.choose(&balie_core::event::EventId(one(dice, &[SHOW, WORKSHOP, ONCE_A_WEEK]).to_owned())).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_acts_and_failures_leave_nothing_of_a_person_in_the_log() {
    journal::listen();
    // The organizer may look people up by their national numbers, so that these do go to UiTPAS.
    let scene = Scene::start_as(&[], |config| config.preferences.uses_national_number = true).await;
    let (mut dice, mut offline, mut by_national) = (StdRng::seed_from_u64(20_261_121), false, 0);
    let token = scene.sandbox.issue_access_token();
    for _ in 0..1_000 {
        act(&scene, &mut dice, &mut offline, &mut by_national).await;
    }
    let held = scene.ledger.newest(1_000).await.unwrap();
    let mut states: Vec<String> = held.iter().map(|each| format!("{:?}", each.state)).collect();
    states.sort();
    states.dedup();
    assert!(held.len() > 50 && states.len() > 3, "the acts came to {} entries in {states:?}", held.len());
    let logged = journal::logged();
    assert!(logged.lines().count() > 200, "only {} lines were logged", logged.lines().count());
    assert!(logged.contains("recorded") && logged.contains("answered"), "{logged}");
    assert!(by_national > 20, "{by_national} were looked up by their national numbers");
    let mut secrets: Vec<String> =
        [NUMBERS.as_slice(), &NATIONAL, &NAMES].concat().iter().map(|&each| each.to_owned()).collect();
    secrets.extend(
        [MARK, SECRET, "http:", "https:", "Bearer", "access.", YASMINA, NOOR, "identifier="].map(str::to_owned),
    );
    secrets.extend([scene.sandbox.url(), token]);
    secrets.extend(held.iter().map(|each| each.entry.act.holder().passholder.0.clone()));
    let leaks = |line: &str| secrets.iter().any(|secret| line.contains(secret.as_str())) || longest_run(line) > 8;
    for line in logged.lines() {
        assert!(!leaks(line), "{line}");
    }
    let control =
        [" WARN balie_desk: asked error=0900000067513", " INFO balie_desk: Dag Noor", " at https://api.uitpas.be"];
    assert!(control.into_iter().all(leaks), "what tells of a person is noticed");
    scene.ledger.verify_trail().await.unwrap();
}
