//! Everything that can happen next: what a desk does, by the functions of the core; what UiTPAS and the network do; what a
//! person does; and the end of the program at any moment.

use crate::case::{Case, LONG_TICKS, NOW, SETTLE_TICKS, What, moment};
use crate::looks;
use crate::server;
use crate::world::{Flight, Kept, Recheck, Record, Said, World};
use balie_core::life::{Attempt, Open};
use balie_core::outbox::{IllegalStep, Signal, State};
use balie_core::queue::Queue;
use balie_core::upload::{self, Change, Class};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// A clerk does an act.
    Record(usize),
    /// A clerk takes an act back.
    TakeBack(usize),
    /// The deadline of an act passes.
    Past(usize),
    /// A desk gives up what can no longer be sent.
    Expire(usize),
    /// A desk writes the intent of its next request.
    Claim(usize),
    /// A request of a desk meets its fate: desk, request, fate.
    Send(usize, usize, server::Fate),
    /// A desk writes down what was answered: desk, request.
    Write(usize, usize),
    /// A desk reads a list: desk, which of those that are due.
    Read(usize, usize),
    /// A desk judges by what it read.
    Judge(usize),
    /// A desk takes out what is too many of an act.
    TakeOut(usize),
    /// The program of a desk ends and starts again.
    Crash(usize),
    /// UiTPAS carries out a late request, or never does.
    Late(usize, bool),
    /// A record appears in the lists.
    Show(usize),
    /// A foreign desk sells to the person of the first act.
    Elsewhere,
    /// Half a settle time passes.
    Tick,
    /// More than a day passes.
    Long,
    /// A person finds the record of an act at UiTPAS, or that there is none.
    Look(usize, bool),
    /// A person sends a refused act again, or takes the loss, or books it by hand.
    Mend(usize, Signal),
}

impl Move {
    /// Whether something goes wrong by it.
    pub fn is_trouble(self) -> bool {
        matches!(self, Self::Crash(_) | Self::Elsewhere) || matches!(self, Self::Send(_, _, fate) if !fate.is_smooth())
    }
}

/// A step that the core does not know, or an entry that is lost: a mistake in any case.
pub type Wrong = String;

/// What can happen next, each with what becomes of the world.
pub fn next(case: &Case, world: &World) -> Result<Vec<(Move, World)>, Wrong> {
    let mut all = Vec::new();
    for act in 0..case.plans.len() {
        clerk(case, world, act, &mut all)?;
        person(case, world, act, &mut all)?;
    }
    for desk in 0..case.desks {
        machine(case, world, desk, &mut all)?;
        looks::moves(case, world, desk, &mut all)?;
    }
    server::moves(case, world, &mut all);
    time(world, case, &mut all);
    let bounded = case.most_wrong < u8::MAX;
    let mut next = Vec::with_capacity(all.len());
    for (by, mut world) in all {
        world.spent += u8::from(bounded && by.is_trouble());
        if world.spent <= case.most_wrong {
            next.push((by, world.told_one_way(case)));
        }
    }
    Ok(next)
}

fn illegal(why: IllegalStep) -> Wrong {
    why.to_string()
}

/// The number of an act.
pub fn position(open: &Open) -> usize {
    usize::try_from(open.receipt()).unwrap_or(1) - 1
}

/// Writes changes in one transaction, with what follows from them at once.
pub fn apply(case: &Case, world: &mut World, changes: &[Change]) {
    for change in changes {
        let act = usize::try_from(change.receipt).unwrap_or(1) - 1;
        let before = world.lines[act].kept;
        world.lines[act].kept = Some(Kept::of(&change.life, before.as_ref()));
    }
    for (at, plan) in case.plans.iter().enumerate() {
        let What::Cancel(of) = plan.what else { continue };
        // What was wanted back while nobody knew is taken out as soon as it is known that UiTPAS has it (T15).
        let wanted = world.lines[of].kept.is_some_and(|kept| kept.wanted && kept.state == State::Confirmed);
        if wanted && world.lines[at].kept.is_none() {
            world.lines[at].kept = Some(Kept::new());
        }
    }
}

fn clerk(case: &Case, world: &World, act: usize, all: &mut Vec<(Move, World)>) -> Result<(), Wrong> {
    let line = &world.lines[act];
    if line.asked {
        let deadline = case.entry(act, 0, false).act.deadline().is_some();
        if deadline && line.kept.is_some_and(|kept| kept.state == State::Queued && !kept.past) {
            let mut next = world.clone();
            next.lines[act].kept.iter_mut().for_each(|kept| kept.past = true);
            all.push((Move::Past(act), next));
        }
        return Ok(());
    }
    let mut next = world.clone();
    next.lines[act].asked = true;
    let What::Cancel(of) = case.plans[act].what else {
        // Acts of one desk are done in their order.
        let earlier = |other: &usize| case.plans[*other].desk == case.plans[act].desk;
        let waits = (0..act).filter(earlier).any(|other| !world.lines[other].asked && !is_cancel(case, other));
        if !waits {
            next.lines[act].kept = Some(Kept::new());
            all.push((Move::Record(act), next));
        }
        return Ok(());
    };
    let Some(open) = world.open(case, of) else { return Ok(()) };
    match open.life.state {
        // What a person booked by hand, a person takes out by hand.
        State::Confirmed if world.lines[of].by_hand => return Ok(()),
        State::Confirmed => next.lines[act].kept = Some(Kept::new()),
        State::Queued | State::Refused | State::Sending | State::InDoubt => {
            apply(case, &mut next, &[upload::take_back(&open, NOW).map_err(illegal)?]);
        }
        _ => return Ok(()),
    }
    all.push((Move::TakeBack(of), next));
    Ok(())
}

