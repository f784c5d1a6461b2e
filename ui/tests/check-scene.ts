// What needs a person, as the Rust side would send it.

import type { CaseView, StoryView, ToCheckView } from '../src/ipc';
import { line, notice } from './scene';

export function nothingToCheck(): ToCheckView {
  return { cases: [], all: 0, extras: [], sums: [], atRiskCents: 0 };
}

export function toCheck(cases: CaseView[], given: Partial<ToCheckView> = {}): ToCheckView {
  const atRiskCents = cases.reduce((sum, each) => sum + each.atRiskCents, 0);
  return { ...nothingToCheck(), cases, all: cases.length, atRiskCents, ...given };
}

/** A sale that UiTPAS refused. */
export function refusedCase(given: Partial<CaseView> = {}): CaseView {
  return {
    line: line('refused', { receipt: 'B1-000021' }),
    day: null,
    group: 'refused',
    notice: notice('sale.refused.limit', {}, 'Het maximum aantal tickets is bereikt.'),
    acceptedCents: null,
    chargedCents: 200,
    atRiskCents: 800,
    candidates: [],
    ways: ['sendAgain', 'bookedByHand', 'writeOff'],
    ...given,
  };
}

/** A sale in doubt, with two records at UiTPAS that could be it. */
export function doubtfulCase(given: Partial<CaseView> = {}): CaseView {
  return refusedCase({
    line: line('inDoubt', { receipt: 'B1-000022' }),
    group: 'disputed',
    notice: notice('check.several'),
    candidates: [
      { id: 'r1', at: '21/11 10:42', priceCents: 200, label: 'Volwassene', number: '0900 ••• ••7 513' },
      { id: 'r2', at: '21/11 10:44', priceCents: 250, label: null, number: '0900 ••• ••7 513' },
    ],
    ways: ['isThere', 'isNotThere'],
    ...given,
  });
}

/** A sale that UiTPAS counts at another price. */
export function pricedCase(): CaseView {
  return refusedCase({
    line: line('confirmed', { receipt: 'B1-000023' }),
    group: 'disputed',
    notice: notice('check.price', { charged: '€ 2,00', accepted: '€ 2,50' }),
    acceptedCents: 250,
    atRiskCents: 0,
    ways: ['accept'],
  });
}

/** A point that is only taken for a short while. */
export function expiringCase(): CaseView {
  return refusedCase({
    line: line('queued', {
      id: 'point',
      receipt: 'B1-000024',
      kind: 'checkIn',
      label: '',
      chargedCents: null,
    }),
    group: 'expiring',
    notice: notice('check.expiring', { before: '18:30' }),
    chargedCents: null,
    atRiskCents: 0,
    ways: [],
  });
}

export function story(): StoryView {
  return {
    line: line('confirmed', { receipt: 'B1-000022' }),
    lines: [
      { at: '21/11 10:42:07', code: 'story.step.recorded', details: [] },
      { at: '21/11 10:42:08', code: 'story.answered.unknown', details: ['batch 4', 'HTTP 504'] },
      { at: '21/11 10:42:12', code: 'story.somethingNew', details: [] },
      { at: '21/11 10:43:10', code: 'story.step.found', details: ['machine'] },
    ],
  };
}
