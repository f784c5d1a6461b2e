// What is not on the first screen of the desk is read after it: a clerk waits for the desk, and not for the pages behind it.

import type { Balie } from './state.svelte';

/** The first screen is painted by then: reading any earlier would take the time that painting needs. */
const PAINTED_MS = 300;

export class Later {
  /** The other screens; absent until they are there, a moment after the first one. */
  rest = $state.raw<typeof import('./views/rest') | null>(null);
  /** They could not be read. They are a part of the program, so nothing else is to be done than to try again. */
  failed = $state(false);
  #balie: Balie;
  #reading = false;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  /** How they are read. */
  read = () => import('./views/rest');

  /** Reads them now, once. */
  async now(): Promise<void> {
    if (this.rest || this.#reading) return;
    this.#reading = true;
    try {
      this.rest = await this.read();
      this.failed = false;
      // Whoever came before they were there is seen only now.
      this.#balie.guard();
    } catch {
      this.failed = true;
    }
    this.#reading = false;
  }

  /** Reads them a moment after the first screen has come. */
  soon(): void {
    setTimeout(() => void this.now(), PAINTED_MS);
  }

  /** Tries once more. */
  again(): void {
    this.failed = false;
    void this.now();
  }
}
