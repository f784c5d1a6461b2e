import { screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, expect, test } from 'vitest';
import { balie } from '../src/state.svelte';
import { commands, ok, refused } from './fake-ipc';
import { arrives, becomes, field, openWindow } from './open';
import { FAST, press, SLOW, types, typesNamed } from './scans';
import { person } from './scene';

const CARD = '0900000067513';
/** A barcode that is no number of UiTPAS. */
const OTHER = '592123456789';
/** A national number, with check digits that are right. */
const NATIONAL = '80010101392';

beforeEach(() => {
  balie.identifying = false;
});

const byScanner = () => commands.scan.mock.calls.map(([text]) => text);
const byHand = () => commands.identify.mock.calls.map(([text]) => text);

/** A scanner read something that may be an identity card. */
async function asks(text = OTHER): Promise<void> {
  commands.scan.mockResolvedValueOnce(refused('number.barcode'));
  types(text, FAST);
  await screen.findByTestId('barcode');
}

test.each([
  ['US', ']'],
  ['Belgian', '$'],
])(
  'a scanner that says what it reads is known at any pace on a %s keyboard, and its name is no part of it',
  async (_, bracket) => {
    await openWindow();
    field().focus();
    typesNamed(CARD, 900, bracket);
    expect(byScanner()).toEqual([CARD]);
    expect(byHand()).toEqual([]);
    await waitFor(() => expect(field().value).toBe(''));
  },
);

test('the number of such a scanner that is not taken stands in the field without its name', async () => {
  await openWindow();
  commands.scan.mockResolvedValue(refused('number.checkDigit'));
  field().focus();
  typesNamed(CARD, SLOW);
  await screen.findByTestId('problem');
  expect(field().value).toBe('0900 000 067 513');
});

test('what stood in the field before such a scan is not searched with it', async () => {
  await openWindow();
  field().focus();
  press('0', 1_000);
  press('9', SLOW);
  typesNamed(CARD, SLOW);
  expect(byScanner()).toEqual([CARD]);
});

