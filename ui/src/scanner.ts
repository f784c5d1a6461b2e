// A barcode scanner types wherever the focus is: 13 digits and Enter. Most type a key in a few milliseconds: in a field that is
// meant for something else, what they typed is taken out again, and the number goes where it belongs. So does the national
// number of an identity card, which is asked about there. A hand is never that quick, so that nothing that somebody types is
// ever taken; one pause in so many quick keys is of a line that stalls or a busy computer, and makes no hand of a scanner. A
// scanner on a slow wireless line is not known by its pace; where no text of its own ever ends with 13 digits, the digits alone
// say that it is a card, but not that a scanner read it. A scanner that is set to say what it reads is known at any pace: it
// begins with `]C` and a digit, the AIM name of CODE 128.

import { flushSync } from 'svelte';
import { digitOf, focusOn, keeper, SCANNER_MS, type Keeper } from './keys';
import { isNational } from './national';
import { balie } from './state.svelte';
import { grouped } from './texts/format';

/** How many digits a number has. */
const DIGITS = 13;
const AT_END = /\d{13}$/;
const NUMBER = /^\d{13}$/;
/** The fewest signs of a barcode that is no number: what is shorter was pressed by accident. */
const LEAST = 6;
/** One pause is forgiven in so many signs, that of the line end included: nobody types ten of eleven keys at that pace. */
const LEAST_PAUSED = 11;
/** A pause as long as this is never forgiven: what comes after it is something else. */
const PAUSE_MS = 500;
/** A key that is held down comes at the pace of a scanner after a pause, and not every window says that it is held. */
const HELD_DOWN = /(.)\1{9}/;
/** What a scanner says of what it reads, whole or begun. */
const NAMED = /^\](C(\d.*)?)?$/;
const NAME = /^\]C\d/;
/** So much of a name, a hand never types by accident. */
const SURE = 2;
/** So long after each other come the keys of a scanner that said what it reads. */
const NAMED_MS = 2_000;
/** Many scanners end with two line ends; the second one must not do anything. */
const SECOND_ENTER_MS = 80;
/** However slow the scanner is, a hand that comes after it is not waited for any longer. */
const MOST_QUIET_MS = 500;
/** A scanner that is set to another keyboard presses these around the keys of a sign. */
const HELD = ['Shift', 'AltGraph', 'Control', 'Alt', 'CapsLock'];

/** The signs that came one after the other, with one pause at most. */
interface Run {
  /** Where they went, if that is not where a number belongs. */
  field: Keeper | null;
  /** What stood there before the first of them. */
  before: string;
  signs: string;
  /** How many of them came before the pause, and what stood there then; 0 as long as there was none. */
  paused: number;
  between: string;
  lastAt: number;
}

/** What a scanner read, and what stood in the field before it. */
type Read = Pick<Run, 'before'> & { text: string };

let run: Run | null = null;
/** Until then a line end is the second one of a scanner. */
let quietUntil = -Infinity;

/** A window that opens has heard no scanner yet, and what was scanned is not kept behind a lock. */
export function hearNew(): void {
  run = null;
  quietUntil = -Infinity;
}

/** A number is looked up: a line end right after this one, at the pace of the scanner, is its second one. */
export function noteIdentified(event: Event, pace = 0): void {
  quietUntil = event.timeStamp + Math.max(SECOND_ENTER_MS, Math.min(2 * pace, MOST_QUIET_MS));
}

/** Hears every key before the field does. */
export function hearScanner(event: KeyboardEvent): void {
  if (HELD.includes(event.key)) return;
  if (balie.start.stage !== 'open') return;
  const keeps = keeper(event.target);
  const field = keeps?.id === 'number-field' ? null : keeps;
  const sign = signOf(event, field);
  const begun = goesOn(event, field, sign ?? '') ?? {
    field,
    before: field?.value ?? '',
    signs: '',
    paused: 0,
    between: '',
    lastAt: 0,
  };
  run = sign === null ? null : follows(event, begun, sign);
  // At the desk the keys of a name, and of what it is said of, would choose a price or begin a number.
  if (keeps === null && isNamed(run)) event.preventDefault();
  if (event.key !== 'Enter') return;
  const read = readIn(begun);
  // Whatever was read since is a scan of its own, and this is its line end.
  if (read === null) {
    if (event.timeStamp < quietUntil) stop(event);
  } else if (isTaken(begun, read, keeps)) take(event, begun, read);
  // The field for numbers asks for it.
  else if (!field) run = { ...begun, lastAt: event.timeStamp };
}

/** What a key stands for in a barcode, whatever the layout of the keyboard; nothing for a key that writes nothing. */
function signOf(event: KeyboardEvent, field: Keeper | null): string | null {
  if (event.key === ']') return ']';
  // A name is only at the beginning: further on, the key may be what the layout makes of it.
  if (event.code === 'BracketRight' && !keepsPace(event, field, event.key)) return ']';
  if (event.code === 'KeyC' && run?.signs === ']') return 'C';
  const isShortcut = event.metaKey || event.ctrlKey !== event.altKey;
  return digitOf(event) ?? (event.key.length === 1 && !isShortcut ? event.key : null);
}

/** What came just before this key, if this one belongs to it; after a pause, what a scanner says of a code begins anew. */
function goesOn(event: KeyboardEvent, field: Keeper | null, sign: string): Run | null {
  const before = keepsPace(event, field, sign);
  if (before !== null || run === null || run.field !== field || sign === ']') return before;
  return event.timeStamp - run.lastAt < PAUSE_MS ? withPause(run) : null;
}

