// What a person can do about a case, in words: to accept another price is another question than to leave things as they are.

import type { CaseView, CaseWay } from '../../ipc';

export type WayKey = CaseWay | 'acceptPrice';

export function wayKey(found: CaseView, way: CaseWay): WayKey {
  return way === 'accept' && found.notice.code === 'check.price' ? 'acceptPrice' : way;
}
