// What Enter means in each dialog. Where somebody must choose with care it means nothing, and a button has to have the focus.

import type { Balie } from './state.svelte';

/** Does what the dialog that stands there asks about. */
export function confirms(balie: Balie): void {
  const kind = balie.dialog?.kind;
  if (kind === 'redeem') void balie.redeem();
  else if (kind === 'undo') void balie.confirmUndo();
  else if (kind === 'settle') void balie.check.settle();
  else if (kind === 'closeDay') void balie.day.confirm();
  else if (kind === 'handOver' || kind === 'takeOver') void balie.check.carry(kind);
  else if (kind === 'workOn') void balie.check.workOnHere();
  else if (kind === 'clock') void balie.check.clockIsRight();
  else if (kind === 'ready') void balie.offline.prepare();
  else if (kind === 'wipe') void balie.offline.wipe();
  else if (kind === 'signIn' && balie.settled) void balie.access.signIn();
  else if (kind === 'signOut') void balie.access.signOut();
  else if (kind === 'recoveryCode' && balie.settled) void balie.access.codeFurther();
  else if (kind === 'handed' && balie.settled) balie.back();
  else if (kind === 'redeemed') balie.finish();
}