/** What came before this key without a pause. */
function keepsPace(event: KeyboardEvent, field: Keeper | null, sign: string): Run | null {
  if (run === null || run.field !== field) return null;
  const within = NAMED.test(run.signs + sign) ? NAMED_MS : SCANNER_MS;
  return event.timeStamp - run.lastAt < within ? run : null;
}

/** There is one pause at most: what came before an older one no longer belongs to it. */
function withPause(run: Run): Run {
  const since = afterPause(run);
  return { ...since, paused: since.signs.length, between: run.field?.value ?? '' };
}

/** What came after the pause; all of it when there was none. */
function afterPause(run: Run): Run {
  if (run.paused === 0) return run;
  return { ...run, before: run.between, signs: run.signs.slice(run.paused), paused: 0 };
}

/** In a field that is meant for something else only digits, and what a scanner says of them, can be a card. */
function follows(event: KeyboardEvent, begun: Run, sign: string): Run | null {
  const signs = begun.signs + sign;
  const may = begun.field === null || NAMED.test(signs) || /^\d+$/.test(signs);
  return may ? { ...begun, signs, lastAt: event.timeStamp } : null;
}

/** Whether a scanner says what it reads. */
function isNamed(run: Run | null): boolean {
  return run !== null && run.signs.length >= SURE && NAMED.test(run.signs);
}

/** What a scanner read, without what it said of it; nothing when it may have been a hand. */
function readIn(begun: Run): Read | null {
  const { before, signs, paused } = begun;
  const text = signs.replace(NAME, '');
  if (paused === 0) return text.length < LEAST ? null : { before, text };
  const after = readIn(afterPause(begun));
  if (text.length < LEAST_PAUSED || HELD_DOWN.test(text)) return after;
  if (after === null) return { before, text };
  // A single key before the pause was most often pressed by a hand that then took the scanner.
  if (paused === 1 && !isCard(text) && !isNational(text)) return after;
  // Where the end alone is a number, a hand pressed a key just before the scanner did. The end of a card may look like a national
  // number by chance.
  const isAfter = NUMBER.test(after.text) || (!isCard(text) && isNational(after.text));
  return isAfter ? after : { before, text };
}

/** Whether these are the digits of a card, by its last one (Luhn): a key of a hand may stand before what a scanner read. */
function isCard(text: string): boolean {
  const twice = (digit: number) => (digit > 4 ? 2 * digit - 9 : 2 * digit);
  const digits = [...text].reverse().map(Number);
  const sum = digits.reduce((sum, digit, place) => sum + (place % 2 === 1 ? twice(digit) : digit), 0);
  return NUMBER.test(text) && sum % 10 === 0;
}

/** Whether it goes to the desk by itself; in its own field, what came at the pace of a scanner is sent with the form. */
function isTaken({ field, signs }: Run, { text }: Read, keeps: Keeper | null): boolean {
  return NAME.test(signs) || keeps === null || (field !== null && isOdd(text, field));
}

/** Whether what a scanner read cannot be meant for this field. A PIN can have as many digits as a national number. */
function isOdd(text: string, field: Keeper): boolean {
  return text.length === DIGITS || (field.type !== 'password' && isNational(text));
}

/**
 * What a scanner read, if that is what is sent now of what stands in the field. It is not kept here any longer. Where the
 * computer was busy more than once, only the end came quickly: then the whole counts, as if a hand had typed it.
 */
export function scanned(event: Event, stands: string): string | null {
  const read = run !== null && event.timeStamp - run.lastAt < SCANNER_MS ? readIn(run)?.text : null;
  run = null;
  if (!read) return null;
  return NUMBER.test(read) || isNational(read) || bare(read).includes(bare(stands)) ? read : null;
}

function bare(text: string): string {
  return text.replace(/\s/g, '');
}

/** What of a scan stands in the field: only what can be a number can be mended there, and anything else may be private. */
export function mendable(read: string): string {
  return NUMBER.test(read) ? grouped(read) : '';
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function take(event: Event, { field, lastAt }: Run, { before, text }: Read): void {
  stop(event);
  if (field === null) balie.typed = mendable(text);
  else if (field.value !== before) {
    field.value = before;
    field.dispatchEvent(
      new Event(field instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }),
    );
  }
  void brings(event, text, true, event.timeStamp - lastAt);
}

/** What stands over the desk goes, and the person comes; a number that is not taken stands where it can be mended. */
async function brings(event: Event, number: string, scanned: boolean, pace = 0): Promise<void> {
  noteIdentified(event, pace);
  balie.close();
  flushSync();
  const found = await balie.identify(number, scanned);
  if (balie.start.stage !== 'open') return;
  if (!found) {
    balie.typed = scanned ? mendable(number) : grouped(number);
    flushSync();
    focusOn('number-field');
  } else if (balie.typed === '' && balie.dialog === null) focusOn('person-at-desk');
}

/**
 * Takes the 13 digits at the end of a text as a card, and gives what somebody typed before them; nothing when there are no such
 * digits. For the fields of a name, a code or a filter, when Enter was pressed in them.
 */
export function takesCard(event: Event, text: string): string | null {
  const number = AT_END.exec(text)?.[0];
  if (number === undefined) return null;
  void brings(event, number, false);
  return text.slice(0, -DIGITS);
}
