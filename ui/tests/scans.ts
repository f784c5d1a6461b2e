// The keys of a scanner and of a hand, each at a moment of its own.

import { flushSync } from 'svelte';

/** So long between two keys, in milliseconds: of a scanner, of one on a slow wireless line, and of a hand. */
export const FAST = 4;
export const SLOW = 60;

// Each test has a time of its own, so that nothing depends on how busy the machine is.
let now = 1e6;

/** The key of a sign, as a browser names it. */
function codeOf(key: string): string {
  if (/^\d$/.test(key)) return `Digit${key}`;
  return /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : '';
}

/** Presses a key so long after the one before. */
export function press(key: string, after: number, code = codeOf(key)): void {
  goes(key, after, code);
  // In a window, each key is a task of its own: what it changed stands there before the next one.
  flushSync();
}

function goes(key: string, after: number, code: string): void {
  now += after;
  const target = document.activeElement ?? document.body;
  const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true });
  Object.defineProperty(event, 'timeStamp', { value: now });
  if (!target.dispatchEvent(event)) return;
  if (key === 'Enter' && target instanceof HTMLButtonElement) target.click();
  else if (key === 'Enter' && target instanceof HTMLInputElement) send(target);
  else if (key === 'Shift') return;
  else if (target instanceof HTMLInputElement && target.type !== 'range') {
    target.setRangeText(key, target.selectionStart ?? 0, target.selectionEnd ?? 0, 'end');
    target.dispatchEvent(new InputEvent('input', { bubbles: true }));
  } else if (target instanceof HTMLSelectElement) {
    const found = [...target.options].find(({ text }) => text.startsWith(key));
    target.value = found?.value ?? target.value;
    target.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

/** A browser sends the form of a field at the moment of the key. */
function send(target: HTMLInputElement): void {
  const event = new SubmitEvent('submit', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'timeStamp', { value: now });
  target.closest('form')?.dispatchEvent(event);
}

/** A number and a line end. */
export function types(number: string, ms: number): void {
  now += 1_000;
  for (const sign of number) press(sign, ms);
  press('Enter', ms);
}

/** A number and a line end of a scanner that waits so long before some of its keys; the line end comes after the last place. */
export function typesWithPauses(text: string, pauses: Record<number, number>): void {
  now += 1_000;
  for (const [place, sign] of [...text, 'Enter'].entries()) press(sign, pauses[place] ?? FAST);
}

/** A key that is held down: after a while it comes again and again, and not every window says that it is the same one. */
export function holds(key: string, times: number, delay: number): void {
  now += 1_000;
  press(key, FAST);
  for (let time = 1; time < times; time += 1) press(key, time === 1 ? delay : 30);
}

/** What a scanner that says what it reads types, on a keyboard that has another sign where it means `]`. */
export function typesNamed(text: string, ms: number, bracket = ']'): void {
  now += 3_000;
  press(bracket, ms, 'BracketRight');
  press('Shift', ms, 'ShiftLeft');
  press('C', ms, 'KeyC');
  press('0', ms);
  for (const sign of text) press(sign, ms);
  press('Enter', ms);
}
