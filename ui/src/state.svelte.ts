// What the window knows. It decides nothing about prices or rights: it holds what Rust sent, which offer is selected,
// and what was asked. A person is bound to the number of the tap, so that two people never mix.

import { commands, events as wire } from './ipc';
import type { DeskView, EventView, LineView, OfferView, PersonView, PracticeCard, Problem } from './ipc';

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: Problem };

const SILENT: Problem = { code: 'problem.window', severity: 'fault', facts: [] };

export class Balie {
  desk = $state.raw<DeskView | null>(null);
  events = $state.raw<EventView[]>([]);
  person = $state.raw<PersonView | null>(null);
  lines = $state.raw<LineView[]>([]);
  problem = $state.raw<Problem | null>(null);
  /** Why the desk could not be opened: then there is nothing else to show. */
  stopped = $state.raw<Problem | null>(null);

  /** The place of the offer that Enter would record; null after recording, until the clerk chooses again. */
  selected = $state<number | null>(null);
  /** What was just recorded for the person on the screen. */
  confirmation = $state.raw<LineView | null>(null);
  details = $state(false);
  /** What stands in the number field. */
  typed = $state('');
  filter = $state('');
  selling = $state(false);
  identifying = $state(false);
  refreshing = $state(false);
  undoing = $state<string | null>(null);
  /** The line whose words of UiTPAS are shown; they may be private, so they close when the next person comes. */
  told = $state<string | null>(null);
  /** So long after a tap nothing is recorded: an Enter that was meant for one person must not record the next. */
  guardMs = 300;
  settled = $state(true);

  /** Which offers were recorded for this tap, and as which line. */
  #sold = $state.raw<ReadonlyMap<number, string>>(new Map());
  /** Something was recorded for this tap: from now on the clerk chooses, nothing is selected by itself. */
  #acted = false;
  #newestTap = -1;
  #putAway = -1;
  #settling: ReturnType<typeof setTimeout> | undefined;

  /** The first answer about today is still on its way. */
  get fetching(): boolean {
    return this.desk?.refreshing === true || this.desk?.connection === 'unknown';
  }

  get offer(): OfferView | null {
    return this.selected === null ? null : (this.person?.offers[this.selected] ?? null);
  }

  get canRecord(): boolean {
    const offer = this.offer;
    return offer !== null && this.canSell(offer) && !this.selling && !this.identifying;
  }

  /** What can be recorded is recorded now: the person stands here long enough to have been seen. */
  get ready(): boolean {
    return this.settled && this.canRecord;
  }

  /** The newest line that can still be taken back: what Ctrl+Z means. */
  get newestUndoable(): LineView | null {
    return this.lines.find((line) => line.canUndo) ?? null;
  }

  isSold(offer: OfferView): boolean {
    return this.#sold.has(offer.id) || offer.reason?.code === 'offer.sold';
  }

  canSell(offer: OfferView): boolean {
    return offer.sellable && !this.isSold(offer);
  }

  /** Listens first and asks afterwards; what was heard meanwhile is newer than the answer. */
  async open(): Promise<void> {
    const heard = new Set<string>();
    const hear =
      <T>(name: string, take: (payload: T) => void) =>
      ({ payload }: { payload: T }): void => {
        heard.add(name);
        take(payload);
      };
    try {
      await Promise.all([
        wire.deskChanged.listen(hear('desk', ({ desk }) => (this.desk = desk))),
        wire.eventsChanged.listen(hear('events', ({ events }) => (this.events = events))),
        wire.personChanged.listen(hear('person', ({ person }) => this.showPerson(person))),
        wire.linesChanged.listen(hear('lines', ({ lines }) => (this.lines = lines))),
      ]);
      // The window is there before the desk is; this answers as soon as the desk is open, or says why it is not.
      const started = await commands.startup();
      if (started.status === 'error') {
        this.stopped = started.error;
        return;
      }
      const [desk, events, person, lines] = await Promise.all([
        commands.desk(),
        commands.events(),
        commands.person(),
        commands.lines(),
      ]);
      this.#take(desk, heard.has('desk'), (desk) => (this.desk = desk));
      this.#take(events, heard.has('events'), (events) => (this.events = events));
      this.#take(person, heard.has('person'), (person) => this.showPerson(person));
      this.#take(lines, heard.has('lines'), (lines) => (this.lines = lines));
    } catch {
      this.problem = SILENT;
    }
  }

