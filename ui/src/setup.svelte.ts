// The set-up: one step after the other, each with one thing to do. What was done is known to Rust, so it can be left and
// taken up again; only which step stands on the screen is kept here.

import { commands } from './ipc';
import type { DeskChoice, Language, SetUpView } from './ipc';
import type { Balie } from './state.svelte';

const ORDER = ['welcome', 'settings', 'signIn', 'desk', 'reader', 'recovery', 'pin', 'done'] as const;
export type Step = (typeof ORDER)[number];
export type Environment = 'test' | 'production';

export class SetUp {
  view = $state.raw<SetUpView | null>(null);
  step = $state<Step>('welcome');
  environment = $state<Environment>('production');
  client = $state('');
  busy = $state(false);
  /** Once the desk is open, what it takes to work without a connection is shown. */
  thenReady = false;
  /** The step stands here long enough to have been seen. */
  settled = $state(true);
  #settling: ReturnType<typeof setTimeout> | undefined;
  #withSettings = $state(false);
  #placed = false;
  #taken: string | null = null;
  #balie: Balie;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  forget(): void {
    this.view = null;
    this.client = '';
    this.#settle(0);
    this.#placed = false;
    this.#taken = null;
    this.#withSettings = false;
  }

  /** What has to be done here: settings only where there were none, signing in only where people do. */
  get steps(): Step[] {
    return ORDER.filter((step) => {
      if (step === 'settings') return this.#withSettings;
      return step !== 'signIn' || this.view === null || this.view.byPerson;
    });
  }

  /** The step was left without doing what it is for: that may be done later. */
  isSkipped(step: Step): boolean {
    if (step === 'reader') return this.view?.cardRead === false;
    return step === 'pin' && this.view?.hasPin === false;
  }

  get chosen(): DeskChoice | null {
    return this.view?.desks.find(({ chosen }) => chosen) ?? null;
  }

  /** The step has what it needs to go on. */
  get ready(): boolean {
    const access = this.#balie.access;
    if (this.view === null || this.busy || access.busy || access.signingIn) return false;
    switch (this.step) {
      case 'settings':
        return this.client.trim() !== '';
      case 'desk':
        return this.chosen !== null;
      case 'recovery':
        return this.view.hasRecoveryCode || !access.written || access.typed.trim() !== '';
      default:
        return true;
    }
  }

  async open(): Promise<void> {
    const before = this.view;
    const view = await this.#balie.answered(commands.setUp());
    if (view && this.view === before) this.heard(view);
  }

  heard(view: SetUpView): void {
    this.#balie.readerCheck.heard(this.view?.reader, view.reader);
    this.view = view;
    if (!this.#placed) this.#place(view);
    void this.#onlyDesk();
  }

  /** Where somebody who left goes on. */
  #place(view: SetUpView): void {
    this.#placed = true;
    this.#withSettings = !view.hasSettings;
    const begun = view.byPerson
      ? view.signedIn
      : this.chosen !== null && (view.hasPin || view.hasRecoveryCode);
    if (!view.hasSettings || !begun) this.step = 'welcome';
    else if (this.chosen === null) this.step = 'desk';
    else if (view.hasRecoveryCode) this.step = view.hasPin ? 'done' : 'pin';
    else this.step = view.cardRead || view.hasPin ? 'recovery' : 'reader';
  }

  /** One desk alone is taken by itself. */
  async #onlyDesk(): Promise<void> {
    const [only, ...more] = this.view?.desks ?? [];
    if (this.step !== 'desk' || !only || more.length > 0 || only.chosen || only.id === this.#taken) return;
    this.#taken = only.id;
    await this.choose(only);
  }

  async choose(desk: DeskChoice): Promise<void> {
    if (await this.#balie.access.choose(desk)) await this.open();
  }

  /** Somebody else is to sign in: whoever did is signed out first, here and in the browser. */
  async otherAccount(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.#balie.answered(commands.signOut(), true);
    await this.open();
    this.busy = false;
  }

  /** The window speaks another language as soon as Rust says so. */
  async speak(language: Language): Promise<void> {
    await this.#balie.answered(commands.speak(language));
  }

  async practise(): Promise<void> {
    await this.#balie.answered(commands.practise());
  }

  /** Does what the step is for, and goes on when that is done. */
  async next(): Promise<void> {
    // The second line end of a scanner, or a second press, is not meant for the step that has just come.
    if (!this.ready || !this.view || !this.settled) return;
    if (await this.#done(this.view)) this.#go(1);
  }

  async #done(view: SetUpView): Promise<boolean> {
    const access = this.#balie.access;
    switch (this.step) {
      case 'settings':
        return view.hasSettings || (await this.#writes());
      case 'signIn':
        return view.signedIn || (await this.#reads(access.signIn()));
      case 'pin':
        return view.hasPin || access.pin + access.again === '' || (await this.#reads(access.setPin()));
      case 'recovery':
        this.#settle(this.#balie.guardMs);
        return view.hasRecoveryCode || (await this.#reads(access.codeFurther()));
      case 'done':
        await this.#ends();
        return false;
      default:
        return true;
    }
  }

  async #writes(): Promise<boolean> {
    this.busy = true;
    const asked = commands.writeSettings(this.environment, this.client.trim());
    const done = (await this.#balie.answered(asked)) !== undefined;
    if (done) await this.open();
    this.busy = false;
    return done;
  }

  /** What was done is known to Rust only: it is read again. */
  async #reads(doing: Promise<boolean>): Promise<boolean> {
    const step = this.step;
    const done = await doing;
    if (done) await this.open();
    return done && this.step === step;
  }

  /** The desk opens, and what working without a connection takes is asked at once. */
  async endForOffline(): Promise<void> {
    if (this.busy) return;
    this.thenReady = true;
    await this.#ends();
  }

  async #ends(): Promise<void> {
    this.busy = true;
    const done = await this.#balie.answered(commands.endSetUp());
    if (done === undefined) this.thenReady = false;
    else await this.#balie.start.look();
    this.busy = false;
  }

  /** One step back; what is under way in the browser is stopped first. Esc takes away what was said before that. */
  async back(pressed = false): Promise<void> {
    const access = this.#balie.access;
    const said = this.#balie.problem !== null;
    this.#balie.problem = null;
    if (access.signingIn) await access.cancelSignIn();
    else if ((!said || pressed) && (this.step !== 'recovery' || !access.codeBack())) this.#go(-1);
  }

  #go(by: 1 | -1): void {
    const to = this.steps[this.steps.indexOf(this.step) + by];
    if (!to) return;
    this.#balie.access.forget();
    this.#balie.readerCheck.forget();
    this.#balie.problem = null;
    this.step = to;
    this.#settle(this.#balie.guardMs);
    void this.#onlyDesk();
  }

  #settle(after: number): void {
    clearTimeout(this.#settling);
    this.settled = after === 0;
    if (!this.settled) this.#settling = setTimeout(() => (this.settled = true), after);
  }
}