fn is_cancel(case: &Case, act: usize) -> bool {
    matches!(case.plans[act].what, What::Cancel(_))
}

fn machine(case: &Case, world: &World, desk: usize, all: &mut Vec<(Move, World)>) -> Result<(), Wrong> {
    let mut queue = Queue::new(world.opens(case, desk), NOW);
    queue.check()?;
    for open in queue.expired(NOW) {
        let mut next = world.clone();
        apply(case, &mut next, &upload::expired(&open).map_err(illegal)?);
        all.push((Move::Expire(position(&open)), next));
    }
    // At most two requests at once.
    if world.desks[desk].flights.len() < 2
        && let Some(batch) = queue.next(NOW)
    {
        let mut next = world.clone();
        apply(case, &mut next, &upload::claimed(&batch).map_err(illegal)?);
        let fresh = batch.iter().all(|open| Attempt::is_fresh(open.entry.occurred, NOW));
        let acts = batch.iter().map(position).collect();
        next.desks[desk].flights.push(Flight { acts, from: 0, fresh, said: Said::NotYet });
        all.push((Move::Claim(desk), next));
    }
    for (at, flight) in world.desks[desk].flights.iter().enumerate() {
        if flight.said == Said::NotYet {
            for (fate, next) in server::fates(case, world, desk, at) {
                all.push((Move::Send(desk, at, fate), next));
            }
        } else {
            all.push((Move::Write(desk, at), written(case, world, desk, at)?));
        }
    }
    for (act, line) in world.lines.iter().enumerate().filter(|(act, _)| case.plans[*act].desk == desk) {
        if let Some(id) = line.doomed.first() {
            let mut next = world.clone();
            next.records.retain(|record| record.id != *id);
            if let Some(open) = world.open(case, act)
                && let Ok(life) = open.life.take(Signal::SurplusTakenOut)
            {
                let signal = Some(Signal::SurplusTakenOut);
                apply(case, &mut next, &[Change { receipt: open.receipt(), signal, life }]);
            }
            all.push((Move::TakeOut(act), next));
        }
    }
    let has_something =
        world.lines.iter().zip(&case.plans).any(|(line, plan)| plan.desk == desk && line.kept.is_some());
    if case.crashes && has_something {
        all.push((Move::Crash(desk), crashed(case, world, desk)?));
    }
    Ok(())
}

/// The attempt of a request that ends now.
fn attempt(case: &Case, world: &World, desk: usize, flight: &Flight) -> Attempt {
    let used = world.lines.iter().filter_map(|line| line.kept?.unknown).map(|unknown| unknown.batch).max();
    // The two requests of a desk must not get the same number when both end in doubt at once.
    let other = u8::from(world.desks[desk].flights.first() != Some(flight));
    let batch = i64::from(used.unwrap_or(0)) + 1 + i64::from(other);
    Attempt { batch, from: moment(flight.from), until: NOW, fresh: flight.fresh, labelled: labelled(case, flight) }
}

fn labelled(case: &Case, flight: &Flight) -> bool {
    case.token && flight.acts.iter().all(|act| case.plans[*act].what == What::Sale)
}

fn written(case: &Case, world: &World, desk: usize, at: usize) -> Result<World, Wrong> {
    let mut next = world.clone();
    let flight = next.desks[desk].flights.remove(at);
    let batch: Vec<Open> = flight.acts.iter().filter_map(|act| world.open(case, *act)).collect();
    let class = match &flight.said {
        Said::Accepted(_) => Class::Accepted,
        Said::NotSent => Class::NotSent,
        Said::NotProcessed(hold) => Class::NotProcessed { hold: *hold, seconds: 0 },
        Said::Refused { culprit, limit } => Class::Refused { culprit: *culprit, limit: *limit },
        Said::Nothing { mismatch } => Class::Unknown { mismatch: *mismatch },
        Said::NotYet => return Err("an answer is written that never came".to_owned()),
    };
    let changes = upload::answered(&batch, class, &attempt(case, world, desk, &flight), NOW, 0).map_err(illegal)?;
    if let Said::Accepted(ids) = &flight.said {
        for (act, id) in flight.acts.iter().zip(ids) {
            looks::keep(case, &mut next, *act, *id);
        }
        if let What::Cancel(of) = case.plans[flight.acts[0]].what {
            let open = world.open(case, of).ok_or("what is cancelled is not there")?;
            let life = open.life.take(Signal::TakenOut).map_err(illegal)?;
            next.lines[of].ids.clear();
            apply(case, &mut next, &[Change { receipt: open.receipt(), signal: Some(Signal::TakenOut), life }]);
        }
    }
    apply(case, &mut next, &changes);
    Ok(next)
}

