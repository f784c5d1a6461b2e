// One pause does not make a hand of a scanner: a wireless line stalls, or the computer is busy for a moment.

import { screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, expect, test } from 'vitest';
import { balie } from '../src/state.svelte';
import { commands, refused } from './fake-ipc';
import { arrives, field, openWindow } from './open';
import { FAST, holds, press, SLOW, types, typesWithPauses } from './scans';
import { person } from './scene';

const CARD = '0900000067513';
/** A national number, with check digits that are right. */
const NATIONAL = '80010101392';
/** A barcode that is no number of UiTPAS. */
const OTHER = '592123456789';

beforeEach(() => {
  balie.identifying = false;
});

const byScanner = () => commands.scan.mock.calls.map(([text]) => text);
const byHand = () => commands.identify.mock.calls.map(([text]) => text);

/** Where one pause can be: before each sign but the first, and before the line end. */
function places(text: string): number[] {
  return Array.from(text, (_, place) => place + 1);
}

test.each(places(NATIONAL).flatMap((place) => [50, 499].map((ms) => [place, ms] as const)))(
  'a national number is asked about, though there is a pause at place %i of %i ms',
  async (place, ms) => {
    await openWindow();
    commands.scan.mockResolvedValueOnce(refused('number.barcode'));
    field().focus();
    typesWithPauses(NATIONAL, { [place]: ms });
    await screen.findByTestId('barcode');
    expect(byScanner()).toEqual([NATIONAL]);
    expect(byHand()).toEqual([]);
    expect(document.body.innerHTML).not.toContain(NATIONAL);
    expect(field().value).toBe('');
  },
);

test('the barcode of an identity card with a pause in it does not stay in the field', async () => {
  await openWindow();
  commands.scan.mockResolvedValueOnce(refused('number.barcode'));
  field().focus();
  typesWithPauses(OTHER, { 3: SLOW });
  await screen.findByTestId('barcode');
  expect(byScanner()).toEqual([OTHER]);
  expect(field().value).toBe('');
});

test.each(places(CARD))('a card is of a scanner, though there is a pause at place %i', async (place) => {
  await openWindow();
  field().focus();
  typesWithPauses(CARD, { [place]: SLOW });
  expect(byScanner()).toEqual([CARD]);
  expect(byHand()).toEqual([]);
});

test.each([
  ['half a second among its digits', { 4: 500 }],
  ['half a second before the line end', { 11: 500 }],
  ['two pauses among its digits', { 3: SLOW, 7: SLOW }],
  ['two pauses, of which one is before the line end', { 3: SLOW, 11: SLOW }],
  ['fingers that roll over a few keys at a time', { 3: 120, 6: 120, 9: 120, 11: 120 }],
])('%s: that is a hand, and what it typed is looked up', async (_, pauses: Record<number, number>) => {
  await openWindow();
  field().focus();
  typesWithPauses(NATIONAL, pauses);
  expect(byHand()).toEqual([NATIONAL]);
  expect(byScanner()).toEqual([]);
});

test('what is short enough for a hand to roll over twice is of no scanner when there is a pause in it', async () => {
  await openWindow();
  field().focus();
  typesWithPauses('1234567890', { 5: 120 });
  expect(byHand()).toEqual(['1234567890']);
  expect(byScanner()).toEqual([]);
});

test('a pause after the key of a price loses no digit of a national number', async () => {
  await openWindow();
  await arrives(person());
  document.getElementById('person-at-desk')?.focus();
  typesWithPauses('15021760024', { 1: SLOW });
  expect(byScanner()).toEqual(['15021760024']);
  expect(byHand()).toEqual([]);
});

test('the key of a price just before the barcode of an identity card does not make a card of it', async () => {
  await openWindow();
  await arrives(person());
  document.getElementById('person-at-desk')?.focus();
  typesWithPauses('2592123456789', { 1: SLOW });
  expect(byScanner()).toEqual([]);
});

test.each([300, 499, 660].flatMap((delay) => [11, 12, 13, 14, 15].map((times) => [times, delay] as const)))(
  'a key that repeats %i times, at first after %i ms, is no scanner',
  async (times, delay) => {
    await openWindow();
    field().focus();
    holds('0', times, delay);
    press('Enter', 200);
    expect(byScanner()).toEqual([]);
  },
);

test.each([11, 12, 13])('nor is it when Enter comes with the last of %i', async (times) => {
  await openWindow();
  field().focus();
  holds('0', times, 300);
  press('Enter', FAST);
  expect(byScanner()).toEqual([]);
});

test('a key that is held in another field writes there, and at the desk it is nothing', async () => {
  await openWindow();
  const filter = screen.getByTestId<HTMLInputElement>('event-filter');
  filter.focus();
  // One more would be 13 digits, which are a card at any pace in this field.
  holds('0', 12, 300);
  press('Enter', 200);
  expect(filter.value).toBe('0'.repeat(12));
  filter.blur();
  holds('a', 13, 300);
  press('Enter', 200);
  expect(byScanner()).toEqual([]);
});

test('what is pasted and sent is of a hand', async () => {
  const user = await openWindow();
  await user.click(field());
  await user.paste(NATIONAL);
  press('Enter', 200);
  expect(byHand()).toEqual([NATIONAL]);
  expect(byScanner()).toEqual([]);
});

test('a card with a pause in it is taken out of another field', async () => {
  const user = await openWindow();
  await user.type(screen.getByTestId('event-filter'), 'zwem ');
  typesWithPauses(CARD, { 6: SLOW });
  expect(byScanner()).toEqual([CARD]);
  expect(byHand()).toEqual([]);
  expect(balie.filter).toBe('zwem ');
});

test.each([CARD, NATIONAL])('a digit that a hand typed just before a scan stays: %s', async (text) => {
  const user = await openWindow();
  await user.type(screen.getByTestId('event-filter'), 'zwem ');
  typesWithPauses(`2${text}`, { 1: 300 });
  expect(byScanner()).toEqual([text]);
  expect(balie.filter).toBe('zwem 2');
});

test.each([CARD, NATIONAL])('nor is it looked up with it from the field for numbers: %s', async (text) => {
  await openWindow();
  field().focus();
  typesWithPauses(`2${text}`, { 1: 300 });
  expect(byScanner()).toEqual([text]);
  expect(byHand()).toEqual([]);
});

test('a scanner that says what it reads is known right after the key of a hand', async () => {
  await openWindow();
  field().focus();
  press('2', 1_000);
  press('$', 300, 'BracketRight');
  for (const sign of `C0${CARD}`) press(sign, SLOW);
  press('Enter', SLOW);
  expect(byScanner()).toEqual([CARD]);
});

test('a scan right after another one begins anew', async () => {
  await openWindow();
  field().focus();
  types(CARD, FAST);
  await waitFor(() => expect(balie.identifying).toBe(false));
  await tick();
  press(OTHER.charAt(0), 300);
  for (const digit of OTHER.slice(1)) press(digit, FAST);
  press('Enter', FAST);
  expect(byScanner()).toEqual([CARD, OTHER]);
});
