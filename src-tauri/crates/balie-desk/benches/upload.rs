//! How fast a backlog goes to UiTPAS: the real desk, its real files, and the stand-in over real HTTP, which answers each
//! request after 50 ms.
//!
//! The yardstick is what the line can carry: the largest batch, on as many connections as a desk has, once a round trip. The
//! round trip is measured beside it in the same run, with the same requests from the same client and no desk around it. The
//! politeness limit is lifted, or it would be what is measured.

use balie_core::entry::{Act, EntryId, Holder, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::life::MOST_IN_A_BATCH;
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::policy::OfflinePolicy;
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_desk::config::Config;
use balie_desk::desk::{Desk, system_clock};
use balie_remote::access::Credentials;
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use balie_remote::outcome::Outcome;
use balie_remote::ticket_sales::SaleToSend;
use balie_sandbox::{FaultAction, FaultRule, Sandbox, TestCard};
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::snapshot::Snapshot;
use jiff::SignedDuration;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// At least 95 of 100 of what the line can carry: the upload may take so many times as long as the round trips.
const TARGET: f64 = 100.0 / 95.0;
const ANSWER_AFTER_MS: u64 = 50;
const CONNECTIONS: usize = 2;
/// How many requests go over each connection in a round.
const REQUESTS: usize = 40;
const ROUNDS: usize = 3;
const BATCH: usize = MOST_IN_A_BATCH as usize;
const PEOPLE: usize = BATCH * CONNECTIONS * REQUESTS;

const SHOW: &str = "5a0967f9-cc06-4c3c-9206-30481a767434";
const ORGANIZER: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";
const TARIFF: &str = "SOCIALTARIFF";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Beside the program and not in the folder for temporary files, which often is no disk at all: a commit must cost.
    let program = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(program.parent().ok_or("the program is in no folder")?)?;
    let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let people = sandbox.welcome(PEOPLE);
    let config = config(&sandbox.url())?;
    let ledger = Ledger::open(&folder.path().join("ledger.db"), &Key::random()?, config.environment, "B1").await?;
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random()?).await?;
    let bare = Api::new(config.endpoints.clone(), config.credentials.clone())?;
    sandbox.add_fault(FaultRule::new(FaultAction::Delay, "/ticket-sales").method("POST").delay_ms(ANSWER_AFTER_MS));
    let (mut trips, mut uploads) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        trips.extend(round_trips(&bare, &people).await?);
        for (position, card) in people.iter().enumerate() {
            record(&ledger, card, (round, position)).await?;
        }
        let api = Api::new(config.endpoints.clone(), config.credentials.clone())?;
        let desk = Desk::open(config.clone(), ledger.clone(), snapshot.clone(), api, system_clock()).await?;
        uploads.push(upload(&desk, &sandbox).await?);
    }
    let (trip, upload) = (median(&mut trips).as_secs_f64(), median(&mut uploads).as_secs_f64());
    let ratio = upload / (trip * REQUESTS as f64);
    let rate = |seconds: f64| PEOPLE as f64 / seconds;
    println!("round trip  p50 {:.2} ms of {BATCH} sales, {CONNECTIONS} at once", trip * 1e3);
    println!(
        "upload      p50 {:.0} sales a second; the line carries {:.0}, or {:.0} if it took no more than {ANSWER_AFTER_MS} ms",
        rate(upload),
        rate(trip * REQUESTS as f64),
        rate(ANSWER_AFTER_MS as f64 / 1e3 * REQUESTS as f64),
    );
    println!("FIGURE name=upload ratio={ratio:.3} target={TARGET:.3}");
    Ok(())
}

/// Sends as many batches as the desk will, over as many connections, and gives how long each took.
async fn round_trips(bare: &Api, people: &[TestCard]) -> Result<Vec<Duration>, Box<dyn Error>> {
    let batches: Vec<&[TestCard]> = people.chunks(BATCH).collect();
    let (one, other) = batches.split_at(batches.len() / 2);
    // The token is fetched before anything is measured.
    send(bare, &[&people[..1]]).await?;
    let (one, other) = tokio::join!(send(bare, one), send(bare, other));
    Ok([one?, other?].concat())
}

