// The keyboard of the whole window. A barcode scanner is a keyboard too: it types 13 digits and Enter, in a few
// milliseconds a key. On a Belgian keyboard the digits of the upper row need Shift, so a digit is known by its key and
// not only by its character.

import { flushSync } from 'svelte';
import { balie } from './state.svelte';

/** Two keys within this time come from a scanner, not from a hand. */
export const SCANNER_MS = 50;
/** A digit that chose a price and then turns out to begin a number. */
const NUMBER_MS = 800;

let digits = '';
let lastDigitAt = -Infinity;

/** What the keyboard goes to comes in sight as a whole: left to itself, a window stops where the cursor of a field is. A press
 * with the mouse moves nothing, so that it ends where it began. */
export function bringInSight(target: EventTarget | null): void {
  const isReached = 'button:focus-visible, input:focus-visible, select:focus-visible';
  if (target instanceof Element && target.matches(isReached))
    target.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
}

export function focusOn(id: string): void {
  const element = document.getElementById(id);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}

/** The digit that a key stands for, whatever the layout of the keyboard. */
export function digitOf(event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (/^\d$/.test(event.key)) return event.key;
  return /^Digit(\d)$/.exec(event.code)?.[1] ?? null;
}

/**
 * Types the digit of a key that the layout of the keyboard gives something else for, where the cursor stands in a field that
 * has no use for anything else. Says whether it did; any other key is left to the browser.
 */
export function typesDigit(event: KeyboardEvent, field: HTMLInputElement): boolean {
  const digit = digitOf(event);
  if (digit === null || digit === event.key) return false;
  event.preventDefault();
  const start = field.selectionStart ?? field.value.length;
  field.setRangeText(digit, start, field.selectionEnd ?? start, 'end');
  return true;
}

/** A window that opens has heard no digit yet. */
export function begin(): void {
  digits = '';
  lastDigitAt = -Infinity;
}

export function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  // What comes before the desk has keys of its own; F5 would load the window anew there.
  if (balie.start.stage !== 'open') {
    if (event.key === 'F5') event.preventDefault();
    return;
  }
  // What was begun with a digit ends with such a key: the number that a scanner types next is whole by itself.
  if (event.key === 'Enter' || event.key === 'Escape' || event.key in functionKeys) digits = '';
  if (functionKey(event)) {
    event.preventDefault();
    return;
  }
  const field = textField(event.target);
  if (event.key === 'Escape') {
    event.preventDefault();
    stepBack(field);
  } else if (withControl(event)) {
    event.preventDefault();
  } else if (isUndo(event) && (!field || field.value === '')) {
    event.preventDefault();
    if (!event.repeat && balie.dialog === null) void balie.undo(balie.newestUndoable);
  } else if (stepOf(event) !== 0 && (!field || (field.id === 'number-field' && field.value === ''))) {
    event.preventDefault();
    if (balie.dialog === null) balie.step(stepOf(event));
  } else if (event.key === 'Enter') {
    enter(event, field);
  } else if (!keeper(event.target)) {
    digit(event);
  }
}

function functionKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
  const act = functionKeys[event.key];
  if (!act) return false;
  if (!event.repeat) act();
  return true;
}

/** The keys of the upper row, and what each does. F10 is the menu's own. */
export const functionKeys: Record<string, () => void> = {
  F1: () => (balie.dialog?.kind === 'help' ? balie.close() : balie.openHelp()),
  F2: () => leaveFor('event-filter'),
  F3: () => leaveFor('number-field'),
  F4: () => {
    const shown = balie.details && balie.dialog === null;
    balie.close();
    balie.details = balie.person !== null && !shown;
  },
  F5: () => (balie.dialog?.kind === 'ready' ? balie.close() : void balie.offline.open()),
  F6: () => void balie.checkIn(),
  F7: () => (balie.dialog?.kind === 'rewards' ? balie.close() : balie.openRewards()),
  F8: () => (balie.dialog?.kind === 'diagnosis' ? balie.close() : void balie.openDiagnosis()),
  F9: () => (balie.dialog?.kind === 'toCheck' ? balie.close() : balie.check.open()),
  F12: () => (balie.dialog?.kind === 'day' ? balie.close() : balie.day.open()),
};

