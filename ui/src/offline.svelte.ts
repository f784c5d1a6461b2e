// Getting ready to work without a connection, and what this computer keeps.

import { oneOf } from './dialog';
import { commands } from './ipc';
import type { KeptView, ReadyView, ShrunkView } from './ipc';
import type { Balie } from './state.svelte';

export class Offline {
  view = $state.raw<ReadyView | null>(null);
  kept = $state.raw<KeptView | null>(null);
  /** Everything was asked to be brought up to date, and that was not answered yet. */
  preparing = $state(false);
  stopping = $state(false);
  wiping = $state(false);
  /** What was known of people was wiped just now. */
  wiped = $state(false);
  /** The region of which the list is being judged. */
  judging = $state<number | null>(null);
  #balie: Balie;

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  forget(): void {
    this.view = null;
    this.kept = null;
    this.wiped = false;
  }

  /** Something is being fetched. */
  get busy(): boolean {
    return this.preparing || (this.view?.progress ?? null) !== null;
  }

  heard(view: ReadyView): void {
    this.view = view;
    if (view.progress === null) this.stopping = false;
  }

  async open(): Promise<void> {
    this.#balie.show({ kind: 'ready' });
    await this.#read();
  }

  async #read(quiet = false): Promise<void> {
    const before = this.view;
    const view = await this.#balie.answered(commands.ready(), quiet);
    // What was heard meanwhile is newer than the answer.
    if (view && this.view === before) this.heard(view);
  }

  async prepare(): Promise<void> {
    if (this.busy || !this.#balie.settled) return;
    this.preparing = true;
    const done = await this.#balie.answered(commands.prepare());
    this.preparing = false;
    this.stopping = false;
    if (done !== undefined || this.#balie.dialog?.kind === 'ready') await this.#read(true);
  }

  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const done = await this.#balie.answered(commands.stopPreparing());
    if (done === undefined || !this.busy) this.stopping = false;
  }

  async judge(list: ShrunkView, right: boolean): Promise<void> {
    if (this.judging !== null) return;
    this.judging = list.cardSystem;
    const done = await this.#balie.answered(commands.judgeList(list.cardSystem, right));
    this.judging = null;
    if (done !== undefined) await this.#read(true);
  }

  async openData(): Promise<void> {
    this.kept = null;
    this.wiped = false;
    this.#balie.show({ kind: 'data', from: oneOf(this.#balie.dialog, 'ready', 'settings') });
    await this.#count();
  }

  async #count(): Promise<void> {
    this.kept = (await this.#balie.answered(commands.kept())) ?? this.kept;
  }

  async wipe(): Promise<void> {
    if (this.wiping || !this.#balie.settled) return;
    this.wiping = true;
    const done = await this.#balie.answered(commands.wipe());
    this.wiping = false;
    if (done === undefined || this.#balie.dialog?.kind !== 'wipe') return;
    this.wiped = true;
    this.#balie.back();
    await this.#count();
  }
}