  #take<T>(answer: Answer<T>, heard: boolean, show: (data: T) => void): void {
    if (answer.status === 'error') this.problem = answer.error;
    else if (!heard) show(answer.data);
  }

  showPerson(person: PersonView | null): void {
    if (person === null) {
      this.#clearPerson();
      return;
    }
    if (person.tap < this.#newestTap || person.tap <= this.#putAway) return;
    const next = person.tap > this.#newestTap;
    if (next) {
      this.#clearPerson();
      this.#newestTap = person.tap;
      this.problem = null;
      this.#guard();
    }
    this.person = person;
    this.#select(person);
  }

  choose(index: number): void {
    const offer = this.person?.offers[index];
    if (!offer || this.isSold(offer)) return;
    this.selected = index;
  }

  async record(): Promise<void> {
    const person = this.person;
    const offer = this.offer;
    if (!person || !offer || !this.ready) return;
    this.selling = true;
    const line = await this.#ask(commands.sell(person.tap, offer.id));
    this.selling = false;
    if (!line) return;
    // The line may have been heard already, and be further on its way than this answer knows.
    if (!this.lines.some(({ id }) => id === line.id)) this.lines = [line, ...this.lines];
    if (this.person?.tap !== person.tap) return;
    this.#sold = new Map([...this.#sold, [offer.id, line.id]]);
    this.confirmation = line;
    this.#acted = true;
    this.selected = null;
  }

  async undo(line: LineView | null): Promise<void> {
    if (!line || this.undoing !== null) return;
    this.undoing = line.id;
    const answer = await this.#ask(commands.undo(line.id));
    this.undoing = null;
    if (!answer) return;
    this.lines = this.lines.map((old) => (old.id === answer.id ? answer : old));
    if (this.confirmation?.id === line.id) this.confirmation = null;
    this.#sold = new Map([...this.#sold].filter(([, sold]) => sold !== line.id));
  }

  /** The text stays in the field when it was not accepted, so that one wrong digit can be mended. */
  async identify(text: string): Promise<boolean> {
    const bare = /^[\d\s]+$/.test(text) ? text.replace(/\s/g, '') : text.trim();
    if (bare === '' || this.identifying) return false;
    this.identifying = true;
    const answer = await this.#ask(commands.identify(bare));
    this.identifying = false;
    if (answer === undefined) return false;
    this.typed = '';
    return true;
  }

  async chooseEvent(id: string): Promise<void> {
    if ((await this.#ask(commands.chooseEvent(id))) !== undefined) this.filter = '';
  }

  async refresh(): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    await this.#ask(commands.refresh());
    this.refreshing = false;
  }

  async practiceCards(): Promise<PracticeCard[]> {
    return (await this.#ask(commands.practiceCards())) ?? [];
  }

  async practiceTap(uid: string): Promise<void> {
    await this.#ask(commands.practiceTap(uid));
  }

  async practiceNetwork(on: boolean): Promise<boolean> {
    return (await this.#ask(commands.practiceNetwork(on))) !== undefined;
  }

  /** Puts the person away. What still comes in for this tap is not shown any more. */
  async dismiss(): Promise<void> {
    const person = this.person;
    if (!person) return;
    this.#putAway = person.tap;
    this.#clearPerson();
    await this.#ask(commands.dismiss(person.tap));
  }

  /** The answer, or undefined when there is none; the reason is then on the screen. */
  async #ask<T>(asked: Promise<Answer<T>>): Promise<T | undefined> {
    try {
      const answer = await asked;
      if (answer.status === 'ok') {
        this.problem = null;
        return answer.data;
      }
      this.problem = answer.error;
    } catch {
      this.problem = SILENT;
    }
    return undefined;
  }

  /** The first offer that can be recorded; else the first one, so that every person gives the same picture. */
  #select(person: PersonView): void {
    if (this.#acted) {
      if (this.offer && !this.canSell(this.offer)) this.selected = null;
      return;
    }
    if (this.offer && this.canSell(this.offer)) return;
    const first = person.offers.findIndex((offer) => this.canSell(offer));
    this.selected = first >= 0 ? first : person.offers.length > 0 ? 0 : null;
  }

  #guard(): void {
    clearTimeout(this.#settling);
    this.settled = this.guardMs === 0;
    if (!this.settled) this.#settling = setTimeout(() => (this.settled = true), this.guardMs);
  }

  #clearPerson(): void {
    this.person = null;
    this.selected = null;
    this.confirmation = null;
    this.details = false;
    this.told = null;
    this.#sold = new Map();
    this.#acted = false;
  }
}

export const balie = new Balie();
