//! S-6: a national number that UiTPAS says, wherever it says it, is read and gone: it is in no file, in no log and in nothing
//! that is printed.
//!
//! Left out is what the program looks things up by, and what a passholder must show to use a reward: ids, and the code and the
//! link of a reward. Changed, they would be of no use.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use balie_core::agreement::Verb;
use balie_core::card::ChipNumber;
use balie_core::entry::{Act, CheckIn, EntryId, Holder, Redemption, TicketSale};
use balie_core::event::{Event, EventId, OrganizerId};
use balie_core::insz::Insz;
use balie_core::life::Attempt;
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reconcile::Row;
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_core::upload::{Class, answered, claimed};
use balie_remote::facts;
use balie_remote::problem::Problem;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::observations::Observation;
use balie_store::outbox::{Closing, Evidence, Steps};
use balie_store::passes::{LocalIdentifier, RefusedPass};
use balie_store::rehearsal;
use balie_store::snapshot::Snapshot;
use balie_store::surplus::Looks;
use balie_store::trail::Actor;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

use crate::journal;
use crate::planted::{NATIONAL, bare};

const NOW: Moment = Moment::constant(1_795_514_400, 0);
const NUMBER: &str = "0900000067513";

/// What UiTPAS answers, with a text wherever there can be one.
const ANSWERS: [&str; 13] = [
    r#"{"passholderId":"p","passType":"INDIVIDUAL","uitpasNumber":"0900000067513","firstName":"Yasmina","points":23.55,
        "postalCode":"9000","socialTariff":{"status":"ACTIVE","endDate":"2027-04-30T21:59:59+00:00"},
        "cardSystem":{"id":1,"name":"UiTPAS Gent"},"messages":[{"text":"Dag"}]}"#,
    r#"{"type":"https://api.publiq.be/probs/uitpas/x","status":400,"title":"t","detail":"d","cardStatus":"BLOCKED",
        "endUserMessage":{"nl":"Op.","fr":"x"},"jsonPointer":"/3"}"#,
    r#"{"allowed":false,"endUserMessage":{"nl":"Al gespaard."}}"#,
    r#"{"redeemable":false,"reason":"PASSHOLDER_POINTS","message":"Te weinig punten."}"#,
    r#"[{"organizer":{"id":"o","name":"Het Bad"},"permissionDetails":[{"id":"TARIFFS_READ"}]}]"#,
    r#"[{"id":1,"name":"UiTPAS Gent","enabled":true}]"#,
    r#"{"totalItems":1,"member":[{"id":"5687","title":"Koffie","type":"POINTS","points":5,"status":"ACTIVE",
        "allCardSystems":false,"applicableCardSystems":[{"id":1,"name":"UiTPAS Gent"}],"organizers":[{"id":"o"}],
        "redeemConstraint":{"volume":1,"period":"WEEK"},"online":false,"practicalInfo":"Aan de balie"}]}"#,
    r#"{"totalItems":1,"member":[{"@id":"https://io.uitdatabank.be/events/abc","name":{"nl":"Zwemles","fr":"x"},
        "calendarType":"single","startDate":"2026-11-21T13:00:00+00:00","endDate":"2026-11-21T14:00:00+00:00",
        "priceInfo":[{"category":"base","name":{"nl":"Basistarief"},"price":10},
                     {"category":"tariff","name":{"fr":"Enfant"},"price":5}]}]}"#,
    r#"{"available":[{"id":"C","name":"Bon","price":0,"type":"COUPON"}],"endUserMessage":{"nl":"Geen kansentarief."}}"#,
    r#"{"id":"r1","reward":{"id":"r","title":"Online"},"redeemDate":"2026-11-21T10:00:00+00:00","redeemCode":"A1",
        "redeemInfo":{"text":"Toon dit","link":"https://example.org/","label":"Ga"}}"#,
    r#"{"totalItems":1,"member":[{"id":"17","creationDate":"2026-11-21T10:00:00Z","uitpasNumber":"0900000067513",
        "eventId":"e","eventTitle":"t","regularPrice":10,"regularPriceLabel":"Kind · bon B1-000001/abcd",
        "tariff":{"id":"T","name":"n","price":2}}]}"#,
    r#"{"totalItems":1,"member":[{"id":"r","redeemDate":"2026-11-21T10:00:00Z","reward":{"id":"5824","title":"t"}}]}"#,
    r#"{"id":"c1","creationDate":"2026-11-21T10:00:00+00:00","uitpasNumber":"0900000067513","eventId":"e",
        "eventTitle":"Zwemmen","points":1}"#,
];