async fn send(bare: &Api, batches: &[&[TestCard]]) -> Result<Vec<Duration>, Box<dyn Error>> {
    let (tariff, mut took) = (TariffId(TARIFF.to_owned()), Vec::with_capacity(batches.len()));
    for batch in batches {
        let sales = batch.iter().map(sale).collect::<Result<Vec<_>, _>>()?;
        let sales: Vec<SaleToSend<'_>> =
            sales.iter().map(|sale| SaleToSend { sale, tariff: &tariff, label: &sale.label }).collect();
        let begin = Instant::now();
        let outcome = bare.register_all(&sales).await;
        took.push(begin.elapsed());
        if !matches!(outcome, Outcome::Accepted(_)) {
            return Err(format!("the stand-in did not accept a batch: {outcome:?}").into());
        }
    }
    Ok(took)
}

/// Lets the desk send everything, and says how long it took until all of it was on the disk as sent. After that the desk
/// looks up a few of them, which is not counted.
async fn upload(desk: &Arc<Desk>, sandbox: &Sandbox) -> Result<Duration, Box<dyn Error>> {
    desk.refresh().await?;
    let asked = || (sandbox.request_count("POST", "/ticket-sales"), sandbox.request_count("GET", "/ticket-sales"));
    let (sent, looked) = asked();
    let begin = Instant::now();
    let uploading = tokio::spawn({
        let desk = Arc::clone(desk);
        async move { desk.upload_all().await }
    });
    while asked().1 == looked && !uploading.is_finished() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = begin.elapsed();
    uploading.await?;
    let (open, requests) = (desk.counts().await?, asked().0 - sent);
    if open.to_send + open.to_check > 0 || requests != u64::try_from(CONNECTIONS * REQUESTS)? || asked().1 == looked {
        return Err(format!("another path was taken: {open:?} after {requests} requests").into());
    }
    Ok(took)
}

/// Notes a sale of ten minutes ago, for which nobody waits any more.
async fn record(ledger: &Ledger, card: &TestCard, place: (usize, usize)) -> Result<(), Box<dyn Error>> {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&u64::try_from(place.0)?.to_be_bytes());
    id[8..].copy_from_slice(&u64::try_from(place.1)?.to_be_bytes());
    let occurred = Moment::now().checked_sub(SignedDuration::from_mins(10))?;
    ledger.record(EntryId(id), &Act::Sale(sale(card)?), occurred).await?;
    Ok(())
}

fn sale(card: &TestCard) -> Result<TicketSale, Box<dyn Error>> {
    Ok(TicketSale {
        holder: Holder {
            number: UitpasNumber::parse(&card.number).ok_or("the card has no good number")?,
            passholder: PassholderId(format!("of {}", card.number)),
            organizer: OrganizerId(ORGANIZER.to_owned()),
        },
        event: EventId(SHOW.to_owned()),
        event_title: "Avondvoorstelling: De kersentuin".to_owned(),
        tariff: Some(TariffId(TARIFF.to_owned())),
        label: "Basistarief".to_owned(),
        quantity: 1,
        regular: Cents(1_000),
        charged: Cents(200),
        source: PriceSource::Cached,
        price_as_of: Moment::now(),
    })
}

fn config(url: &str) -> Result<Config, Box<dyn Error>> {
    let endpoints = Endpoints {
        api: Endpoint::parse(url)?,
        search: Endpoint::parse(&format!("{url}/search"))?,
        issuer: Endpoint::parse(&format!("{url}/realms/uitid"))?,
    };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    let config = Config::new(Environment::Test, endpoints, credentials, OrganizerId(ORGANIZER.to_owned()));
    let offline = OfflinePolicy { most_discount: Cents(i64::from(u32::MAX)), ..OfflinePolicy::default() };
    Ok(Config { offline, requests_per_second: 10_000, ..config })
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
