// The codes that come from the Rust side. Each has a sentence that says why and one,
// under `.next`, that says what to do now; the compiler says so when one is missing.

import type { Key, ReasonKey } from './index';

/** What can be said about a person, a pass or a card. */
export const noticeCodes = [
  'pass.unknown',
  'pass.unseen',
  'pass.stranger',
  'pass.cardBlocked',
  'pass.cardNotActive',
  'pass.passholderBlocked',
  'pass.refusedByServer',
  'pass.signInNeeded',
  'pass.noPermission',
  'pass.busy',
  'card.randomId',
  'card.other',
  'card.eidOff',
  'card.eidAgain',
  'number.checkDigit',
  'number.length',
  'number.notANumber',
  'insz.off',
  'insz.onlineOnly',
  'number.barcode',
  'number.tooMany',
  'insz.checkDigits',
  'reader.removedTooSoon',
  'reader.inUse',
  'reader.unreadable',
  'reader.noService',
  'reader.serviceHangs',
  'reader.noPermission',
  'reader.hangs',
  'reader.lost',
  'reader.mute',
  'reader.noCommonProtocol',
  'reader.twoCards',
  'store.failed',
  'event.choose',
] as const satisfies readonly ReasonKey[];

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
] as const satisfies readonly ReasonKey[];

/** What sends the person to the municipality: the organizer's own words of where that is stand beside it. */
export const whereCodes = [
  'pass.cardBlocked',
  'pass.cardNotActive',
  'pass.passholderBlocked',
  'standing.none',
  'standing.expired',
  'standing.suspended',
  'reward.refused.card',
  'reward.refused.noRegion',
] as const satisfies readonly ReasonKey[];

/** What stands behind the details key of a standing that is to be renewed. */
export const renewDetails = [
  'details.endDate.soon',
  'standing.value.grace',
  'standing.value.expired',
  'standing.value.suspended',
  'standing.value.none',
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
  'offline.count',
  'offline.sum',
  'offer.sold',
] as const satisfies readonly ReasonKey[];

/** Why no point can be saved. The kansenstatuut plays no part, so anyone may read it. */
export const checkInCodes = [
  'checkIn.group',
  'checkIn.tooEarly',
  'checkIn.tooLate',
  'checkIn.noSession',
  'checkIn.limit.absolute',
  'checkIn.limit.day',
  'checkIn.limit.week',
  'checkIn.limit.month',
  'checkIn.limit.quarter',
  'checkIn.limit.year',
  'checkIn.notAllowed',
  'checkIn.saved',
] as const satisfies readonly ReasonKey[];

/** Why a reward cannot be redeemed. */
export const rewardCodes = [
  'reward.group',
  'reward.notActive',
  'reward.otherDesk',
  'reward.otherRegion',
  'reward.regionUnknown',
  'reward.tooEarly',
  'reward.tooLate',
  'reward.soldOut',
  'reward.limit.absolute',
  'reward.limit.day',
  'reward.limit.week',
  'reward.limit.month',
  'reward.limit.quarter',
  'reward.limit.year',
  'reward.notEnoughPoints',
  'reward.stockNeedsConnection',
  'reward.onlineNeedsConnection',
  'reward.notSeenAsGranted',
  'reward.pointsUnknown',
  'reward.pointsTooOld',
  'reward.offlineOff',
  'reward.offlineTooMany',
  'reward.refused',
  'reward.refused.card',
  'reward.refused.limit',
  'reward.refused.points',
  'reward.refused.period',
  'reward.refused.soldOut',
  'reward.refused.region',
  'reward.refused.noRegion',
  'reward.redeemed',
] as const satisfies readonly ReasonKey[];

/** What can be said about something that was recorded. */
export const lineCodes = [
  'sale.refused',
  'sale.refused.limit',
  'sale.refused.standing',
  'sale.refused.unreadable',
  'sale.refused.wrongCard',
  'sale.inDoubt',
  'sale.held.signIn',
  'sale.held.forbidden',
  'sale.priceDiffers',
  'checkIn.refused',
  'checkIn.deadlinePassed',
  'checkIn.inDoubt',
  'redeem.refused',
  'redeem.inDoubt',
  'cancel.refused',
  'cancel.noRecord',
  'cancel.wasGone',
  'undo.wanted',
] as const satisfies readonly ReasonKey[];

/** Why something needs a person. */
export const checkCodes = [
  'check.several',
  'check.partial',
  'check.otherDesk',
  'check.late',
  'check.withoutReceipt',
  'check.unreadable',
  'check.tooLong',
  'check.limitAfterDoubt',
  'check.mismatch',
  'check.price',
  'check.gone',
  'check.expired',
  'check.looking',
  'check.expiring',
] as const satisfies readonly ReasonKey[];

