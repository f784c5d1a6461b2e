// What the window knows. It decides nothing about prices or rights: it holds what Rust sent, which offer is selected,
// which dialog is open, and what was asked. A person is bound to the number of the tap, so that two people never mix.

import { Access } from './access.svelte';
import { SILENT, heard, type Answer } from './answer';
import { Barcode } from './barcode.svelte';
import { Check } from './check.svelte';
import { confirms } from './confirm';
import { Day } from './day.svelte';
import { behind, leavesSecret, oneOf, type Dialog } from './dialog';
import { greeted } from './greeting';
import { commands } from './ipc';
import type {
  DeskView,
  DiagnosisView,
  EventView,
  LineView,
  News,
  Notice,
  OfferView,
  PersonView,
  Problem,
  RewardView,
  ScreenView,
  SetUpView,
  Stage,
} from './ipc';
import { Later } from './later.svelte';
import { Offline } from './offline.svelte';
import { ReaderCheck } from './reader-check.svelte';
import { inOrder } from './rewards';
import { Settings } from './settings.svelte';
import { SetUp } from './setup.svelte';
import { play } from './sound';
import { Start } from './start.svelte';
import { speak } from './texts/language.svelte';
import type { Topic } from './views/help/topics';

export class Balie {
  desk = $state.raw<DeskView | null>(null);
  events = $state.raw<EventView[]>([]);
  person = $state.raw<PersonView | null>(null);
  lines = $state.raw<LineView[]>([]);
  problem = $state.raw<Problem | null>(null);
  /** Why the desk could not be opened: then there is nothing else to show. */
  stopped = $state.raw<Problem | null>(null);

  /** What came with the answer to the first question of all; it is good for the screen that opens then. */
  given: ScreenView | null = null;

  /** The place of the offer that Enter would record; null after recording, until the clerk chooses again. */
  selected = $state<number | null>(null);
  /** What was just recorded for the person on the screen. */
  confirmation = $state.raw<LineView | null>(null);
  details = $state(false);
  /** What stands in the number field. */
  typed = $state('');
  filter = $state('');
  /** How many of the selected price; only a group pass takes more than one. */
  quantity = $state(1);
  diagnosis = $state.raw<DiagnosisView | null>(null);
  /** What needs a person. */
  check = new Check(this);
  /** What was done on a day, and what it adds up to. */
  day = new Day(this);
  /** What stands before the clerk: the desk, or what comes before it. */
  start = new Start(this);
  setUp = new SetUp(this);
  access = new Access(this);
  offline = new Offline(this);
  later = new Later(this);
  settings = new Settings(this);
  readerCheck = new ReaderCheck(this);
  barcode = new Barcode(this);
  selling = $state(false);
  saving = $state(false);
  redeeming = $state(false);
  identifying = $state(false);
  refreshing = $state(false);
  undoing = $state<string | null>(null);
  /** The line whose words of UiTPAS are shown; they may be private, so they close when the next person comes,
   * and with what they were opened on. */
  told = $state<string | null>(null);
  /** So long after a tap, and after a dialog, nothing is recorded: a key that was meant for what stood there before
   * must not record what stands there now. */
  guardMs = 300;
  settled = $state(true);

  /** What was recorded for this tap, and as which line: `sell 2`, `checkIn`, `redeem 7`. */
  #done = $state.raw<ReadonlyMap<string, string>>(new Map());
  /** Something was recorded for this tap: from now on the clerk chooses, nothing is selected by itself. */
  #acted = false;
  #newestTap = -1;
  #putAway = -1;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #dialog = $state.raw<Dialog | null>(null);
  /** It grows each time something else stands before the clerk: what was asked before is not shown after. */
  #turn = 0;
  /** What was told by itself since everything was read. */
  #told = new Set<string>();

  get dialog(): Dialog | null {
    return this.#dialog;
  }

