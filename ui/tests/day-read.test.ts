// What the day shows when answers come late, when the list shrinks, and when it must not be closed.

import { screen, waitFor } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { DayPage, DayView } from '../src/ipc';
import { PAGE } from '../src/day.svelte';
import { balie } from '../src/state.svelte';
import { t } from '../src/texts';
import { busyDay, dayPage, emptyDay } from './day-scene';
import { commands, ok, tell } from './fake-ipc';
import { openWindow, pause } from './open';
import { deskView, line } from './scene';

const yesterday = (given: Partial<DayView> = {}) => busyDay({ day: '2026-11-20', today: false, ...given });
const asked = () => commands.dayLines.mock.lastCall?.[0];

async function openDay(view: DayView = busyDay(), page: DayPage = dayPage()) {
  commands.day.mockResolvedValue(ok(view));
  commands.dayLines.mockResolvedValue(ok(page));
  const user = await openWindow();
  await user.keyboard('{F12}');
  await waitFor(() => expect(balie.day.page).not.toBeNull());
  return user;
}

/** The next answer to a question about the day comes when it is told to. */
function late<T>(command: { mockImplementationOnce: (ask: () => Promise<never>) => unknown }) {
  let answer: (data: T) => void = () => {};
  command.mockImplementationOnce(
    () => new Promise<never>((come) => (answer = (data) => come(ok(data) as never))),
  );
  return (data: T) => answer(data);
}

test('what comes in for the day before it was left is neither shown nor asked further', async () => {
  await openDay();
  const answer = late<DayView>(commands.day);
  tell({ what: 'lines', now: [line('confirmed')] });
  await waitFor(() => expect(commands.day.mock.calls.length).toBe(2));
  const lines = commands.dayLines.mock.calls.length;
  const other = late<DayView>(commands.day);
  balie.day.step(-1);
  answer(busyDay({ acts: 999 }));
  await waitFor(() => expect(commands.day).toHaveBeenLastCalledWith('2026-11-20'));
  expect(balie.day.view?.acts).toBe(17);
  expect(commands.dayLines.mock.calls.length).toBe(lines);
  other(yesterday());
  await waitFor(() => expect(balie.day.view?.day).toBe('2026-11-20'));
});

test('nor are the lines of that day', async () => {
  await openDay();
  const answer = late<DayPage>(commands.dayLines);
  tell({ what: 'lines', now: [line('confirmed')] });
  await waitFor(() => expect(commands.dayLines.mock.calls.length).toBe(2));
  const other = late<DayView>(commands.day);
  balie.day.step(-1);
  answer(dayPage({ found: 777 }));
  await waitFor(() => expect(commands.day).toHaveBeenLastCalledWith('2026-11-20'));
  expect(balie.day.page?.found).toBe(2);
  other(yesterday());
  await waitFor(() => expect(balie.day.view?.day).toBe('2026-11-20'));
});

test('another day begins at its first page, without the activity of the one before', async () => {
  const user = await openDay(busyDay(), dayPage({ found: 120 }));
  await user.selectOptions(screen.getByTestId('day-event'), 'clay');
  await user.click(screen.getByTestId('day-older'));
  await waitFor(() => expect([asked()?.event, asked()?.skipped]).toEqual(['clay', PAGE]));
  commands.day.mockResolvedValue(ok(yesterday()));
  await user.click(screen.getByTestId('day-previous'));
  await waitFor(() => expect(asked()?.day).toBe('2026-11-20'));
  expect([asked()?.event, asked()?.skipped]).toEqual([null, 0]);
});

test('a list that became shorter than its page is read from its last page', async () => {
  const user = await openDay(busyDay(), dayPage({ found: 160 }));
  for (let page = 1; page < 4; page += 1) await user.click(screen.getByTestId('day-older'));
  await waitFor(() => expect(asked()?.skipped).toBe(150));
  commands.dayLines.mockImplementation(async ({ skipped }) =>
    ok(dayPage({ found: 100, lines: skipped >= 100 ? [] : dayPage().lines })),
  );
  tell({ what: 'lines', now: [line('confirmed')] });
  await waitFor(() => expect(asked()?.skipped).toBe(50));
  await waitFor(() => expect(screen.getByTestId('day-range').textContent).toContain('51 tot 100 van 100'));
  expect(screen.queryByTestId('day-empty')).toBeNull();
});

