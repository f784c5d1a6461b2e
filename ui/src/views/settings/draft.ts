// A distribution key while it is filled in: what stands in the fields, as it was typed. Whether it adds up, Rust says.

import type { AutomaticKey, ChosenKeys, KeyShare, Municipality, OwnKey, ShareKind } from '../../ipc';
import { number } from '../../texts/format';
import { hundredths } from './whole';

/** Which key: one of the list by its place, or one of the pair. */
export type Place = number | 'own' | 'other';
export type Payer = 'passholder' | 'organizer' | 'government';
export const payers: readonly Payer[] = ['passholder', 'organizer', 'government'];

export type PartDraft = { kind: ShareKind; text: string };
export type KeyDraft = Record<Payer, PartDraft> & {
  place: Place;
  /** The key of the list as it stood when somebody began to change it; nothing when it is new, or of the pair. */
  was: AutomaticKey | null;
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
export function begun(
  place: Place,
  key: OwnKey,
  municipality: Municipality = 'any',
  was: AutomaticKey | null = null,
): KeyDraft {
  return {
    place,
    was,
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
    // A key that is no longer there is not changed, and neither is the one that stands in its place now.
    const at = draft.was === null ? -1 : placeOf(keys, place, draft.was);
    automatic.splice(at < 0 ? place : at, at < 0 ? 0 : 1, { municipality: draft.municipality, key });
    return { ...keys, automatic };
  }
  return keys.manual ? { ...keys, manual: { ...keys.manual, [place]: key } } : keys;
}

/** Where a key of the list stands now, or -1: others may have moved since it stood at this place. */
export function placeOf(keys: ChosenKeys, place: number, key: AutomaticKey): number {
  const wanted = JSON.stringify(key);
  const same = (other: AutomaticKey | undefined) => JSON.stringify(other) === wanted;
  return same(keys.automatic[place]) ? place : keys.automatic.findIndex(same);
}

/** The keys with this one of the list a place further, or back, where there is such a place. */
export function moved(keys: ChosenKeys, place: number, key: AutomaticKey, by: 1 | -1): ChosenKeys {
  const at = placeOf(keys, place, key);
  const automatic = [...keys.automatic];
  if (at < 0 || at + by < 0 || at + by >= automatic.length) return keys;
  automatic.splice(at + by, 0, ...automatic.splice(at, 1));
  return { ...keys, automatic };
}

/** The keys without this one of the list. */
export function without(keys: ChosenKeys, place: number, key: AutomaticKey): ChosenKeys {
  const at = placeOf(keys, place, key);
  return { ...keys, automatic: keys.automatic.filter((_, other) => other !== at) };
}
