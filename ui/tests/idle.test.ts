import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IDLE_MS, watchIdle } from '../src/idle';

const lock = vi.fn();
let may = true;
let end = () => {};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] });
  lock.mockReset();
  may = true;
  end = watchIdle(() => may, lock);
});

afterEach(() => {
  end();
  vi.useRealTimers();
});

const happens = (name: string) => window.dispatchEvent(new Event(name));

test('after three minutes without a key or a pointer the desk locks, once', () => {
  vi.advanceTimersByTime(IDLE_MS - 1);
  expect(lock).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5_000);
  expect(lock).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(60_000);
  expect(lock).toHaveBeenCalledTimes(1);
});

test.each(['keydown', 'pointerdown', 'pointermove', 'wheel'])(
  'a %s begins the three minutes anew',
  (name) => {
    vi.advanceTimersByTime(IDLE_MS - 10_000);
    happens(name);
    vi.advanceTimersByTime(IDLE_MS - 10_000);
    expect(lock).not.toHaveBeenCalled();
    vi.advanceTimersByTime(15_000);
    expect(lock).toHaveBeenCalledTimes(1);
  },
);

test('a desk that cannot be locked is left alone', () => {
  may = false;
  vi.advanceTimersByTime(3 * IDLE_MS);
  expect(lock).not.toHaveBeenCalled();
});

test('a computer that slept locks at the first sign of life, before anything can be done', () => {
  vi.setSystemTime(Date.now() + IDLE_MS);
  happens('keydown');
  expect(lock).toHaveBeenCalledTimes(1);
});

test('a clock that is set back does not keep the desk open', () => {
  vi.setSystemTime(Date.now() - 10 * IDLE_MS);
  vi.advanceTimersByTime(IDLE_MS + 5_000);
  expect(lock).toHaveBeenCalledTimes(1);
});

test('once ended it hears and does nothing any more', () => {
  end();
  vi.advanceTimersByTime(2 * IDLE_MS);
  happens('keydown');
  expect(lock).not.toHaveBeenCalled();
});
