// A distribution key while it is filled in: what stands in the fields, as it was typed. Whether it adds up, Rust says.

import type { ChosenKeys, KeyShare, Municipality, OwnKey, ShareKind } from '../../ipc';
import { number } from '../../texts/format';
import { hundredths } from './whole';

/** Which key: one of the list by its place, or one of the pair. */
export type Place = number | 'own' | 'other';
export type Payer = 'passholder' | 'organizer' | 'government';
export const payers: readonly Payer[] = ['passholder', 'organizer', 'government'];

export type PartDraft = { kind: ShareKind; text: string };
export type KeyDraft = Record<Payer, PartDraft> & {
  place: Place;
  below: string;
  is: string;
  above: string;
  ownCardSystem: boolean;
  municipality: Municipality;
};

const euro = (cents: number) =>
  number(cents / 100, { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: false });
const percent = (part: number) => number(part / 100, { maximumFractionDigits: 2, useGrouping: false });
const price = (cents: number | null) => (cents === null ? '' : euro(cents));
const cents = (text: string) => (text.trim() === '' ? null : hundredths(text));

function part({ kind, amount }: KeyShare): PartDraft {
  if (kind === 'rest') return { kind, text: '' };
  return { kind, text: kind === 'fixed' ? euro(amount) : percent(amount) };
}

function share({ kind, text }: PartDraft): KeyShare {
  return { kind, amount: kind === 'rest' ? 0 : hundredths(text) };
}

/** What stands in the fields when somebody begins to change a key. */
export function begun(place: Place, key: OwnKey, municipality: Municipality = 'any'): KeyDraft {
  return {
    place,
    below: price(key.belowCents),
    is: price(key.isCents),
    above: price(key.aboveCents),
    ownCardSystem: key.ownCardSystem,
    municipality,
    passholder: part(key.passholder),
    organizer: part(key.organizer),
    government: part(key.government),
  };
}

function filledIn(draft: KeyDraft): OwnKey {
  return {
    belowCents: cents(draft.below),
    isCents: cents(draft.is),
    aboveCents: cents(draft.above),
    ownCardSystem: draft.ownCardSystem,
    passholder: share(draft.passholder),
    organizer: share(draft.organizer),
    government: share(draft.government),
  };
}

/** The keys with what was filled in: in its place, or at the end of the list. */
export function withDraft(keys: ChosenKeys, draft: KeyDraft): ChosenKeys {
  const key = filledIn(draft);
  const { place } = draft;
  if (typeof place === 'number') {
    const automatic = [...keys.automatic];
    automatic.splice(place, 1, { municipality: draft.municipality, key });
    return { ...keys, automatic };
  }
  return keys.manual ? { ...keys, manual: { ...keys.manual, [place]: key } } : keys;
}

/** The keys with one of the list a place further, or back. */
export function moved(keys: ChosenKeys, place: number, by: 1 | -1): ChosenKeys {
  const automatic = [...keys.automatic];
  automatic.splice(place + by, 0, ...automatic.splice(place, 1));
  return { ...keys, automatic };
}
