//! A client, a line and a stand-in, on which one cut after the other is played.

use super::case::{Act, Case, Connection, Place, Protocol};
use super::line::{Direction, Line, Plan, Seen};
use super::verdict::{Lengths, Said, Truth};
use super::{Trouble, Way};
use balie_core::entry::{CheckIn, Holder, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_remote::access::Credentials;
use balie_remote::cancels::Cancelled;
use balie_remote::client::{Api, Endpoints, Manner};
use balie_remote::endpoint::Endpoint;
use balie_remote::outcome::Outcome;
use balie_sandbox::Sandbox;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpSocket;

/// A show of 10 euro, a hundred times a week for each passholder.
const SHOW: &str = "5a0967f9-cc06-4c3c-9206-30481a767434";
const YASMINA: &str = "0900000067513";
const GROUP: &str = "0900000045410";
const TARIFF: &str = "SOCIALTARIFF";
/// A reward of one point.
const REWARD: &str = "5687";
const ORGANIZER: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";
const NOON: &str = "2026-11-21T11:00:00Z";

/// How often a cut is played when it does not go as planned: a client in a hurry may give up before the line fails, and
/// is given twice the time at each try.
const TRIES: u32 = 6;

/// How many questions a client may ask until one is answered.
const QUESTIONS: u32 = 8;

/// More turns than any task here needs between hearing of an end and being done with it.
const TURNS: u32 = 64;

/// What became of one cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What the client said.
    pub said: Said,
    /// What the stand-in knows.
    pub truth: Truth,
    /// What the line saw.
    pub seen: Seen,
    /// Whether the client reached UiTPAS afterwards, over another connection.
    pub goes_on: bool,
}

/// A client, a line and a stand-in of its own. Everything runs on one thread, so that "all have noticed" can be waited for.
pub struct Stage {
    sandbox: Sandbox,
    line: Line,
    protocol: Protocol,
    /// Waits as long as a desk does.
    patient: Api,
    /// Gives up soon, so that a stall does not take all day.
    hasty: Api,
    stall: Duration,
    /// Is sent where nobody listens.
    lost: Api,
    /// Keeps the port on which nobody listens.
    _nobody: TcpSocket,
}

impl Stage {
    /// Sets up a stage where this is spoken, with a hasty client that gives up after `stall`.
    ///
    /// # Errors
    /// When no port can be listened on, or the client cannot be made.
    pub async fn open(protocol: Protocol, stall: Duration) -> Result<Self, Trouble> {
        let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let line = Line::before(sandbox.url().trim_start_matches("http://").parse()?)?;
        let nobody = TcpSocket::new_v4()?;
        nobody.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let nowhere = format!("http://{}", nobody.local_addr()?);
        let manner = Manner { http2: protocol == Protocol::Http2, ..Manner::default() };
        let hasty = client(&sandbox, &line.url(), Manner { upload: stall, ..manner })?;
        let (patient, lost) = (client(&sandbox, &line.url(), manner)?, client(&sandbox, &nowhere, manner)?);
        Ok(Self { sandbox, line, protocol, patient, stall, hasty, lost, _nobody: nobody })
    }

    /// How long the request and the response of an act are.
    ///
    /// # Errors
    /// When the act does not succeed without a cut.
    pub async fn lengths(&self, act: Act, connection: Connection) -> Result<Lengths, Trouble> {
        let case =
            Case { act, protocol: self.protocol, connection, way: Way::Close, place: Place::Response, after: u64::MAX };
        let Played { said, seen, .. } = self.play_once(&case).await?;
        match said {
            Said::Accepted(_) => Ok(Lengths { request: seen.request, response: seen.response }),
            other => Err(format!("without a cut, the client says {other:?} about {act}").into()),
        }
    }