  set dialog(dialog: Dialog | null) {
    const leaves = leavesSecret(this.#dialog, dialog);
    this.#dialog = dialog;
    this.told = null;
    if (leaves) for (const each of [this.access, this.barcode]) each.forget();
  }

  /** The first answer about today is still on its way. */
  get fetching(): boolean {
    return this.desk?.refreshing === true || this.desk?.connection === 'unknown';
  }

  /** Nothing can be recorded or sent: the ledger was also used elsewhere. */
  get frozen(): boolean {
    return this.desk?.readOnly === true;
  }

  get offer(): OfferView | null {
    return this.selected === null ? null : (this.person?.offers[this.selected] ?? null);
  }

  /** How many would be recorded now. */
  get amount(): number {
    return Math.max(1, Math.min(this.quantity, this.offer?.most ?? 1));
  }

  get canRecord(): boolean {
    const offer = this.offer;
    const may = offer !== null && this.canSell(offer) && !this.frozen;
    return may && !this.selling && !this.identifying;
  }

  /** What can be recorded is recorded now: it stands here long enough to have been seen, and nothing lies over it. */
  get ready(): boolean {
    return this.settled && this.dialog === null && this.canRecord;
  }

  get isSaved(): boolean {
    return this.person?.checkIn?.saved === true || this.#did('checkIn');
  }

  get canSave(): boolean {
    const may = this.person?.checkIn?.saveable === true && !this.isSaved && !this.frozen;
    return may && !this.saving && !this.identifying;
  }

  get saveReady(): boolean {
    return this.settled && this.dialog === null && this.canSave;
  }

  /** The reward of which the confirmation is open. */
  get reward(): RewardView | null {
    const dialog = this.dialog;
    if (dialog?.kind !== 'redeem') return null;
    return this.person?.rewards.find(({ id }) => id === dialog.reward) ?? null;
  }

  get redeemReady(): boolean {
    const reward = this.reward;
    const may = reward !== null && this.canRedeem(reward) && !this.frozen;
    return may && this.settled && !this.redeeming && !this.identifying;
  }

  /** The newest line that can still be taken back: what Ctrl+Z means. */
  get newestUndoable(): LineView | null {
    return this.frozen ? null : (this.lines.find((line) => line.canUndo) ?? null);
  }

  /** How many things the keys 1 to 9 choose from now. */
  get choices(): number {
    if (this.dialog === null) return this.person?.offers.length ?? 0;
    if (this.dialog.kind === 'settle') return this.check.candidates.length;
    return this.dialog.kind === 'rewards' ? (this.person?.rewards.length ?? 0) : 0;
  }

  /** Whether this was done for this tap, and was not taken back since. */
  #did(what: string): boolean {
    const id = this.#done.get(what);
    const line = this.lines.find((line) => line.id === id);
    return id !== undefined && line?.state !== 'withdrawn' && line?.state !== 'cancelled';
  }

  isSold(offer: OfferView): boolean {
    return this.#did(`sell ${offer.id}`) || offer.reason?.code === 'offer.sold';
  }

  canSell(offer: OfferView): boolean {
    return offer.sellable && !this.isSold(offer);
  }

  isRedeemed(reward: RewardView): boolean {
    return reward.redeemed || this.#did(`redeem ${reward.id}`);
  }

  canRedeem(reward: RewardView): boolean {
    return reward.redeemable && !this.isRedeemed(reward);
  }

  /** How a line stands now: it may be further on its way than the answer that brought it. */
  current(line: LineView): LineView {
    return this.lines.find(({ id }) => id === line.id) ?? line;
  }

  /** Hears what comes first, and from now on whatever changes. */
  async open(): Promise<void> {
    this.start.view = null;
    this.#told = new Set();
    const said = greeted((news) => this.#hear(news));
    await this.start.look(async () => (await said).answer);
    if ((await said).deaf) this.problem = SILENT;
  }

  #hear(news: News): void {
    if (news.what === 'start') this.start.show(news.now);
    else if (news.what === 'setUp') this.#showSetUp(news.now);
    else {
      this.#told.add(news.what);
      // What is told of the desk while it is locked, or before it is known whether it is, is read once it opens.
      if (this.start.stage === 'open') this.#showNews(news);
    }
  }

