//! What was done, as the window sees it.

use super::{cents, hour, money, plain, points, soon};
use crate::dto::{LineKind, LineState, LineView, Notice, Problem};
use balie_core::entry::Act;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_desk::desk::Desk;
use balie_desk::upload::{EXPIRED, NO_RECORD, UNREADABLE_TARIFF, WAS_GONE, WRONG_CARD};
use balie_remote::problem::{ProblemKind, kind_of};
use balie_store::entries::Recorded;

/// What was done, newest first.
pub async fn lines(desk: &Desk) -> Result<Vec<LineView>, Problem> {
    Ok(desk.lines().await?.iter().map(line).collect())
}

/// One line of what was done.
pub fn line(recorded: &Recorded) -> LineView {
    let entry = &recorded.entry;
    let open = matches!(recorded.state, State::Queued | State::Sending);
    let deadline = entry.act.deadline().filter(|_| open).map(|at| soon(at, entry.occurred));
    let is_cancellation = matches!(entry.act, Act::Cancellation(_));
    let undo_sends = recorded.state == State::Confirmed && !recorded.being_cancelled && !is_cancellation;
    // While it is under way, taking it back is a wish that is granted as soon as it is known what became of it.
    let can_wish = matches!(recorded.state, State::Sending | State::InDoubt) && !is_cancellation;
    let can_withdraw = recorded.state == State::Queued && !recorded.begun;
    let (kind, title, change) = match &entry.act {
        Act::Sale(sale) => (LineKind::Sell, &sale.event_title, None),
        Act::CheckIn(check_in) => (LineKind::CheckIn, &check_in.event_title, Some(i64::from(check_in.points))),
        Act::Redemption(redemption) => (LineKind::Redeem, &redemption.title, Some(-redemption.points)),
        Act::Cancellation(cancellation) => {
            (LineKind::Cancel, &cancellation.title, Some(cancellation.points).filter(|points| *points != 0))
        }
    };
    let charged = match &entry.act {
        Act::Sale(sale) => Some(sale.total()),
        Act::Cancellation(cancellation) => Some(Cents::ZERO - cancellation.given_back).filter(|cents| cents.0 != 0),
        Act::CheckIn(_) | Act::Redemption(_) => None,
    };
    let sale = if let Act::Sale(sale) = &entry.act { Some(sale) } else { None };
    LineView {
        id: entry.id.to_string(),
        receipt: entry.receipt.to_string(),
        at: hour(entry.occurred),
        kind,
        title: title.clone(),
        label: sale.map(|sale| sale.label.clone()).unwrap_or_default(),
        quantity: sale.map_or(1, |sale| sale.quantity),
        charged_cents: charged.map(cents),
        points: change.map(points),
        deadline,
        redeem_code: recorded.redeem_code.clone(),
        redeem_info: recorded.redeem_info.clone(),
        number: entry.act.holder().number.masked(),
        state: match recorded.state {
            State::Queued => LineState::Queued,
            State::Sending => LineState::Sending,
            State::Confirmed => LineState::Confirmed,
            State::Refused => LineState::Refused,
            State::InDoubt => LineState::InDoubt,
            State::Withdrawn => LineState::Withdrawn,
            State::Cancelled => LineState::Cancelled,
            State::WrittenOff => LineState::WrittenOff,
            State::HandedOver => LineState::HandedOver,
        },
        can_undo: ((can_wish || can_withdraw) && !recorded.life.cancel_wanted) || undo_sends,
        undo_sends,
        notice: notice(recorded),
    }
}

fn notice(recorded: &Recorded) -> Option<Notice> {
    match (recorded.state, recorded.hold.as_deref()) {
        (State::Refused, _) => Some(refusal(recorded)),
        (State::Sending | State::InDoubt, _) if recorded.life.cancel_wanted => Some(plain("undo.wanted")),
        (State::InDoubt, _) => Some(plain(match &recorded.entry.act {
            Act::CheckIn(_) => "checkIn.inDoubt",
            Act::Redemption(_) => "redeem.inDoubt",
            Act::Sale(_) | Act::Cancellation(_) => "sale.inDoubt",
        })),
        (State::Queued, Some("sign_in")) => Some(plain("sale.held.signIn")),
        (State::Queued, Some("forbidden")) => Some(plain("sale.held.forbidden")),
        (State::Confirmed, _) if recorded.problem.as_deref() == Some(WAS_GONE) => Some(plain("cancel.wasGone")),
        (State::Confirmed, _) => price_difference(recorded),
        _ => None,
    }
}

/// Why UiTPAS refused it, or why it was not sent any more.
pub(super) fn refusal(recorded: &Recorded) -> Notice {
    let refusal = Notice { said: recorded.said.clone(), ..plain(refusal_code(recorded)) };
    let deadline = recorded.entry.act.deadline().map(|at| soon(at, recorded.changed));
    match deadline {
        Some(deadline) => refusal.with("deadline", deadline),
        None => refusal,
    }
}

fn refusal_code(recorded: &Recorded) -> &'static str {
    match recorded.problem.as_deref() {
        Some(EXPIRED) => return "check.expired",
        Some(NO_RECORD) => return "cancel.noRecord",
        Some(UNREADABLE_TARIFF) => return "sale.refused.unreadable",
        Some(WRONG_CARD) => return "sale.refused.wrongCard",
        _ => {}
    }
    let kind = kind_of(recorded.problem.as_deref().unwrap_or_default());
    match (&recorded.entry.act, kind) {
        (Act::CheckIn(_), ProblemKind::CheckInNotAllowed) if is_late(recorded) => "checkIn.deadlinePassed",
        (Act::CheckIn(_), _) => "checkIn.refused",
        (Act::Redemption(_), _) => "redeem.refused",
        (Act::Cancellation(_), _) => "cancel.refused",
        (Act::Sale(_), ProblemKind::MaximumReached) => "sale.refused.limit",
        (
            Act::Sale(_),
            ProblemKind::SocialTariffExpired
            | ProblemKind::SocialTariffSuspended
            | ProblemKind::SocialTariffNotAvailable
            | ProblemKind::InvalidCard,
        ) => "sale.refused.standing",
        (Act::Sale(_), _) => "sale.refused",
    }
}

/// Whether it was refused after the moment until which it was expected to be taken.
fn is_late(recorded: &Recorded) -> bool {
    recorded.entry.act.deadline().is_some_and(|deadline| deadline < recorded.changed)
}

fn price_difference(recorded: &Recorded) -> Option<Notice> {
    let Act::Sale(sale) = &recorded.entry.act else { return None };
    let accepted = recorded.server_price.filter(|price| *price != sale.charged)?;
    Some(plain("sale.priceDiffers").with("charged", money(sale.charged)).with("accepted", money(accepted)))
}
