// A barcode scanner types wherever the focus is: 13 digits and Enter. Most type a key in a few milliseconds: in a field that is
// meant for something else, what they typed is taken out again, and the number goes where it belongs. A hand is never that
// quick, so that nothing that somebody types is ever taken. A scanner on a slow wireless line is not known by its pace; where
// no text of its own ever ends with 13 digits, the digits alone say that it is a card, but not that a scanner read it.

import { flushSync } from 'svelte';
import { digitOf, focusOn, keeper, SCANNER_MS, type Keeper } from './keys';
import { balie } from './state.svelte';
import { grouped } from './texts/format';

/** How many digits a number has. */
const DIGITS = 13;
const AT_END = /\d{13}$/;
/** Many scanners end with two line ends; the second one must not do anything. */
const SECOND_ENTER_MS = 80;

/** The digits that came one after the other without a pause. */
interface Run {
  /** Where they went, if that is not where a number belongs. */
  field: Keeper | null;
  /** What stood there before the first of them. */
  before: string;
  digits: string;
  lastAt: number;
}

let run: Run | null = null;
let identifiedAt = -Infinity;

/** A window that opens has heard no scanner yet. */
export function hearNew(): void {
  run = null;
  identifiedAt = -Infinity;
}

/** A number is looked up: a line end right after this one is the second one of a scanner. */
export function noteIdentified(event: Event): void {
  identifiedAt = event.timeStamp;
}

/** Hears every key before the field does. */
export function hearScanner(event: KeyboardEvent): void {
  // A scanner that is set to another keyboard presses Shift for each digit.
  if (event.key === 'Shift') return;
  if (balie.start.stage !== 'open') {
    run = null;
    return;
  }
  const keeps = keeper(event.target);
  const field = keeps?.id === 'number-field' ? null : keeps;
  const goesOn = run !== null && run.field === field && event.timeStamp - run.lastAt < SCANNER_MS;
  const begun: Run = goesOn && run ? run : { field, before: field?.value ?? '', digits: '', lastAt: 0 };
  const digit = digitOf(event);
  run = digit === null ? null : { ...begun, digits: begun.digits + digit, lastAt: event.timeStamp };
  if (event.key !== 'Enter') return;
  if (event.timeStamp - identifiedAt < SECOND_ENTER_MS) stop(event);
  else if (field && begun.digits.length === DIGITS) take(event, field, begun);
  // The field for numbers asks for it.
  else if (!field && goesOn) run = begun;
}

/** Whether the number that is sent now came from a scanner. */
export function isScanned(event: Event): boolean {
  return run !== null && run.digits.length === DIGITS && event.timeStamp - run.lastAt < SCANNER_MS;
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function take(event: Event, field: Keeper, { before, digits }: Run): void {
  stop(event);
  if (field.value !== before) {
    field.value = before;
    field.dispatchEvent(
      new Event(field instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }),
    );
  }
  void brings(event, digits, true);
}

/** What stands over the desk goes, and the person comes; a number that is not taken stands where it can be mended. */
async function brings(event: Event, number: string, scanned: boolean): Promise<void> {
  noteIdentified(event);
  balie.close();
  flushSync();
  const found = await balie.identify(number, scanned);
  if (balie.start.stage !== 'open') return;
  if (!found) {
    balie.typed = grouped(number);
    flushSync();
    focusOn('number-field');
  } else if (balie.typed === '') focusOn('person-at-desk');
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
