//! Redeeming rewards: every constraint in the order of UiTPAS, and how far the desk goes without it.

use super::read::{card, card_system, kind, limit, moment, pass, uses};
use super::table::{Held, check, named, reaches, read};
use balie_core::event::OrganizerId;
use balie_core::pass::Pass;
use balie_core::points::Balance;
use balie_core::refusal::Reason;
use balie_core::reward::{
    NoExchange, OfflineRewards, RedeemAnswer, RedeemFact, RedeemFacts, RedeemReason, Reward, RewardId, RewardKind,
    redeem,
};
use balie_core::time::Moment;
use serde::Deserialize;

const NOW: &str = "2026-11-21 14:00+01:00";
const PASS_AS_OF: &str = "2026-11-21 09:00+01:00";
const REWARD_AS_OF: &str = "2026-11-21 08:00+01:00";
const BALANCE_AS_OF: &str = "2026-11-21 10:00+01:00";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

/// What is left out is as in the first row of the file: a reward of five points, ten of them there, nothing set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    source: String,
    now: Option<String>,
    reward: Option<String>,
    #[serde(default)]
    welcome: bool,
    cost: Option<i64>,
    active: Option<bool>,
    from: Option<String>,
    until: Option<String>,
    /// The regions that it is for; absent for all.
    regions: Option<Vec<i64>>,
    /// The region of the pass; 0 where it is not known.
    pass_region: Option<i64>,
    /// Where it can be redeemed; this desk is `here`.
    #[serde(default)]
    organizers: Vec<String>,
    limit: Option<String>,
    stock: Option<i64>,
    taken: Option<i64>,
    #[serde(default)]
    online: bool,
    #[serde(default)]
    group: bool,
    card: Option<String>,
    #[serde(default)]
    uses: Vec<String>,
    balance: Option<i64>,
    #[serde(default)]
    no_balance: bool,
    balance_as_of: Option<String>,
    /// `yes`, or the reason of UiTPAS.
    live: Option<String>,
    live_as_of: Option<String>,
    seen_as_granted: Option<String>,
    uncounted_spending: Option<i64>,
    /// `off`, `all`, or the most points.
    offline: Option<String>,
    points: Option<i64>,
    before: Option<i64>,
    after: Option<i64>,
    is_live: Option<bool>,
    reason: Option<String>,
    missing: Option<i64>,
    most: Option<i64>,
    at: Option<String>,
    said: Option<String>,
    as_of: Option<String>,
}

fn why(text: &str) -> RedeemReason {
    match text {
        "INVALID_CARD" => RedeemReason::InvalidCard,
        "PASSHOLDER_VOLUME" => RedeemReason::PassholderVolume,
        "PASSHOLDER_POINTS" => RedeemReason::PassholderPoints,
        "REWARD_PERIOD" => RedeemReason::RewardPeriod,
        "REWARD_VOLUME" => RedeemReason::RewardVolume,
        "PASSHOLDER_APPLICABLE_CARDSYSTEMS" => RedeemReason::CardSystems,
        "PASSHOLDER_NO_ACTIVE_CARDSYSTEM" => RedeemReason::NoActiveCardSystem,
        "OTHER" => RedeemReason::Other,
        other => panic!("{other:?} is no reason of UiTPAS"),
    }
}

impl Row {
    fn reward(&self) -> Reward {
        Reward {
            id: RewardId(self.reward.clone().unwrap_or_else(|| "5687".to_owned())),
            title: "Koffie".to_owned(),
            kind: if self.welcome { RewardKind::Welcome } else { RewardKind::Points },
            points: self.cost.unwrap_or(if self.welcome { 0 } else { 5 }),
            active: self.active.unwrap_or(true),
            from: self.from.as_deref().map(moment),
            until: self.until.as_deref().map(moment),
            card_systems: self.regions.as_ref().map(|regions| regions.iter().map(|id| card_system(*id)).collect()),
            organizers: self.organizers.iter().cloned().map(OrganizerId).collect(),
            limit: self.limit.as_deref().map(limit),
            stock: self.stock,
            taken: self.taken.unwrap_or(0),
            online: self.online,
            practical: None,
            as_of: moment(REWARD_AS_OF),
        }
    }

