// What can be seen of the readers, as the Rust side would send it.

import type { FindingView, ReaderCheckView } from '../src/ipc';

export function finding(code: string, given: Partial<FindingView> = {}): FindingView {
  return { code, facts: [], fault: true, command: null, ...given };
}

/** One combi reader, and nothing wrong. */
export function readerCheckView(given: Partial<ReaderCheckView> = {}): ReaderCheckView {
  return {
    findings: [finding('readerCheck.fine', { fault: false })],
    service: 'readerCheck.service.answers',
    driver: 'readerCheck.driver.there',
    readers: [{ name: 'Combi', slots: ['readerCheck.slot.contact', 'readerCheck.slot.contactless'] }],
    usb: [],
    lastCard: null,
    lastCardAt: null,
    report: 'Balie 0.1.0 · Linux\nLezer: Combi',
    ...given,
  };
}
