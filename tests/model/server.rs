//! What UiTPAS and the network do with a request.

use crate::case::{Case, What};
use crate::moves::Move;
use crate::world::{Late, Record, Said, Ticks, World};
use balie_core::life::Hold;
use balie_core::outbox::State;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Not a byte leaves.
    NotSent,
    /// 401, 403, 429.
    NotProcessed(Hold),
    /// UiTPAS does it, and the answer comes, is about something else, or is lost.
    Done { answer: Answer },
    /// Refused: the position of the culprit, where it is named, and whether for a limit.
    Refused { culprit: Option<usize>, limit: bool },
    /// No answer, and UiTPAS may still do it.
    Open,
    /// No answer, and UiTPAS never did it.
    Lost,
}

impl Fate {
    /// Whether all went well.
    pub const fn is_smooth(self) -> bool {
        matches!(self, Self::Done { answer: Answer::Heard, .. } | Self::Refused { limit: true, .. })
    }
}

/// What comes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Heard,
    Lost,
    Mixed,
}

/// Makes a record now.
pub fn made(world: &mut World, of: usize, labelled: bool, hidden: Option<Ticks>) -> u8 {
    let id = world.fresh_id();
    world.records.push(Record { at: 0, of, labelled, by_hand: false, hidden, id });
    id
}

/// How many records UiTPAS counts of the same person, kind and activity.
fn counted(case: &Case, world: &World, act: usize) -> usize {
    let foreign = case.plans.len();
    world
        .records
        .iter()
        .filter(|record| record.of == foreign && case.same(0, act) || record.of < foreign && case.same(record.of, act))
        .count()
}

/// The first act of a request for which a limit is reached.
fn over_limit(case: &Case, world: &World, acts: &[usize]) -> Option<usize> {
    (0..acts.len()).find(|at| {
        let before = acts[..*at].iter().filter(|other| case.same(**other, acts[*at])).count();
        counted(case, world, acts[*at]) + before >= usize::from(case.limit)
    })
}

/// Every fate of a request that was not sent yet.
pub fn fates(case: &Case, world: &World, desk: usize, at: usize) -> Vec<(Fate, World)> {
    let acts = &world.desks[desk].flights[at].acts;
    let mut all = Vec::new();
    let mut said = |fate: Fate, said: Said, change: &dyn Fn(&mut World) -> Vec<u8>| {
        let mut next = world.clone();
        let ids = change(&mut next);
        next.desks[desk].flights[at].said = if said == Said::Accepted(Vec::new()) { Said::Accepted(ids) } else { said };
        all.push((fate, next));
    };
    let nothing: &dyn Fn(&mut World) -> Vec<u8> = &|_| Vec::new();
    said(Fate::NotSent, Said::NotSent, nothing);
    // For all that follows, the other reasons to wait are like not being sent.
    let redeems = case.plans.iter().any(|plan| plan.what == What::Redeem);
    for hold in [Hold::Forbidden].into_iter().filter(|_| redeems) {
        said(Fate::NotProcessed(hold), Said::NotProcessed(hold), nothing);
    }
    if let What::Cancel(of) = case.plans[acts[0]].what {
        let ids = world.lines[of].ids.clone();
        let out = move |next: &mut World| {
            next.records.retain(|record| !ids.contains(&record.id));
            Vec::new()
        };
        said(Fate::Lost, Said::Nothing { mismatch: false }, nothing);
        for (answer, what) in
            [(Answer::Heard, Said::Accepted(Vec::new())), (Answer::Lost, Said::Nothing { mismatch: false })]
        {
            said(Fate::Done { answer }, what, &out);
        }
        return all;
    }
    let token = |act: usize| case.token && case.plans[act].what == What::Sale;
    let limit = over_limit(case, world, acts);
    let culprits: Vec<(Option<usize>, bool)> = match limit {
        Some(at) => vec![(Some(at), true), (None, true)],
        None if case.refusals => (0..acts.len()).map(|at| (Some(at), false)).chain([(None, false)]).collect(),
        None => Vec::new(),
    };
    for (culprit, limit) in culprits {
        said(Fate::Refused { culprit, limit }, Said::Refused { culprit, limit }, nothing);
    }
    if limit.is_some() {
        return all;
    }
    // What is listed late can be listed at once, and what is done late can be done at once or never.
    let since = case.late.then_some(0);
    let done = |next: &mut World| acts.iter().map(|act| made(next, *act, token(*act), since)).collect::<Vec<u8>>();
    for (answer, what) in
        [(Answer::Heard, Said::Accepted(Vec::new())), (Answer::Mixed, Said::Nothing { mismatch: true })]
    {
        said(Fate::Done { answer }, what, &done);
    }
    if case.late {
        let open = |next: &mut World| {
            next.late.push(Late { acts: acts.clone(), since: 0 });
            Vec::new()
        };
        said(Fate::Open, Said::Nothing { mismatch: false }, &open);
    } else {
        said(Fate::Done { answer: Answer::Lost }, Said::Nothing { mismatch: false }, &done);
        said(Fate::Lost, Said::Nothing { mismatch: false }, nothing);
    }
    all
}

/// What UiTPAS does by itself.
pub fn moves(case: &Case, world: &World, all: &mut Vec<(Move, World)>) {
    for (at, late) in world.late.iter().enumerate() {
        let mut never = world.clone();
        never.late.remove(at);
        if over_limit(case, world, &late.acts).is_none() {
            let mut done = never.clone();
            for act in &late.acts {
                made(&mut done, *act, case.token && case.plans[*act].what == What::Sale, Some(late.since));
            }
            all.push((Move::Late(at, true), done));
        }
        all.push((Move::Late(at, false), never));
    }
    for (at, record) in world.records.iter().enumerate() {
        if record.hidden.is_some() {
            let mut next = world.clone();
            next.records[at].hidden = None;
            all.push((Move::Show(at), next));
        }
    }
    if case.elsewhere
        && !world.elsewhere
        && counted(case, world, 0) < usize::from(case.limit)
        && may_be_elsewhere(case, world)
    {
        let mut next = world.clone();
        next.elsewhere = true;
        made(&mut next, case.plans.len(), false, None);
        // Nobody comes here within the same seconds.
        if let Some(record) = next.records.last_mut().filter(|_| !case.group) {
            record.at = -1;
        }
        all.push((Move::Elsewhere, next));
    }
}

/// A group may be at two desks at once. A person is at one: not elsewhere while an act of theirs was sent from where they
/// stand, nor for ten minutes after, and a minute because of the whole minutes here.
fn may_be_elsewhere(case: &Case, world: &World) -> bool {
    let here = |act: &usize| {
        let Some(kept) = world.lines[*act].kept else { return false };
        let recent = kept.unknown.is_some_and(|unknown| unknown.fresh && unknown.until > -12);
        match kept.state {
            State::Queued => kept.occurred > -2 || recent,
            State::Sending => true,
            _ => recent,
        }
    };
    case.group || !(0..case.plans.len()).filter(|act| case.same(0, *act)).any(|act| here(&act))
}
