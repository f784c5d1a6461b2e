import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import type { LineView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { commands, ok, refused, lookedUp } from './fake-ipc';
import { arrives, field, openWindow, pause } from './open';
import { line, offer, person } from './scene';

// Long enough that no key of one test seems to come from the scanner of the test before.
beforeEach(() => pause(100));

/** Enter, at a moment that does not depend on how busy the machine is. */
function enterAt(timeStamp: number): void {
  const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
  Object.defineProperty(event, 'timeStamp', { value: timeStamp });
  const target = document.activeElement ?? document.body;
  if (target.dispatchEvent(event)) target.closest('form')?.requestSubmit();
}

const chosen = () => screen.getAllByRole('radio').map((card) => card.getAttribute('aria-checked'));

test('digits that are typed anywhere arrive in the number field, and Enter looks them up', async () => {
  const user = await openWindow();
  await user.keyboard('0900000067513');
  expect(document.activeElement).toBe(field());
  expect(field().value).toBe('0900 000 067 513');
  await user.keyboard('{Enter}');
  expect(lookedUp()).toEqual(['0900000067513']);
  expect(field().value).toBe('');
});

test('a scanned number that begins with the key of a price keeps its first digit', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.keyboard('1000000520006{Enter}');
  expect(lookedUp()).toEqual(['1000000520006']);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('the second line end of a scanner records nothing', async () => {
  const user = await openWindow();
  await user.keyboard('0900000067513');
  const first = new Event('now').timeStamp;
  enterAt(first);
  const searched = new Event('now').timeStamp;
  expect(lookedUp()).toHaveLength(1);
  await arrives(person());
  await waitFor(() => expect(balie.ready).toBe(true));
  enterAt(first + 79);
  expect(commands.sell).not.toHaveBeenCalled();
  enterAt(searched + 81);
  expect(commands.sell).toHaveBeenCalledOnce();
});

test('the upper row of a Belgian keyboard gives digits without Shift', async () => {
  const user = await openWindow();
  await user.keyboard('{F3}');
  field().focus();
  for (const [key, code] of [
    ['à', 'Digit0'],
    ['ç', 'Digit9'],
    ['à', 'Digit0'],
    ['&', 'Digit1'],
  ] as const) {
    field().dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));
  }
  await waitFor(() => expect(field().value).toBe('0901'));
});

test('a number scanned into the activity filter is a card', async () => {
  const user = await openWindow();
  await user.keyboard('{F2}');
  expect(document.activeElement).toBe(screen.getByTestId('event-filter'));
  await user.keyboard('0900000067513{Enter}');
  expect(lookedUp()).toEqual(['0900000067513']);
  expect(commands.chooseEvent).not.toHaveBeenCalled();
});

test('a wrong number stays in the field, with the sentence that says what to do', async () => {
  const user = await openWindow();
  for (const name of ['identify', 'scan'] as const) {
    commands[name].mockResolvedValue(refused('number.checkDigit'));
  }
  await user.keyboard('0900000067514{Enter}');
  expect((await screen.findByTestId('problem')).dataset.code).toBe('number.checkDigit');
  expect(field().value).toBe('0900 000 067 514');
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('problem')).toBeNull();
});

test('1 to 9 select one price, Enter records exactly that one', async () => {
  const user = await openWindow();
  const yasmina = person();
  await arrives(yasmina);
  expect(chosen()).toEqual(['true', 'false']);
  await user.keyboard('2');
  expect(chosen()).toEqual(['false', 'true']);
  expect(field().value).toBe('');
  await user.keyboard('{Enter}');
  expect(commands.sell).toHaveBeenCalledExactlyOnceWith(yasmina.tap, 2, 1);
  expect((await screen.findByTestId('confirmation')).textContent).toContain('B1-000012');
});

test('arrow keys walk over the prices', async () => {
  const user = await openWindow();
  await arrives(person());
  screen.getByTestId('offer-0').focus();
  await user.keyboard('{ArrowRight}');
  expect(chosen()).toEqual(['false', 'true']);
  expect(document.activeElement).toBe(screen.getByTestId('offer-1'));
});

