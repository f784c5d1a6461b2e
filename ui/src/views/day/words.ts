// The words of the day: for its places, its amounts, and for its files, which have no words of their own.

import type { DayPlace, DayView, DayWords, LineKind } from '../../ipc';
import { t, type Key } from '../../texts';
import { spoken } from '../../texts/language.svelte';

/** The same words as on each line. */
export const places: Record<DayPlace, Key> = {
  noted: 'line.queued',
  sent: 'line.confirmed',
  refused: 'line.refused',
  toCheck: 'line.inDoubt',
  takenBack: 'line.withdrawn',
  handedOver: 'line.handedOver',
};

export const kinds: Record<LineKind, Key> = {
  sell: 'line.kind.sell',
  checkIn: 'line.kind.checkIn',
  redeem: 'line.kind.redeem',
  cancel: 'line.kind.cancel',
};

/** `21/11/2026` */
export function dated(day: string): string {
  return day.split('-').reverse().join('/');
}

/** When a day was closed: at `18:02`, or at `22/11 09:00` on another day. */
export function closedAt(at: string, told: 'day.closed' | 'day.close.done'): string {
  const [day, hour] = at.split(' ');
  if (hour === undefined) return t(told, { at });
  return t(told === 'day.closed' ? 'day.closed.on' : 'day.close.done.on', { day: day ?? '', at: hour });
}

/** The captions of a file. */
export function wordsOf(view: DayView): DayWords {
  return {
    language: spoken.language,
    file: t('day.file.name'),
    list: t('day.list'),
    totals: t('day.totals'),
    columns: {
      receipt: t('day.column.receipt'),
      date: t('day.column.date'),
      hour: t('day.column.hour'),
      kind: t('day.filter.kind'),
      title: t('day.column.title'),
      label: t('day.column.label'),
      tickets: t('day.row.tickets'),
      regular: t('day.row.regular'),
      charged: t('day.row.charged'),
      points: t('day.column.points'),
      place: t('day.filter.place'),
    },
    kinds: {
      sell: t(kinds.sell),
      checkIn: t(kinds.checkIn),
      redeem: t(kinds.redeem),
      cancel: t(kinds.cancel),
    },
    places: {
      noted: t(places.noted),
      sent: t(places.sent),
      refused: t(places.refused),
      toCheck: t(places.toCheck),
      takenBack: t(places.takenBack),
      handedOver: t(places.handedOver),
    },
    slip: {
      heading: t('day.slip.heading', { date: dated(view.day) }),
      notReal: t('day.slip.notReal'),
      made: t('day.slip.made'),
      closed: t('day.slip.closed'),
      notClosed: t('day.slip.notClosed'),
      changed: t('day.slip.changed', { n: view.changedSince }),
      acts: t('day.row.acts'),
      discount: t('day.row.discount'),
      saved: t('day.row.saved'),
      spent: t('day.row.spent'),
      back: t('day.slip.back'),
      estimate: t('day.slip.estimate'),
      passholder: t('day.split.passholder'),
      organizer: t('day.split.organizer'),
      municipality: t('day.split.municipality'),
      unknown: t('day.split.unknown'),
      difference: t('day.server.title'),
      ours: t('day.server.ours'),
      theirs: t('day.server.theirs'),
      less: t('day.server.less'),
      unpriced: t('day.slip.unpriced'),
      differing: t('day.slip.differing'),
      activities: t('day.activities.title'),
      trail: t('day.slip.trail'),
    },
  };
}
