//! What needs a person, as the window sees it.

use super::line::refusal;
use super::{cents, day_and_hour, line, money, plain, soon};
use crate::dto::{CandidateView, CaseGroup, CaseView, CaseWay, ExtraView, Notice, Problem, SumView, ToCheckView};
use balie_core::entry::Act;
use balie_core::life::Dispute;
use balie_core::time::{Moment, date_of, in_brussels};
use balie_desk::desk::Desk;
use balie_desk::to_check::{Candidate, Case, Extra, Sum, ToCheck, Way, Why};
use balie_store::sum_checks::Checked;

/// What needs a person now.
pub async fn to_check(desk: &Desk) -> Result<ToCheckView, Problem> {
    Ok(view(desk.to_check().await?, desk.time()))
}

fn view(found: ToCheck, now: Moment) -> ToCheckView {
    let mut cases: Vec<CaseView> = found.cases.iter().map(|each| case(each, now)).collect();
    // Stable: within a heading the order of the desk stays.
    cases.sort_by_key(|case| match case.group {
        CaseGroup::Refused => 0,
        CaseGroup::Disputed => 1,
        CaseGroup::Expiring => 2,
    });
    ToCheckView {
        cases,
        all: found.all,
        extras: found.extras.into_iter().map(extra).collect(),
        sums: found.sums.into_iter().map(sum).collect(),
        at_risk_cents: cents(found.at_risk),
    }
}

fn case(case: &Case, now: Moment) -> CaseView {
    let recorded = &case.recorded;
    let (charged, accepted) = match &recorded.entry.act {
        Act::Sale(sale) => (Some(sale.charged), recorded.server_price.filter(|price| *price != sale.charged)),
        _ => (None, None),
    };
    let done = recorded.entry.occurred;
    CaseView {
        line: line(recorded),
        day: Some(in_brussels(done).strftime("%d/%m").to_string()).filter(|_| date_of(done) != date_of(now)),
        group: match case.why {
            Why::Refused => CaseGroup::Refused,
            Why::Disputed(_) | Why::Looking => CaseGroup::Disputed,
            Why::Expiring(_) => CaseGroup::Expiring,
        },
        notice: notice(case, now),
        accepted_cents: accepted.map(cents),
        charged_cents: charged.map(cents),
        at_risk_cents: cents(case.at_risk),
        candidates: case.candidates.iter().map(candidate).collect(),
        ways: case.ways.iter().copied().map(way).collect(),
    }
}

fn notice(case: &Case, now: Moment) -> Notice {
    let recorded = &case.recorded;
    let said = recorded.said.clone();
    match case.why {
        Why::Refused => refusal(recorded),
        Why::Disputed(dispute) => {
            let notice = Notice { said, ..plain(&format!("check.{}", dispute.code())) };
            match (dispute, &recorded.entry.act, recorded.server_price) {
                (Dispute::Price, Act::Sale(sale), Some(accepted)) => {
                    notice.with("charged", money(sale.charged)).with("accepted", money(accepted))
                }
                _ => notice,
            }
        }
        Why::Looking => Notice { said, ..plain("check.looking") },
        Why::Expiring(before) => plain("check.expiring").with("before", soon(before, now)),
    }
}

fn candidate(candidate: &Candidate) -> CandidateView {
    CandidateView {
        id: candidate.id.clone(),
        at: day_and_hour(candidate.at),
        price_cents: candidate.price.map(cents),
        label: candidate.label.clone(),
        number: candidate.number_masked.clone(),
    }
}

fn extra(extra: Extra) -> ExtraView {
    ExtraView {
        id: extra.id,
        at: day_and_hour(extra.at),
        price_cents: extra.price.map(cents),
        number: extra.number_masked,
        title: extra.title,
        receipt: extra.receipt,
    }
}

/// What the newest check of an activity came to.
pub(super) fn sum_of(checked: &Checked) -> SumView {
    let sums = checked.sums;
    SumView {
        title: checked.title.clone(),
        at: day_and_hour(checked.at),
        listed: sums.listed,
        ours: sums.ours,
        others: sums.other,
        surplus: sums.surplus,
        missing: sums.missing,
    }
}

fn sum(sum: Sum) -> SumView {
    SumView {
        title: sum.event_title,
        at: day_and_hour(sum.checked),
        listed: sum.listed,
        ours: sum.ours,
        others: sum.other,
        surplus: sum.surplus,
        missing: sum.missing,
    }
}

const fn way(way: Way) -> CaseWay {
    match way {
        Way::SendAgain => CaseWay::SendAgain,
        Way::WriteOff => CaseWay::WriteOff,
        Way::BookedByHand => CaseWay::BookedByHand,
        Way::IsThere => CaseWay::IsThere,
        Way::IsNotThere => CaseWay::IsNotThere,
        Way::Accept => CaseWay::Accept,
    }
}

#[cfg(test)]
mod tests;