test('Enter twice records once, also while the first is still under way', async () => {
  const user = await openWindow();
  let done: (answer: { status: 'ok'; data: LineView }) => void = () => {};
  commands.sell.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await arrives(person());
  await user.keyboard('{Enter}{Enter}');
  expect(commands.sell).toHaveBeenCalledTimes(1);
  done({ status: 'ok', data: line('queued') });
  await screen.findByTestId('confirmation');
  await user.keyboard('{Enter}');
  await user.click(screen.getByTestId('record'));
  expect(commands.sell).toHaveBeenCalledTimes(1);
});

test('Enter and a click meant for one person do not record the next', async () => {
  const user = await openWindow();
  balie.guardMs = 300;
  const record = () => screen.getByTestId<HTMLButtonElement>('record');
  await arrives(person());
  await waitFor(() => expect(record().dataset.ready).toBe('true'));
  const look = record().className;
  const bart = person({ firstName: 'Bart' });
  await arrives(bart);
  expect(record().dataset.ready).toBe('false');
  expect(record().className).toBe(look);
  expect(record().disabled).toBe(false);
  await user.keyboard('{Enter}');
  await user.click(record());
  expect(commands.sell).not.toHaveBeenCalled();
  // What becomes known of the same tap does not make the clerk wait again.
  await pause(200);
  await arrives({ ...bart, points: 15 });
  await pause(150);
  expect(record().dataset.ready).toBe('true');
  await user.keyboard('{Enter}');
  expect(commands.sell).toHaveBeenCalledExactlyOnceWith(bart.tap, 1, 1);
});

test('a recorded price cannot be chosen again, another one can', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.keyboard('{Enter}');
  await screen.findByTestId('confirmation');
  await user.keyboard('1{Enter}');
  expect(commands.sell).toHaveBeenCalledTimes(1);
  await pause(60);
  await user.keyboard('2{Enter}');
  expect(commands.sell).toHaveBeenCalledTimes(2);
});