fn crashed(case: &Case, world: &World, desk: usize) -> Result<World, Wrong> {
    let mut next = world.clone();
    let forgotten = std::mem::take(&mut next.desks[desk]);
    for flight in &forgotten.flights {
        let attempt = attempt(case, world, desk, flight);
        for act in &flight.acts {
            let open = world.open(case, *act).ok_or("what was sent is not there")?;
            let change = upload::found_open(&open, &attempt, NOW).map_err(illegal)?;
            apply(case, &mut next, &[change]);
        }
    }
    for (line, plan) in next.lines.iter_mut().zip(&case.plans) {
        line.kept.iter_mut().filter(|_| plan.desk == desk).for_each(|kept| kept.since = 0);
    }
    Ok(next)
}

fn time(world: &World, case: &Case, all: &mut Vec<(Move, World)>) {
    if world.desks.iter().any(|desk| !desk.flights.is_empty()) {
        return;
    }
    let hidden = || world.records.iter().filter_map(|record| record.hidden);
    let late = || world.late.iter().map(|late| late.since);
    let overdue = |since: i16| since <= 1 - SETTLE_TICKS;
    let must = hidden().any(overdue) || (!case.very_late && late().any(overdue));
    let waits = |kept: &Kept| {
        (kept.state == State::InDoubt
            && (kept.since > -SETTLE_TICKS || kept.unknown.is_some_and(|unknown| unknown.until > -SETTLE_TICKS)))
            || (kept.state == State::Queued && kept.occurred > -2)
    };
    let something_waits = world.lines.iter().any(|line| line.kept.as_ref().is_some_and(waits));
    if something_waits && !must {
        let mut next = world.clone();
        next.pass(1);
        all.push((Move::Tick, next));
    }
    let day = |kept: &Kept| kept.recheck == Some(Recheck::Later) || kept.state == State::InDoubt;
    if world.lines.iter().any(|line| line.kept.as_ref().is_some_and(day))
        && hidden().next().is_none()
        && late().next().is_none()
    {
        let mut next = world.clone();
        next.pass(LONG_TICKS);
        for kept in next.lines.iter_mut().filter_map(|line| line.kept.as_mut()) {
            kept.recheck = kept.recheck.map(|_| Recheck::Due);
        }
        all.push((Move::Long, next));
    }
}

/// A person tells the truth, once it cannot change any more.
fn person(case: &Case, world: &World, act: usize, all: &mut Vec<(Move, World)>) -> Result<(), Wrong> {
    let Some(open) = world.open(case, act) else { return Ok(()) };
    let desk = case.plans[act].desk;
    let decided = |signal: Signal| {
        let mut next = world.clone();
        apply(case, &mut next, &upload::decided(&open, signal, NOW).map_err(illegal)?);
        if matches!(signal, Signal::IsThere | Signal::BookedByHand) {
            looks::show(&mut next, act);
        }
        Ok::<World, Wrong>(next)
    };
    if open.life.state == State::InDoubt && open.life.dispute.is_some() {
        let own = |of: usize| of < case.plans.len() && case.plans[of].desk == desk && case.same(of, act);
        // The receipt in the label tells which it is, and whoever booked by hand knows for what.
        let may_be = |record: &&Record| record.of == act || !(record.labelled || record.by_hand);
        let left = world.records.iter().filter(|record| own(record.of) && !world.is_accounted(case, desk, record.id));
        match left.filter(may_be).min_by_key(|record| record.of != act) {
            Some(record) if record.hidden.is_none() => {
                let mut next = decided(Signal::IsThere)?;
                looks::keep(case, &mut next, act, record.id);
                all.push((Move::Look(act, true), next));
            }
            None if !world.late.iter().any(|late| late.acts.iter().any(|of| own(*of))) => {
                all.push((Move::Look(act, false), decided(Signal::IsNotThere)?));
            }
            _ => {}
        }
    }
    if open.life.state == State::Refused {
        for signal in [Signal::SendAgain, Signal::WriteOff, Signal::BookedByHand] {
            let mut next = decided(signal)?;
            if signal == Signal::BookedByHand {
                server::made(&mut next, act, false, None);
                next.records.iter_mut().last().into_iter().for_each(|record| record.by_hand = true);
                next.lines[act].by_hand = true;
            }
            all.push((Move::Mend(act, signal), next));
        }
    }
    Ok(())
}
