import type { Access } from '../../access.svelte';
import type { Key } from '../../texts';

/** What the next step with the recovery code is called. */
export function codeButton({ code, written }: Access): Key {
  if (code === null) return 'recoveryCode.show';
  return written ? 'recoveryCode.confirm' : 'recoveryCode.written';
}
