//! A look at the lists of UiTPAS, judged by the functions of the core.

use crate::case::{Case, NOW, SETTLE, moment};
use crate::moves::{Move, Wrong, apply, position};
use crate::world::{Listing, Record, World};
use balie_core::entry::Act;
use balie_core::label;
use balie_core::life::Open;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::queue::{Look, Queue};
use balie_core::reconcile::{Item, Known, Row, SaleRow, Surplus, Verdict, surplus, verdict};
use balie_core::tariff::TariffId;
use balie_core::upload::{self, Change};

/// The looks of a desk that are due, and the judgement of what it read.
pub fn moves(case: &Case, world: &World, desk: usize, all: &mut Vec<(Move, World)>) -> Result<(), Wrong> {
    if let Some(listing) = &world.desks[desk].listing {
        let mut next = world.clone();
        next.desks[desk].listing = None;
        judge(case, &mut next, desk, listing)?;
        all.push((Move::Judge(desk), next));
        return Ok(());
    }
    let mut queue = Queue::new(world.opens(case, desk), NOW);
    let mut which = 0;
    while let Some(look) = queue.next_look(NOW) {
        let (batch, recheck) = match look {
            Look::Doubt(batch) => (batch, false),
            Look::Recheck(open) => (vec![open], true),
        };
        let rows = world.records.iter().filter(|record| record.hidden.is_none()).cloned().collect();
        let listing = Listing { acts: batch.iter().map(position).collect(), recheck, rows, at: 0 };
        let mut next = world.clone();
        if case.split {
            next.desks[desk].listing = Some(listing);
        } else {
            judge(case, &mut next, desk, &listing)?;
        }
        all.push((Move::Read(desk, which), next));
        which += 1;
    }
    Ok(())
}

/// A record as UiTPAS lists it.
fn row(case: &Case, record: &Record) -> Row {
    let of = if record.of < case.plans.len() { record.of } else { 0 };
    let entry = case.entry(of, 0, false);
    let (about, sale) = match &entry.act {
        Act::Sale(sale) => {
            let token = label::token(&entry);
            let name = if record.labelled { label::with_receipt(&sale.label, &token) } else { sale.label.clone() };
            let row = SaleRow {
                tariff: TariffId("t".to_owned()),
                regular: sale.regular,
                label: Some(name),
                price: Some(Cents(200)),
            };
            (sale.event.0.clone(), Some(row))
        }
        Act::CheckIn(check_in) => (check_in.event.0.clone(), None),
        Act::Redemption(redemption) => (redemption.reward.0.clone(), None),
        Act::Cancellation(_) => (String::new(), None),
    };
    let number = entry.act.holder().number.clone();
    Row { id: format!("{:03}", record.id), at: moment(record.at), number, about, sale, redeem_code: None }
}

fn judge(case: &Case, world: &mut World, desk: usize, listing: &Listing) -> Result<(), Wrong> {
    // As they stand now: meanwhile a person may have settled one of them.
    let still = |open: &Open| match listing.recheck {
        true => open.life.recheck_at.is_some(),
        false => open.life.state == State::InDoubt,
    };
    let batch: Vec<Open> = listing.acts.iter().filter_map(|act| world.open(case, *act)).filter(still).collect();
    if batch.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row> = listing.rows.iter().map(|record| row(case, record)).collect();
    let gone = |record: &Record| world.records.iter().all(|known| known.id != record.id);
    let ours = |record: &Record| record.of < case.plans.len() && case.plans[record.of].desk == desk;
    let taken: Vec<bool> = listing
        .rows
        .iter()
        .map(|record| if gone(record) { ours(record) } else { world.is_accounted(case, desk, record.id) })
        .collect();
    let accounted = |id: &str| rows.iter().position(|row| row.id == id).is_some_and(|at| taken[at]);
    let since = listing.acts.iter().filter_map(|act| world.lines[*act].kept.map(|kept| kept.since)).max().unwrap_or(0);
    let known = Known {
        accounted: &accounted,
        alone: case.alone,
        listed_at: moment(listing.at),
        waited: NOW.duration_since(moment(since)),
        settle: SETTLE,
    };
    let doubts: Vec<_> = batch.iter().filter_map(|open| open.life.doubt).collect();
    let item = |at: usize| {
        let by_hand = world.may_be_booked_by_hand(case, position(&batch[at]));
        Item { entry: &batch[at].entry, token: &batch[at].token, doubt: &doubts[at], group: case.group, by_hand }
    };
    if listing.recheck {
        // Put off: what is being sent now may have made one of these records.
        if Queue::new(world.opens(case, desk), NOW).is_crowded(&batch[0]) {
            return Ok(());
        }
        return recheck(case, world, &batch[0], &surplus(&item(0), &batch[0].life, &rows, &known), listing);
    }
    let items: Vec<Item<'_>> = (0..batch.len()).map(item).collect();
    let verdict = verdict(&items, &rows, &known);
    if let Verdict::Found { rows, surplus } = &verdict {
        for (open, rows) in batch.iter().zip(rows) {
            rows.iter().for_each(|at| keep(case, world, position(open), listing.rows[*at].id));
        }
        for (at, row) in surplus {
            doom(case, world, position(&batch[*at]), &listing.rows[*row])?;
        }
    }
    let changes = upload::looked(&batch, &verdict, NOW, SETTLE, NOW).map_err(|why| why.to_string())?;
    apply(case, world, &changes);
    Ok(())
}

/// Notes a record of an act. It is not too many any more, if it ever was.
pub fn keep(case: &Case, world: &mut World, act: usize, id: u8) {
    for (line, plan) in world.lines.iter_mut().zip(&case.plans) {
        if plan.desk == case.plans[act].desk {
            line.doomed.retain(|doomed| *doomed != id);
        }
    }
    world.lines[act].ids.push(id);
}

/// What was to be taken out of an act that a person found may be what the person saw: it is shown, and stays.
pub fn show(world: &mut World, act: usize) {
    let line = &mut world.lines[act];
    if let Some(kept) = line.kept.as_mut().filter(|_| !line.doomed.is_empty()) {
        kept.shown = true;
        line.doomed.clear();
    }
}

/// Notes a record that is to be taken out. Nothing that another desk made may ever be (I9).
fn doom(case: &Case, world: &mut World, act: usize, record: &Record) -> Result<(), Wrong> {
    if record.of >= case.plans.len() || case.plans[record.of].desk != case.plans[act].desk {
        return Err(format!("I9: desk {} wants to take out a record of another desk", case.plans[act].desk + 1));
    }
    if world.records.iter().any(|known| known.id == record.id) {
        world.lines[act].doomed.push(record.id);
    }
    Ok(())
}

/// Whether a record is there too often, of an entry that was sent more than once.
fn recheck(case: &Case, world: &mut World, open: &Open, found: &Surplus, listing: &Listing) -> Result<(), Wrong> {
    let act = position(open);
    for at in &found.ours {
        doom(case, world, act, &listing.rows[*at])?;
    }
    let change = Change { receipt: open.receipt(), signal: None, life: open.life.rechecked(NOW) };
    apply(case, world, &[change]);
    if let Some(kept) = world.lines[act].kept.as_mut().filter(|_| !found.perhaps.is_empty()) {
        kept.shown = true;
    }
    Ok(())
}
