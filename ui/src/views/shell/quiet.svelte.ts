// When a banner may come and go. It moves what stands under it, so it does that when nobody is being helped or with the
// next person, and never under a hand that is about to press something.

import { balie } from '../../state.svelte';

/** Whether there is a place for what there is to say. What it says is gone at once: it would no longer be true. */
export function quietly(there: () => boolean): { readonly open: boolean } {
  let open = $state(false);
  let metBy = $state<number | null>(null);
  $effect.pre(() => {
    const tap = balie.person?.tap ?? null;
    if ((tap === null || tap !== metBy) && balie.dialog === null) [open, metBy] = [there(), tap];
  });
  return {
    get open() {
      return open;
    },
  };
}
