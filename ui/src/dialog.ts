// What stands before the desk: a page that takes its place, or a dialog that lies over it. There is one at a time, and the
// next person closes it.

import type { CaseWay, HandedView, LineView } from './ipc';
import type { Topic } from './views/help/topics';

export type Dialog =
  | { kind: 'rewards' }
  | { kind: 'redeem'; reward: number }
  | { kind: 'redeemed'; line: LineView; from: 'day' | null }
  | { kind: 'undo'; line: LineView; from: 'day' | null }
  | { kind: 'day' }
  | { kind: 'closeDay' }
  | { kind: 'help'; topic: Topic }
  | { kind: 'settings' }
  | { kind: 'readerCheck'; from: CheckFrom }
  | { kind: 'barcode' }
  | { kind: 'diagnosis' }
  | { kind: 'toCheck' }
  | { kind: 'settle'; entry: string; way: CaseWay }
  | { kind: 'story'; line: LineView; from: 'toCheck' | 'day' | null }
  | { kind: 'handOver' }
  | { kind: 'takeOver' }
  | { kind: 'handed'; which: 'handOver' | 'takeOver'; handed: HandedView }
  | { kind: 'workOn' }
  | { kind: 'clock' }
  | { kind: 'ready' }
  | { kind: 'data'; from: DataFrom }
  | { kind: 'wipe'; from: DataFrom }
  | { kind: 'signIn'; from: 'ready' | null }
  | { kind: 'signOut' }
  | { kind: 'desks' }
  | { kind: 'pin'; from: 'settings' | null }
  | { kind: 'recoveryCode' };

/** From which page it was asked what this computer keeps. */
type DataFrom = 'ready' | 'settings' | null;

/** From which page the reader is looked at. */
type CheckFrom = 'settings' | 'help' | null;

/** Which dialogs were opened from the list of what needs a person, and go back to it. */
const FROM_CHECK: readonly Dialog['kind'][] = ['settle', 'handOver', 'takeOver', 'handed'];

/** In which dialogs something is typed or shown that must not stay. */
const SECRET: readonly Dialog['kind'][] = ['pin', 'recoveryCode', 'desks', 'barcode'];

/** From which page a dialog was opened that lies over it, and goes back to it. */
export function under(dialog: Dialog): 'toCheck' | 'day' | 'ready' | 'settings' | null {
  if (FROM_CHECK.includes(dialog.kind)) return 'toCheck';
  if (dialog.kind === 'closeDay') return 'day';
  if (!('from' in dialog) || dialog.kind === 'data' || dialog.kind === 'wipe') return null;
  return dialog.kind === 'readerCheck' ? null : dialog.from;
}

/** What one step back comes to; nothing is the desk. */
export function behind(dialog: Dialog): Dialog | null {
  if (dialog.kind === 'redeem') return { kind: 'rewards' };
  if (dialog.kind === 'wipe') return { kind: 'data', from: dialog.from };
  if (dialog.kind === 'readerCheck' && dialog.from === 'help') return { kind: 'help', topic: 'reader' };
  const page = dialog.kind === 'data' || dialog.kind === 'readerCheck' ? dialog.from : under(dialog);
  return page && page !== 'help' ? { kind: page } : null;
}

/** Going from one to the other leaves a dialog in which something must not stay. */
export function leavesSecret(from: Dialog | null, to: Dialog | null): boolean {
  return from !== null && SECRET.includes(from.kind) && from.kind !== to?.kind;
}

/** What takes the place of the desk, rather than lying over it. */
const PAGES = ['day', 'toCheck', 'ready', 'data', 'diagnosis', 'settings', 'readerCheck', 'help'] as const;
export type PageName = (typeof PAGES)[number];

/** The page that a kind of dialog is, if it is one. */
function asPage(kind: Dialog['kind']): PageName | null {
  return PAGES.find((page) => page === kind) ?? null;
}

/** Which page stands there now: a dialog that was opened from a page lies over it. */
export function pageOf(dialog: Dialog | null): PageName | null {
  if (dialog === null) return null;
  return dialog.kind === 'wipe' ? 'data' : (under(dialog) ?? asPage(dialog.kind));
}

/** The page that stands there now, when it is one of these. */
export function oneOf<P extends PageName>(dialog: Dialog | null, ...pages: readonly P[]): P | null {
  const here = pageOf(dialog);
  return pages.find((page) => page === here) ?? null;
}

/** Whether nothing lies over the page: what goes wrong is then said on the page itself. */
export function isPage(dialog: Dialog | null): boolean {
  return dialog !== null && asPage(dialog.kind) !== null;
}
