// The codes that come from the Rust side. Each has a sentence in nl.json; the compiler says so when one is missing.

import type { Key } from './index';

/** What can be said about a person, a pass or a card. */
export const noticeCodes = [
  'pass.unknown',
  'pass.unseen',
  'pass.cardBlocked',
  'pass.cardNotActive',
  'pass.passholderBlocked',
  'pass.refusedByServer',
  'pass.signInNeeded',
  'pass.noPermission',
  'pass.busy',
  'card.randomId',
  'card.other',
  'number.checkDigit',
  'number.length',
  'number.notANumber',
  'insz.off',
  'insz.checkDigits',
  'reader.removedTooSoon',
  'reader.inUse',
  'reader.unreadable',
  'reader.noService',
  'store.failed',
  'event.choose',
] as const satisfies readonly Key[];

/** Why a price is the regular one: words for behind the details key, where the queue does not look. */
export const privateReasonCodes = [
  'standing.none',
  'standing.expired',
  'standing.suspended',
  'standing.tooOld',
  'standing.unknown',
  'region.other',
  'region.unknown',
  'tariff.none',
] as const satisfies readonly Key[];

/** Why nothing can be recorded, in words that anyone may read. */
export const openReasonCodes = [
  'limit.reached.absolute',
  'limit.reached.day',
  'limit.reached.week',
  'limit.reached.month',
  'limit.reached.quarter',
  'limit.reached.year',
  'price.notCached',
  'price.free',
  'group.needsConnection',
  'group.noTurnsLeft',
  'offer.sold',
] as const satisfies readonly Key[];

/** What can be said about something that was recorded. */
export const lineCodes = [
  'sale.refused',
  'sale.refused.limit',
  'sale.refused.standing',
  'sale.inDoubt',
  'sale.held.signIn',
  'sale.held.forbidden',
  'sale.priceDiffers',
] as const satisfies readonly Key[];

/** Why a command was not done. */
export const problemCodes = [
  'problem.unknown',
  'problem.window',
  'sell.gone',
  'sell.changed',
  'sell.disk',
  'undo.tooLate',
  'event.unknown',
  'refresh.offline',
  'refresh.refused',
  'refresh.signIn',
  'practice.off',
  'practice.network',
  'store.diskFull',
  'store.changed',
] as const satisfies readonly Key[];

/** Why the desk could not be opened. */
export const stoppedCodes = [
  'setup.failed',
  'setup.noConfig',
  'setup.config',
  'setup.noFolder',
  'setup.alreadyOpen',
  'setup.noKeyring',
  'setup.keyringLocked',
  'setup.keyLost',
  'setup.keyDamaged',
  'setup.wrongKey',
  'setup.tooNew',
  'setup.otherEnvironment',
] as const satisfies readonly Key[];

/** Captions and values behind the details key. */
export const detailCodes = [
  'details.standing',
  'details.region',
  'details.endDate',
  'details.reason',
  'details.passKind',
  'details.asOf',
  'standing.value.active',
  'standing.value.grace',
  'standing.value.expired',
  'standing.value.suspended',
  'standing.value.none',
  'standing.value.unknown',
  'standing.value.tooOld',
  'region.value.other',
  'pass.kind.individual',
  'pass.kind.group',
] as const satisfies readonly Key[];

/** What a practice card is for. */
export const practiceCodes = [
  'practice.card.active',
  'practice.card.expired',
  'practice.card.blocked',
  'practice.card.otherRegion',
  'practice.card.none',
  'practice.card.unregistered',
  'practice.card.group',
  'practice.card.groupCoupons',
  'practice.card.telephone',
  'practice.card.unknown',
] as const satisfies readonly Key[];

export const allCodes: readonly Key[] = [
  ...noticeCodes,
  ...privateReasonCodes,
  ...openReasonCodes,
  ...lineCodes,
  ...problemCodes,
  ...stoppedCodes,
  ...detailCodes,
  ...practiceCodes,
];
