// What may stand on the open screen. The words for why a price is the regular one stay behind the details key.

import type { Notice, OfferView, PersonView } from '../../ipc';
import { t, tWhole } from '../../texts';
import { openReasonCodes, renewDetails, whereCodes } from '../../texts/codes';

const open = new Set<string>(openReasonCodes);
const sends = new Set<string>(whereCodes);
const renews = new Set<string>(renewDetails);
const BLOCKED = 'pass.passholderBlocked';

/** Words with which UiTPAS speaks of a standing, of money or of a person who is blocked, in Dutch, French or English. */
const PRIVATE = [
  /kansen|standing|statuut|\bstatut|tarie?f|sociaal|sociale|\bsocial/i,
  /verlopen|vervallen|verstreken|respijt|expir|geschorst|schorsing|suspen|échu|périm/i,
  /\brecht\b|gerechtigd|rechthebbend|entitle|eligible|\bdroit\b|bénéficiaire|ayant droit/i,
  /tegemoetkoming|leefloon|inkomen|schuld|armoede|ocmw|cpas|revenu|dette|pauvreté|\bincome|\bdebt|poverty/i,
  /(pashouder|passholder|lidmaatschap|membership).*(blok|block)|(blok|block).*(pashouder|passholder|lidmaatschap|membership)/i,
  /(détenteur|titulaire|membre|adhésion).*bloqu|bloqu.*(détenteur|titulaire|membre|adhésion)/i,
];

/** UiTPAS may name the standing in its own words; those are not for the queue. */
export function mayBeSeen(text: string): boolean {
  return !PRIVATE.some((words) => words.test(text));
}

/** A reason that anyone may read, or null when the neutral sentence has to do. */
export function openReason(offer: OfferView): Notice | null {
  return offer.reason && open.has(offer.reason.code) ? offer.reason : null;
}

/** The reasons of all offers, each once, and what an open notice left out: for behind the details key. */
export function allReasons(person: PersonView): Notice[] {
  const seen = new Map<string, Notice>();
  const withheld = person.notice && person.notice.code === BLOCKED ? person.notice : null;
  for (const reason of [withheld, ...person.offers.map(({ reason }) => reason)]) {
    if (reason) seen.set(JSON.stringify(reason), reason);
  }
  return [...seen.values()];
}

/** The whole reason, for behind the details key; on the open screen a blocked person gets a neutral sentence. */
export function reasonText({ code, facts, asOf }: Notice): string {
  const text = tWhole(code === BLOCKED ? 'pass.passholderBlocked.private' : code, facts);
  return asOf === null ? text : `${text} ${t('notice.asOf', { asOf })}`;
}

/** Where a reason on the open screen sends the person, in the words of the organizer; null when it sends nobody anywhere, and
 * when those words themselves would say what the queue must not read. */
export function openWhere(code: string | undefined, renewAt: string | null | undefined): string | null {
  if (!renewAt || code === undefined || !sends.has(code) || !mayBeSeen(renewAt)) return null;
  return t('notice.where', { where: renewAt });
}

/** Where the person goes for what stands behind the details key. */
export function privateWhere(person: PersonView, renewAt: string | null | undefined): string | null {
  const reasons = [...allReasons(person), person.notice, person.checkIn?.reason].map(
    (reason) => reason?.code ?? '',
  );
  const sent = reasons.some((code) => sends.has(code));
  const ends = person.details.some(({ code, valueCode }) => renews.has(code) || renews.has(valueCode ?? ''));
  return renewAt && (sent || ends) ? renewAt : null;
}

/** What UiTPAS said, as far as it belongs behind the details key. */
export function allSaid(person: PersonView): string[] {
  const said = [
    person.notice?.said,
    ...person.offers.map(({ reason }) => reason?.said),
    person.checkIn?.reason?.said,
    ...person.rewards.map(({ reason }) => reason?.said),
    ...person.messages,
  ];
  return [...new Set(said.filter((text): text is string => Boolean(text)))];
}
