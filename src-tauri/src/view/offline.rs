//! What the window shows of working without a connection, and of what this computer keeps.

use super::{cents, day_and_hour, plain};
use crate::dto::{
    KeptKind, KeptView, LimitsView, Notice, Problem, ProgressView, ReadyItem, ReadyState, ReadyView, ShrunkView,
};
use balie_core::ready::{Line, Part, State};
use balie_core::reward::OfflineRewards;
use balie_core::time::Moment;
use balie_desk::desk::Desk;
use balie_desk::prepare::{Failure, Progress, Step};
use balie_store::kept::Stock;

/// How ready the desk is.
pub async fn ready(desk: &Desk) -> Result<ReadyView, Problem> {
    let (ready, now) = (desk.ready().await?, desk.time());
    let (progress, failed) = desk.preparing();
    let hours = |until: Moment| i32::try_from((until.as_second() - now.as_second()) / 3_600).unwrap_or(i32::MAX);
    Ok(ReadyView {
        good_until: ready.good_until.map(day_and_hour),
        hours_left: ready.good_until.map(hours),
        wont: wont(&ready.lines),
        items: ready.lines.iter().map(item).collect(),
        limits: limits(desk).await?,
        progress: progress.as_ref().map(progress_view),
        failed: failed.map(|failure| plain(code_of_failure(failure))),
        shrunk: shrunk(desk)?,
    })
}

const fn code(part: Part) -> &'static str {
    match part {
        Part::SignIn => "ready.signIn",
        Part::Events => "ready.events",
        Part::Prices => "ready.prices",
        Part::Rewards => "ready.rewards",
        Part::Lists => "ready.list",
        Part::Cards => "ready.cards",
        Part::Reader => "ready.reader",
    }
}

fn item(line: &Line) -> ReadyItem {
    ReadyItem {
        code: code(line.part).to_owned(),
        state: match line.state {
            State::Good => ReadyState::Good,
            // A card that was seen helps, and a reader can be done without: neither stops anybody.
            State::Missing if matches!(line.part, Part::Cards | Part::Reader) => ReadyState::Soon,
            State::Soon => ReadyState::Soon,
            State::Missing => ReadyState::Missing,
            State::Forbidden => ReadyState::Forbidden,
        },
        count: line.count,
        as_of: line.as_of.map(day_and_hour),
        until: line.until.map(day_and_hour),
        notice: remark(line),
    }
}

/// What it means for the desk, or what to do.
fn remark(line: &Line) -> Option<Notice> {
    if line.state == State::Good {
        return None;
    }
    let never = line.as_of.is_none();
    Some(match (line.part, line.state) {
        (Part::Lists, State::Forbidden) => plain("ready.list.forbidden"),
        (_, State::Forbidden) => plain("ready.forbidden"),
        (Part::SignIn, _) => plain("ready.signIn.none"),
        (Part::Events, _) if never => plain("ready.events.none"),
        (Part::Events, _) => plain("ready.events.old"),
        (Part::Prices, _) if line.lacking > 0 => plain("ready.prices.missing").with("n", line.lacking),
        (Part::Prices, _) if never => plain("ready.events.none"),
        (Part::Prices, _) => plain("ready.events.old"),
        (Part::Rewards, _) => plain("ready.rewards.none"),
        (Part::Lists, _) if never => plain("ready.list.none"),
        (Part::Lists, _) => plain("ready.list.old"),
        (Part::Cards, _) => plain("ready.cards.none"),
        (Part::Reader, _) => plain("ready.reader.absent"),
    })
}

/// What will not work without a connection: always, and for what is lacking.
fn wont(lines: &[Line]) -> Vec<Notice> {
    let of = |part: Part| lines.iter().find(|line| line.part == part);
    let mut wont: Vec<Notice> =
        ["wont.newCards", "wont.coupons", "wont.stockRewards", "wont.onlineRewards", "wont.groupTurns", "wont.insz"]
            .map(plain)
            .into();
    if let Some(prices) = of(Part::Prices).filter(|prices| prices.lacking > 0) {
        wont.push(plain("wont.prices").with("n", prices.lacking));
    }
    if of(Part::Lists).is_some_and(|lists| matches!(lists.state, State::Forbidden | State::Missing)) {
        wont.push(plain("wont.standing"));
    }
    wont
}

