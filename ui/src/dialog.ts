// What lies over the desk. There is one at a time, and the next person closes it.

import type { CaseWay, HandedView, LineView } from './ipc';

export type Dialog =
  | { kind: 'rewards' }
  | { kind: 'redeem'; reward: number }
  | { kind: 'redeemed'; line: LineView }
  | { kind: 'undo'; line: LineView }
  | { kind: 'diagnosis' }
  | { kind: 'toCheck' }
  | { kind: 'settle'; entry: string; way: CaseWay }
  | { kind: 'story'; line: LineView; from: 'toCheck' | null }
  | { kind: 'handOver' }
  | { kind: 'takeOver' }
  | { kind: 'handed'; which: 'handOver' | 'takeOver'; handed: HandedView }
  | { kind: 'workOn' }
  | { kind: 'clock' }
  | { kind: 'ready' }
  | { kind: 'data'; from: 'ready' | null }
  | { kind: 'wipe'; from: 'ready' | null }
  | { kind: 'signIn' }
  | { kind: 'signOut' }
  | { kind: 'desks' }
  | { kind: 'pin' }
  | { kind: 'recoveryCode' };

/** Which dialogs were opened from the list of what needs a person, and go back to it. */
const FROM_CHECK: readonly Dialog['kind'][] = ['settle', 'handOver', 'takeOver', 'handed'];

/** In which dialogs something is typed or shown that must not stay. */
const SECRET: readonly Dialog['kind'][] = ['pin', 'recoveryCode', 'desks'];

export function isFromCheck(dialog: Dialog): boolean {
  return FROM_CHECK.includes(dialog.kind) || (dialog.kind === 'story' && dialog.from === 'toCheck');
}

/** Going from one to the other leaves a dialog in which something must not stay. */
export function leavesSecret(from: Dialog | null, to: Dialog | null): boolean {
  return from !== null && SECRET.includes(from.kind) && from.kind !== to?.kind;
}