/// Fields that the program looks things up by, and that are used up as they are.
const AS_THEY_ARE: [&str; 8] =
    ["id", "@id", "passholderId", "uitpasNumber", "eventId", "rewardId", "redeemCode", "link"];

/// A valid national number that nobody has: born on a day that has not come.
fn national() -> impl Strategy<Value = String> {
    (60_u64..100, 1_u64..=12, 1_u64..=28, 1_u64..1_000, any::<bool>()).prop_map(|(year, month, day, serial, late)| {
        let nine = year * 10_000_000 + month * 100_000 + day * 1_000 + serial;
        let check = 97 - if late { nine + 2_000_000_000 } else { nine } % 97;
        format!("{nine:09}{check:02}")
    })
}

/// The ways in which people write it.
fn written(insz: &str, way: u8, around: &str) -> String {
    let part = |from: usize, to: usize| insz.get(from..to).unwrap();
    match way % 5 {
        0 => insz.to_owned(),
        1 => format!("{}.{}.{}-{}.{}", part(0, 2), part(2, 4), part(4, 6), part(6, 9), part(9, 11)),
        2 => format!("{} {} {} {} {}", part(0, 2), part(2, 4), part(4, 6), part(6, 9), part(9, 11)),
        3 => format!("{around}{insz}{around}"),
        _ => format!("Rijksregisternummer: {insz}. {around}"),
    }
}