test('Enter on the list, on a button or in the filter never records', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.keyboard('{F2}{Enter}');
  screen.getByTestId('refresh').focus();
  await user.keyboard('{Enter}');
  expect(commands.refresh).toHaveBeenCalledTimes(1);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('a price that may not be recorded is not recorded, whatever is pressed', async () => {
  const user = await openWindow();
  await arrives(person({ offers: [offer(1, 'Volwassene', 1000), offer(2, 'Kind', 500)] }));
  await user.keyboard('{Enter}');
  await pause(60);
  await user.keyboard('2{Enter}');
  expect(screen.getByTestId<HTMLButtonElement>('record').disabled).toBe(true);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('Esc closes the details first and then puts the person away', async () => {
  const user = await openWindow();
  const yasmina = person();
  await arrives(yasmina);
  await user.keyboard('{F4}');
  expect(screen.getByTestId('details')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('details')).toBeNull();
  expect(commands.dismiss).not.toHaveBeenCalled();
  await user.keyboard('{Escape}');
  expect(commands.dismiss).toHaveBeenCalledExactlyOnceWith(yasmina.tap);
  expect(screen.getByTestId('idle')).toBeTruthy();
});

test('the filter finds without accents; arrows and Enter choose', async () => {
  const user = await openWindow();
  await user.keyboard('{F2}cafe');
  expect(screen.queryByTestId('event-swim')).toBeNull();
  await user.keyboard('{ArrowDown}{Enter}');
  expect(commands.chooseEvent).toHaveBeenCalledExactlyOnceWith('cafe');
  expect(screen.getByTestId('event-swim').getAttribute('aria-current')).toBe('true');
});

test('Ctrl+Z takes back the newest line that can still be taken back', async () => {
  const lines = [line('confirmed'), line('queued', { id: 'new' }), line('queued', { id: 'old' })];
  const user = await openWindow({}, lines);
  commands.undo.mockResolvedValue(ok(line('withdrawn', { id: 'new' })));
  await user.keyboard('{Control>}z{/Control}');
  expect(commands.undo).toHaveBeenCalledExactlyOnceWith('new');
  await waitFor(() => expect(screen.getByTestId('line-1').dataset.state).toBe('withdrawn'));
});

test('after a practice card the focus leaves the tray, so that Enter confirms the price', async () => {
  const cards = [
    { uid: '04363CDAEE3880', number: '0900000067513', firstName: 'Yasmina', code: 'practice.card.active' },
  ];
  const user = await openWindow({ practice: true }, [], cards);
  await user.click(await screen.findByTestId('practice-card-04363CDAEE3880'));
  await arrives(person());
  await user.keyboard('{Enter}');
  expect(commands.practiceTap).toHaveBeenCalledTimes(1);
  expect(commands.sell).toHaveBeenCalledTimes(1);
});

test('after a number was looked up the keys 1 to 9 belong to the prices', async () => {
  const user = await openWindow();
  const yasmina = person();
  for (const name of ['identify', 'scan'] as const) {
    commands[name].mockImplementation(async () => {
      await arrives({ ...yasmina, phase: 'looking', offers: [] });
      return ok(null);
    });
  }
  await user.keyboard('0900000067513{Enter}');
  await arrives(yasmina);
  await pause(900);
  await user.keyboard('2');
  expect(chosen()).toEqual(['false', 'true']);
  expect(field().value).toBe('');
});

test('what is taken back for the person at the desk no longer says that it is recorded', async () => {
  const user = await openWindow();
  commands.undo.mockResolvedValue(ok(line('withdrawn', { id: 'entry-queued' })));
  await arrives(person());
  await user.keyboard('{Enter}');
  await screen.findByTestId('confirmation');
  await user.keyboard('{Control>}z{/Control}');
  await waitFor(() => expect(screen.queryByTestId('confirmation')).toBeNull());
  expect(screen.getByTestId('offer-0').textContent).not.toContain('genoteerd');
  expect(chosen()).toEqual(['false', 'false']);
});

test('a line that is already further on its way is not set back by the answer', async () => {
  const user = await openWindow({}, [line('confirmed', { id: 'entry-queued' })]);
  await arrives(person());
  await user.keyboard('{Enter}');
  await screen.findByTestId('confirmation');
  expect(screen.getByTestId('line-0').dataset.state).toBe('confirmed');
});

test('whatever field has the focus, a scanned number is a card and the field keeps what stood in it', async () => {
  const user = await openWindow();
  for (const element of ['input', 'textarea'] as const) {
    commands.identify.mockClear();
    commands.scan.mockClear();
    const other = document.createElement(element);
    document.body.append(other);
    await user.type(other, 'Balie 2 ');
    await pause(100);
    await user.type(other, '0900000067513{Enter}');
    expect(lookedUp()).toEqual(['0900000067513']);
    expect(other.value).toBe('Balie 2 ');
    other.remove();
  }
});

test('what a hand types is never taken for a scanner', async () => {
  const user = userEvent.setup({ delay: 60 });
  await openWindow();
  const other = document.createElement('input');
  document.body.append(other);
  await user.type(other, '0032475123456{Enter}');
  expect(other.value).toBe('0032475123456');
  expect(commands.identify).not.toHaveBeenCalled();
  other.remove();
});

test('a number that is too long or too short for a card stays where it was typed', async () => {
  const user = await openWindow();
  const other = document.createElement('input');
  document.body.append(other);
  for (const digits of ['090000006751', '09000000675130']) {
    other.value = '';
    await user.type(other, `${digits}{Enter}`);
    await pause(100);
    expect(other.value).toBe(digits);
  }
  expect(commands.identify).not.toHaveBeenCalled();
  other.remove();
});

test('a digit that chose a price is no part of the number that is scanned right after the sale', async () => {
  const user = await openWindow();
  await arrives(person());
  await waitFor(() => expect(balie.ready).toBe(true));
  await user.keyboard('2{Enter}{Escape}0900000067513{Enter}');
  expect(lookedUp()).toEqual(['0900000067513']);
});
