import { screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, expect, test } from 'vitest';
import { balie } from '../src/state.svelte';
import { busyDay, dayPage } from './day-scene';
import { commands, ok, refused } from './fake-ipc';
import { arrives, field, openWindow } from './open';
import { FAST, press, SLOW, types, typesWithPauses } from './scans';
import { person } from './scene';

const CARD = '0900000067513';
const OTHER = '1000000520006';

beforeEach(() => {
  balie.identifying = false;
});

const byScanner = () => commands.scan.mock.calls.map(([number]) => number);
const byHand = () => commands.identify.mock.calls.map(([number]) => number);

test('the field for numbers tells a scanner from a hand', async () => {
  await openWindow();
  types(CARD, SLOW);
  await waitFor(() => expect(byHand()).toEqual(['0900000067513']));
  await tick();
  types(CARD, FAST);
  await waitFor(() => expect(byScanner()).toEqual(['0900000067513']));
  expect(byHand()).toHaveLength(1);
});

test('what comes with more than one pause is of a hand, and no digit is cut from it', async () => {
  await openWindow();
  field().focus();
  typesWithPauses(CARD, { 4: SLOW, 8: SLOW });
  expect(byHand()).toEqual([CARD]);
  expect(commands.scan).not.toHaveBeenCalled();
});

test('a quick tail of what a hand began is no scan of its own, unless it is a whole number', async () => {
  await openWindow();
  field().focus();
  typesWithPauses('80010101392', { 1: SLOW, 2: SLOW });
  expect(byHand()).toEqual(['80010101392']);
  expect(byScanner()).toEqual([]);
  await waitFor(() => expect(balie.identifying).toBe(false));
  field().focus();
  press('8', 1_000);
  press(CARD.charAt(0), SLOW);
  for (const digit of CARD.slice(1)) press(digit, FAST);
  press('Enter', FAST);
  expect(byScanner()).toEqual([CARD]);
});

test('a number of which the first digit could choose a price is scanned as a whole', async () => {
  await openWindow();
  await arrives(person());
  types(OTHER, FAST);
  expect(byScanner()).toEqual([OTHER]);
});

test('13 digits that are typed by hand in another field are a card, but of no scanner', async () => {
  const user = await openWindow();
  await user.type(screen.getByTestId('event-filter'), 'zwem ');
  types(CARD, SLOW);
  expect(byHand()).toEqual([CARD]);
  expect(commands.scan).not.toHaveBeenCalled();
  expect(commands.chooseEvent).not.toHaveBeenCalled();
  expect(balie.filter).toBe('zwem ');
});

test('a slow scanner in the field of a code brings the card, and no code is tried', async () => {
  const user = await openWindow();
  await user.keyboard('{F9}');
  await user.click(await screen.findByTestId('take-over'));
  types(CARD, SLOW);
  expect(byHand()).toEqual([CARD]);
  expect(commands.takeOver).not.toHaveBeenCalled();
  expect(screen.queryByTestId('carry')).toBeNull();
});

test('the second line end of a scanner presses no button that has the focus by then', async () => {
  const user = await openWindow();
  await user.click(screen.getByTestId('nav-toCheck'));
  await user.click(await screen.findByTestId('take-over'));
  types(CARD, FAST);
  expect(byScanner()).toEqual([CARD]);
  const nav = screen.getByTestId('nav-toCheck');
  nav.focus();
  press('Enter', 40);
  expect(balie.dialog).toBeNull();
  nav.focus();
  press('Enter', 80);
  expect(balie.dialog?.kind).toBe('toCheck');
});

test('nor does it choose the activity that was being looked for', async () => {
  const user = await openWindow();
  commands.scan.mockReturnValue(new Promise(() => {}));
  await user.type(screen.getByTestId('event-filter'), 'cafe');
  types(CARD, FAST);
  expect(byScanner()).toEqual([CARD]);
  press('Enter', 40);
  expect(commands.chooseEvent).not.toHaveBeenCalled();
});

