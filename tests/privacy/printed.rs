//! S-10: what is printed of a person, whoever prints it: a hundred thousand values with numbers and names in them.

use balie_core::barcode::Barcode;
use balie_core::card::{CardKind, ChipNumber};
use balie_core::entry::{Act, Cancellation, CheckIn, Entry, EntryId, Holder, ReceiptNumber, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::insz::Insz;
use balie_core::money::Cents;
use balie_core::pass::{
    CardStatus, CardSystem, Identifier, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber,
};
use balie_core::reader::{CardRead, ReaderEvent, ReaderName};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::PriceSource;
use balie_core::time::Moment;
use balie_desk::act::ActError;
use balie_desk::hand_over::HandOverError;
use balie_desk::undo::UndoError;
use balie_remote::access::Credentials;
use balie_remote::ask::AskError;
use balie_remote::facts;
use balie_remote::outcome::Observation;
use balie_remote::problem::Problem;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::open::StoreError;
use balie_store::passes::LocalIdentifier;
use balie_store::surplus::Extra;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::planted::{SECRET, longest_run};

/// One invented person, and all that must not be printed of them.
struct Somebody {
    number: UitpasNumber,
    chip: ChipNumber,
    insz: Insz,
    passholder: PassholderId,
    name: String,
}

impl Somebody {
    fn draw(dice: &mut StdRng) -> Self {
        let stem: u64 = dice.random_range(1..1_000_000_000_000);
        let number = (0..10).find_map(|last| UitpasNumber::parse(&format!("{stem:012}{last}"))).unwrap();
        let (year, month, day) = (dice.random_range(0..100_u64), dice.random_range(1..13), dice.random_range(1..29));
        let nine = year * 10_000_000 + month * 100_000 + day * 1_000 + dice.random_range(1..1_000);
        let id = format!("{:08x}-6f2e-4c1b-9a07-{:012x}", dice.random::<u32>(), dice.random::<u64>() >> 16);
        Self {
            number,
            chip: ChipNumber::new(dice.random()),
            insz: Insz::parse(&format!("{nine:09}{:02}", 97 - nine % 97)).unwrap(),
            passholder: PassholderId(id),
            name: format!("Qx{:04}", dice.random_range(0..10_000)),
        }
    }

    fn secrets(&self) -> [String; 6] {
        let id = &self.passholder.0;
        [
            self.number.reveal().to_owned(),
            self.chip.to_hex(),
            self.insz.reveal().to_owned(),
            id.clone(),
            id[..8].to_owned(),
            self.name.clone(),
        ]
    }

    fn holder(&self) -> Holder {
        Holder {
            number: self.number.clone(),
            passholder: self.passholder.clone(),
            organizer: OrganizerId("o".to_owned()),
        }
    }

    fn pass(&self) -> Pass {
        Pass {
            passholder: self.passholder.clone(),
            kind: PassKind::Individual,
            number: self.number.clone(),
            first_name: Some(self.name.clone()),
            points: Some(3),
            status: PassTariffStatus::Active,
            ends: None,
            card_system: Some(CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }),
            postal_code: Some(self.name.clone()),
            card: CardStatus::Blocked,
            messages: vec![format!("Dag {} {}", self.name, self.number.reveal())],
            as_of: Moment::UNIX_EPOCH,
        }
    }

    fn acts(&self) -> [Act; 4] {
        let (event, title, as_of) = (EventId("e".to_owned()), "Zwemmen".to_owned(), Moment::UNIX_EPOCH);
        let sale = TicketSale {
            holder: self.holder(),
            event: event.clone(),
            event_title: title.clone(),
            tariff: None,
            label: "Kind".to_owned(),
            quantity: 1,
            regular: Cents(1000),
            charged: Cents(200),
            source: PriceSource::Cached,
            price_as_of: as_of,
        };
        let check_in =
            CheckIn { holder: self.holder(), event, event_title: title.clone(), points: 1, deadline: None, as_of };
        let (reward, kind) = (RewardId("r".to_owned()), RewardKind::Points);
        let redemption = Redemption { holder: self.holder(), reward, title, kind, points: 5, as_of };
        let back = Cancellation::of(&entry(Act::Sale(sale.clone()))).unwrap();
        [Act::Sale(sale), Act::CheckIn(check_in), Act::Redemption(redemption), Act::Cancellation(back)]
    }

    /// A body of UiTPAS about this person, as a problem and as a pass.
    fn bodies(&self) -> [Vec<u8>; 2] {
        let (number, insz, name, chip) = (self.number.reveal(), self.insz.reveal(), &self.name, self.chip.to_hex());
        let problem = format!(
            r#"{{"type":"https://api.publiq.be/probs/uitpas/x/{number}/{insz}/{chip}","cardStatus":"{number}","title":"{name}",
                "detail":"{name} {number}","endUserMessage":{{"nl":"Uw nummer {insz} is niet bekend."}}}}"#
        );
        let pass = format!(
            r#"{{"passholderId":"{}","passType":"INDIVIDUAL","uitpasNumber":"{number}","firstName":"{name}",
                "inszNumber":"{insz}","name":"{name}","socialTariff":{{"status":"NONE"}}}}"#,
            self.passholder.0
        );
        [problem.into_bytes(), pass.into_bytes()]
    }
}

fn entry(act: Act) -> Entry {
    let receipt = ReceiptNumber { prefix: "B1".to_owned(), sequence: 7 };
    Entry { id: EntryId([7; 16]), receipt, act, occurred: Moment::UNIX_EPOCH }
}

