// The national number of an identity card that is scanned while the focus is in a field that is meant for something else.

import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { isNational } from '../src/national';
import { balie } from '../src/state.svelte';
import { commands, refused } from './fake-ipc';
import { field, openWindow } from './open';
import { FAST, press, SLOW, types, typesWithPauses } from './scans';

/** A national number, with check digits that are right. */
const NATIONAL = '80010101392';
/** Eleven digits that are none. */
const OTHER = '80010101393';

beforeEach(() => {
  balie.identifying = false;
});

const byScanner = () => commands.scan.mock.calls.map(([text]) => text);

/** A field of a page or a dialog, and whether its Enter came to it. */
function otherField(element: 'input' | 'textarea', type = 'text') {
  const other = document.createElement(element);
  if (other instanceof HTMLInputElement) other.type = type;
  const entered = { times: 0 };
  other.addEventListener('keydown', (event) => {
    if (event instanceof KeyboardEvent && event.key === 'Enter') entered.times += 1;
  });
  document.body.append(other);
  other.focus();
  return { other, entered };
}

test('a national number that is scanned into the search is asked about, and the search is as it was', async () => {
  const user = await openWindow();
  commands.scan.mockResolvedValueOnce(refused('number.barcode'));
  await user.type(screen.getByTestId('event-filter'), 'cafe ');
  types(NATIONAL, FAST);
  // The second line end of the scanner is none of the search either.
  press('Enter', 40);
  await screen.findByTestId('barcode');
  expect(byScanner()).toEqual([NATIONAL]);
  expect(commands.identify).not.toHaveBeenCalled();
  expect(commands.forward).not.toHaveBeenCalled();
  expect(commands.chooseEvent).not.toHaveBeenCalled();
  expect(balie.filter).toBe('cafe ');
  expect(document.body.innerHTML).not.toContain(NATIONAL);
  await user.click(screen.getByTestId('barcode-yes'));
  expect(commands.forward.mock.calls).toEqual([[NATIONAL]]);
});

test.each(['input', 'textarea'] as const)(
  'it is taken out of any other %s, and Enter with it',
  async (element) => {
    await openWindow();
    commands.scan.mockResolvedValueOnce(refused('number.barcode'));
    const { other, entered } = otherField(element);
    other.value = 'Balie 2 ';
    // What the keys of a scanner write stands there before its line end.
    for (const digit of NATIONAL) {
      press(digit, FAST);
      if (element === 'textarea') other.value += digit;
    }
    press('Enter', FAST);
    await screen.findByTestId('barcode');
    expect(other.value).toBe('Balie 2 ');
    expect(entered.times).toBe(0);
    other.remove();
  },
);

test('one pause in it changes nothing of that', async () => {
  await openWindow();
  const { other, entered } = otherField('input');
  typesWithPauses(NATIONAL, { 5: SLOW });
  expect(byScanner()).toEqual([NATIONAL]);
  expect(other.value).toBe('');
  expect(entered.times).toBe(0);
  other.remove();
});

test('where it may not be looked up, that is said and the number stands nowhere', async () => {
  await openWindow();
  commands.scan.mockResolvedValueOnce(refused('insz.off'));
  screen.getByTestId('event-filter').focus();
  types(NATIONAL, FAST);
  expect((await screen.findByTestId('problem')).dataset.code).toBe('insz.off');
  await waitFor(() => expect(document.activeElement).toBe(field()));
  expect(field().value).toBe('');
  expect(balie.filter).toBe('');
  expect(document.body.innerHTML).not.toContain(NATIONAL);
});

test.each([
  ['eleven digits that are no national number', OTHER, FAST],
  ['a national number that a hand types', NATIONAL, SLOW],
  ['twelve digits that end with one', `1${NATIONAL}`, FAST],
])('%s stay in another field, with its Enter', async (_, text, ms) => {
  await openWindow();
  const { other, entered } = otherField('input');
  types(text, ms);
  expect(other.value).toBe(text);
  expect(entered.times).toBe(1);
  expect(byScanner()).toEqual([]);
  other.remove();
});

test('a PIN can have eleven digits, so that nothing is taken out of its field', async () => {
  await openWindow();
  const { other, entered } = otherField('input', 'password');
  types(NATIONAL, FAST);
  typesWithPauses(NATIONAL, { 5: SLOW });
  expect(other.value).toBe(NATIONAL + NATIONAL);
  expect(entered.times).toBe(2);
  expect(byScanner()).toEqual([]);
  other.remove();
});

test.each([
  '83030201540',
  '36051380284',
  '66010101785',
  '71030360442',
  '80010101392',
  '80010170282',
  '91063061055',
  '08091860684',
  '17010180147',
  '10010105762',
  '20010170215',
  '15021760024',
  '00000009007',
])('%s is a national number', (digits) => {
  expect(isNational(digits)).toBe(true);
});

test.each(['83030201541', '36051380384', '8303020154', '830302015400', '8303020154a', ' 8303020154', ''])(
  '"%s" is none',
  (digits) => {
    expect(isNational(digits)).toBe(false);
  },
);

test('the bounds of months and days hold, as they do where the number is looked up', () => {
  const accepted = (nine: number) => {
    const check = String(97 - (nine % 97)).padStart(2, '0');
    return isNational(String(nine).padStart(9, '0') + check);
  };
  const months = [0, 12, 13, 19, 20, 32, 33, 39, 40, 52, 53].map((month) =>
    accepted(830002015 + month * 100_000),
  );
  expect(months).toEqual([true, true, false, false, true, true, false, false, true, true, false]);
  expect([accepted(830331015), accepted(830332015)]).toEqual([true, false]);
});
