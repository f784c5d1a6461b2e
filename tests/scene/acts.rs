//! The kinds of acts that go to UiTPAS, each done in taps, and told apart at UiTPAS.

use balie_core::outbox::State;
use balie_desk::to_check::{Case, Why};
use balie_store::entries::Recorded;

use super::{NOOR, Scene, YASMINA};

/// The published online reward: one point, ten times a day, with a code.
const ONLINE: &str = "5824";

/// A kind of act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A ticket of Yasmina.
    Sale,
    /// Tickets of Yasmina and of Noor, old enough to go together.
    Batch,
    /// A point of Yasmina.
    CheckIn,
    /// A reward of Yasmina.
    Redeem,
    /// A ticket of Yasmina, which UiTPAS has, is taken back.
    Cancel,
}

/// What was done and waits to be sent.
#[derive(Debug, Clone)]
pub struct Done {
    /// Of which kind.
    pub kind: Kind,
    /// What is to be sent.
    pub entries: Vec<Recorded>,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Sale, Self::Batch, Self::CheckIn, Self::Redeem, Self::Cancel];

    /// Every kind that makes records.
    pub const MAKING: [Self; 4] = [Self::Sale, Self::Batch, Self::CheckIn, Self::Redeem];

    /// The method of its request.
    pub const fn method(self) -> &'static str {
        if matches!(self, Self::Cancel) { "DELETE" } else { "POST" }
    }

    /// The path of its request, or how it begins.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Sale | Self::Batch | Self::Cancel => "/ticket-sales",
            Self::CheckIn => "/checkins",
            Self::Redeem => "/rewards/redeemed",
        }
    }

    /// How many records UiTPAS must have when all is done.
    pub const fn wanted(self) -> usize {
        match self {
            Self::Sale | Self::CheckIn | Self::Redeem => 1,
            Self::Batch => 2,
            Self::Cancel => 0,
        }
    }
}

impl Done {
    /// How many records of this kind UiTPAS has.
    pub fn there(&self, scene: &Scene) -> usize {
        match self.kind {
            Kind::Sale | Kind::Batch | Kind::Cancel => scene.held(),
            Kind::CheckIn => scene.sandbox.checkins().len(),
            Kind::Redeem => scene.sandbox.redemptions().len(),
        }
    }

    /// How often it was sent.
    pub fn sent(&self, scene: &Scene) -> u64 {
        scene.sandbox.request_count_below(self.kind.method(), self.kind.path())
    }

    /// How its entries stand.
    pub async fn states(&self, scene: &Scene) -> Vec<State> {
        let mut states = Vec::new();
        for entry in &self.entries {
            states.push(scene.state(entry).await);
        }
        states
    }

    /// Whether all of its entries stand like this.
    pub async fn all(&self, scene: &Scene, state: State) -> bool {
        self.states(scene).await.iter().all(|each| *each == state)
    }
}

impl Scene {
    /// Does an act of this kind, and sends nothing of it.
    pub async fn act(&self, kind: Kind) -> Done {
        let person = self.tap(YASMINA).await;
        let mut entries = match kind {
            Kind::Sale | Kind::Batch | Kind::Cancel => vec![self.sell_first().await],
            Kind::CheckIn => vec![self.desk.check_in(person.tap).await.unwrap()],
            Kind::Redeem => {
                let offered = person.rewards.iter().find(|offered| offered.reward.id.0 == ONLINE).unwrap();
                vec![self.desk.redeem(person.tap, offered.id).await.unwrap()]
            }
        };
        if kind == Kind::Batch {
            self.tap(NOOR).await;
            entries.push(self.sell_first().await);
            // Nobody waits for them any more.
            self.pass_time(61);
            self.desk.refresh().await.unwrap();
        }
        if kind == Kind::Cancel {
            self.upload().await;
            entries = vec![self.desk.undo(entries[0].entry.id).await.unwrap()];
        }
        Done { kind, entries }
    }

    /// Lets so much time pass, with all the looks in between, that everything is settled that settles by itself.
    pub async fn settle(&self) {
        for seconds in [3, 10, 30, 130, 310, 310] {
            self.later(seconds).await;
        }
    }

    /// Lets the looks of the same day and of the next morning pass: what is there twice comes to light.
    pub async fn settle_for_good(&self) {
        self.settle().await;
        for seconds in [3_700, 20_000, 52_100, 3_700] {
            self.later(seconds).await;
        }
    }

    /// What a person must look at about an entry; nothing when there is nothing.
    pub async fn case(&self, recorded: &Recorded) -> Option<Case> {
        let found = self.desk.to_check().await.unwrap();
        found.cases.into_iter().find(|case| case.recorded.entry.id == recorded.entry.id)
    }

    /// Why a person must look at an entry, which must be so.
    pub async fn why(&self, recorded: &Recorded) -> Why {
        self.case(recorded).await.unwrap().why
    }
}
