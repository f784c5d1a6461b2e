import type { ReaderView } from '../../ipc';

/** A reader is plugged in, but it takes no card that is laid on it. */
export function takesOnlyPutIn({ state, name }: ReaderView): boolean {
  return state === 'absent' && name !== null;
}

/** Why a card on the reader is not read: a code; nothing where it is, or where no reader is plugged in. */
export function whyNot(reader: ReaderView): string | null {
  return takesOnlyPutIn(reader) ? 'readerCheck.onlyContact' : reader.trouble;
}
