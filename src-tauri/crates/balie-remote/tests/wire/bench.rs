//! A client and a stand-in of its own.

use balie_core::entry::{CheckIn, Holder, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{Identifier, Pass, PassholderId, UitpasNumber};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_remote::access::Credentials;
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use balie_remote::outcome::Outcome;
use balie_remote::passes::PassAnswer;
use balie_sandbox::Sandbox;

pub(crate) const HUNDRED_A_WEEK: &str = "5a0967f9-cc06-4c3c-9206-30481a767434";
pub(crate) const YASMINA: &str = "0900000067513";
pub(crate) const GROUP: &str = "0900000045410";

/// A quiet Saturday at noon, which no calendar of the stand-in ends on.
pub(crate) const NOON: &str = "2026-11-21T11:00:00Z";

pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) api: Api,
}

impl Bench {
    pub(crate) async fn open() -> Self {
        Self::with_secret(Some("geheim".to_owned())).await
    }

    /// Where the client has no secret, so that somebody has to sign in.
    pub(crate) async fn open_for_people() -> Self {
        Self::with_secret(None).await
    }

    async fn with_secret(client_secret: Option<String>) -> Self {
        let sandbox = Sandbox::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        sandbox.set_now(Some(now()));
        let endpoint = |path: &str| Endpoint::parse(&format!("{}{path}", sandbox.url())).unwrap();
        let endpoints = Endpoints { api: endpoint(""), search: endpoint("/search"), issuer: endpoint("/realms/uitid") };
        let credentials = Credentials { client_id: "balie".to_owned(), client_secret };
        let api = Api::new(endpoints, credentials).unwrap();
        Self { sandbox, api }
    }

    pub(crate) async fn pass(&self, digits: &str) -> Pass {
        match self.api.pass(&Identifier::Number(number(digits)), now()).await.unwrap() {
            PassAnswer::Known(pass) => pass,
            refused @ PassAnswer::Refused { .. } => panic!("{refused:?}"),
        }
    }

    pub(crate) async fn points(&self, digits: &str) -> i64 {
        self.pass(digits).await.points.unwrap()
    }

    pub(crate) async fn holder(&self, digits: &str) -> Holder {
        Holder { number: number(digits), passholder: self.pass(digits).await.passholder, organizer: organizer() }
    }
}

pub(crate) fn now() -> Moment {
    NOON.parse().unwrap()
}

pub(crate) fn number(digits: &str) -> UitpasNumber {
    UitpasNumber::parse(digits).unwrap()
}

pub(crate) fn organizer() -> OrganizerId {
    OrganizerId("0ce87cbc-9299-4528-8d35-92225dc9489f".to_owned())
}

pub(crate) fn event(id: &str) -> EventId {
    EventId(id.to_owned())
}

pub(crate) fn nobody() -> PassholderId {
    PassholderId("00000000-0000-0000-0000-000000000000".to_owned())
}

pub(crate) fn social_tariff() -> TariffId {
    TariffId("SOCIALTARIFF".to_owned())
}

pub(crate) fn sale(holder: Holder, quantity: u32) -> TicketSale {
    TicketSale {
        holder,
        event: event(HUNDRED_A_WEEK),
        event_title: "Voorstelling".to_owned(),
        tariff: None,
        label: "Basistarief".to_owned(),
        quantity,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Live,
        price_as_of: now(),
    }
}

pub(crate) fn check_in(holder: Holder) -> CheckIn {
    CheckIn {
        holder,
        event: event(HUNDRED_A_WEEK),
        event_title: "Voorstelling".to_owned(),
        points: 1,
        deadline: None,
        as_of: now(),
    }
}

pub(crate) fn redemption(holder: Holder, reward: &str, points: i64) -> Redemption {
    let reward = RewardId(reward.to_owned());
    Redemption { holder, reward, title: "Voordeel".to_owned(), kind: RewardKind::Points, points, as_of: now() }
}

pub(crate) fn accepted<T: std::fmt::Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Accepted(registered) => registered,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refused<T: std::fmt::Debug>(outcome: Outcome<T>) -> balie_remote::problem::Problem {
    match outcome {
        Outcome::Refused(problem) => problem,
        other => panic!("{other:?}"),
    }
}
