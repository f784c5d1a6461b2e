// The window with none of its parts read yet, as it is at its start.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { person } from './scene';

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
  const { later } = await import('../src/later.svelte');
  const { read } = later;
  const held = new Promise<Error | undefined>((done) => (came = done));
  later.read = async () => {
    reads += 1;
    const problem = await held;
    if (problem) throw problem;
    return read();
  };
  const { openWindow } = await import('./open');
  const { balie } = await import('../src/state.svelte');
  await openWindow();
  return { screen, balie };
}

test('the desk stands there before the other screens are read', async () => {
  const { screen } = await begin();
  expect(screen.getByTestId('number-field')).toBeTruthy();
  await vi.waitFor(() => expect(reads).toBe(1));
});

test('whoever comes before the other screens are there is shown when they are', async () => {
  const { screen, balie } = await begin();
  const stands = person();
  balie.showPerson(stands);
  expect(screen.getByTestId('idle')).toBeTruthy();
  came();
  // All of them are read here, in a test that may share its computer with others.
  const there = await screen.findByTestId('person', {}, { timeout: 20_000 });
  expect(there.dataset.tap).toBe(String(stands.tap));
  expect(screen.queryByTestId('idle')).toBeNull();
  expect(reads).toBe(1);
}, 30_000);

test('a clerk hears that the other screens cannot be read', async () => {
  const { screen } = await begin();
  came(new Error('not there'));
  const { t } = await import('../src/texts');
  await screen.findByText(t('problem.window'), { exact: false });
  expect(screen.getByTestId('number-field')).toBeTruthy();
});

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
