// People, prices and lines as the Rust side would send them.

import type {
  DeskView,
  EventView,
  LineState,
  LineView,
  Notice,
  OfferView,
  PersonView,
  PriceSource,
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
  return { code, facts: Object.entries(facts).map(([name, value]) => ({ name, value })), said };
}

export function deskView(given: Partial<DeskView> = {}): DeskView {
  return {
    organizer: 'Zwembad De Dolfijn',
    environment: 'production',
    practice: false,
    reader: { state: 'ready', name: 'Lezer 1' },
    connection: 'connected',
    toSend: 0,
    toCheck: 0,
    chosenEvent: 'swim',
    refreshing: false,
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
    source,
    asOf: null,
    reason: null,
    ...given,
  };
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
    label: 'Volwassene',
    eventTitle: 'Recreatief zwemmen',
    chargedCents: 200,
    number: '0900 ••• ••7 513',
    state,
    canUndo: state === 'queued',
    notice: null,
    ...given,
  };
}
