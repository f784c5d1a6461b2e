// What a person can do about a case, in words: to accept another price is another question than to leave things as they are.

import type { CaseView, CaseWay } from '../../ipc';
import { t } from '../../texts';

export type WayKey = CaseWay | 'acceptPrice';

export function wayKey(found: CaseView, way: CaseWay): WayKey {
  return way === 'accept' && found.notice.code === 'check.price' ? 'acceptPrice' : way;
}

/** Whether the list at UiTPAS may not be read any more: what was found in it is of before. */
export function isUnreadable({ notice }: CaseView): boolean {
  return notice.code === 'check.unreadable';
}

/** How many bookings could be the act, and whether they were found just now or while the list could still be read. */
export function couldBe(found: CaseView): string {
  const n = found.candidates.length;
  if (isUnreadable(found)) {
    return n === 1 ? t('toCheck.candidates.earlier.one') : t('toCheck.candidates.earlier', { n });
  }
  return n === 1 ? t('toCheck.candidates.one') : t('toCheck.candidates', { n });
}
