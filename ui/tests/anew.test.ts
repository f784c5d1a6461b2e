import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Anew } from '../src/anew';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Something that is read when the test says so. */
function reading(restMs = 0) {
  const asked: boolean[] = [];
  const waiting: (() => void)[] = [];
  const page = { open: true };
  const anew = new Anew(
    (quiet) => {
      asked.push(quiet);
      return new Promise((answered) => waiting.push(answered));
    },
    () => page.open,
    restMs,
  );
  const answers = async () => {
    waiting.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { anew, asked, page, answers };
}

test('what stands open is read anew, without telling what goes wrong', () => {
  const { anew, asked } = reading();
  anew.changed();
  expect(asked).toEqual([true]);
});

test('what is closed is not read', async () => {
  const { anew, asked, page } = reading();
  page.open = false;
  anew.changed();
  await anew.read();
  expect(asked).toEqual([]);
});

test('it is never read twice at once, and what changes meanwhile asks once more', async () => {
  const { anew, asked, answers } = reading();
  void anew.read();
  anew.changed();
  anew.changed();
  expect(asked.length).toBe(1);
  await answers();
  expect(asked.length).toBe(2);
  await answers();
  expect(asked.length).toBe(2);
});

test('whoever asked first hears when the newest was read', async () => {
  const { anew, answers } = reading();
  let ended = false;
  void anew.read().then(() => (ended = true));
  anew.changed();
  await answers();
  expect(ended).toBe(false);
  await answers();
  expect(ended).toBe(true);
});

test('what is closed while it is read is not read once more, and what opens again is', async () => {
  const { anew, asked, page, answers } = reading();
  void anew.read();
  anew.changed();
  page.open = false;
  await answers();
  expect(asked.length).toBe(1);
  page.open = true;
  void anew.read();
  expect(asked).toEqual([false, false]);
});

test('it rests before it reads once more by itself, and not when somebody asked', async () => {
  const { anew, asked, answers } = reading(250);
  anew.changed();
  anew.changed();
  await answers();
  await vi.advanceTimersByTimeAsync(249);
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.length).toBe(2);
  await answers();
  void anew.read();
  anew.changed();
  await answers();
  expect(asked.length).toBe(4);
});

test('a read that breaks off does not end all reading', async () => {
  const read = vi.fn(async () => {});
  read.mockRejectedValueOnce(new Error('broken off'));
  const anew = new Anew(read, () => true);
  await expect(anew.read()).rejects.toThrow('broken off');
  await anew.read();
  expect(read).toHaveBeenCalledTimes(2);
});
