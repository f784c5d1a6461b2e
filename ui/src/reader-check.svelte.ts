// Why the reader does not work, and what to do. While that stands there it is looked at anew whenever something changes.

import { Anew } from './anew';
import { oneOf } from './dialog';
import { commands } from './ipc';
import type { ReaderCheckView, ReaderView } from './ipc';
import type { Balie } from './state.svelte';
import { copies } from './texts/copy';

export class ReaderCheck {
  view = $state.raw<ReaderCheckView | null>(null);
  /** It is being looked at. */
  asking = $state(false);
  /** Whether it could be copied; nothing before somebody tried. */
  copied = $state<boolean | null>(null);
  #balie: Balie;
  /** It grows each time what was asked before is no more to be shown. */
  #turn = 0;
  #anew = new Anew(
    (quiet) => this.#look(quiet),
    () => this.#isOpen,
  );

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  forget(): void {
    this.#turn += 1;
    this.view = null;
    this.asking = false;
    this.copied = null;
  }

  async open(): Promise<void> {
    const { dialog } = this.#balie;
    const from = dialog?.kind === 'readerCheck' ? dialog.from : oneOf(dialog, 'settings', 'help');
    this.forget();
    this.#balie.show({ kind: 'readerCheck', from });
    await this.look();
  }

  async look(): Promise<void> {
    this.asking = true;
    this.copied = null;
    await this.#anew.read();
  }

  /** The reader stands otherwise than before. */
  heard(before: ReaderView | undefined, now: ReaderView): void {
    const isSame = before?.state === now.state && before.name === now.name && before.trouble === now.trouble;
    if (!isSame) this.#anew.changed();
  }

  async copy(): Promise<void> {
    if (!this.view) return;
    const turn = this.#turn;
    const copied = await copies(this.view.report);
    if (turn === this.#turn) this.copied = copied;
  }

  /** It stands there: on a page of its own, or in its step of the set-up. */
  get #isOpen(): boolean {
    const { start, setUp, dialog } = this.#balie;
    if (start.stage !== 'setUp') return dialog?.kind === 'readerCheck';
    return setUp.step === 'reader' && (this.asking || this.view !== null);
  }

  async #look(quiet: boolean): Promise<void> {
    const turn = this.#turn;
    this.asking = true;
    const view = await this.#balie.answered(commands.readerCheck(), quiet);
    if (turn !== this.#turn) return;
    this.asking = false;
    this.view = view ?? this.view;
  }
}
