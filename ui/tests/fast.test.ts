import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { t } from '../src/texts';
import { commands, ok, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { deskView, line, person, pointLine, regularPerson } from './scene';
import { settingsView } from './settings-scene';

beforeEach(() => vi.useRealTimers());

const asked = () => commands.changeSettings.mock.calls.at(-1)?.[0];
const place = () => screen.queryByTestId('by-itself-place');

test('everybody sees whether a card saves its point by itself, and can say otherwise', async () => {
  const user = await openWindow();
  const fast = () => screen.getByTestId('fast-switch');
  expect([fast().textContent?.trim(), fast().getAttribute('aria-checked')]).toEqual([t('fast.off'), 'false']);
  await user.click(fast());
  expect(asked()).toEqual({ ...settingsView().chosen, fastMode: true });
  tell({ what: 'desk', now: deskView({ fastMode: true }) });
  await waitFor(() => expect(fast().getAttribute('aria-checked')).toBe('true'));
});

test('a point that a card saved by itself can be taken back for ten seconds, and then no longer there', async () => {
  const saved = pointLine('queued', { id: 'point' });
  const user = await openWindow({ fastMode: true }, [saved]);
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const someone = person({ byItself: { entry: 'point', leftMs: 10_000 } });
  await arrives(someone);
  expect(place()?.textContent).toContain(t('fast.saved'));
  expect(screen.getByTestId('by-itself').textContent).toContain('10 s');
  vi.advanceTimersByTime(6_000);
  await arrives({ ...someone, byItself: { entry: 'point', leftMs: 4_000 } });
  expect(screen.getByTestId('by-itself').textContent).toContain(t('fast.left', { n: 4 }));
  commands.undo.mockResolvedValue(ok({ ...saved, state: 'withdrawn', canUndo: false }));
  await user.click(screen.getByTestId('by-itself-undo'));
  expect(commands.undo).toHaveBeenCalledWith('point');
  vi.advanceTimersByTime(5_000);
  await waitFor(() => expect(screen.queryByTestId('by-itself')).toBeNull());
});

test('a point that could not be written says so, and which key helps', async () => {
  await openWindow({ fastMode: true }, [line('queued')]);
  await arrives(person({ byItself: { entry: null, leftMs: 0 } }));
  expect(screen.getByTestId('by-itself').textContent).toContain(t('fast.notSaved.next'));
});

test('a point that the card before did not save is said with the next one', async () => {
  await openWindow({ fastMode: true });
  await arrives(person({ beforeNotSaved: true }));
  const said = screen.getByTestId('before-not-saved');
  expect(said.textContent).toContain(t('fast.beforeNotSaved'));
  expect(said.textContent).toContain(t('fast.beforeNotSaved.next'));
  await arrives(person());
  expect(screen.queryByTestId('before-not-saved')).toBeNull();
});

test('only what a scanner types can save a point by itself', async () => {
  const user = await openWindow({ fastMode: true });
  await user.click(screen.getByTestId('number-field'));
  // The clock of the keys is made: a busy machine types as slowly as a hand.
  let now = 1_000;
  let gap = 1;
  const clock = vi.spyOn(Event.prototype, 'timeStamp', 'get').mockImplementation(() => (now += gap));
  const calls = () => [commands.scan.mock.calls.length, commands.identify.mock.calls.length];
  await user.keyboard('0900000067513{Enter}');
  expect(calls()).toEqual([1, 0]);
  gap = 60;
  await user.keyboard('0900000067513{Enter}');
  expect(calls()).toEqual([1, 1]);
  clock.mockRestore();
});

test('the place of what a card does by itself is there from the first moment, and stays', async () => {
  await openWindow({ fastMode: true }, [pointLine('queued', { id: 'point' })]);
  const someone = person({ phase: 'looking', offers: [] });
  await arrives(someone);
  const there = place();
  const region = there?.querySelector('[role="status"]');
  expect([there?.textContent?.trim(), there?.className.includes('saved')]).toEqual(['', false]);
  expect(region).toBeTruthy();
  await arrives(person({ tap: someone.tap }));
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await arrives(person({ tap: someone.tap, byItself: { entry: 'point', leftMs: 10_000 } }));
  expect(place()).toBe(there);
  expect(region?.textContent).toContain(t('fast.saved'));
  vi.advanceTimersByTime(11_000);
  await waitFor(() => expect(screen.queryByTestId('by-itself')).toBeNull());
  expect(place()).toBe(there);
  expect(there?.querySelector('[role="status"]')).toBe(region);
  expect(there?.textContent?.trim()).toBe('');
});

test('it is there for everybody, also for who has no point to save', async () => {
  await openWindow({ fastMode: true });
  for (const one of [person(), regularPerson({ checkIn: null }), person({ phase: 'refused', offers: [] })]) {
    await arrives(one);
    expect(place()).toBeTruthy();
  }
});

test('it holds what was not saved as well, and what the card before did not save', async () => {
  await openWindow({ fastMode: true });
  await arrives(person({ byItself: { entry: null, leftMs: 0 }, beforeNotSaved: true }));
  expect(place()?.textContent).toContain(t('fast.notSaved'));
  expect(place()?.textContent).toContain(t('fast.beforeNotSaved'));
  expect(place()?.querySelector('[role="alert"]')?.textContent).toContain(t('fast.notSaved.next'));
});

test('without fast mode, or without an activity, no place is kept; a person keeps what stood there first', async () => {
  await openWindow({ fastMode: true });
  await arrives(person());
  tell({ what: 'desk', now: deskView({ fastMode: false }) });
  await waitFor(() => expect(screen.getByTestId('fast-switch').getAttribute('aria-checked')).toBe('false'));
  expect(place()).toBeTruthy();
  await arrives(person());
  expect(place()).toBeNull();
  tell({ what: 'desk', now: deskView({ fastMode: true, chosenEvent: null }) });
  await waitFor(() => expect(screen.getByTestId('fast-switch').getAttribute('aria-checked')).toBe('true'));
  expect(place()).toBeNull();
  await arrives(person());
  expect(place()).toBeNull();
});

test('the bar shows what is left of the ten seconds, once, and nothing ticks when they are over', async () => {
  const moves = vi.fn((_steps: Keyframe[], _how: KeyframeAnimationOptions) => ({ cancel: () => {} }));
  const before = Object.getOwnPropertyDescriptor(Element.prototype, 'animate');
  Object.defineProperty(Element.prototype, 'animate', { value: moves, configurable: true });
  try {
    await openWindow({ fastMode: true }, [pointLine('queued', { id: 'point' })]);
    await arrives(person());
    vi.useFakeTimers();
    const someone = person({ byItself: { entry: 'point', leftMs: 4_000 } });
    await arrives(someone);
    vi.advanceTimersByTime(1_000);
    await arrives({ ...someone, byItself: { entry: 'point', leftMs: 3_000 } });
    await arrives({ ...someone, byItself: { entry: 'point', leftMs: 2_900 } });
    expect(moves).toHaveBeenCalledOnce();
    const [steps, how] = moves.mock.lastCall ?? [];
    expect(steps?.[0]?.transform).toBe('scaleX(0.4)');
    expect(how?.duration).toBe(4_000);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(3_100);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    if (before) Object.defineProperty(Element.prototype, 'animate', before);
    else Reflect.deleteProperty(Element.prototype, 'animate');
  }
});