test('a list that became empty begins at its beginning', async () => {
  const user = await openDay(busyDay(), dayPage({ found: 60 }));
  await user.click(screen.getByTestId('day-older'));
  await waitFor(() => expect(asked()?.skipped).toBe(50));
  commands.dayLines.mockResolvedValue(ok(dayPage({ found: 0, lines: [] })));
  tell({ what: 'lines', now: [] });
  await screen.findByTestId('day-empty');
  expect([asked()?.skipped, balie.day.skipped]).toEqual([0, 0]);
});

test('at midnight today is read anew by itself', async () => {
  vi.useFakeTimers({ now: new Date(2026, 10, 21, 23, 59, 0), shouldAdvanceTime: true });
  try {
    await openDay();
    const before = commands.day.mock.calls.length;
    await vi.advanceTimersByTimeAsync(50_000);
    expect(commands.day.mock.calls.length).toBe(before);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(commands.day.mock.calls.length).toBe(before + 1);
    balie.day.forget();
  } finally {
    vi.useRealTimers();
  }
});

test('the keys of a page scroll it, and leave the list where it is', async () => {
  const user = await openDay(busyDay(), dayPage({ found: 160 }));
  const before = commands.dayLines.mock.calls.length;
  screen.getByTestId('day-kind').focus();
  const key = new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true, cancelable: true });
  screen.getByTestId('day-kind').dispatchEvent(key);
  await user.keyboard('{PageDown}{PageUp}');
  expect(key.defaultPrevented).toBe(false);
  expect(commands.dayLines.mock.calls.length).toBe(before);
});

test('closing a day that was left meanwhile does not paint over the one that was chosen', async () => {
  const user = await openDay();
  const answer = late<DayView>(commands.closeDay);
  await user.click(screen.getByTestId('day-close'));
  await user.keyboard('{Enter}');
  expect(commands.closeDay).toHaveBeenCalledWith('2026-11-21');
  await user.keyboard('{Escape}');
  commands.day.mockResolvedValue(ok(yesterday()));
  await user.click(screen.getByTestId('day-previous'));
  await waitFor(() => expect(balie.day.view?.day).toBe('2026-11-20'));
  const before = commands.day.mock.calls.length;
  answer(busyDay({ closings: ['18:02'] }));
  await waitFor(() => expect(balie.day.busy).toBe(false));
  await waitFor(() => expect(commands.day.mock.calls.length).toBe(before + 1));
  expect([balie.day.view?.day, balie.day.closed]).toEqual(['2026-11-20', false]);
});

test('a key that was meant for what stood there before does not close the day', async () => {
  const user = await openDay(emptyDay());
  commands.closeDay.mockResolvedValue(ok(emptyDay({ closings: ['18:02'] })));
  balie.guardMs = 60_000;
  await user.click(screen.getByTestId('day-close'));
  await user.keyboard('{Enter}');
  await user.click(screen.getByTestId('close-day-confirm'));
  await pause(10);
  expect(commands.closeDay).not.toHaveBeenCalled();
  balie.guardMs = 0;
  balie.day.askToClose();
  await user.keyboard('{Enter}');
  expect(commands.closeDay).toHaveBeenCalledOnce();
});

test('a desk that was also used elsewhere closes no day', async () => {
  const user = await openDay(emptyDay());
  await user.click(screen.getByTestId('day-close'));
  tell({ what: 'desk', now: deskView({ readOnly: true }) });
  await waitFor(() => expect(balie.frozen).toBe(true));
  await user.keyboard('{Enter}');
  await balie.day.confirm();
  expect(commands.closeDay).not.toHaveBeenCalled();
  expect(screen.getByTestId('close-day').textContent).toContain(t('day.close.back'));
});