async fn limits(desk: &Desk) -> Result<LimitsView, Problem> {
    let (policy, open) = (desk.settings().offline, desk.open_risk().await?);
    Ok(LimitsView {
        most_age_days: i32::try_from(policy.standing_max_age_days).unwrap_or(i32::MAX),
        open: open.count,
        most_open: policy.most_open,
        discount_cents: cents(open.discount),
        most_discount_cents: cents(policy.most_discount),
        rewards: match policy.rewards {
            OfflineRewards::Off => None,
            OfflineRewards::UpTo(most) => Some(most.to_string()),
            OfflineRewards::All => Some("all".to_owned()),
        },
    })
}

fn progress_view(progress: &Progress) -> ProgressView {
    let code = match progress.step {
        Step::Permissions => "refresh.permissions",
        Step::Events => "refresh.events",
        Step::Prices => "refresh.prices",
        Step::Lists => "refresh.list",
        Step::Cards => "refresh.cards",
    };
    ProgressView { code: code.to_owned(), done: progress.done, all: progress.all }
}

const fn code_of_failure(failure: Failure) -> &'static str {
    match failure {
        Failure::Offline => "refresh.offline",
        Failure::SignIn => "refresh.signIn",
        Failure::Refused => "refresh.refused",
        Failure::Stopped => "refresh.stopped",
        Failure::DiskFull => "store.diskFull",
        Failure::Store => "store.failed",
    }
}

fn shrunk(desk: &Desk) -> Result<Vec<ShrunkView>, Problem> {
    let view = |list: balie_store::social_tariff_list::SocialTariffList| {
        let held = list.held?;
        Some(ShrunkView {
            card_system: i32::try_from(list.card_system.id).ok()?,
            name: list.card_system.name,
            before: number(list.count),
            after: number(held.count),
        })
    };
    Ok(desk.lists()?.into_iter().filter_map(view).collect())
}

/// The countdown on the desk.
pub fn growing_old(desk: &Desk) -> Option<Notice> {
    let line = desk.growing_old()?;
    if line.state == State::Missing {
        return Some(plain("old.now"));
    }
    let code = match line.part {
        Part::Lists => "old.standing",
        _ => "old.events",
    };
    Some(plain(code).with("until", line.until.map(day_and_hour).unwrap_or_default()))
}

/// What this computer keeps.
pub async fn kept(desk: &Desk) -> Result<KeptView, Problem> {
    let (kept, acts, backups) = (desk.kept().await?, desk.kept_acts().await?, desk.backups());
    let lists = kept.lists.iter().fold(Stock::default(), |all, list| Stock {
        count: all.count + list.count as u64,
        oldest: Some(all.oldest.map_or(list.as_of, |oldest| oldest.min(list.as_of))),
        newest: Some(all.newest.map_or(list.as_of, |newest| newest.max(list.as_of))),
    });
    let kinds = [
        ("kept.acts", false, acts),
        ("kept.events", false, kept.activities),
        ("kept.prices", false, kept.prices),
        ("kept.rewards", false, kept.rewards),
        ("kept.cards", true, kept.cards),
        ("kept.typed", true, kept.unverified),
        ("kept.list", true, lists),
        ("kept.listed", true, kept.listed),
        ("kept.backups", false, backups),
    ];
    let retention = desk.retention();
    Ok(KeptView {
        kinds: kinds.into_iter().map(|(code, people, stock)| kind(code, people, stock)).collect(),
        kilobytes: i32::try_from((kept.bytes + desk.ledger_bytes()).div_ceil(1_024)).unwrap_or(i32::MAX),
        unsent: desk.counts().await?.to_send,
        reduced_after_days: retention.reduce_after_days,
        removed_after_days: retention.delete_after_days,
        wiped_after_days: u32::try_from(desk.people_days()).unwrap_or(u32::MAX),
    })
}

fn kind(code: &str, people: bool, stock: Stock) -> KeptKind {
    KeptKind {
        code: code.to_owned(),
        people,
        count: u32::try_from(stock.count).unwrap_or(u32::MAX),
        oldest: stock.oldest.map(day_and_hour),
        newest: stock.newest.map(day_and_hour),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
