// The window with none of its parts read yet, as it is at its start.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { person } from './scene';
import { startView } from './way-scene';

/** Decides when the other screens are there, and whether they come at all. */
let came: (problem?: Error) => void = () => {};
let reads = 0;

beforeEach(() => {
  vi.resetModules();
  reads = 0;
});

afterEach(async () => {
  const { cleanup } = await import('@testing-library/svelte');
  cleanup();
});

async function begin() {
  const { screen } = await import('@testing-library/svelte');
  const { balie } = await import('../src/state.svelte');
  const { read } = balie.later;
  const held = new Promise<Error | undefined>((done) => (came = done));
  balie.later.read = async () => {
    reads += 1;
    const problem = await held;
    if (problem) throw problem;
    return read();
  };
  const { openWindow } = await import('./open');
  const { commands } = await import('../src/ipc');
  const { tick } = await import('svelte');
  const user = await openWindow();
  return { screen, balie, user, commands: vi.mocked(commands), tick };
}

/** All of them are read here, in a test that may share its computer with others. */
const LONG = { timeout: 20_000 };

test('the desk stands there before the other screens are read, and a moment later they are', async () => {
  const { screen } = await begin();
  expect(screen.getByTestId('number-field')).toBeTruthy();
  expect(reads).toBe(0);
  await vi.waitFor(() => expect(reads).toBe(1));
});

test('whoever comes before the other screens are there is shown when they are, and nothing is recorded unseen', async () => {
  const { screen, balie, user, commands, tick } = await begin();
  balie.guardMs = 0;
  const stands = person();
  balie.showPerson(stands);
  await tick();
  expect(reads).toBe(1);
  expect(screen.getByTestId('idle')).toBeTruthy();
  await user.keyboard('{Enter}{F6}');
  expect([balie.canRecord, balie.ready, balie.saveReady]).toEqual([true, false, false]);
  expect(commands.sell).not.toHaveBeenCalled();
  expect(commands.checkIn).not.toHaveBeenCalled();
  came();
  const there = await screen.findByTestId('person', {}, LONG);
  expect(there.dataset.tap).toBe(String(stands.tap));
  expect(screen.queryByTestId('idle')).toBeNull();
  expect([balie.ready, reads]).toEqual([true, 1]);
}, 30_000);

test('what stands before the desk is read at once', async () => {
  const { screen, balie, tick } = await begin();
  balie.start.show(startView({ stage: 'locked' }));
  await tick();
  expect(reads).toBe(1);
  came();
  await screen.findByTestId('pin-field', {}, LONG);
}, 30_000);

test('a clerk hears that the other screens cannot be read, and tries again', async () => {
  const { screen, balie, user } = await begin();
  const { t } = await import('../src/texts');
  came(new Error('not there'));
  await screen.findByText(t('problem.window'), { exact: false });
  expect(screen.queryByTestId('number-field')).toBeNull();
  const before = reads;
  balie.later.read = async () => {
    reads += 1;
    return import('../src/views/rest');
  };
  await user.click(screen.getByRole('button', { name: new RegExp(t('problem.close')) }));
  await screen.findByTestId('number-field', {}, LONG);
  expect(reads).toBe(before + 1);
}, 30_000);

test('the sentences of another language are read when it is spoken', async () => {
  const { catalogues } = await import('../src/texts/catalogues');
  const { speak, spoken } = await import('../src/texts/language.svelte');
  const { t } = await import('../src/texts');
  delete catalogues.fr;
  speak('fr');
  expect(spoken.language).toBe('nl');
  await vi.waitFor(() => expect(spoken.language).toBe('fr'));
  expect(t('settings.title')).toBe(catalogues.fr?.['settings.title']);
  // Of two that are asked for quickly the last one stays, whichever is there first.
  delete catalogues.en;
  speak('en');
  speak('fr');
  await vi.waitFor(() => expect(catalogues.en).toBeTruthy());
  await Promise.resolve();
  expect(spoken.language).toBe('fr');
});
