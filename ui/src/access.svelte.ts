// Who may stand at this desk: signing in and out, the choice of a desk, the lock, the PIN and the recovery code. The
// set-up uses it, and so do the dialogs behind the menu. A PIN and a code are dropped as soon as their screen is left.

import { heard } from './answer';
import { oneOf } from './dialog';
import { commands } from './ipc';
import type { DeskChoice } from './ipc';
import type { Balie } from './state.svelte';

/** With more desks than this a search field stands above them. */
const FEW_DESKS = 8;

export class Access {
  /** Somebody signs in, in the browser. */
  signingIn = $state(false);
  desks = $state.raw<DeskChoice[] | null>(null);
  filter = $state('');
  oldPin = $state('');
  pin = $state('');
  again = $state('');
  /** The recovery code that was drawn; it is shown once. */
  code = $state.raw<string | null>(null);
  /** It was written down: now it is typed back, from the paper. */
  written = $state(false);
  typed = $state('');
  busy = $state(false);
  #balie: Balie;
  #cancelled = false;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  /** Nothing that was typed or shown for a while stays. */
  forget(): void {
    this.desks = null;
    this.filter = '';
    this.oldPin = this.pin = this.again = '';
    this.code = null;
    this.written = false;
    this.typed = '';
  }

  async signIn(): Promise<boolean> {
    if (this.signingIn) return false;
    this.signingIn = true;
    this.#cancelled = false;
    const done = (await this.#balie.answered(commands.signIn())) !== undefined;
    this.signingIn = false;
    // Whoever stopped it knows that it was stopped.
    if (this.#cancelled && this.#balie.problem?.code === 'signIn.cancelled') this.#balie.problem = null;
    if (done && this.#balie.dialog?.kind === 'signIn') this.#balie.back();
    return done;
  }

  async cancelSignIn(): Promise<void> {
    if (!this.signingIn) return;
    this.#cancelled = true;
    await this.#balie.answered(commands.cancelSignIn(), true);
  }

  /** Opens the question, or what it is at. */
  openSignIn(): void {
    this.#balie.show({ kind: 'signIn', from: oneOf(this.#balie.dialog, 'ready') });
  }

  async signOut(): Promise<void> {
    if (this.busy || !this.#balie.settled) return;
    this.busy = true;
    const done = (await this.#balie.answered(commands.signOut())) !== undefined;
    this.busy = false;
    if (done && this.#balie.dialog?.kind === 'signOut') this.#balie.close();
  }

  async openDesks(): Promise<void> {
    this.forget();
    this.#balie.show({ kind: 'desks' });
    this.desks = (await this.#balie.answered(commands.desks())) ?? null;
  }

  /** Goes to stand at another desk; at the one that was chosen nothing changes. */
  async choose(desk: DeskChoice): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const done = desk.chosen || (await this.#balie.answered(commands.chooseDesk(desk.id))) !== undefined;
    this.busy = false;
    if (done && this.#balie.dialog?.kind === 'desks') {
      this.#balie.close();
      if (!desk.chosen) await this.#balie.read();
    }
    return done;
  }

  searchable(desks: readonly DeskChoice[]): boolean {
    return desks.length > FEW_DESKS;
  }

  /** Everything is gone from the window at once, whatever Rust takes to lock. */
  async lock(): Promise<void> {
    const { start } = this.#balie;
    if (this.#balie.desk?.canLock !== true || start.stage !== 'open') return;
    start.close();
    const answer = await heard(commands.lock());
    if (answer.status === 'ok') return;
    await start.look();
    if (start.stage === 'open') this.#balie.problem = answer.error;
  }

  openPin(): void {
    this.forget();
    this.#balie.show({ kind: 'pin', from: oneOf(this.#balie.dialog, 'settings') });
  }

  /** Sets the PIN as it was typed twice, or takes it away. */
  async setPin(takeAway = false): Promise<boolean> {
    if (this.busy) return false;
    if (!takeAway && this.pin !== this.again) {
      this.again = '';
      this.#balie.problem = { code: 'pin.differs', severity: 'clerk', facts: [] };
      return false;
    }
    this.busy = true;
    const asked = commands.setPin(this.oldPin === '' ? null : this.oldPin, takeAway ? null : this.pin);
    const done = (await this.#balie.answered(asked)) !== undefined;
    this.busy = false;
    if (done) this.oldPin = this.pin = this.again = '';
    if (done && this.#balie.dialog?.kind === 'pin') this.#balie.back();
    return done;
  }

  /** Whoever has the recovery code needs no PIN, so the PIN is asked before there is another code. */
  get asksPin(): boolean {
    return (
      this.code === null && (this.#balie.desk?.canLock === true || this.#balie.setUp.view?.hasPin === true)
    );
  }

  openRecoveryCode(): void {
    this.forget();
    this.#balie.show({ kind: 'recoveryCode' });
  }

  /** The code as it is drawn, written down and typed back: one step further. True when it holds. */
  async codeFurther(): Promise<boolean> {
    if (this.busy) return false;
    if (this.code === null) {
      this.busy = true;
      const asked = commands.recoveryCode(this.oldPin === '' ? null : this.oldPin);
      this.code = (await this.#balie.answered(asked)) ?? null;
      this.oldPin = '';
      this.busy = false;
      return false;
    }
    if (!this.written) {
      this.written = true;
      this.typed = '';
      return false;
    }
    if (this.typed.trim() === '') return false;
    this.busy = true;
    const done = (await this.#balie.answered(commands.confirmRecoveryCode(this.typed))) !== undefined;
    this.busy = false;
    if (!done) return false;
    this.forget();
    if (this.#balie.dialog?.kind === 'recoveryCode') this.#balie.close();
    return true;
  }

  /** One step back to the code itself; false when there is none. */
  codeBack(): boolean {
    if (!this.written) return false;
    this.written = false;
    this.typed = '';
    return true;
  }
}
