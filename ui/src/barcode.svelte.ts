// A scanner read something that is no UiTPAS number. It may be the barcode of an identity card, so it is never shown, and it is
// kept only until somebody said whether UiTPAS is asked whose it is.

import { heard, type Answer } from './answer';
import { commands } from './ipc';
import { focusOn } from './keys';
import type { Balie } from './state.svelte';

export class Barcode {
  #text: string | null = null;
  #balie: Balie;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  forget(): void {
    this.#text = null;
  }

  /** Sends what a scanner read. What must be asked first is no problem, and nothing is asked over whoever came meanwhile. */
  async scan(text: string): Promise<Answer<null | 'asks'>> {
    const before = this.#balie.person?.tap;
    const answer = await heard(commands.scan(text));
    if (answer.status !== 'error' || answer.error.code !== 'number.barcode') return answer;
    const now = this.#balie.person?.tap;
    return { status: 'ok', data: now === undefined || now === before ? 'asks' : null };
  }

  /** Asks whether this is to be looked up. Whatever takes the place of the question forgets it. */
  ask(text: string): void {
    // After the question the keys belong to whoever stands at the desk, and not to the field.
    focusOn('person-at-desk');
    this.#balie.show({ kind: 'barcode' });
    this.#text = text;
  }

  /** Looks it up, once. */
  async forward(): Promise<void> {
    const text = this.#text;
    // The second line end of a scanner is no answer.
    if (text === null || !this.#balie.settled || this.#balie.identifying) return;
    this.#balie.close();
    this.#balie.identifying = true;
    await this.#balie.answered(commands.forward(text));
    this.#balie.identifying = false;
  }
}
