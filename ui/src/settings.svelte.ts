// The settings, as they hold now. Each is changed by itself and holds at once; what is out of bounds is refused by Rust, in words,
// and then everything is as it was.

import { commands } from './ipc';
import type { ChosenSettings, DeskView, Problem, SettingsView } from './ipc';
import { setSound } from './sound';
import type { Balie } from './state.svelte';
import { look } from './theme';
import type { KeyDraft } from './views/settings/draft';

/** What changes: itself, or what becomes of what holds when its turn comes. */
type Change = Partial<ChosenSettings> | ((now: ChosenSettings) => Partial<ChosenSettings>);

export class Settings {
  view = $state.raw<SettingsView | null>(null);
  /** Something is on its way to the disk. */
  saving = $state(false);
  /** The last change is on the disk. */
  saved = $state(false);
  /** Why the last change was not taken. */
  refused = $state.raw<Problem | null>(null);
  /** Where the diagnosis was written. */
  file = $state<string | null>(null);
  /** A file for whoever helps is being asked for. */
  writing = $state(false);
  /** A distribution key that is being filled in. It waits here while somebody else comes to the desk: half a key must not hold,
   * and what was typed must not be lost. */
  draft = $state<KeyDraft | null>(null);
  #balie: Balie;
  /** What was asked last: whatever comes after it waits for its answer. */
  #last: Promise<unknown> = Promise.resolve();
  #changes = 0;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  forget(): void {
    this.view = null;
    this.file = null;
    this.refused = null;
    this.saved = false;
  }

  /** Lets the window look and sound as the desk says. */
  heard(desk: DeskView): void {
    look(desk.look);
    setSound(desk.sound, desk.volume);
  }

  async open(): Promise<void> {
    this.forget();
    this.#balie.show({ kind: 'settings' });
    await this.#inTurn(async () => {
      this.view = (await this.#balie.answered(commands.settings())) ?? null;
    });
  }

  /** Says whether what was asked holds now. One change after the other: all of them go at once, so that each builds on the
   * one before it. */
  async change(change: Change): Promise<boolean> {
    this.#changes += 1;
    this.saving = true;
    this.saved = false;
    try {
      return await this.#inTurn(() => this.#change(change));
    } finally {
      this.#changes -= 1;
      this.saving = this.#changes > 0;
    }
  }

  async #change(change: Change): Promise<boolean> {
    const chosen = this.view?.chosen ?? (await this.#now());
    if (chosen === undefined) return false;
    const part = typeof change === 'function' ? change(chosen) : change;
    const view = await this.#balie.answered(commands.changeSettings({ ...chosen, ...part }));
    if (view && this.view) this.view = view;
    this.refused = view ? null : this.#balie.problem;
    this.saved = view !== undefined;
    return this.saved;
  }

  /** The switch that everybody at the desk can see. */
  async fast(on: boolean): Promise<void> {
    await this.change({ fastMode: on });
  }

  async saveDiagnosis(): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    this.file = null;
    const file = await this.#balie.answered(commands.saveDiagnosis());
    this.writing = false;
    this.file = file ?? null;
  }

  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const asked = this.#last.then(ask);
    this.#last = asked.catch(() => {});
    return asked;
  }

  async #now(): Promise<ChosenSettings | undefined> {
    return (await this.#balie.answered(commands.settings()))?.chosen;
  }
}
