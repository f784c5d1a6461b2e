// The settings, as they hold now. Each is changed by itself and holds at once; what is out of bounds is refused by Rust, in words,
// and then everything is as it was.

import { commands } from './ipc';
import type { ChosenSettings, DeskView, SettingsView } from './ipc';
import { setSound } from './sound';
import type { Balie } from './state.svelte';
import { look } from './theme';

export class Settings {
  view = $state.raw<SettingsView | null>(null);
  /** Something is on its way to the disk. */
  saving = $state(false);
  /** The last change is on the disk. */
  saved = $state(false);
  /** Where the diagnosis was written. */
  file = $state<string | null>(null);
  #balie: Balie;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  forget(): void {
    this.view = null;
    this.file = null;
    this.saving = this.saved = false;
  }

  /** Lets the window look and sound as the desk says. */
  heard(desk: DeskView): void {
    look(desk.look);
    setSound(desk.sound, desk.volume);
  }

  async open(): Promise<void> {
    this.forget();
    this.#balie.show({ kind: 'settings' });
    this.view = (await this.#balie.answered(commands.settings())) ?? null;
  }

  /** Says whether what was asked holds now. One change at a time: the second would undo the first. */
  async change(part: Partial<ChosenSettings>): Promise<boolean> {
    const chosen = this.view?.chosen ?? (await this.#now());
    if (chosen === undefined || this.saving) return false;
    this.saving = true;
    this.saved = false;
    const view = await this.#balie.answered(commands.changeSettings({ ...chosen, ...part }));
    this.saving = false;
    if (view && this.view) this.view = view;
    this.saved = view !== undefined;
    return this.saved;
  }

  /** The switch that everybody at the desk can see. */
  async fast(on: boolean): Promise<void> {
    await this.change({ fastMode: on });
  }

  async saveDiagnosis(): Promise<void> {
    this.file = null;
    this.file = (await this.#balie.answered(commands.saveDiagnosis())) ?? null;
  }

  async #now(): Promise<ChosenSettings | undefined> {
    return (await this.#balie.answered(commands.settings()))?.chosen;
  }
}