/** What Ctrl does with a letter or a sign. Ctrl+Z takes back, where nothing is being typed. */
export const controlKeys: Record<string, () => void> = {
  l: () => void balie.access.lock(),
  d: () => (balie.dialog?.kind === 'data' ? balie.close() : void balie.offline.openData()),
  ',': () => (balie.dialog?.kind === 'settings' ? balie.close() : void balie.settings.open()),
};

function withControl(event: KeyboardEvent): boolean {
  if (!event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
  const act = controlKeys[event.key.toLowerCase()];
  if (!act) return false;
  if (!event.repeat) act();
  return true;
}

/** What is behind a dialog takes the focus only when the dialog is gone. */
export function leaveFor(id: string): void {
  balie.close();
  flushSync();
  focusOn(id);
}

/** `+` and `−`, wherever they stand on the keyboard; `=` is the same key as `+` without Shift. */
function stepOf(event: KeyboardEvent): number {
  if (event.ctrlKey || event.altKey || event.metaKey) return 0;
  return { '+': 1, '=': 1, '-': -1 }[event.key] ?? 0;
}

function isUndo(event: KeyboardEvent): boolean {
  return (
    event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
  );
}

/** One step back at a time: what lies on top goes first, the person last. */
function stepBack(field: HTMLElement | null): void {
  if (balie.problem) balie.problem = null;
  else if (balie.told !== null && (balie.dialog || !balie.details)) balie.told = null;
  else if (balie.dialog) balie.back();
  else if (balie.details) balie.details = false;
  else if (field?.id === 'event-filter' && balie.filter !== '') balie.filter = '';
  else if (balie.typed !== '') balie.typed = '';
  else if (balie.person) void balie.dismiss();
  else field?.blur();
}

/** Enter confirms what is selected or asked and nothing else; a button or the list under the focus keeps its own. */
function enter(event: KeyboardEvent, field: HTMLInputElement | HTMLTextAreaElement | null): void {
  const target = event.target instanceof Element ? event.target : null;
  if (field && (field.id !== 'number-field' || field.value !== '')) return;
  if (!field && target?.closest('button, a, [role="option"]') && !target.closest('[role="radio"]')) return;
  event.preventDefault();
  if (event.repeat) return;
  if (balie.dialog) balie.confirm();
  else void balie.record();
}

/** A digit chooses a price or a reward when there is one under it; in all other cases it begins a number. */
function digit(event: KeyboardEvent): void {
  const value = digitOf(event);
  if (value === null || event.repeat) return;
  event.preventDefault();
  const gap = event.timeStamp - lastDigitAt;
  const chooses = value !== '0' && Number(value) <= balie.choices;
  const begun = gap < (chooses ? SCANNER_MS : NUMBER_MS) ? digits : '';
  lastDigitAt = event.timeStamp;
  if (chooses && begun === '') {
    digits = value;
    balie.pick(Number(value) - 1);
    return;
  }
  digits = '';
  balie.typed += begun + value;
  balie.close();
  flushSync();
  document.getElementById('number-field')?.focus();
}

/** What has a use of its own for a digit. */
export type Keeper = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The field, the list to choose from or the slider that a key went to, if it went to one. */
export function keeper(target: EventTarget | null): Keeper | null {
  if (target instanceof HTMLSelectElement) return target;
  if (target instanceof HTMLInputElement && target.type === 'range') return target;
  return textField(target);
}

/** The field that somebody types in, if the key went to one. */
export function textField(target: EventTarget | null): HTMLInputElement | HTMLTextAreaElement | null {
  if (target instanceof HTMLTextAreaElement) return target;
  const isText =
    target instanceof HTMLInputElement &&
    ['text', 'password', 'search', 'tel', 'number'].includes(target.type);
  return isText ? target : null;
}