/// Every place of a document that takes a planted text: a text that is there, or an unknown field of an object.
fn places(value: &Value, at: &str, found: &mut Vec<(String, bool)>) {
    match value {
        Value::Object(fields) => {
            found.push((at.to_owned(), true));
            for (name, inner) in fields {
                if !AS_THEY_ARE.contains(&name.as_str()) {
                    places(inner, &format!("{at}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                places(inner, &format!("{at}/{place}"), found);
            }
        }
        Value::String(_) => found.push((at.to_owned(), false)),
        _ => {}
    }
}

/// The document with the text in one of its places, beside what stood there or instead of it.
fn planted(answer: &str, text: &str, insz: &str, place: usize, unknown: &str, beside: bool) -> Vec<u8> {
    let mut document: Value = serde_json::from_str(answer).unwrap();
    let mut found = Vec::new();
    places(&document, "", &mut found);
    let (at, is_object) = &found[place % found.len()];
    let target = document.pointer_mut(at).unwrap();
    if *is_object {
        let number = insz.parse::<u64>().unwrap();
        let value = if beside { Value::from(text) } else { Value::from(number) };
        target.as_object_mut().unwrap().entry(unknown).or_insert(value);
    } else {
        let stood = target.as_str().unwrap().to_owned();
        *target = Value::from(if beside { format!("{stood} {text}") } else { text.to_owned() });
    }
    serde_json::to_vec(&document).unwrap()
}

struct Desk {
    ledger: Ledger,
    snapshot: Snapshot,
    acts: u32,
    /// The columns in which something was taken out of a text.
    masked: HashSet<String>,
    _folder: tempfile::TempDir,
}

/// After so many acts a desk begins anew, so that looking through all of it stays quick.
const ACTS: u32 = 20;

fn holder() -> Holder {
    let number = UitpasNumber::parse(NUMBER).unwrap();
    Holder { number, passholder: PassholderId("p".to_owned()), organizer: OrganizerId("o".to_owned()) }
}

fn sale(title: &str, label: &str) -> TicketSale {
    TicketSale {
        holder: holder(),
        event: EventId("e".to_owned()),
        event_title: title.to_owned(),
        tariff: None,
        label: label.to_owned(),
        quantity: 1,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Cached,
        price_as_of: NOW,
    }
}

impl Desk {
    /// Reads an answer in every way that there is, keeps all that can be kept of it, and gives what it printed.
    async fn take_in(&mut self, body: &[u8]) -> Vec<String> {
        let mut told = self.take_in_people(body).await;
        told.extend(self.take_in_activities(body).await);
        told.extend(self.take_in_acts(body).await);
        told
    }

    async fn take_in_people(&self, body: &[u8]) -> Vec<String> {
        let number = UitpasNumber::parse(NUMBER).unwrap();
        let (pass, check_in) = (facts::read_pass(body, NOW), facts::read_check_in_status(body, NOW));
        if let Ok(pass) = &pass {
            self.snapshot.keep_pass(pass, Some(ChipNumber::new([4; 7]))).await.unwrap();
        }
        let problem = Problem::parse(body);
        if let Some(problem) = &problem {
            let (who, why) = (LocalIdentifier::Number(number), RefusedPass::CardBlocked);
            self.snapshot.keep_refusal(&who, why, problem.said.as_deref(), NOW).await.unwrap();
        }
        let texts = pass.as_ref().map(|pass| {
            let system = pass.card_system.as_ref().map(|system| system.name.clone());
            format!("{:?} {:?} {:?} {system:?}", pass.first_name, pass.postal_code, pass.messages)
        });
        let permissions = facts::read_permissions(body);
        vec![
            format!("{pass:?} {texts:?} {check_in:?}"),
            format!("{problem:?} {permissions:?} {:?}", facts::read_redeem_status(body, NOW)),
        ]
    }

    async fn take_in_activities(&self, body: &[u8]) -> Vec<String> {
        let (events, systems) = (facts::read_events(body, NOW), facts::read_event_card_systems(body));
        let mut all: Vec<Event> = events.as_ref().map(|page| page.items.clone()).unwrap_or_default();
        if let Ok(systems) = &systems {
            let known = facts::read_events(ANSWERS[7].as_bytes(), NOW).unwrap().items;
            all.extend(known.into_iter().map(|event| Event { card_systems: Some(systems.clone()), ..event }));
        }
        if !all.is_empty() {
            self.snapshot.keep_events(&all).await.unwrap();
        }
        let (rewards, tariffs) = (facts::read_rewards(body, NOW), facts::read_tariffs(body, Cents(1000), NOW));
        if let Ok(page) = &rewards {
            self.snapshot.keep_rewards(&page.items).await.unwrap();
        }
        if let Ok(tariffs) = &tariffs {
            let (person, event) = (PassholderId("p".to_owned()), EventId("e".to_owned()));
            self.snapshot.keep_price(&event, Cents(1000), &tariffs.social).await.unwrap();
            self.snapshot.keep_answer(&person, &event, Cents(1000), &tariffs.social).await.unwrap();
        }
        if let Ok(page) = facts::read_event_rows(body) {
            let rows: Vec<_> = page.items.into_iter().map(|row| (row.event.0, row.row)).collect();
            self.snapshot.keep_rows(Verb::Sell, &PassholderId("p".to_owned()), &rows, NOW).await.unwrap();
        }
        let settings = facts::read_event_settings(body);
        vec![
            format!("{all:?} {rewards:?}", rewards = rewards.map(|page| page.items)),
            format!("{tariffs:?} {settings:?} {systems:?}"),
        ]
    }

    /// Sells for each activity that was read, and keeps whatever the answer says of an act.
    async fn take_in_acts(&mut self, body: &[u8]) -> Vec<String> {
        let mut evidence = Evidence::default();
        if let Some(problem) = Problem::parse(body) {
            (evidence.problem, evidence.said) = (Some(problem.name), problem.said);
        }
        let redemption = Redemption {
            holder: holder(),
            reward: RewardId("r".to_owned()),
            title: "Online".to_owned(),
            kind: RewardKind::Points,
            points: 1,
            as_of: NOW,
        };
        let redeemed = facts::read_registered_redemption(body, &redemption);
        if let Ok(row) = &redeemed {
            (evidence.redeem_code, evidence.redeem_info) = (row.code.clone(), row.info.clone());
        }
        let events = facts::read_events(body, NOW).map(|page| page.items).unwrap_or_default();
        let (title, labels) = events.first().map_or(("Zwemmen".to_owned(), Vec::new()), |event| {
            (event.title.clone(), event.prices.iter().map(|price| price.label.clone()).collect())
        });
        let sold = sale(&title, labels.last().map_or("Kind", String::as_str));
        let receipt = self.refused(&sold, evidence).await;
        let rows = facts::read_sale_records(body).map(|page| page.items).unwrap_or_default();
        let number = UitpasNumber::parse(NUMBER).unwrap();
        let others = [facts::read_check_in_records(body), facts::read_redemption_records(body, &number)];
        let others: Vec<_> = others.into_iter().flatten().flat_map(|page| page.items).collect();
        let fitting: Vec<_> = rows.iter().collect();
        let seen =
            Observation { receipt, batch: 1, server_at: None, listed: Some(1), verdict: "found", fitting: &fitting };
        self.ledger.observed(&seen, NOW).await.unwrap();
        let known = facts::read_sale_records(ANSWERS[10].as_bytes()).map(|page| page.items).unwrap_or_default();
        for row in rows.iter().chain(&known) {
            let row = Row { id: format!("{receipt}-{}", row.id), ..row.clone() };
            let looks = Looks { kind: Verb::Sell, receipt: None, title: &title, provable: false };
            self.ledger.found_surplus(&row, &looks, NOW).await.unwrap();
        }
        let check_in = CheckIn {
            holder: holder(),
            event: EventId("e".to_owned()),
            event_title: title,
            points: 1,
            deadline: None,
            as_of: NOW,
        };
        let candidates = self.ledger.candidates(receipt).await.unwrap();
        vec![
            format!("{redeemed:?} {rows:?} {others:?} {candidates:?}"),
            format!("{:?}", facts::read_registered_check_in(body, &check_in)),
            format!("{:?}", facts::read_registered_sales(body, &sold, &TariffId("T".to_owned()))),
            format!("{:?}", self.ledger.by_receipt(receipt).await.unwrap()),
            format!("{:?}", self.ledger.story(receipt).await.unwrap()),
        ]
    }

    /// Records a sale, sends it, and hears that it is refused, with all that was said.
    async fn refused(&mut self, sold: &TicketSale, evidence: Evidence) -> i64 {
        self.acts += 1;
        let id = EntryId(rand::random());
        let recorded = self.ledger.record(id, &Act::Sale(sold.clone()), NOW).await.unwrap();
        let (receipt, attempt) = (
            recorded.entry.receipt.sequence,
            Attempt { batch: 0, from: NOW, until: NOW, fresh: true, labelled: false },
        );
        self.ledger.claim(&claimed(&[recorded.open()]).unwrap(), &attempt, NOW).await.unwrap();
        let sending = self.ledger.entry(id).await.unwrap().unwrap().open();
        let changes = answered(&[sending], Class::Refused { culprit: None, limit: false }, &attempt, NOW, 0).unwrap();
        let evidence = HashMap::from([(receipt, evidence)]);
        let closing = Some(Closing { batch: 1, status: Some(400), server_date: None });
        let steps = Steps { changes: &changes, evidence: &evidence, closing, actor: Actor::Machine };
        self.ledger.apply(&steps, NOW).await.unwrap();
        receipt
    }

    /// The cells of both files that hold it, also in groups.
    async fn cells_with(&mut self, insz: &str) -> Vec<(String, String)> {
        let mut cells = rehearsal::texts_of_ledger(&self.ledger).await.unwrap();
        cells.extend(rehearsal::texts_of_snapshot(&self.snapshot).await.unwrap());
        assert!(cells.len() > 20);
        self.masked.extend(cells.iter().filter(|(_, text)| text.contains('•')).map(|(place, _)| place.clone()));
        cells.into_iter().filter(|(_, text)| bare(text).contains(insz)).collect()
    }
}

async fn desk(masked: HashSet<String>) -> Desk {
    let (folder, key) = (tempfile::tempdir().unwrap(), Key::random().unwrap());
    let ledger = Ledger::open(&folder.path().join("l.db"), &key, Environment::Test, "B1").await.unwrap();
    let snapshot = Snapshot::open(&folder.path().join("s.db"), &key).await.unwrap();
    Desk { ledger, snapshot, acts: 0, masked, _folder: folder }
}

/// The columns in which something is taken out of a text; there is no other proof that anything was planted.
const MASKED: [&str; 16] = [
    "pass.card_system_name",
    "pass.postal_code",
    "refused_pass.said",
    "event.title",
    "event_price.label",
    "event_card_system.name",
    "reward.title",
    "reward.practical",
    "static_price.said",
    "entry.title",
    "entry.label",
    "outbox.said",
    "outbox.problem",
    "outbox.redeem_info",
    "observed_row.label",
    "surplus.title",
];

/// Takes in one answer, and says where the number was found afterwards.
async fn found(used: &mut Desk, body: &[u8], insz: &str) -> Option<String> {
    if used.acts >= ACTS {
        *used = desk(std::mem::take(&mut used.masked)).await;
    }
    let told = used.take_in(body).await;
    let asked = String::from_utf8_lossy(body);
    let printed = told.iter().find(|told| bare(told).contains(insz)).map(|told| format!("{asked} was printed: {told}"));
    let cells = used.cells_with(insz).await;
    let kept = (!cells.is_empty()).then(|| format!("{asked} was kept: {cells:?}"));
    let logged = bare(&journal::logged()).contains(insz).then(|| format!("{asked} was logged"));
    printed.or(kept).or(logged)
}

#[tokio::test]
async fn a_national_number_is_taken_out_at_every_place_of_every_answer() {
    journal::listen();
    let (mut used, insz) = (desk(HashSet::new()).await, NATIONAL[0]);
    for answer in ANSWERS {
        let mut count = Vec::new();
        places(&serde_json::from_str(answer).unwrap(), "", &mut count);
        for place in 0..count.len() {
            let body = planted(answer, &written(insz, 4, "x"), insz, place, "inszNumber", true);
            assert_eq!(found(&mut used, &body, insz).await, None);
        }
    }
    for place in MASKED {
        assert!(used.masked.contains(place), "nothing was planted in {place}: {:?}", used.masked);
    }
}

#[test]
fn a_national_number_in_any_answer_is_kept_nowhere_and_printed_nowhere() {
    journal::listen();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let used = RefCell::new(runtime.block_on(desk(HashSet::new())));
    let unknown = prop_oneof!["inszNumber", "identityNumber", "birthDate", "[a-z]{1,12}"];
    let around = prop_oneof!["[a-z ]{0,8}", "[0-9]{0,4}", "\\PC{0,6}"];
    let cases = (0..ANSWERS.len(), national(), any::<u8>(), around, any::<usize>(), unknown, any::<bool>());
    let mut runner = TestRunner::new(Config { cases: 250, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&cases, |(answer, insz, way, around, place, unknown, beside)| {
        prop_assert!(Insz::parse(&insz).is_some());
        let body = planted(ANSWERS[answer], &written(&insz, way, &around), &insz, place, &unknown, beside);
        let found = runtime.block_on(found(&mut used.borrow_mut(), &body, &insz));
        prop_assert_eq!(found, None);
        Ok::<(), TestCaseError>(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
