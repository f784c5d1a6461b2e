//! What a sale costs from the key to the tick, without a network: the offer is decided anew from what is known here, and
//! the entry is durable when it ends.
//!
//! The yardstick stands beside it in the same run: one durable insert of a row of the same size, in a file that is opened
//! in the same way. The disk and the noise of the machine are in both, so the figure is their ratio.

use balie_core::card::{CardKind, ChipNumber};
use balie_core::entry::Act;
use balie_core::event::{Event, EventId, OrganizerId, PriceCategory};
use balie_core::limit::{CalendarType, Limit};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::policy::OfflinePolicy;
use balie_core::reader::{CardRead, ReaderEvent, ReaderName};
use balie_core::schedule::Schedule;
use balie_core::tariff::{PriceFact, PriceSource, ServerAnswer, TariffId};
use balie_core::time::{Moment, Period};
use balie_desk::config::Config;
use balie_desk::connection::Connection;
use balie_desk::desk::{Desk, system_clock};
use balie_remote::access::Credentials;
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::snapshot::Snapshot;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The sale may cost so many times the insert: above all that a busy machine showed, and below twice what a calm one shows.
const TARGET: f64 = 4.5;
const WARM_UP: usize = 30;
const ROUNDS: usize = 400;

const EVENT: &str = "5a0967f9-cc06-4c3c-9206-30481a767434";
const TITLE: &str = "Avondvoorstelling: De kersentuin";
const ORGANIZER: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";
const REGION: i64 = 5;
const PRICES: [(&str, i64); 2] = [("Basistarief", 1000), ("Jonger dan 26 jaar", 750)];

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    // Beside the program and not in the folder for temporary files, which often is no disk at all: a commit must cost.
    let program = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(program.parent().ok_or("the program is in no folder")?)?;
    let numbers = numbers(WARM_UP + ROUNDS);
    let desk = desk(folder.path(), &numbers).await?;
    let plain = plain_table(&folder.path().join("plain.db")).await?;
    let (mut sales, mut inserts) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for (round, number) in numbers.iter().enumerate() {
        let sale = sale(&desk, chip(round)?).await?;
        let insert = insert(&plain, number).await?;
        if round >= WARM_UP {
            sales.push(sale);
            inserts.push(insert);
        }
    }
    let (sale, insert) = (median(&mut sales), median(&mut inserts));
    let ratio = sale.as_secs_f64() / insert.as_secs_f64();
    println!("sale    p50 {:>7.1} µs over {ROUNDS}", sale.as_secs_f64() * 1e6);
    println!("insert  p50 {:>7.1} µs over {ROUNDS}", insert.as_secs_f64() * 1e6);
    println!("FIGURE name=sell ratio={ratio:.2} target={TARGET:.2}");
    Ok(if ratio <= TARGET { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Sells the first category to a person, and says how long that took. The tap before it is not counted.
async fn sale(desk: &Desk, chip: ChipNumber) -> Result<Duration, Box<dyn Error>> {
    let card = CardRead { reader: ReaderName("Lezer".to_owned()), kind: CardKind::UitpasLike(chip) };
    let whom = desk.reader_reports(ReaderEvent::Card(card)).ok_or("the card is not looked up")?;
    desk.look_up(whom).await;
    let person = desk.person().ok_or("nobody is at the desk")?;
    let offer = person.offers.first().ok_or("there is no offer")?;
    let begin = Instant::now();
    let recorded = desk.sell(person.tap, offer.id, 1).await?;
    let took = begin.elapsed();
    let from_the_cache = matches!(&recorded.entry.act, Act::Sale(sale) if sale.source == PriceSource::Cached);
    if recorded.state != State::Queued || !from_the_cache {
        return Err(format!("another path was taken: {recorded:?}").into());
    }
    Ok(took)
}

/// A desk without a network that knows everybody, and whose one activity has a price in the cache.
async fn desk(folder: &Path, numbers: &[UitpasNumber]) -> Result<Arc<Desk>, Box<dyn Error>> {
    let now = Moment::now();
    let snapshot = Snapshot::open(&folder.join("snapshot.db"), &Key::random()?).await?;
    for (index, number) in numbers.iter().enumerate() {
        snapshot.keep_pass(&pass(index, number, now), Some(chip(index)?)).await?;
    }
    let event = event(now);
    snapshot.keep_events(std::slice::from_ref(&event)).await?;
    for (_, regular) in PRICES {
        let tariff = TariffId("SOCIALTARIFF".to_owned());
        let answer = ServerAnswer::Granted { tariff, price: Cents(regular / 5), remaining: None };
        snapshot.keep_price(&event.id, Cents(regular), &PriceFact { answer, as_of: now }).await?;
    }
    let config = config()?;
    let ledger = Ledger::open(&folder.join("ledger.db"), &Key::random()?, config.environment, "B1").await?;
    let api = Api::new(config.endpoints.clone(), config.credentials.clone())?;
    let desk = Desk::open(config, ledger, snapshot, api, system_clock()).await?;
    // Nobody listens: the desk finds itself offline, and asks nothing more.
    if desk.refresh().await.is_ok() || desk.connection() != Connection::Offline {
        return Err("the desk is not offline".into());
    }
    desk.choose(&event.id).await?;
    Ok(desk)
}

fn config() -> Result<Config, Box<dyn Error>> {
    // A port that was free a moment ago, and where nobody listens now.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let nowhere = Endpoint::parse(&format!("http://127.0.0.1:{port}"))?;
    let endpoints = Endpoints { api: nowhere.clone(), search: nowhere.clone(), issuer: nowhere };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    let config = Config::new(Environment::Test, endpoints, credentials, OrganizerId(ORGANIZER.to_owned()));
    // Nothing is sent here, so all rounds together must stay within what may be open.
    let offline = OfflinePolicy { most_discount: Cents(i64::from(u32::MAX)), ..OfflinePolicy::default() };
    Ok(Config { offline, ..config })
}

fn event(now: Moment) -> Event {
    let region = CardSystem { id: REGION, name: "UiTPAS Regio Gent".to_owned() };
    Event {
        id: EventId(EVENT.to_owned()),
        title: TITLE.to_owned(),
        calendar: CalendarType::Permanent,
        starts: None,
        ends: None,
        schedule: Schedule::default(),
        prices: PRICES.map(|(label, cents)| PriceCategory { label: label.to_owned(), regular: Cents(cents) }).to_vec(),
        card_systems: Some(vec![region]),
        ticket_limit: Some(Limit { volume: 10, period: Period::Week }),
        check_in_limit: None,
        check_in_points: None,
        details_as_of: None,
        as_of: now,
    }
}

fn pass(index: usize, number: &UitpasNumber, now: Moment) -> Pass {
    Pass {
        passholder: PassholderId(passholder(index)),
        kind: PassKind::Individual,
        number: number.clone(),
        first_name: None,
        points: Some(42),
        status: PassTariffStatus::Active,
        ends: None,
        card_system: Some(CardSystem { id: REGION, name: "UiTPAS Regio Gent".to_owned() }),
        postal_code: None,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of: now,
    }
}

/// The card of somebody.
fn chip(index: usize) -> Result<ChipNumber, Box<dyn Error>> {
    let [one, two, three, four] = u32::try_from(index)?.to_be_bytes();
    Ok(ChipNumber::new([0x04, 0x36, 0x3C, one, two, three, four]))
}

fn passholder(index: usize) -> String {
    format!("7a3f0b52-61c4-4e0f-9d27-{index:012}")
}

/// As many valid numbers: everybody buys once, so that nobody's earlier tickets slow the later rounds.
fn numbers(count: usize) -> Vec<UitpasNumber> {
    let any = |stem: u64| (0..10).find_map(|digit| UitpasNumber::parse(&format!("{stem:012}{digit}")));
    (90_000_000_000_u64..).filter_map(any).take(count).collect()
}

/// The yardstick: an encrypted file with the options of the ledger, and one plain table.
async fn plain_table(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .pragma("key", format!("\"x'{}'\"", "5A".repeat(32)))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .pragma("secure_delete", "on")
        .pragma("cache_size", "-16384");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    sqlx::query(
        "create table plain (
             receipt integer primary key, prefix text, id blob, kind text, occurred integer, organizer text, event text,
             title text, number text, passholder text, tariff text, label text, regular integer, charged integer,
             source text, as_of integer) strict",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

/// Writes one row in one commit, and says how long that took.
async fn insert(plain: &SqlitePool, number: &UitpasNumber) -> Result<Duration, sqlx::Error> {
    let (id, passholder, now) = ([7_u8; 16], passholder(0), Moment::now().as_millisecond());
    let begin = Instant::now();
    sqlx::query("insert into plain values (null, 'B1', ?, 'sell', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'cached', ?)")
        .bind(id.as_slice())
        .bind(now)
        .bind(ORGANIZER)
        .bind(EVENT)
        .bind(TITLE)
        .bind(number.reveal())
        .bind(passholder)
        .bind("SOCIALTARIFF")
        .bind(PRICES[0].0)
        .bind(PRICES[0].1)
        .bind(PRICES[0].1 / 5)
        .bind(now)
        .execute(plain)
        .await?;
    Ok(begin.elapsed())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
