// When nobody does anything for a while, a desk that can be locked locks itself. It hears that something happened, and
// never what.

/** So long without a key or a pointer, and the desk locks, unless its settings say otherwise. */
export const IDLE_MS = 3 * 60_000;
const LOOK_MS = 5_000;
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

/** Calls `lock` when nothing happened for so long while `may` holds. The answer ends it. */
export function watchIdle(may: () => boolean, lock: () => void, long = () => IDLE_MS): () => void {
  let last = now();

  // The timers of a hidden window come late, and a computer that sleeps has none: so a sign of life looks first.
  function look(alive: boolean): void {
    const at = now();
    const idle = may() && since(last, at) >= long();
    if (alive || idle) last = at;
    if (idle) lock();
  }

  const sign = () => look(true);
  const looking = setInterval(() => look(false), LOOK_MS);
  for (const name of SIGNS) window.addEventListener(name, sign, { capture: true, passive: true });
  return () => {
    clearInterval(looking);
    for (const name of SIGNS) window.removeEventListener(name, sign, { capture: true });
  };
}

type Now = { wall: number; steady: number };

function now(): Now {
  return { wall: Date.now(), steady: performance.now() };
}

// One clock may stand still while the computer sleeps, the other may be set back: the one that says most is right.
function since(from: Now, to: Now): number {
  return Math.max(to.wall - from.wall, to.steady - from.steady);
}