test('such a scan is a card wherever the focus is', async () => {
  await openWindow();
  await arrives(person());
  typesNamed(CARD, SLOW);
  expect(byScanner()).toEqual([CARD]);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('in another field such a scan is a card, and the text is put back as it was', async () => {
  const user = await openWindow();
  await user.type(screen.getByTestId('event-filter'), 'zwem ');
  typesNamed(CARD, SLOW, '$');
  expect(byScanner()).toEqual([CARD]);
  expect(balie.filter).toBe('zwem ');
  expect(commands.chooseEvent).not.toHaveBeenCalled();
});

test('after two seconds it is no scanner any more', async () => {
  await openWindow();
  field().focus();
  typesNamed(CARD, 2_000);
  await tick();
  expect(byScanner()).toEqual([]);
});

test('a slow second line end of such a scanner does nothing either', async () => {
  await openWindow();
  await arrives(person());
  field().focus();
  typesNamed(CARD, 100);
  await waitFor(() => expect(balie.identifying).toBe(false));
  press('Enter', 100);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('its prefix chooses no price and leaves no digit in the field, whatever the focus is on', async () => {
  await openWindow();
  await arrives(person());
  document.getElementById('person-at-desk')?.focus();
  expect(balie.selected).toBe(0);
  press(']', 3_000, 'BracketRight');
  press('C', SLOW);
  press('2', SLOW);
  expect(balie.selected).toBe(0);
  for (const digit of CARD) press(digit, SLOW);
  expect(field().value).toBe('');
  press('Enter', SLOW);
  expect(byScanner()).toEqual([CARD]);
});

test('a sign that is no prefix of a scanner keeps the keys what they are', async () => {
  await openWindow();
  await arrives(person());
  document.getElementById('person-at-desk')?.focus();
  press(']', 3_000, 'BracketRight');
  press('2', SLOW);
  expect(balie.selected).toBe(1);
});

test('the next scan after a slow one loses none of its line ends', async () => {
  await openWindow();
  field().focus();
  typesNamed(CARD, 900);
  await waitFor(() => expect(balie.identifying).toBe(false));
  field().focus();
  for (const digit of CARD) press(digit, FAST);
  press('Enter', FAST);
  expect(byScanner()).toEqual([CARD, CARD]);
});

test('half a second after the slowest scanner, Enter is of a hand again', async () => {
  await openWindow();
  await arrives(person());
  field().focus();
  typesNamed(CARD, 900);
  await waitFor(() => expect(balie.identifying).toBe(false));
  await arrives(person());
  document.getElementById('person-at-desk')?.focus();
  press('Enter', 400);
  expect(commands.sell).not.toHaveBeenCalled();
  press('Enter', 200);
  expect(commands.sell).toHaveBeenCalledTimes(1);
});

test.each([
  ['in the field for numbers', () => field().focus()],
  ['at the desk', () => document.getElementById('person-at-desk')?.focus()],
])('a barcode that is not taken and cannot be a number does not stay, %s', async (_, goes) => {
  await openWindow();
  await arrives(person());
  commands.scan.mockResolvedValue(refused('number.notANumber'));
  goes();
  types('ABCDEFGH', FAST);
  expect((await screen.findByTestId('problem')).dataset.code).toBe('number.notANumber');
  expect(field().value).toBe('');
});

test('a barcode that is no number does not stand in the field before its answer', async () => {
  await openWindow();
  commands.scan.mockReturnValue(new Promise(() => {}));
  field().focus();
  typesNamed(OTHER, SLOW);
  expect(byScanner()).toEqual([OTHER]);
  await tick();
  expect(field().value).toBe('');
});

test('a number that a hand mistyped stays to be mended', async () => {
  await openWindow();
  commands.identify.mockResolvedValue(refused('number.length'));
  field().focus();
  types('09000000675', SLOW);
  await screen.findByTestId('problem');
  expect(field().value).toBe('0900 000 067 5');
});

test('what was scanned before the lock is gone after it', async () => {
  await openWindow({ canLock: true });
  document.getElementById('person-at-desk')?.focus();
  for (const sign of 'ABCDEFGH') press(sign, FAST);
  await becomes({ stage: 'locked' });
  await becomes({ stage: 'open' });
  await waitFor(() => expect(field()).toBeTruthy());
  press('Enter', FAST);
  await tick();
  expect(byScanner()).toEqual([]);
});

test('no question lies over the card that came before its answer', async () => {
  await openWindow();
  let answered: (answer: ReturnType<typeof refused>) => void = () => {};
  commands.scan.mockReturnValueOnce(new Promise((resolve) => (answered = resolve)));
  field().focus();
  types(OTHER, FAST);
  await arrives(person({ firstName: 'Noor' }));
  answered(refused('number.barcode'));
  await waitFor(() => expect(balie.identifying).toBe(false));
  await tick();
  expect(balie.dialog).toBeNull();
  expect(screen.getByTestId('person').textContent).toContain('Noor');
  expect(field().value).toBe('');
});

test('what is no number is sent as a scan when a scanner read it, and as typed when a hand did', async () => {
  await openWindow();
  field().focus();
  types(NATIONAL, SLOW);
  expect(byHand()).toEqual([NATIONAL]);
  expect(byScanner()).toEqual([]);
  await waitFor(() => expect(balie.identifying).toBe(false));
  types('AB-12/34$5', FAST);
  expect(byScanner()).toEqual(['AB-12/34$5']);
  await waitFor(() => expect(balie.identifying).toBe(false));
  types('12345', FAST);
  await waitFor(() => expect(byHand()).toEqual([NATIONAL, '12345']));
});

test('a barcode without a digit does not confirm what is selected', async () => {
  await openWindow();
  await arrives(person());
  document.getElementById('person-at-desk')?.focus();
  types('ABCDEFGH', FAST);
  expect(byScanner()).toEqual(['ABCDEFGH']);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('what may be an identity card is asked about and never shown', async () => {
  await openWindow();
  field().focus();
  await asks();
  expect(field().value).toBe('');
  expect(document.body.textContent).not.toContain(OTHER);
  expect(document.body.innerHTML).not.toContain(OTHER);
  expect(screen.queryByTestId('problem')).toBeNull();
  expect(commands.forward).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(screen.getByTestId('barcode-no'));
});

test('once somebody says so it is looked up, once', async () => {
  const user = await openWindow();
  field().focus();
  await asks();
  await user.click(screen.getByTestId('barcode-yes'));
  expect(commands.forward.mock.calls).toEqual([[OTHER]]);
  expect(screen.queryByTestId('barcode')).toBeNull();
  await balie.barcode.forward();
  expect(commands.forward).toHaveBeenCalledTimes(1);
});

test('why it was not looked up is told', async () => {
  const user = await openWindow();
  commands.forward.mockResolvedValue(refused('insz.onlineOnly'));
  field().focus();
  await asks();
  await user.click(screen.getByTestId('barcode-yes'));
  expect((await screen.findByTestId('problem')).dataset.code).toBe('insz.onlineOnly');
  expect(balie.identifying).toBe(false);
});

test.each(['{Enter}', '{Escape}'])('%s on the question forgets it', async (key) => {
  const user = await openWindow();
  field().focus();
  await asks();
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('barcode-no')));
  await user.keyboard(key);
  expect(screen.queryByTestId('barcode')).toBeNull();
  await balie.barcode.forward();
  expect(commands.forward).not.toHaveBeenCalled();
});

test('the second line end of a scanner answers nothing, however slow it comes', async () => {
  await openWindow();
  balie.guardMs = 300;
  field().focus();
  await asks();
  press('Enter', 40);
  press('Enter', 100);
  screen.getByTestId('barcode-yes').focus();
  press('Enter', 100);
  expect(screen.getByTestId('barcode')).toBeTruthy();
  expect(commands.forward).not.toHaveBeenCalled();
});

test('Enter alone never looks it up, whatever has the focus but its button', async () => {
  await openWindow();
  field().focus();
  await asks();
  screen.getByTestId('barcode-no').blur();
  press('Enter', 1_000);
  expect(commands.forward).not.toHaveBeenCalled();
});

test('the next card closes the question and is what stands there', async () => {
  await openWindow();
  field().focus();
  await asks();
  await arrives(person({ firstName: 'Noor' }));
  expect(screen.queryByTestId('barcode')).toBeNull();
  expect(screen.getByTestId('person').textContent).toContain('Noor');
  await balie.barcode.forward();
  expect(commands.forward).not.toHaveBeenCalled();
});

test('the next scan closes the question, and is looked up', async () => {
  await openWindow();
  field().focus();
  await asks();
  commands.scan.mockResolvedValue(ok(null));
  types(CARD, FAST);
  await waitFor(() => expect(byScanner()).toEqual([OTHER, CARD]));
  expect(screen.queryByTestId('barcode')).toBeNull();
  await balie.barcode.forward();
  expect(commands.forward).not.toHaveBeenCalled();
});

test('nothing is asked behind the lock', async () => {
  const user = await openWindow({ canLock: true });
  let answered: (answer: ReturnType<typeof refused>) => void = () => {};
  commands.scan.mockReturnValueOnce(new Promise((resolve) => (answered = resolve)));
  field().focus();
  types(OTHER, FAST);
  await user.keyboard('{Control>}l{/Control}');
  answered(refused('number.barcode'));
  await waitFor(() => expect(balie.identifying).toBe(false));
  await tick();
  expect(balie.dialog).toBeNull();
});