    /// Plays one cut.
    ///
    /// # Errors
    /// When the stage cannot be set for it.
    pub async fn play(&mut self, case: &Case, lengths: Lengths) -> Result<Played, Trouble> {
        let mut tried = 1;
        let played = loop {
            let played = self.play_once(case).await;
            match played {
                Ok(played) if went_as_planned(case, lengths, &played) => break Ok(played),
                // It is what the client did that counts, also when that was not foreseen.
                Ok(played) if tried == TRIES && (played.seen.failed || !played.goes_on) => break Ok(played),
                Ok(_) if tried == TRIES => break Err(format!("the line never came to fail in {case}").into()),
                Err(why) if tried == TRIES => break Err(why),
                Ok(_) | Err(_) => self.hasty = self.client(self.stall * 2_u32.pow(tried))?,
            }
            tried += 1;
        };
        if tried > 1 {
            self.hasty = self.client(self.stall)?;
        }
        played
    }

    /// A client that reaches UiTPAS over the line.
    fn client(&self, upload: Duration) -> Result<Api, Trouble> {
        client(&self.sandbox, &self.line.url(), Manner { upload, http2: self.protocol == Protocol::Http2 })
    }

    async fn play_once(&self, case: &Case) -> Result<Played, Trouble> {
        let api = match case {
            Case { place: Place::Connect, .. } => &self.lost,
            Case { way: Way::Stall, .. } => &self.hasty,
            _ => &self.patient,
        };
        let record = self.prepare(api, case).await?;
        let direction = if case.place == Place::Request { Direction::Request } else { Direction::Response };
        let after = if counts_bytes(case.place) { case.after } else { u64::MAX };
        self.line.plan(Plan { direction, after, way: case.way, from: "" });
        let hanging_up = async {
            if case.place == Place::Idle {
                turns(case.after).await;
                self.line.hang_up(case.way);
            }
        };
        let (said, ()) = tokio::join!(carry_out(api, case.act, record.as_deref()), hanging_up);
        settle().await;
        let seen = self.line.seen();
        let truth = self.truth(case.act, record.as_deref());
        // After a stall nobody tells the client that its connection is dead: it must find out.
        let goes_on = case.way != Way::Stall || self.warm(api).await.is_ok();
        Ok(Played { said, truth, seen, goes_on })
    }

    /// A new morning at UiTPAS, and the connection that the act is to go on. Gives the record that is to be taken out.
    async fn prepare(&self, api: &Api, case: &Case) -> Result<Option<String>, Trouble> {
        self.line.seen();
        self.sandbox.reset();
        self.sandbox.set_now(Some(NOON.parse()?));
        self.line.hang_up(Way::Close);
        settle().await;
        let mut record = None;
        if case.act == Act::Cancel {
            match carry_out(&self.patient, Act::Sale, None).await {
                Said::Accepted(ids) => record = ids.into_iter().next(),
                other => return Err(format!("the sale to be taken out is {other:?}").into()),
            }
            self.line.hang_up(Way::Close);
            settle().await;
        }
        if case.connection == Connection::Kept {
            self.warm(api).await?;
        }
        Ok(record)
    }

    /// Lets a connection carry a question first. A client in a hurry may need more than one go at it.
    async fn warm(&self, api: &Api) -> Result<(), Trouble> {
        let mut asked = api.permissions().await;
        for _ in 1..QUESTIONS {
            if asked.is_ok() {
                break;
            }
            asked = api.permissions().await;
        }
        asked?;
        settle().await;
        Ok(())
    }

    fn truth(&self, act: Act, record: Option<&str>) -> Truth {
        let (path, held) = match act {
            Act::Sale | Act::Group => ("/ticket-sales".to_owned(), self.sales()),
            Act::CheckIn => ("/checkins".to_owned(), self.sandbox.checkins().into_iter().map(|held| held.id).collect()),
            Act::Redemption => {
                ("/rewards/redeemed".to_owned(), self.sandbox.redemptions().into_iter().map(|held| held.id).collect())
            }
            Act::Cancel => (format!("/ticket-sales/{}", record.unwrap_or_default()), self.sales()),
        };
        let method = if act == Act::Cancel { "DELETE" } else { "POST" };
        Truth { held, requests: self.sandbox.request_count(method, &path) }
    }

    fn sales(&self) -> Vec<String> {
        self.sandbox.ticket_sales().into_iter().map(|held| held.id).collect()
    }
}

