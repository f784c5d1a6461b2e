// A day, as the Rust side would send it.

import type { DayPage, DayPlace, DaySum, DayView } from '../src/ipc';
import { line } from './scene';

const none = {
  acts: 0,
  tickets: 0,
  saved: 0,
  spent: 0,
  chargedCents: 0,
  regularCents: 0,
  discountCents: 0,
};

const order: DayPlace[] = ['noted', 'sent', 'refused', 'toCheck', 'takenBack', 'handedOver'];

/** Every place once, with what is given. */
export function sums(given: Partial<Record<DayPlace, Partial<DaySum>>> = {}): DaySum[] {
  return order.map((place) => ({ place, ...none, ...given[place] }));
}

/** A day on which nothing was done. */
export function emptyDay(given: Partial<DayView> = {}): DayView {
  return {
    day: '2026-11-21',
    today: true,
    days: ['2026-11-21'],
    acts: 0,
    sums: sums(),
    counts: [],
    split: { passholderCents: 0, organizerCents: 0, municipalityCents: 0, unknownCents: 0, ownKeys: false },
    counted: { tickets: 0, cents: 0, unpriced: 0, differing: 0 },
    backActs: 0,
    backCents: 0,
    hours: [],
    activities: [],
    closings: [],
    changedSince: 0,
    ...given,
  };
}

/** Twelve tickets that UiTPAS has, one that waits, one to check and one that was refused. */
export function busyDay(given: Partial<DayView> = {}): DayView {
  const sent = { acts: 14, tickets: 12, saved: 3, spent: 5, chargedCents: 2_400, regularCents: 12_000 };
  const one = { acts: 1, tickets: 1, chargedCents: 200, regularCents: 1_000, discountCents: 800 };
  return emptyDay({
    days: ['2026-11-21', '2026-11-20', '2026-11-14'],
    acts: 17,
    counts: [
      { kind: 'sell', place: 'sent', acts: 11 },
      { kind: 'checkIn', place: 'sent', acts: 3 },
      { kind: 'sell', place: 'noted', acts: 1 },
      { kind: 'sell', place: 'toCheck', acts: 1 },
      { kind: 'sell', place: 'refused', acts: 1 },
    ],
    sums: sums({ sent: { ...sent, discountCents: 9_600 }, noted: one, toCheck: one, refused: one }),
    split: {
      passholderCents: 2_400,
      organizerCents: 4_800,
      municipalityCents: 4_800,
      unknownCents: 0,
      ownKeys: false,
    },
    counted: { tickets: 12, cents: 2_400, unpriced: 0, differing: 0 },
    hours: [
      { hour: 9, acts: 4 },
      { hour: 10, acts: 0 },
      { hour: 11, acts: 12 },
    ],
    activities: [
      {
        id: 'swim',
        title: 'Recreatief zwemmen',
        acts: 12,
        tickets: 12,
        chargedCents: 2_400,
        sum: {
          title: 'Recreatief zwemmen',
          at: '21/11 12:00',
          listed: 13,
          ours: 11,
          others: 2,
          surplus: 0,
          missing: 1,
        },
      },
      {
        id: 'clay',
        title: 'Workshop keramiek',
        acts: 2,
        tickets: 2,
        chargedCents: 400,
        sum: null,
      },
    ],
    ...given,
  });
}

export function dayPage(given: Partial<DayPage> = {}): DayPage {
  const lines = [
    line('queued', { id: 'a', receipt: 'B1-000017' }),
    line('confirmed', { id: 'b', receipt: 'B1-000016' }),
  ];
  return { lines, found: 2, all: 17, ...given };
}
