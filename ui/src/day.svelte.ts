// The day: its list in pages, what it adds up to, its files, and closing it. It is read anew whenever something changes while
// it is open.

import { Anew } from './anew';
import { commands } from './ipc';
import type { DayFormat, DayPage, DayPlace, DayView, LineKind } from './ipc';
import type { Balie } from './state.svelte';
import { wordsOf } from './views/day/words';

/** How many lines the other side sends at once. */
export const PAGE = 50;

/** While much is being sent something changes all the time: so long it is left before it is read anew. */
const REST_MS = 250;

export class Day {
  view = $state.raw<DayView | null>(null);
  page = $state.raw<DayPage | null>(null);
  place = $state<DayPlace | null>(null);
  kind = $state<LineKind | null>(null);
  event = $state<string | null>(null);
  text = $state('');
  skipped = $state(0);
  /** A file is being asked for, or the day is being closed. */
  busy = $state(false);
  sending = $state(false);
  /** Where the last file went. */
  saved = $state<string | null>(null);
  /** The day was closed just now. */
  closed = $state(false);
  /** The day that is asked for; nothing means today, also after midnight. */
  #day: string | null = null;
  #midnight: ReturnType<typeof setTimeout> | undefined;
  #balie: Balie;
  #anew = new Anew(
    (quiet) => this.#read(quiet),
    () => this.#isOpen,
    REST_MS,
  );

  constructor(balie: Balie) {
    this.#balie = balie;
  }

  /** Nothing about anybody stays. */
  forget(): void {
    clearTimeout(this.#midnight);
    this.view = null;
    this.page = null;
    this.saved = null;
    this.closed = false;
    this.#day = null;
    this.showAll();
  }

  open(): void {
    this.forget();
    this.#balie.show({ kind: 'day' });
    this.#untilMidnight();
    void this.read();
  }

  /** At midnight today is another day, also when nothing happens. */
  #untilMidnight(): void {
    const now = new Date();
    const next = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 0, 0, 1);
    this.#midnight = setTimeout(() => {
      this.changed();
      this.#untilMidnight();
    }, next.getTime() - now.getTime());
  }

  /** Something changed: what is shown is read anew. */
  changed(): void {
    this.#anew.changed();
  }

  get #isOpen(): boolean {
    const kind = this.#balie.dialog?.kind;
    return kind === 'day' || kind === 'closeDay';
  }

  async read(quiet = false): Promise<void> {
    await this.#anew.read(quiet);
  }

  async #read(quiet: boolean): Promise<void> {
    const asked = this.#day;
    const view = await this.#balie.answered(commands.day(asked), quiet);
    if (!view || asked !== this.#day) return;
    const { place, kind, event, text, skipped } = this;
    const query = { day: view.day, place, kind, event, text, skipped };
    let page = await this.#balie.answered(commands.dayLines(query), quiet);
    if (asked !== this.#day) return;
    // The list became shorter than where it was read from: its last page is read instead.
    if (page && skipped > 0 && skipped >= page.found) {
      query.skipped = Math.max(0, Math.ceil(page.found / PAGE) - 1) * PAGE;
      page = await this.#balie.answered(commands.dayLines(query), quiet);
      if (asked !== this.#day) return;
    }
    this.view = view;
    if (!page) return;
    this.page = page;
    if (this.skipped === skipped) this.skipped = query.skipped;
  }

  /** Another day: `1` is the next one on which something was done, `-1` the one before. */
  step(by: 1 | -1): void {
    const to = this.#neighbour(by);
    if (to === null) return;
    this.#day = to === this.view?.days[0] ? null : to;
    this.saved = null;
    this.event = null;
    this.skipped = 0;
    void this.read();
  }

  canStep(by: 1 | -1): boolean {
    return this.#neighbour(by) !== null;
  }

  #neighbour(by: 1 | -1): string | null {
    const view = this.view;
    const at = view?.days.indexOf(view.day) ?? -1;
    return at < 0 ? null : (view?.days[at - by] ?? null);
  }

  /** The list is asked anew from its beginning. */
  filtered(): void {
    this.skipped = 0;
    void this.read();
  }

  get isFiltered(): boolean {
    return this.place !== null || this.kind !== null || this.event !== null || this.text.trim() !== '';
  }

  showAll(): void {
    this.place = this.kind = this.event = null;
    this.text = '';
    this.skipped = 0;
  }

  /** The next lines, or those before. */
  turn(by: 1 | -1): void {
    if (!this.canTurn(by)) return;
    this.skipped += by * PAGE;
    void this.read();
  }

  canTurn(by: 1 | -1): boolean {
    return by < 0 ? this.skipped > 0 : this.skipped + PAGE < (this.page?.found ?? 0);
  }

  /** How many acts stand there. */
  at(place: DayPlace): number {
    return this.view?.sums.find((sum) => sum.place === place)?.acts ?? 0;
  }

  async save(format: DayFormat): Promise<void> {
    const view = this.view;
    if (!view || this.busy) return;
    this.busy = true;
    this.saved = null;
    const file = await this.#balie.answered(commands.exportDay(view.day, format, wordsOf(view)));
    this.busy = false;
    if (file) this.saved = file;
  }

  askToClose(): void {
    this.closed = false;
    this.saved = null;
    this.#balie.show({ kind: 'closeDay' });
  }

  async sendNow(): Promise<void> {
    if (this.sending || this.#balie.frozen) return;
    this.sending = true;
    await this.#balie.answered(commands.sendNow());
    this.sending = false;
    await this.read(true);
  }

  /** What Enter means in the question: first it closes the day, and then it puts the question away. */
  async confirm(): Promise<void> {
    const view = this.view;
    if (!view || this.busy || !this.#balie.settled || this.#balie.frozen) return;
    if (this.closed) {
      this.#balie.show({ kind: 'day' });
      return;
    }
    this.busy = true;
    const asked = this.#day;
    const after = await this.#balie.answered(commands.closeDay(view.day));
    this.busy = false;
    if (!after) return;
    // Another day was chosen meanwhile: it is not painted over, and says itself how it stands.
    if (asked !== this.#day || this.view === null) {
      await this.read(true);
      return;
    }
    this.view = after;
    this.closed = true;
  }
}