/// A client of this stand-in at this address.
fn client(sandbox: &Sandbox, url: &str, manner: Manner) -> Result<Api, Trouble> {
    let api = Endpoint::parse(url)?;
    // Signing in goes round the line: the bytes that are counted are those of the act.
    let issuer = Endpoint::parse(&format!("{}/realms/uitid", sandbox.url()))?;
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    Ok(Api::with_manner(Endpoints { search: api.clone(), api, issuer }, credentials, manner)?)
}

/// Whether the line failed where it was told to, on the connection that was meant, and the client got over it.
fn went_as_planned(case: &Case, lengths: Lengths, played: &Played) -> bool {
    let seen = played.seen;
    let whole = if case.place == Place::Request { lengths.request } else { lengths.response };
    // What follows a request over HTTP/2, such as an acknowledgement, does not always come.
    let may_not_come = case.protocol == Protocol::Http2 && case.after > whole / 2 && seen.handed_over > 0;
    let on_the_right_one = seen.opened == u64::from(case.connection == Connection::Fresh);
    !counts_bytes(case.place) || ((seen.failed || may_not_come) && on_the_right_one && played.goes_on)
}

fn counts_bytes(place: Place) -> bool {
    matches!(place, Place::Request | Place::Response)
}

/// Waits until everybody has noticed what happened to the connections. On one thread, time passes only when nobody has
/// anything to do, and then the news of the sockets is read; the turns are for what the news sets going.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
    turns(u64::from(TURNS)).await;
}

async fn turns(count: u64) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

pub(super) async fn carry_out(api: &Api, act: Act, record: Option<&str>) -> Said {
    match act {
        Act::Sale => said(register(api, YASMINA, 1).await, |ids| ids),
        Act::Group => said(register(api, GROUP, 3).await, |ids| ids),
        Act::CheckIn => {
            let Some(holder) = holder(YASMINA) else { return Said::NotProcessed };
            let (event, event_title) = (EventId(SHOW.to_owned()), "Voorstelling".to_owned());
            let as_of = Moment::UNIX_EPOCH;
            let check_in = CheckIn { holder, event, event_title, points: 1, deadline: None, as_of };
            said(api.check_in(&check_in).await, |registered| vec![registered.id])
        }
        Act::Redemption => {
            let Some(holder) = holder(YASMINA) else { return Said::NotProcessed };
            let (reward, title) = (RewardId(REWARD.to_owned()), "Voordeel".to_owned());
            let (kind, as_of) = (RewardKind::Points, Moment::UNIX_EPOCH);
            let redemption = Redemption { holder, reward, title, kind, points: 1, as_of };
            said(api.redeem(&redemption).await, |registered| vec![registered.id])
        }
        Act::Cancel => said(api.cancel(Cancelled::TicketSale, record.unwrap_or_default()).await, |_| Vec::new()),
    }
}

async fn register(api: &Api, number: &str, quantity: u32) -> Outcome<Vec<String>> {
    let Some(holder) = holder(number) else { return Outcome::NotSent };
    let sale = TicketSale {
        holder,
        event: EventId(SHOW.to_owned()),
        event_title: "Voorstelling".to_owned(),
        tariff: None,
        label: "Basistarief".to_owned(),
        quantity,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Live,
        price_as_of: Moment::UNIX_EPOCH,
    };
    let outcome = api.register(&sale, &TariffId(TARIFF.to_owned())).await;
    outcome.map(|rows| rows.into_iter().map(|row| row.id).collect())
}

fn holder(number: &str) -> Option<Holder> {
    let number = UitpasNumber::parse(number)?;
    Some(Holder { number, passholder: PassholderId(String::new()), organizer: OrganizerId(ORGANIZER.to_owned()) })
}

fn said<T>(outcome: Outcome<T>, ids: impl FnOnce(T) -> Vec<String>) -> Said {
    match outcome {
        Outcome::Accepted(registered) => Said::Accepted(ids(registered)),
        Outcome::NotSent => Said::NotSent,
        Outcome::NotProcessed(_) => Said::NotProcessed,
        Outcome::Refused(_) => Said::Refused,
        Outcome::Unknown(_) => Said::Unknown,
    }
}