test('a digit in a list or on a slider is theirs, and the page stays', async () => {
  commands.day.mockResolvedValue(ok(busyDay()));
  commands.dayLines.mockResolvedValue(ok(dayPage()));
  const user = await openWindow();
  await user.keyboard('{F12}');
  (await screen.findByTestId('day-event')).focus();
  press('1', 1_000);
  expect(screen.getByTestId('day')).toBeTruthy();
  await user.keyboard('{Control>},{/Control}');
  (await screen.findByTestId('volume')).focus();
  press('5', 1_000);
  expect(screen.getByTestId('settings')).toBeTruthy();
  expect(balie.typed).toBe('');
});

test('a number scanned into a list is a card, and the list is as it was', async () => {
  const { activities } = busyDay();
  const tenTurns = { ...activities[0]!, id: 'ten', title: '0 tot 6 jaar' };
  commands.day.mockResolvedValue(ok(busyDay({ activities: [...activities, tenTurns] })));
  commands.dayLines.mockResolvedValue(ok(dayPage()));
  const user = await openWindow();
  await user.keyboard('{F12}');
  const list = await screen.findByTestId<HTMLSelectElement>('day-event');
  list.focus();
  types(CARD, FAST);
  expect(byScanner()).toEqual([CARD]);
  expect(balie.day.event).toBeNull();
  expect(screen.queryByTestId('day')).toBeNull();
});

test('a number from another field that was not taken stands in the field for numbers', async () => {
  const user = await openWindow();
  commands.scan.mockResolvedValue(refused('number.checkDigit'));
  await user.click(screen.getByTestId('event-filter'));
  types(CARD, FAST);
  expect((await screen.findByTestId('problem')).dataset.code).toBe('number.checkDigit');
  await waitFor(() => expect(document.activeElement).toBe(field()));
  expect(field().value).toBe('0900 000 067 513');
});

test('a number that comes while another is looked up is not lost', async () => {
  const user = await openWindow();
  let found: (answer: { status: 'ok'; data: null }) => void = () => {};
  commands.scan.mockReturnValueOnce(new Promise((resolve) => (found = resolve)));
  await user.click(screen.getByTestId('event-filter'));
  types(CARD, FAST);
  screen.getByTestId('event-filter').focus();
  types(OTHER, FAST);
  await waitFor(() => expect(field().value).toBe('1000 000 520 006'));
  found(ok(null) as { status: 'ok'; data: null });
  await waitFor(() => expect(balie.identifying).toBe(false));
  await tick();
  expect(field().value).toBe('1000 000 520 006');
  expect(document.activeElement).toBe(field());
});

test('in the field for numbers the next number takes the place of the one that is looked up', async () => {
  await openWindow();
  let found: (answer: { status: 'ok'; data: null }) => void = () => {};
  commands.scan.mockReturnValueOnce(new Promise((resolve) => (found = resolve)));
  types(CARD, FAST);
  types(OTHER, FAST);
  await waitFor(() => expect(field().value).toBe('1000 000 520 006'));
  found(ok(null) as { status: 'ok'; data: null });
  await waitFor(() => expect(balie.identifying).toBe(false));
  expect(field().value).toBe('1000 000 520 006');
  types(OTHER, FAST);
  expect(byScanner()).toEqual([CARD, OTHER]);
});

test('a number whose answer comes behind the lock is not shown after it', async () => {
  const user = await openWindow({ canLock: true });
  let found: (answer: ReturnType<typeof refused>) => void = () => {};
  commands.scan.mockReturnValueOnce(new Promise((resolve) => (found = resolve)));
  await user.click(screen.getByTestId('event-filter'));
  types(CARD, FAST);
  await user.keyboard('{Control>}l{/Control}');
  found(refused('number.checkDigit'));
  await waitFor(() => expect(balie.identifying).toBe(false));
  await tick();
  expect(balie.typed).toBe('');
});
