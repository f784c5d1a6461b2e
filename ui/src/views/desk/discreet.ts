// What may stand on the open screen. The words for why a price is the regular one stay behind the details key.

import type { Notice, OfferView, PersonView } from '../../ipc';
import { openReasonCodes } from '../../texts/codes';

const open = new Set<string>(openReasonCodes);

/** UiTPAS may name the standing in its own words; those are not for the queue. */
export function mayBeSeen(text: string): boolean {
  return !/kansen|standing|statuut|tarif|verlopen|geschorst|armoede/i.test(text);
}

/** A reason that anyone may read, or null when the neutral sentence has to do. */
export function openReason(offer: OfferView): Notice | null {
  return offer.reason && open.has(offer.reason.code) ? offer.reason : null;
}

/** The reasons of all offers, each once: for behind the details key. */
export function allReasons(person: PersonView): Notice[] {
  const seen = new Map<string, Notice>();
  for (const { reason } of person.offers) {
    if (reason) seen.set(JSON.stringify(reason), reason);
  }
  return [...seen.values()];
}

/** What UiTPAS said, as far as it belongs behind the details key. */
export function allSaid(person: PersonView): string[] {
  const said = [person.notice?.said, ...person.offers.map(({ reason }) => reason?.said), ...person.messages];
  return [...new Set(said.filter((text): text is string => Boolean(text)))];
}