    fn pass(&self) -> Pass {
        let region = self.pass_region.unwrap_or(1);
        Pass {
            kind: kind(self.group),
            card: card(self.card.as_deref()),
            card_system: (region != 0).then(|| card_system(region)),
            ..pass(moment(PASS_AS_OF))
        }
    }

    fn balance(&self) -> Option<Balance> {
        let as_of = moment(self.balance_as_of.as_deref().unwrap_or(BALANCE_AS_OF));
        (!self.no_balance).then(|| Balance { points: self.balance.unwrap_or(10), as_of })
    }

    fn live(&self) -> Option<RedeemFact> {
        let answer = match self.live.as_deref()? {
            "yes" => RedeemAnswer::Redeemable,
            no => RedeemAnswer::NotRedeemable { why: why(no), said: Some("Nee.".to_owned()) },
        };
        Some(RedeemFact { answer, as_of: moment(self.live_as_of.as_deref().unwrap_or(NOW)) })
    }

    fn offline(&self) -> OfflineRewards {
        match self.offline.as_deref() {
            None => OfflineRewards::default(),
            Some("off") => OfflineRewards::Off,
            Some("all") => OfflineRewards::All,
            Some(most) => OfflineRewards::UpTo(most.parse().unwrap()),
        }
    }
}

/// What a reason carries: missing or most points, a moment, and what UiTPAS said.
#[derive(Default)]
struct Carried<'a> {
    missing: Option<i64>,
    most: Option<i64>,
    at: Option<Moment>,
    said: Option<&'a str>,
}

fn carried(reason: Option<&NoExchange>) -> Carried<'_> {
    let nothing = Carried::default();
    match reason {
        Some(NoExchange::NotEnoughPoints { missing }) => Carried { missing: Some(*missing), ..nothing },
        Some(NoExchange::OfflineTooMany { most }) => Carried { most: Some(*most), ..nothing },
        Some(NoExchange::TooEarly { opens: at } | NoExchange::TooLate { closed: at }) => {
            Carried { at: Some(*at), ..nothing }
        }
        Some(NoExchange::NotAllowed { said, .. }) => Carried { said: said.as_deref(), ..nothing },
        _ => nothing,
    }
}

fn judge(row: &Row) -> Result<(), String> {
    let (pass, reward, uses, live) = (row.pass(), row.reward(), uses(&row.uses), row.live());
    let facts = RedeemFacts {
        pass: &pass,
        reward: &reward,
        organizer: &OrganizerId("here".to_owned()),
        uses: &uses,
        balance: row.balance(),
        live: live.as_ref(),
        seen_as_granted: row.seen_as_granted.as_deref().map(moment),
        uncounted_spending: row.uncounted_spending.unwrap_or(0),
        offline: row.offline(),
    };
    let answer = redeem(&facts, moment(row.now.as_deref().unwrap_or(NOW)));
    let (exchange, no) = (answer.as_ref().ok().copied(), answer.as_ref().err());
    let carried = carried(no.map(|no| &no.reason));
    let found_as_of = answer.as_ref().map_or_else(|no| no.as_of, |exchange| exchange.as_of);
    let held = Held::default()
        .maybe("the points", row.points.map(Some), exchange.map(|exchange| exchange.points))
        .maybe("before", row.before.map(Some), exchange.and_then(|exchange| exchange.before))
        .maybe("after", row.after.map(Some), exchange.and_then(balie_core::reward::Exchange::after))
        .maybe("live", row.is_live.map(Some), exchange.map(|exchange| exchange.live));
    held.maybe("the reason", row.reason.as_deref().map(Some), no.map(|no| no.reason.code()))
        .maybe("missing", row.missing.map(Some), carried.missing)
        .maybe("most", row.most.map(Some), carried.most)
        .maybe("its moment", row.at.as_deref().map(|at| Some(moment(at))), carried.at)
        .maybe("what UiTPAS said", row.said.as_deref().map(Some), carried.said)
        .maybe("as_of", row.as_of.as_deref().map(moment), found_as_of)
        .verdict()
}

named!(Row, judge);

#[test]
fn rewards() {
    let table: Table = read("rewards.toml");
    check("rewards.toml", &table.row, 147);
    reaches("rewards.toml", NoExchange::CODES, table.row.iter().filter_map(|row| row.reason.as_deref()));
    let published = ["5687", "5688", "5823", "5824", "5825", "5826"];
    reaches("rewards.toml", &published, table.row.iter().filter_map(|row| row.reward.as_deref()));
}
