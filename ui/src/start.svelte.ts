// What stands before the clerk: the desk, or what comes before it. It knows nothing of any person, and neither the PIN
// nor the code stays here after it was tried.

import { countOf, heard, type Answer } from './answer';
import { commands } from './ipc';
import type { Fact, Problem, Stage, StartView } from './ipc';
import type { Balie } from './state.svelte';
import { speak } from './texts/language.svelte';
import { look } from './theme';

const TICK_MS = 250;

export class Start {
  view = $state.raw<StartView | null>(null);
  /** Whoever forgot the PIN is asked for the recovery code. */
  forgot = $state(false);
  busy = $state(false);
  /** Why the last PIN or code was not taken. */
  problem = $state.raw<Problem | null>(null);
  /** In how many seconds a PIN can be tried again. */
  seconds = $state(0);
  #balie: Balie;
  #shown = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  get stage(): Stage | null {
    return this.view?.stage ?? null;
  }

  /** Takes in what stands before the clerk now. */
  show(view: StartView): void {
    const before = this.stage;
    this.#shown += 1;
    this.view = view;
    speak(view.language);
    look(view.look);
    this.#balie.stopped = null;
    if (view.stage !== before) {
      this.forgot = false;
      this.problem = null;
      this.#wait(0);
      this.#balie.entered(view.stage);
    }
    if (view.stage === 'locked' && view.notice) this.#waitFor(view.notice.facts);
  }

  /** The window locks before Rust says so: nothing stays visible meanwhile. */
  close(): void {
    if (this.view) this.show({ ...this.view, stage: 'locked', notice: null });
  }

  /** Asks what stands before the clerk; what was heard meanwhile is newer than the answer. */
  async look(ask = () => heard(commands.startup())): Promise<void> {
    const shown = this.#shown;
    const answer = await ask();
    if (this.#shown !== shown) return;
    if (answer.status === 'ok') {
      this.#balie.given = answer.data.screen;
      this.show(answer.data.start);
      this.#balie.given = null;
    } else if (answer.error.code === 'problem.window') this.#balie.problem = answer.error;
    else this.#balie.stopped = answer.error;
  }

  async unlock(pin: string): Promise<void> {
    if (this.seconds === 0) await this.#opens(() => commands.unlock(pin));
  }

  async recover(code: string): Promise<void> {
    await this.#opens(() => commands.recover(code));
  }

  async tryAgain(): Promise<void> {
    await this.#opens(() => commands.tryAgain());
  }

  ask(forgot: boolean): void {
    this.forgot = forgot;
    this.problem = null;
  }

  async #opens(ask: () => Promise<Answer<null>>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const answer = await heard(ask());
    this.problem = answer.status === 'error' ? answer.error : null;
    if (answer.status === 'error') this.#waitFor(answer.error.facts);
    else await this.look();
    this.busy = false;
  }

  #waitFor(facts: readonly Fact[]): void {
    const seconds = countOf(facts, 'seconds');
    if (seconds !== null) this.#wait(seconds);
  }

  // Rust keeps the real count, also over a restart; this one only shows it.
  #wait(seconds: number): void {
    clearInterval(this.#ticking);
    this.seconds = seconds;
    if (seconds === 0) return;
    const until = performance.now() + seconds * 1000;
    this.#ticking = setInterval(() => {
      this.seconds = Math.max(0, Math.ceil((until - performance.now()) / 1000));
      if (this.seconds === 0) clearInterval(this.#ticking);
    }, TICK_MS);
  }
}
