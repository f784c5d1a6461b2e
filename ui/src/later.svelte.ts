// What is not on the first screen of the desk is read after it: a clerk waits for the desk, and not for the pages behind it.

import { SILENT } from './answer';
import { balie } from './state.svelte';

let rest = $state.raw<typeof import('./views/rest') | null>(null);
let asked = false;

export const later = {
  /** The other screens; absent until they are there, a moment after the first one. */
  get rest() {
    return rest;
  },
  /** How they are read. */
  read: () => import('./views/rest'),
};

/** Reads the rest now, once. It is a part of the program; where it cannot be read all the same, the clerk hears it. */
export async function readRest(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    rest = await later.read();
  } catch {
    asked = false;
    balie.problem = SILENT;
  }
}

/** The first screen is painted by then: reading any earlier would take the time that painting needs. */
const PAINTED_MS = 300;

/** Reads it a moment after the first screen has come. */
export function readAfterTheFirstScreen(): void {
  setTimeout(() => void readRest(), PAINTED_MS);
}