/** What there is to say about what waits to be sent. */
export const waitingCodes = [
  'waiting.old',
  'waiting.monthEnds',
  'waiting.monthEnded',
  'waiting.dayEnds',
  'waiting.dayEnded',
] as const satisfies readonly ReasonKey[];

/** Why a command was not done. */
export const problemCodes = [
  'settings.file.failed',
  'settings.volume.wrong',
  'settings.lockAfter.wrong',
  'settings.mostOpen.wrong',
  'settings.mostDiscount.wrong',
  'settings.rewards.wrong',
  'settings.standingAge.wrong',
  'settings.sentence.wrong',
  'settings.keyRest.wrong',
  'settings.keyShare.wrong',
  'settings.keyAmount.wrong',
  'settings.keyPrice.wrong',
  'settings.keys.empty',
  'settings.keys.meanwhile',
  'diagnosis.file',
  'problem.unknown',
  'problem.window',
  'act.gone',
  'act.changed',
  'act.disk',
  'undo.tooLate',
  'event.unknown',
  'refresh.offline',
  'refresh.refused',
  'refresh.signIn',
  'practice.off',
  'practice.network',
  'practice.on',
  'desk.locked',
  'desk.notPermitted',
  'pin.none',
  'refresh.underWay',
  'setup.client',
  'typed.tooLong',
  'store.diskFull',
  'store.changed',
  'act.readOnly',
  'act.clockBehind',
  'store.replaced',
  'check.changed',
  'check.notPossible',
  'check.tooFew',
  'handOver.nothing',
  'handOver.file',
  'day.file',
  'day.notMade',
  'day.unknown',
  'takeOver.unreadable',
  'takeOver.otherEnvironment',
] as const satisfies readonly ReasonKey[];

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
  'setup.tampered',
  'setup.otherEnvironment',
] as const satisfies readonly ReasonKey[];

/** Why the recovery code is needed. */
export const keyCodes = [
  'key.noKeyring',
  'key.locked',
  'key.lost',
  'key.damaged',
] as const satisfies readonly ReasonKey[];

/** What can be said about the PIN, the recovery code and signing in. */
export const accessCodes = [
  'recovery.notACode',
  'recovery.wrong',
  'recovery.notTheSame',
  'pin.wrong',
  'pin.wait',
  'pin.wiped',
  'pin.tooShort',
  'pin.notDigits',
  'pin.old',
  'pin.differs',
  'signIn.timeout',
  'signIn.refused',
  'signIn.noBrowser',
  'signIn.offline',
  'signIn.clock',
  'signIn.failed',
  'signIn.cancelled',
] as const satisfies readonly ReasonKey[];

/** What can be said about working without a connection. */
export const readyCodes = [
  'ready.signIn.none',
  'ready.events.none',
  'ready.events.old',
  'ready.prices.missing',
  'ready.rewards.none',
  'ready.list.forbidden',
  'ready.list.old',
  'ready.list.none',
  'ready.cards.none',
  'ready.reader.absent',
  'ready.forbidden',
  'refresh.stopped',
  'old.standing',
  'old.events',
  'old.now',
] as const satisfies readonly ReasonKey[];

/** What can be wrong with a reader, or that all is well. */
export const readerCheckCodes = [
  'readerCheck.failed',
  'readerCheck.fine',
  'readerCheck.noReader',
  'readerCheck.noReaderOrService',
  'readerCheck.serviceNotInstalled',
  'readerCheck.serviceStopped',
  'readerCheck.noPermission',
  'readerCheck.serviceHangs',
  'readerCheck.driverMissing',
  'readerCheck.sandboxed',
  'readerCheck.macDriver',
  'readerCheck.onlyContact',
] as const satisfies readonly ReasonKey[];

/** The same, of which reader: no sentence of the check has a part that may fall away, because a terminal says it too. */
export const readerCheckOfReader = [
  'readerCheck.heldByKernel',
  'readerCheck.notSeen',
] as const satisfies readonly ReasonKey[];