  #showNews(news: News): void {
    if (news.what === 'ready') this.offline.heard(news.now);
    else if (news.what === 'desk') this.#showDesk(news.now);
    else if (news.what === 'events') this.events = news.now;
    else if (news.what === 'person') this.showPerson(news.now ?? null);
    else if (news.what === 'lines') this.#showLines(news.now);
  }

  /** Something else stands before the clerk: nothing of what stood there before stays. */
  entered(stage: Stage): void {
    this.#turn += 1;
    this.#forget();
    if (stage === 'open') void this.#begin();
    if (stage === 'setUp') void this.setUp.open();
  }

  async #begin(): Promise<void> {
    const { thenReady } = this.setUp;
    this.setUp.thenReady = false;
    await this.read();
    if (thenReady && this.start.stage === 'open') await this.offline.open();
  }

  /** Reads everything anew. */
  async read(): Promise<void> {
    const turn = this.#turn;
    const { given } = this;
    // What was told since it was read is newer: then it is read anew.
    if (given && this.#told.size === 0) return this.#show(given);
    this.#told = new Set();
    const [desk, events, person, lines] = await Promise.all([
      heard(commands.desk()),
      heard(commands.events()),
      heard(commands.person()),
      heard(commands.lines()),
    ]);
    if (turn !== this.#turn) return;
    this.#take(desk, this.#told.has('desk'), (desk) => this.#showDesk(desk));
    this.#take(events, this.#told.has('events'), (events) => (this.events = events));
    this.#take(person, this.#told.has('person'), (person) => this.showPerson(person));
    this.#take(lines, this.#told.has('lines'), (lines) => (this.lines = lines));
  }

  #show({ desk, events, person, lines }: ScreenView): void {
    this.#showDesk(desk);
    this.events = events;
    this.showPerson(person);
    this.lines = lines;
  }

  #take<T>(answer: Answer<T>, heard: boolean, show: (data: T) => void): void {
    if (answer.status === 'error') this.problem = answer.error;
    else if (!heard) show(answer.data);
  }

  #showDesk(desk: DeskView): void {
    const before = this.desk?.reader;
    const lost = before?.state === 'ready' && desk.reader.state !== 'ready';
    this.desk = desk;
    speak(desk.language);
    this.settings.heard(desk);
    if (lost) play('machine');
    this.readerCheck.heard(before, desk.reader);
    this.check.changed();
  }

  #showSetUp(view: SetUpView): void {
    if (this.start.stage === 'setUp') this.setUp.heard(view);
  }

  #showLines(lines: LineView[]): void {
    this.lines = lines;
    this.check.changed();
    this.day.changed();
  }

  /** A line stands otherwise now. */
  replace(line: LineView): void {
    this.lines = this.lines.map((old) => (old.id === line.id ? line : old));
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
      this.dialog = null;
      this.guard();
      play(isMachine(person.notice) ? 'machine' : 'card');
    }
    const before = this.person?.byItself ?? null;
    if (person.byItself && !before) play(person.byItself.entry === null ? 'machine' : 'noted');
    this.person = person;
    this.#select(person);
    if (this.dialog?.kind === 'redeem' && this.reward === null) this.show({ kind: 'rewards' });
  }

  /** What a key of 1 to 9 means: a price, or a reward or a record when those are open. */
  pick(index: number): void {
    if (this.dialog === null) this.choose(index);
    else if (this.dialog.kind === 'settle') this.check.pick(index);
    else if (this.dialog.kind === 'rewards') this.ask(inOrder(this.person?.rewards ?? [])[index]);
  }

  choose(index: number): void {
    const offer = this.person?.offers[index];
    if (!offer || this.isSold(offer)) return;
    if (index !== this.selected) this.quantity = 1;
    this.selected = index;
  }

  /** One more or one less of the selected price. */
  step(by: number): void {
    const most = this.offer?.most ?? 1;
    this.quantity = Math.max(1, Math.min(this.amount + by, most));
  }

  async record(): Promise<void> {
    const person = this.person;
    const offer = this.offer;
    if (!person || !offer || !this.ready) return;
    this.selling = true;
    const line = await this.#act(
      person.tap,
      `sell ${offer.id}`,
      commands.sell(person.tap, offer.id, this.amount),
    );
    this.selling = false;
    if (!line) return;
    this.#acted = true;
    this.selected = null;
    this.quantity = 1;
  }

  async checkIn(): Promise<void> {
    const person = this.person;
    if (!person || !this.saveReady) return;
    this.saving = true;
    await this.#act(person.tap, 'checkIn', commands.checkIn(person.tap));
    this.saving = false;
  }

  /** Opens the confirmation of a reward. */
  ask(reward: RewardView | undefined): void {
    if (reward && this.canRedeem(reward)) this.show({ kind: 'redeem', reward: reward.id });
  }

  async redeem(): Promise<void> {
    const person = this.person;
    const reward = this.reward;
    if (!person || !reward || !this.redeemReady) return;
    this.redeeming = true;
    const line = await this.#act(person.tap, `redeem ${reward.id}`, commands.redeem(person.tap, reward.id));
    this.redeeming = false;
    if (line) this.show({ kind: 'redeemed', line, from: null });
    else if (this.dialog?.kind === 'redeem') this.show({ kind: 'rewards' });
  }

  /** What was recorded for the person on the screen; undefined when it was not, or when somebody else stands there. */
  async #act(tap: number, what: string, asked: Promise<Answer<LineView>>): Promise<LineView | undefined> {
    const line = await this.answered(asked);
    if (!line) return undefined;
    play('noted');
    this.#add(line);
    if (this.person?.tap !== tap) return undefined;
    this.#done = new Map([...this.#done, [what, line.id]]);
    this.confirmation = line;
    return line;
  }

  // The line may have been heard already, and be further on its way than this answer knows.
  #add(line: LineView): void {
    if (!this.lines.some(({ id }) => id === line.id)) this.lines = [line, ...this.lines];
  }

  /** What UiTPAS does not have yet is taken back at once; else it is asked first, because something will be sent. */
  async undo(line: LineView | null): Promise<void> {
    if (!line || !line.canUndo || this.undoing !== null || this.frozen) return;
    if (line.undoSends) this.show({ kind: 'undo', line, from: oneOf(this.dialog, 'day') });
    else await this.#takeBack(line);
  }

  async confirmUndo(): Promise<void> {
    if (this.dialog?.kind !== 'undo' || !this.settled || this.undoing !== null) return;
    const line = this.current(this.dialog.line);
    this.back();
    if (line.canUndo) await this.#takeBack(line);
  }

  async #takeBack(line: LineView): Promise<void> {
    this.undoing = line.id;
    const answer = await this.answered(commands.undo(line.id));
    this.undoing = null;
    if (!answer) return;
    if (answer.id === line.id) {
      this.lines = this.lines.map((old) => (old.id === answer.id ? answer : old));
      // A wish to take it back is granted later: until then it stays recorded for this tap.
      if (answer.state === 'withdrawn') {
        this.#done = new Map([...this.#done].filter(([, done]) => done !== line.id));
      }
    } else {
      // What UiTPAS has stays recorded for this tap until it says that it is gone.
      this.#add(answer);
    }
    if (this.confirmation?.id === line.id) this.confirmation = answer.state === 'withdrawn' ? null : answer;
  }

  show(dialog: Dialog): void {
    this.dialog = dialog;
    this.guard();
  }

  close(): void {
    if (this.dialog === null) return;
    this.dialog = null;
    this.guard();
  }

  /** One step back out of a dialog. */
  back(): void {
    const dialog = this.dialog;
    if (dialog?.kind === 'recoveryCode' && this.access.codeBack()) return;
    if (dialog?.kind === 'signIn') void this.access.cancelSignIn();
    const to = dialog && behind(dialog);
    if (to) this.show(to);
    else this.close();
    if (to?.kind === 'toCheck') this.check.changed();
  }

  /** What Enter means in a dialog when no button has the focus. */
  confirm(): void {
    confirms(this);
  }

  /** Closes what has nothing left to confirm, once it was there long enough to be read. */
  finish(): void {
    if (this.settled) this.back();
  }

  openRewards(): void {
    const stopped =
      this.person === null || this.person.phase === 'refused' || this.person.phase === 'numberNeeded';
    if (!stopped) this.show({ kind: 'rewards' });
  }

  openHelp(topic: Topic = 'sell'): void {
    this.show({ kind: 'help', topic });
  }

  async openDiagnosis(): Promise<void> {
    this.diagnosis = null;
    this.show({ kind: 'diagnosis' });
    this.diagnosis = (await this.answered(commands.diagnosis())) ?? null;
  }

  /** The text stays in the field when it was not accepted, so that one wrong digit can be mended. */
  async identify(text: string, scanned = false): Promise<boolean> {
    const bare = /^[\d\s]+$/.test(text) ? text.replace(/\s/g, '') : text.trim();
    if (bare === '' || this.identifying) return false;
    this.identifying = true;
    const before = this.typed;
    const answer = await this.answered(scanned ? this.barcode.scan(bare) : commands.identify(bare));
    this.identifying = false;
    if (answer === undefined) return false;
    // What was typed or scanned meanwhile is the next number.
    if (this.typed === before) this.typed = '';
    if (answer === 'asks') this.barcode.ask(bare);
    return true;
  }

  async chooseEvent(id: string): Promise<void> {
    if ((await this.answered(commands.chooseEvent(id))) !== undefined) this.filter = '';
  }

  async refresh(): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    await this.answered(commands.refresh());
    this.refreshing = false;
  }

  /** Puts the person away. What still comes in for this tap is not shown any more. */
  async dismiss(): Promise<void> {
    const person = this.person;
    if (!person) return;
    this.#putAway = person.tap;
    this.#clearPerson();
    await this.answered(commands.dismiss(person.tap));
  }

  /** The answer, or undefined when there is none; the reason is then on the screen. What was asked without the clerk
   * leaves a reason that stands there already. */
  async answered<T>(asked: Promise<Answer<T>>, quiet = false): Promise<T | undefined> {
    const turn = this.#turn;
    const answer = await heard(asked);
    // Behind a lock nothing is shown that was asked before it, whatever it says.
    const { stage } = this.start;
    if (turn !== this.#turn || stage === 'locked' || stage === 'recovery') return undefined;
    if (answer.status === 'error') {
      this.problem = answer.error;
      if (answer.error.severity === 'fault' && !quiet) play('machine');
      return undefined;
    }
    if (!quiet) this.problem = null;
    return answer.data;
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

  /** What stands there is seen from now on, once it can be. */
  guard(): void {
    clearTimeout(this.#settling);
    const seen = this.later.rest !== null;
    this.settled = seen && this.guardMs === 0;
    if (seen && !this.settled) this.#settling = setTimeout(() => (this.settled = true), this.guardMs);
  }

  /** Nothing about anybody stays in the window. */
  #forget(): void {
    this.#clearPerson();
    this.#newestTap = this.#putAway = -1;
    this.dialog = this.desk = this.problem = this.diagnosis = null;
    this.events = [];
    this.lines = [];
    this.typed = this.filter = '';
    const all = [
      this.check,
      this.day,
      this.offline,
      this.access,
      this.setUp,
      this.settings,
      this.readerCheck,
      this.barcode,
    ];
    for (const each of all) each.forget();
  }

  #clearPerson(): void {
    this.person = null;
    this.selected = null;
    this.confirmation = null;
    this.details = false;
    this.told = null;
    this.#done = new Map();
    this.#acted = false;
    this.quantity = 1;
    if (this.dialog?.kind === 'rewards' || this.dialog?.kind === 'redeem') this.dialog = null;
  }
}

/** The reader or a file did not do its work: that says nothing of whose card it is. */
function isMachine(notice: Notice | null): boolean {
  return notice?.code.startsWith('reader.') === true || notice?.code === 'store.failed';
}

export const balie = new Balie();
