// A barcode scanner types wherever the focus is: 13 digits and Enter. Most type a key in a few milliseconds: in a field that is
// meant for something else, what they typed is taken out again, and the number goes where it belongs. A hand is never that
// quick, so that nothing that somebody types is ever taken. A scanner on a slow wireless line is not known by its pace; where
// no text of its own ever ends with 13 digits, the digits alone say that it is a card, but not that a scanner read it. A scanner
// that is set to say what it reads is known at any pace: it begins with `]C` and a digit, the AIM name of CODE 128.

import { flushSync } from 'svelte';
import { digitOf, focusOn, keeper, SCANNER_MS, type Keeper } from './keys';
import { balie } from './state.svelte';
import { grouped } from './texts/format';

/** How many digits a number has. */
const DIGITS = 13;
const AT_END = /\d{13}$/;
const NUMBER = /^\d{13}$/;
/** The fewest signs of a barcode that is no number: what is shorter was pressed by accident. */
const LEAST = 6;
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

/** The signs that came one after the other without a pause. */
interface Run {
  /** Where they went, if that is not where a number belongs. */
  field: Keeper | null;
  /** What stood there before the first of them. */
  before: string;
  signs: string;
  lastAt: number;
}

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
    lastAt: 0,
  };
  run = sign === null ? null : follows(event, begun, sign);
  // At the desk the keys of a name, and of what it is said of, would choose a price or begin a number.
  if (keeps === null && isNamed(run)) event.preventDefault();
  if (event.key !== 'Enter') return;
  // Whatever was read since is a scan of its own, and this is its line end.
  if (event.timeStamp < quietUntil && readIn(begun) === null) stop(event);
  else if (isTaken(begun, keeps)) take(event, begun);
  // The field for numbers asks for it.
  else if (!field && begun.signs !== '') run = { ...begun, lastAt: event.timeStamp };
}

/** What a key stands for in a barcode, whatever the layout of the keyboard; nothing for a key that writes nothing. */
function signOf(event: KeyboardEvent, field: Keeper | null): string | null {
  if (event.key === ']') return ']';
  // A name is only at the beginning: further on, the key may be what the layout makes of it.
  if (event.code === 'BracketRight' && !goesOn(event, field, event.key)) return ']';
  if (event.code === 'KeyC' && run?.signs === ']') return 'C';
  const isShortcut = event.metaKey || event.ctrlKey !== event.altKey;
  return digitOf(event) ?? (event.key.length === 1 && !isShortcut ? event.key : null);
}

/** What came just before this key, if this one belongs to it. */
function goesOn(event: KeyboardEvent, field: Keeper | null, sign: string): Run | null {
  if (run === null || run.field !== field) return null;
  const within = NAMED.test(run.signs + sign) ? NAMED_MS : SCANNER_MS;
  return event.timeStamp - run.lastAt < within ? run : null;
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
function readIn({ signs }: Run): string | null {
  const text = signs.replace(NAME, '');
  return text.length < LEAST ? null : text;
}

/** Whether it goes to the desk by itself; in its own field, what came at the pace of a scanner is sent with the form. */
function isTaken(begun: Run, keeps: Keeper | null): boolean {
  const text = readIn(begun);
  if (text === null) return false;
  return NAME.test(begun.signs) || keeps === null || (begun.field !== null && text.length === DIGITS);
}

/**
 * What a scanner read, if that is what is sent now of what stands in the field. It is not kept here any longer. Where the
 * computer was busy for a moment, only the end came quickly: then the whole counts, as if a hand had typed it.
 */
export function scanned(event: Event, stands: string): string | null {
  const read = run !== null && event.timeStamp - run.lastAt < SCANNER_MS ? readIn(run) : null;
  run = null;
  if (read === null) return null;
  return NUMBER.test(read) || bare(read).includes(bare(stands)) ? read : null;
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

function take(event: Event, taken: Run): void {
  stop(event);
  const { field, before, lastAt } = taken;
  const text = readIn(taken) ?? '';
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
