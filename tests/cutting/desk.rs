//! The same cuts under a whole desk: a real ledger, a real uploader that looks up what is in doubt, and what the entry says
//! afterwards.
//!
//! Only by reset and by close: a desk waits a quarter of a minute for an answer, and what a stall tells the client is
//! swept without the desk.

use super::Way;
use super::case::{Act, Case, Connection, Place, Protocol};
use super::line::{Direction, Line, Plan, Seen};
use super::verdict::Lengths;
use crate::scene::{Scene, YASMINA};
use balie_core::outbox::State;
use balie_store::entries::Recorded;

/// A reward of one point.
const REWARD: &str = "5687";

/// The acts that a desk is watched at, and whether the receipt goes along in the label.
const ACTS: [(Act, bool); 5] =
    [(Act::Sale, false), (Act::Sale, true), (Act::CheckIn, false), (Act::Redemption, false), (Act::Cancel, false)];

/// How long the desk is given to come back to it after each attempt, in seconds: longer than any wait of its own, and than a
/// doubt takes to settle.
const LATER: i64 = 600;

/// How often it comes back to it.
const ROUNDS: u32 = 3;

/// How the entries stood right after the cut. In the end all of them are settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entries {
    /// UiTPAS has it, and the entry says so.
    pub confirmed: u64,
    /// The entry is in doubt.
    pub in_doubt: u64,
    /// The entry waits to be sent: UiTPAS has nothing of it, or it is a cancellation, which may be sent again.
    pub queued: u64,
    /// What was to be taken out is out.
    pub taken_out: u64,
}

/// Plays cuts at so many places of the request and of the response of each act, and counts how the entries stood.
///
/// # Errors
/// At the first entry that does not say what UiTPAS holds.
pub async fn sample(places: u64) -> Result<Entries, String> {
    let mut entries = Entries::default();
    for (act, labelled) in ACTS {
        let lengths = lengths(act, labelled).await?;
        for place in [Place::Request, Place::Response] {
            let length = if place == Place::Request { lengths.request } else { lengths.response };
            for step in 0..places {
                let way = if step % 2 == 0 { Way::Reset } else { Way::Close };
                // With one place it is the last byte, otherwise also the first.
                let after = length * (step + u64::from(places == 1)) / (places - 1).max(1);
                let case = Case { act, protocol: Protocol::Http1, connection: Connection::Kept, way, place, after };
                play(&case, labelled, &mut entries).await.map_err(|why| format!("{case} at the desk: {why}"))?;
            }
        }
    }
    Ok(entries)
}

async fn lengths(act: Act, labelled: bool) -> Result<Lengths, String> {
    let desk = Desk::open(act, labelled).await?;
    let seen = desk.upload(Direction::Response, u64::MAX, Way::Close).await;
    match desk.scene.state(&desk.recorded).await {
        State::Confirmed | State::Cancelled => Ok(Lengths { request: seen.request, response: seen.response }),
        other => Err(format!("without a cut, the {act} is {other:?}")),
    }
}

async fn play(case: &Case, labelled: bool, entries: &mut Entries) -> Result<(), String> {
    let desk = Desk::open(case.act, labelled).await?;
    let direction = if case.place == Place::Request { Direction::Request } else { Direction::Response };
    let seen = desk.upload(direction, case.after, case.way).await;
    if !seen.failed {
        return Err("the line never came to fail".to_owned());
    }
    let state = desk.check().await?;
    match state {
        State::Confirmed if case.act != Act::Cancel => entries.confirmed += 1,
        State::Cancelled => entries.taken_out += 1,
        State::Queued | State::Confirmed => entries.queued += 1,
        _ => entries.in_doubt += 1,
    }
    for _ in 0..ROUNDS {
        // Another question shows that the line is good again, and what is in doubt is looked up.
        desk.scene.later(LATER).await;
        desk.check().await?;
    }
    match (case.act, desk.check().await?) {
        (Act::Cancel, State::Cancelled) => Ok(()),
        (Act::Cancel, state) => Err(format!("what was to be taken out is {state:?}")),
        (_, State::Confirmed) => Ok(()),
        (_, state) => Err(format!("in the end it is {state:?}")),
    }
}

/// A desk behind a line, with one act that waits to be sent.
struct Desk {
    scene: Scene,
    line: Line,
    act: Act,
    /// The entry; of a cancellation, the sale that is to be taken out.
    recorded: Recorded,
}

impl Desk {
    async fn open(act: Act, labelled: bool) -> Result<Self, String> {
        let mut line = Err("there is no line".to_owned());
        let scene = Scene::start_as(&[], |config| {
            config.receipt_in_label = labelled;
            let server = config.endpoints.api.to_string().trim_start_matches("http://").parse();
            line = server.map_err(|_| "not an address".to_owned()).and_then(|server| {
                let line = Line::before(server).map_err(|why| why.to_string())?;
                let api = balie_remote::endpoint::Endpoint::parse(&line.url()).map_err(|why| why.to_string())?;
                config.endpoints.api = api;
                Ok(line)
            });
        })
        .await;
        let line = line?;
        let tap = scene.tap(YASMINA).await.tap;
        let refused = |why: &dyn std::fmt::Debug| format!("the desk does not do it: {why:?}");
        let recorded = match act {
            Act::CheckIn => scene.desk.check_in(tap).await.map_err(|why| refused(&why))?,
            Act::Redemption => {
                let offered = scene.person().rewards.into_iter().find(|offered| offered.reward.id.0 == REWARD);
                let id = offered.ok_or("the reward is not offered")?.id;
                scene.desk.redeem(tap, id).await.map_err(|why| refused(&why))?
            }
            Act::Sale | Act::Group | Act::Cancel => scene.try_to_sell().await.map_err(|why| refused(&why))?,
        };
        if act == Act::Cancel {
            scene.upload().await;
            scene.desk.undo(recorded.entry.id).await.map_err(|why| refused(&why))?;
        }
        Ok(Self { scene, line, act, recorded })
    }

    /// Lets the desk send it, over a line that fails.
    async fn upload(&self, direction: Direction, after: u64, way: Way) -> Seen {
        let from = match self.act {
            Act::Sale | Act::Group => "POST /ticket-sales ",
            Act::CheckIn => "POST /checkins ",
            Act::Redemption => "POST /rewards/redeemed ",
            Act::Cancel => "DELETE /ticket-sales/",
        };
        self.line.plan(Plan { direction, after, way, from });
        self.scene.upload().await;
        self.line.seen()
    }

    /// Holds the entry against UiTPAS.
    async fn check(&self) -> Result<State, String> {
        let sandbox = &self.scene.sandbox;
        let held: Vec<String> = match self.act {
            Act::CheckIn => sandbox.checkins().into_iter().map(|held| held.id).collect(),
            Act::Redemption => sandbox.redemptions().into_iter().map(|held| held.id).collect(),
            Act::Sale | Act::Group | Act::Cancel => sandbox.ticket_sales().into_iter().map(|held| held.id).collect(),
        };
        let state = self.scene.state(&self.recorded).await;
        let wrong = |why: &str| Err(format!("the entry is {state:?}, and UiTPAS holds {held:?}: {why}"));
        if held.len() > 1 {
            return wrong("one act, two records");
        }
        match state {
            State::Refused => wrong("nothing was refused here"),
            State::Queued | State::Cancelled if !held.is_empty() => wrong("it is there"),
            State::Confirmed if self.act != Act::Cancel && self.scene.server_ids(&self.recorded).await != held => {
                wrong("the entry has another record")
            }
            state => Ok(state),
        }
    }
}
