// A barcode scanner types wherever the focus is: 13 digits and Enter. Most type a key in a few milliseconds: in a field that is
// meant for something else, what they typed is taken out again, and the number goes where it belongs. A hand is never that
// quick, so that nothing that somebody types is ever taken. A scanner on a slow wireless line is not known by its pace; where
// no text of its own ever ends with 13 digits, the digits alone say it.

import { flushSync } from 'svelte';
import { digitOf, focusOn, noteIdentified, SCANNER_MS, textField } from './keys';
import { balie } from './state.svelte';

/** How many digits a number has. */
const DIGITS = 13;
const AT_END = /\d{13}$/;

interface Run {
  field: HTMLInputElement | HTMLTextAreaElement;
  /** What stood in the field before the first of these digits. */
  before: string;
  digits: string;
  lastAt: number;
}

let run: Run | null = null;

/** Hears every key before the field does. */
export function hearScanner(event: KeyboardEvent): void {
  // A scanner that is set to another keyboard presses Shift for each digit.
  if (event.key === 'Shift') return;
  const field = textField(event.target);
  if (!field || field.id === 'number-field' || balie.start.stage !== 'open') {
    run = null;
    return;
  }
  const goesOn = run?.field === field && event.timeStamp - run.lastAt < SCANNER_MS;
  const begun: Run = goesOn && run ? run : { field, before: field.value, digits: '', lastAt: 0 };
  const digit = digitOf(event);
  if (digit !== null) {
    run = { ...begun, digits: begun.digits + digit, lastAt: event.timeStamp };
    return;
  }
  run = null;
  if (event.key === 'Enter' && begun.digits.length === DIGITS) take(event, begun);
}

function take(event: KeyboardEvent, { field, before, digits }: Run): void {
  event.preventDefault();
  event.stopPropagation();
  field.value = before;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  brings(event, digits);
}

/** What stands over the desk goes, and the person comes. */
function brings(event: Event, number: string): void {
  noteIdentified(event);
  balie.close();
  flushSync();
  void balie.identify(number, true).then((found) => found && focusOn('person-at-desk'));
}

/**
 * Takes the 13 digits at the end of a text as a card, and gives what somebody typed before them; nothing when there are no such
 * digits. For the fields of a name, a code or a filter, when Enter was pressed in them.
 */
export function takesCard(event: Event, text: string): string | null {
  const number = AT_END.exec(text)?.[0];
  if (number === undefined) return null;
  brings(event, number);
  return text.slice(0, -DIGITS);
}

/** Tells a scanner from a hand in the field for numbers. The first digit may have been typed before the field had the focus. */
export class Pace {
  #digits = 0;
  #lastAt = -Infinity;

  hear(event: KeyboardEvent): void {
    if (event.key === 'Shift' || event.key === 'Enter') return;
    const goesOn = event.timeStamp - this.#lastAt < SCANNER_MS;
    this.#digits = digitOf(event) === null ? 0 : goesOn ? this.#digits + 1 : 1;
    this.#lastAt = event.timeStamp;
  }

  /** Whether what was typed until now came from a scanner. */
  isScanner(event: Event): boolean {
    return this.#digits >= DIGITS - 1 && event.timeStamp - this.#lastAt < SCANNER_MS;
  }
}
