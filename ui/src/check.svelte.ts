// What needs a person: the list, what is decided about one case, sending now, the life of one entry, and entries as a
// file. The list is read anew whenever something changes while it is open.

import { Anew } from './anew';
import { oneOf } from './dialog';
import { commands } from './ipc';
import type { CandidateView, CaseView, CaseWay, ExtraView, LineView, StoryView, ToCheckView } from './ipc';
import type { Balie } from './state.svelte';

/** What became of the entries that waited when "send now" was pressed. */
export type Sent = { lines: LineView[]; sent: number; waiting: number; check: number };

/** So long "send now" is shown as busy at least: what takes less than this must be seen too. */
const BUSY_MS = 1000;

/** How many signs the code of a file has. */
const CODE_LENGTH = 16;

const WAITS: readonly LineView['state'][] = ['queued', 'sending', 'inDoubt'];

export class Check {
  found = $state.raw<ToCheckView | null>(null);
  story = $state.raw<StoryView | null>(null);
  /** The place of the record that is chosen as the one that it is. */
  picked = $state<number | null>(null);
  settling = $state(false);
  sending = $state(false);
  /** A file is being asked for. */
  choosing = $state(false);
  /** The code of the file of another computer, as it is typed. */
  code = $state('');
  #asked = $state.raw<LineView[] | null>(null);
  #balie: Balie;
  #anew = new Anew(
    async () => {
      this.found = (await this.#balie.answered(commands.toCheck(), true)) ?? this.found;
    },
    () => this.#isOpen,
  );

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  /** Nothing about anybody stays. */
  forget(): void {
    this.found = null;
    this.story = null;
    this.picked = null;
    this.code = '';
    this.#asked = null;
  }

  open(): void {
    this.#asked = null;
    this.#balie.show({ kind: 'toCheck' });
    this.found = null;
    void this.read();
  }

  /** Opens the list, and sends what waits. */
  openAndSend(): void {
    this.open();
    void this.sendNow();
  }

  /** Something changed: what is shown is read anew. */
  changed(): void {
    this.#anew.changed();
  }

  get #isOpen(): boolean {
    const kind = this.#balie.dialog?.kind;
    return kind === 'toCheck' || kind === 'settle';
  }

  async read(): Promise<void> {
    await this.#anew.read(true);
  }

  /** The case of which the question is open. */
  get asked(): { found: CaseView; way: CaseWay } | null {
    const dialog = this.#balie.dialog;
    if (dialog?.kind !== 'settle') return null;
    const found = this.found?.cases.find(({ line }) => line.id === dialog.entry);
    return found && found.ways.includes(dialog.way) ? { found, way: dialog.way } : null;
  }

  get candidates(): CandidateView[] {
    return this.asked?.way === 'isThere' ? this.asked.found.candidates : [];
  }

  get record(): CandidateView | null {
    return this.picked === null ? null : (this.candidates[this.picked] ?? null);
  }

  /** Nothing is picked yet. Where this desk could list nothing, only the word of a person is left. */
  get mustPick(): boolean {
    return this.candidates.length > 0 && this.record === null;
  }

  get settleReady(): boolean {
    const asked = this.asked;
    if (!asked || this.settling || !this.#balie.settled || this.#balie.frozen) return false;
    return !this.mustPick;
  }

  ask(found: CaseView, way: CaseWay): void {
    // One record alone is chosen already; among several a person must choose.
    this.picked = found.candidates.length === 1 ? 0 : null;
    this.#balie.show({ kind: 'settle', entry: found.line.id, way });
  }

  pick(index: number): void {
    if (index < this.candidates.length) this.picked = index;
  }

  async settle(): Promise<void> {
    const asked = this.asked;
    if (!asked || !this.settleReady) return;
    this.settling = true;
    const record = this.record?.id ?? null;
    const line = await this.#balie.answered(commands.resolve(asked.found.line.id, asked.way, record));
    this.settling = false;
    if (line) this.#balie.replace(line);
    if (this.#balie.dialog?.kind !== 'settle') return;
    const problem = this.#balie.problem;
    this.#balie.show({ kind: 'toCheck' });
    await this.read();
    this.#balie.problem ??= problem;
  }

  async seen(extra: ExtraView): Promise<void> {
    if ((await this.#balie.answered(commands.seenExtra(extra.id))) !== undefined) await this.read();
  }

  /** What became so far of what waited when "send now" was pressed; null before it was. */
  get sent(): Sent | null {
    const asked = this.#asked;
    if (!asked) return null;
    const lines = asked.map((line) => this.#balie.current(line));
    const count = (...states: LineView['state'][]) =>
      lines.filter(({ state }) => states.includes(state)).length;
    return {
      lines,
      sent: count('confirmed', 'cancelled'),
      waiting: count('queued', 'sending'),
      check: count('inDoubt', 'refused'),
    };
  }

  /** How many wait that are too old to stand in the list. */
  get older(): number {
    const listed = this.#balie.lines.filter(({ state }) => state === 'queued' || state === 'sending').length;
    return Math.max(0, (this.#balie.desk?.toSend ?? 0) - listed);
  }

  async sendNow(): Promise<void> {
    if (this.sending || this.#balie.frozen) return;
    this.sending = true;
    this.#asked = this.#balie.lines.filter(({ state }) => WAITS.includes(state));
    const shown = new Promise((done) => setTimeout(done, this.#asked?.length ? BUSY_MS : 0));
    await Promise.all([this.#balie.answered(commands.sendNow()), shown]);
    this.sending = false;
    await this.read();
  }

  /** Opens the life of one entry. */
  async tell(line: LineView): Promise<void> {
    this.story = null;
    this.#balie.show({ kind: 'story', line, from: oneOf(this.#balie.dialog, 'toCheck', 'day') });
    const story = (await this.#balie.answered(commands.story(line.id))) ?? null;
    const dialog = this.#balie.dialog;
    // Another one may have been opened meanwhile.
    if (dialog?.kind === 'story' && dialog.line.id === line.id) this.story = story;
  }

  /** The code is whole: it is drawn that long, whatever stands between its signs. */
  get hasCode(): boolean {
    return this.code.replace(/[^a-z0-9]/gi, '').length === CODE_LENGTH;
  }

  carryOver(which: 'handOver' | 'takeOver'): void {
    this.code = '';
    this.#balie.show({ kind: which });
  }

  /** Asks for a file, and puts in it or takes out of it what was not sent. */
  async carry(which: 'handOver' | 'takeOver'): Promise<void> {
    if (this.choosing || !this.#balie.settled || this.#balie.frozen) return;
    if (which === 'takeOver' && !this.hasCode) return;
    this.choosing = true;
    const asked = which === 'handOver' ? commands.handOver() : commands.takeOver(this.code);
    const handed = await this.#balie.answered(asked);
    this.choosing = false;
    if (handed) this.#balie.show({ kind: 'handed', which, handed });
  }

  async clockIsRight(): Promise<void> {
    if (this.settling || !this.#balie.settled) return;
    this.settling = true;
    const done = await this.#balie.answered(commands.clockIsRight());
    this.settling = false;
    if (done !== undefined && this.#balie.dialog?.kind === 'clock') this.#balie.close();
  }

  async workOnHere(): Promise<void> {
    if (this.settling || !this.#balie.settled) return;
    this.settling = true;
    const done = await this.#balie.answered(commands.workOnHere());
    this.settling = false;
    if (done !== undefined && this.#balie.dialog?.kind === 'workOn') this.open();
  }
}