/** Captions and values behind the details key. */
export const detailCodes = [
  'details.standing',
  'details.region',
  'details.endDate',
  'details.endDate.soon',
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

/** What happens to an entry. */
export const storyCodes = [
  'story.step.recorded',
  'story.step.claim',
  'story.step.accepted',
  'story.step.notSent',
  'story.step.notProcessed',
  'story.step.refused',
  'story.step.refusedWithBatch',
  'story.step.repeatable',
  'story.step.unknown',
  'story.step.foundOpen',
  'story.step.found',
  'story.step.absent',
  'story.step.undecided',
  'story.step.refusedAgain',
  'story.step.withdraw',
  'story.step.takenOut',
  'story.step.wishToCancel',
  'story.step.surplusTakenOut',
  'story.step.priceDiffers',
  'story.step.isGone',
  'story.step.expired',
  'story.step.sendAgain',
  'story.step.writeOff',
  'story.step.bookedByHand',
  'story.step.isThere',
  'story.step.isNotThere',
  'story.step.handOver',
  'story.step.takenOver',
  'story.step.foundSurplus',
  'story.step.surplusStays',
  'story.sent.intent',
  'story.answered.accepted',
  'story.answered.notSent',
  'story.answered.notProcessed',
  'story.answered.refused',
  'story.answered.refusedAgain',
  'story.answered.foundOpen',
  'story.answered.repeatable',
  'story.answered.unknown',
  'story.looked.found',
  'story.looked.absent',
  'story.looked.notYet',
  'story.looked.several',
  'story.looked.partial',
  'story.looked.otherDesk',
  'story.looked.late',
  'story.looked.withoutReceipt',
  'story.looked.unreadable',
  'story.looked.tooLong',
  'story.looked.limitAfterDoubt',
  'story.record.isThere',
  'story.record.takenOut',
] as const satisfies readonly Key[];

/** What a desk may do, and under `.not` what it means when it may not. */
export const permissionCodes = [
  'permission.passes',
  'permission.passes.not',
  'permission.chips',
  'permission.chips.not',
  'permission.tariffs',
  'permission.tariffs.not',
  'permission.sell',
  'permission.sell.not',
  'permission.sales',
  'permission.sales.not',
  'permission.checkIns',
  'permission.checkIns.not',
  'permission.rewards',
  'permission.rewards.not',
  'permission.settings',
  'permission.settings.not',
  'permission.list',
  'permission.list.not',
] as const satisfies readonly Key[];

/** What working without a connection takes, what will not work, and what is being fetched. */
export const offlineCodes = [
  'ready.signIn',
  'ready.events',
  'ready.prices',
  'ready.rewards',
  'ready.list',
  'ready.cards',
  'ready.reader',
  'refresh.permissions',
  'refresh.events',
  'refresh.prices',
  'refresh.list',
  'refresh.cards',
  'wont.newCards',
  'wont.coupons',
  'wont.stockRewards',
  'wont.onlineRewards',
  'wont.groupTurns',
  'wont.insz',
  'wont.prices',
  'wont.standing',
] as const satisfies readonly Key[];

/** What this computer keeps. */
export const keptCodes = [
  'kept.acts',
  'kept.events',
  'kept.prices',
  'kept.rewards',
  'kept.cards',
  'kept.typed',
  'kept.list',
  'kept.listed',
  'kept.backups',
] as const satisfies readonly Key[];

/** How the service, the readers and the last card stand. */
export const readerCheckWords = [
  'readerCheck.service.answers',
  'readerCheck.service.stopped',
  'readerCheck.service.notInstalled',
  'readerCheck.service.refuses',
  'readerCheck.service.hangs',
  'readerCheck.driver.there',
  'readerCheck.driver.missing',
  'readerCheck.driver.ofMac',
  'readerCheck.driver.unseen',
  'readerCheck.slot.contactless',
  'readerCheck.slot.contact',
  'readerCheck.slot.inside',
  'readerCheck.slot.unknown',
  'readerCheck.card.none',
  'readerCheck.card.uitpas',
  'readerCheck.card.randomId',
  'readerCheck.card.other',
  'readerCheck.card.eid',
] as const satisfies readonly Key[];

/** What is only said on a terminal. */
export const terminalWords = ['readerCheck.lay'] as const satisfies readonly Key[];

/** When a distribution key applies, and what each pays. */
export const keyWords = [
  'key.below',
  'key.is',
  'key.above',
  'key.own',
  'key.other',
  'key.ownCardSystem',
  'key.manual.own',
  'key.manual.other',
  'key.fixed',
  'key.ofPrice',
  'key.ofRemainder',
  'key.rest',
  'key.example',
  'key.note.never',
  'key.note.behind',
  'key.note.noPostalCodes',
  'key.note.noCardSystem',
] as const satisfies readonly Key[];

/** All that say why something is as it is, and what to do now. */
export const reasonCodes: readonly ReasonKey[] = [
  ...noticeCodes,
  ...privateReasonCodes,
  ...openReasonCodes,
  ...checkInCodes,
  ...rewardCodes,
  ...lineCodes,
  ...checkCodes,
  ...waitingCodes,
  ...problemCodes,
  ...stoppedCodes,
  ...keyCodes,
  ...accessCodes,
  ...readyCodes,
  ...readerCheckCodes,
];

/** All that name something, without more. */
export const captionCodes: readonly Key[] = [
  ...detailCodes,
  ...practiceCodes,
  ...storyCodes,
  ...permissionCodes,
  ...offlineCodes,
  ...keptCodes,
  ...readerCheckWords,
];

export const allCodes: readonly Key[] = [
  ...reasonCodes,
  ...readerCheckOfReader,
  ...captionCodes,
  ...terminalWords,
  ...keyWords,
];