/// Everything that a program could print of what it knows of one person.
fn printed(who: &Somebody) -> Vec<String> {
    let ask = AskError::of_answer(&who.bodies()[0]);
    let refused = facts::judge(&answer(400, &who.bodies()[0]), |_| Ok(()));
    let accepted = facts::judge(&answer(200, &who.bodies()[1]), |body| Ok(facts::read_pass(body, Moment::UNIX_EPOCH)));
    let read = CardRead { reader: ReaderName("Virtual PCD 00 00".to_owned()), kind: CardKind::UitpasLike(who.chip) };
    let extra = Extra {
        kind: balie_core::agreement::Verb::Sell,
        id: "17".to_owned(),
        receipt: None,
        title: "Zwemmen".to_owned(),
        number: who.number.clone(),
        at: Moment::UNIX_EPOCH,
        price: None,
    };
    let mut told = vec![
        format!("{:?} {}", who.number, who.number.masked()),
        format!("{:?} {:?} {:?}", who.chip, who.insz, who.passholder),
        format!("{:?}", who.pass()),
        format!("{:?}", [Identifier::Chip(who.chip), Identifier::Number(who.number.clone())]),
        format!("{:?}", Identifier::Insz(who.insz.clone())),
        format!("{:?}", Barcode::parse(who.insz.reveal()).map(Identifier::Barcode)),
        format!("{:?}", ReaderEvent::Card(CardRead { kind: CardKind::Eid(Some(who.insz.clone())), ..read.clone() })),
        format!("{:?}", [LocalIdentifier::Chip(who.chip), LocalIdentifier::Number(who.number.clone())]),
        format!("{:?} {ask:?} {ask}", who.holder()),
        format!("{refused:?} {accepted:?}"),
        format!("{read:?} {extra:?}"),
    ];
    let mistyped = format!("{}1", who.number.reveal());
    told.push(format!("{:?}", Identifier::parse(&mistyped)));
    told.push(format!("{:?}", Identifier::parse(&who.name).map_err(|error| error.to_string())));
    told.extend(who.acts().map(|act| format!("{act:?} {:?}", entry(act.clone()))));
    told
}

trait OfAnswer {
    fn of_answer(body: &[u8]) -> AskError;
}

impl OfAnswer for AskError {
    fn of_answer(body: &[u8]) -> AskError {
        Problem::parse(body).map_or(AskError::Unexpected { status: 400 }, AskError::Problem)
    }
}

fn answer(status: u16, body: &[u8]) -> Observation {
    Observation::Answer { status, json: true, body: body.to_vec(), retry_after: None }
}

#[test]
fn a_hundred_thousand_values_print_nobody() {
    let (mut dice, mut count) = (StdRng::seed_from_u64(7), 0);
    while count < 100_000 {
        let who = Somebody::draw(&mut dice);
        for told in printed(&who) {
            let found = who.secrets().into_iter().find(|secret| told.contains(secret.as_str()));
            assert!(found.is_none() && longest_run(&told) < 11, "{found:?} in: {told}");
            count += 1;
        }
    }
    let who = Somebody::draw(&mut dice);
    assert!(who.secrets().iter().all(|secret| secret.len() >= 6), "each secret is long enough to be found");
    assert!(format!("{} {}", who.number.reveal(), who.name).contains(&who.secrets()[0]), "and is, where it is printed");
}

#[tokio::test]
async fn what_the_files_complain_of_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("ledger.db"), Key::random().unwrap());
    let who = Somebody::draw(&mut StdRng::seed_from_u64(9));
    let ledger = Ledger::open(&path, &key, Environment::Test, "B1").await.unwrap();
    let [sale, .., back] = who.acts();
    ledger.record(EntryId([1; 16]), &sale, Moment::UNIX_EPOCH).await.unwrap();
    let mut errors = vec![
        ledger.record(EntryId([1; 16]), &sale, Moment::UNIX_EPOCH).await.unwrap_err(),
        ledger.record(EntryId([2; 16]), &back, Moment::UNIX_EPOCH).await.unwrap_err(),
        Ledger::open(&path, &key, Environment::Production, "B1").await.unwrap_err(),
        Ledger::open(&path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap_err(),
        Ledger::open(folder.path(), &key, Environment::Test, "B1").await.unwrap_err(),
        StoreError::Tampered { seq: 3 },
    ];
    ledger.close().await;
    errors.push(ledger.record(EntryId([3; 16]), &sale, Moment::UNIX_EPOCH).await.unwrap_err());
    assert!(errors.iter().any(|error| matches!(error, StoreError::Database(_))), "{errors:?}");
    for error in errors {
        let mut told = format!("{error} {error:?}");
        told += &format!("{:?}", ActError::from(error).to_string());
        let found = who.secrets().into_iter().find(|secret| told.contains(secret.as_str()));
        assert!(found.is_none() && longest_run(&told) < 11, "{found:?} in: {told}");
        assert!(!told.contains("ledger.db"), "a path holds the name of whoever signed in: {told}");
    }
    let undo = UndoError::from(StoreError::Changed).to_string() + &HandOverError::from(StoreError::Changed).to_string();
    assert!(longest_run(&undo) == 0 && !undo.contains("ledger.db"), "{undo}");
}

#[test]
fn secrets_are_not_printed() {
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some(SECRET.to_owned()) };
    assert!(!format!("{credentials:?}").contains(SECRET));
    let code = Key::draw_code().unwrap();
    let printed = format!("{:?}", Key::of_code(&code));
    assert!(!printed.contains(&code) && longest_run(&printed) < 3, "{printed}");
}
