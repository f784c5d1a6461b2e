// People, prices and lines as the Rust side would send them.

import type {
  CheckInView,
  DeskView,
  EventView,
  LineState,
  LineView,
  Notice,
  OfferView,
  PersonView,
  PriceSource,
  RewardView,
} from '../src/ipc';

let taps = 0;

/** What UiTPAS may say of a standing without ever naming it by its full word. */
export const privateSentences = [
  'Je hebt geen recht op sociaal tarief op deze activiteit.',
  'Je hebt hier geen recht meer op een lagere prijs.',
  'Je statuut is vervallen.',
  'De geldigheid is vervallen op 31/12/2025.',
  'De pashouder heeft geen verhoogde tegemoetkoming.',
  'De pashouder is in schuldbemiddeling.',
  'Het tarief geldt niet: de schorsing loopt tot 1 maart.',
  'Social tariff is expired.',
  'Deze pashouder is geblokkeerd.',
];

export function notice(code: string, facts: Record<string, string> = {}, said: string | null = null): Notice {
  return { code, facts: Object.entries(facts).map(([name, value]) => ({ name, value })), said, asOf: null };
}

export function deskView(given: Partial<DeskView> = {}): DeskView {
  return {
    organizer: 'Zwembad De Dolfijn',
    environment: 'production',
    practice: false,
    reader: { state: 'ready', name: 'Lezer 1', trouble: null },
    connection: 'connected',
    language: 'nl',
    look: 'system',
    sound: true,
    volume: 60,
    fastMode: false,
    lockAfterMinutes: 3,
    renewAt: null,
    whoToCall: null,
    toSend: 0,
    toSendBefore: null,
    toCheck: 0,
    waiting: null,
    readOnly: false,
    clockBehind: false,
    chosenEvent: 'swim',
    refreshing: false,
    byPerson: false,
    signedIn: true,
    canLock: false,
    keyringFails: false,
    growingOld: null,
    ...given,
  };
}

export function eventViews(): EventView[] {
  return [
    {
      id: 'swim',
      title: 'Recreatief zwemmen',
      from: '09:00',
      until: '18:00',
      prices: [
        { label: 'Volwassene', regularCents: 1000 },
        { label: 'Kind', regularCents: 500 },
      ],
    },
    {
      id: 'cafe',
      title: 'Café chantant',
      from: '20:00',
      until: null,
      prices: [{ label: 'Basis', regularCents: 0 }],
    },
  ];
}

export function offer(
  id: number,
  label: string,
  regularCents: number,
  given: Partial<OfferView> = {},
): OfferView {
  const priceCents = given.priceCents ?? regularCents;
  const source: PriceSource = priceCents < regularCents ? 'live' : 'regular';
  return {
    id,
    label,
    regularCents,
    priceCents,
    sellable: priceCents < regularCents,
    most: 1,
    source,
    asOf: null,
    reason: null,
    ...given,
  };
}

export function checkIn(given: Partial<CheckInView> = {}): CheckInView {
  return { points: 1, saveable: true, saved: false, live: true, deadline: null, reason: null, ...given };
}

export function reward(id: number, title: string, given: Partial<RewardView> = {}): RewardView {
  const points = given.points ?? 5;
  return {
    id,
    title,
    welcome: false,
    points,
    before: 14,
    after: 14 - points,
    redeemable: true,
    redeemed: false,
    live: true,
    practical: null,
    reason: null,
    ...given,
  };
}

/** A group pass with so many turns left. */
export function group(turns: number, given: Partial<PersonView> = {}): PersonView {
  const most = turns;
  return person({
    group: true,
    firstName: null,
    points: null,
    offers: [
      offer(1, 'Volwassene', 1000, { priceCents: 200, most }),
      offer(2, 'Kind', 500, { priceCents: 100, most }),
    ],
    checkIn: checkIn({ saveable: false, reason: notice('checkIn.group') }),
    ...given,
  });
}

/** Each person is a new tap, unless the tap is given. */
export function person(given: Partial<PersonView> = {}): PersonView {
  return {
    tap: given.tap ?? ++taps,
    phase: 'ready',
    firstName: 'Yasmina',
    number: '0900 ••• ••7 513',
    group: false,
    points: 14,
    offers: [offer(1, 'Volwassene', 1000, { priceCents: 200 }), offer(2, 'Kind', 500, { priceCents: 100 })],
    checkIn: checkIn(),
    rewards: [],
    byItself: null,
    beforeNotSaved: false,
    notice: null,
    messages: [],
    details: [{ code: 'details.standing', valueCode: 'standing.value.active', value: null }],
    ...given,
  };
}

export function regularPerson(given: Partial<PersonView> = {}): PersonView {
  const reason = notice('standing.expired', { date: '31/12/2025' });
  return person({
    firstName: 'Bart',
    offers: [offer(1, 'Volwassene', 1000, { reason }), offer(2, 'Kind', 500, { reason })],
    details: [{ code: 'details.standing', valueCode: 'standing.value.expired', value: null }],
    messages: ['Je kansenstatuut is verlopen.'],
    ...given,
  });
}

export function line(state: LineState, given: Partial<LineView> = {}): LineView {
  return {
    id: `entry-${state}`,
    receipt: 'B1-000012',
    at: '10:42',
    kind: 'sell',
    label: 'Volwassene',
    title: 'Recreatief zwemmen',
    quantity: 1,
    points: null,
    chargedCents: 200,
    number: '0900 ••• ••7 513',
    state,
    redeemCode: null,
    redeemInfo: null,
    deadline: null,
    canUndo: state === 'queued',
    undoSends: false,
    notice: null,
    ...given,
  };
}

/** A point that was saved. */
export function pointLine(state: LineState, given: Partial<LineView> = {}): LineView {
  return line(state, {
    id: `point-${state}`,
    kind: 'checkIn',
    label: '',
    points: 1,
    chargedCents: null,
    receipt: 'B1-000013',
    ...given,
  });
}

/** A reward that was redeemed. */
export function rewardLine(state: LineState, given: Partial<LineView> = {}): LineView {
  return line(state, {
    id: 'reward-line',
    kind: 'redeem',
    label: '',
    title: 'Koffie',
    points: -5,
    chargedCents: null,
    receipt: 'B1-000014',
    ...given,
  });
}
