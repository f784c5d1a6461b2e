import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ChosenSettings } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t } from '../src/texts';
import { commands, ok, refused } from './fake-ipc';
import { arrives, openWindow } from './open';
import { person } from './scene';
import { settingsView } from './settings-scene';

beforeEach(() => vi.useRealTimers());

async function openSettings(chosen: Partial<ChosenSettings> = {}) {
  const user = await openWindow();
  commands.settings.mockResolvedValue(ok(settingsView(chosen)));
  await user.keyboard('{Control>},{/Control}');
  await screen.findByTestId('set-language');
  return user;
}

/** A disk that answers when it is told to, one change at a time. */
function slowDisk() {
  const waiting: (() => void)[] = [];
  commands.changeSettings.mockImplementation(
    (chosen) => new Promise((answer) => waiting.push(() => answer(ok(settingsView(chosen))))),
  );
  return {
    waiting,
    answers: async () => {
      await waitFor(() => expect(waiting.length).toBeGreaterThan(0));
      waiting.shift()?.();
    },
  };
}

const input = (name: string) => screen.getByTestId<HTMLInputElement>(name);
const status = () => screen.getByTestId('settings-status').textContent?.trim();
const asked = () => commands.changeSettings.mock.calls.map(([chosen]) => chosen);

/** Lock after 99 minutes, which is refused, and the focus is back in the field. */
async function refuse(user: Awaited<ReturnType<typeof openSettings>>, end = '{Tab}') {
  commands.changeSettings.mockResolvedValueOnce(refused('settings.lockAfter.wrong'));
  await user.clear(input('lock-after'));
  await user.type(input('lock-after'), '99');
  await user.keyboard(end);
  await screen.findByTestId('lock-after-refused');
  await waitFor(() => expect(document.activeElement).toBe(input('lock-after')));
}

test('a change that comes while another is being saved waits for it and builds on it', async () => {
  const user = await openSettings();
  const disk = slowDisk();
  await user.click(screen.getByTestId('look-dark'));
  await user.click(screen.getByTestId('fast-mode'));
  expect(asked().length).toBe(1);
  await disk.answers();
  await waitFor(() => expect(asked().length).toBe(2));
  expect(asked()[1]).toEqual({ ...settingsView().chosen, look: 'dark', fastMode: true });
  expect(status()).toBe(t('settings.saving'));
  await disk.answers();
  await waitFor(() => expect(status()).toBe(t('settings.saved')));
  expect(input('fast-mode').checked).toBe(true);
});

test('a change after one that was refused builds on what holds', async () => {
  const user = await openSettings();
  const disk = slowDisk();
  await user.click(screen.getByTestId('look-dark'));
  commands.changeSettings.mockResolvedValueOnce(refused('settings.file.failed', 'fault'));
  await user.click(screen.getByTestId('look-light'));
  await user.click(screen.getByTestId('fast-mode'));
  await disk.answers();
  await disk.answers();
  await waitFor(() => expect(asked()[2]?.look).toBe('dark'));
});

test('two steps of the slider both hold, and the first answer does not pull it back', async () => {
  await openSettings();
  const disk = slowDisk();
  const slider = input('volume');
  for (const volume of ['70', '80']) {
    slider.value = volume;
    slider.dispatchEvent(new Event('change', { bubbles: true }));
  }
  await disk.answers();
  await waitFor(() => expect(asked().map(({ volume }) => volume)).toEqual([70, 80]));
  expect(slider.value).toBe('80');
  await disk.answers();
  await waitFor(() => expect(status()).toBe(t('settings.saved')));
  expect(slider.value).toBe('80');
});

test('an older answer does not paint over a newer one', async () => {
  const user = await openWindow();
  // Each answer says how often was asked when it was; the newest that waits is answered first.
  let times = 0;
  const waiting: (() => void)[] = [];
  commands.settings.mockImplementation(() => {
    const view = settingsView({ volume: (times += 1) });
    return new Promise((answer) => waiting.push(() => answer(ok(view))));
  });
  await user.keyboard('{Control>},{/Control}');
  await user.keyboard('{Control>},{/Control}');
  await user.keyboard('{Control>},{/Control}');
  for (let answered = 0; answered < 2; answered += 1) {
    await waitFor(() => expect(waiting.length).toBeGreaterThan(0));
    waiting.pop()?.();
    await new Promise((rested) => setTimeout(rested));
  }
  await waitFor(() => expect(balie.settings.view?.chosen.volume).toBe(2));
});

test('what is refused says so at the field, and is given up when the field is left a second time', async () => {
  const user = await openSettings();
  await refuse(user);
  const field = input('lock-after');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  const why = document.getElementById(field.getAttribute('aria-describedby') ?? '');
  expect(why?.textContent).toContain(t('settings.lockAfter.wrong.next'));
  await user.tab();
  expect(field.value).toBe('3');
  expect(field.getAttribute('aria-invalid')).toBeNull();
  expect(screen.queryByTestId('lock-after-refused')).toBeNull();
  expect(screen.queryByTestId('problem')).toBeNull();
  expect(asked().length).toBe(1);
});

test('after Enter it is given up when the field is left, and not asked twice', async () => {
  const user = await openSettings();
  await refuse(user, '{Enter}');
  await user.tab();
  expect(input('lock-after').value).toBe('3');
  expect(asked().length).toBe(1);
});

test('what was refused does not stand there beside what was saved', async () => {
  const user = await openSettings();
  await refuse(user);
  await balie.settings.change({ look: 'dark' });
  await waitFor(() => expect(status()).toBe(t('settings.saved')));
  expect(input('lock-after').value).toBe('3');
  expect(screen.queryByTestId('lock-after-refused')).toBeNull();
  expect(user).toBeTruthy();
});

test('another try after a refusal is taken', async () => {
  const user = await openSettings();
  await refuse(user);
  await user.clear(input('lock-after'));
  await user.type(input('lock-after'), '12');
  await user.tab();
  await waitFor(() => expect(asked().at(-1)?.lockAfterMinutes).toBe(12));
  expect(screen.queryByTestId('lock-after-refused')).toBeNull();
  expect(input('lock-after').value).toBe('12');
});

test('the next card takes what is being typed, and loses nothing', async () => {
  const user = await openSettings();
  await user.type(screen.getByTestId('who-to-call'), 'An, 09 123 45 67');
  expect(asked()).toEqual([]);
  await arrives(person());
  expect(screen.queryByTestId('settings')).toBeNull();
  await waitFor(() => expect(asked().at(-1)?.whoToCall).toBe('An, 09 123 45 67'));
  expect(asked().length).toBe(1);
});

test.each(['{F12}', '{Control>},{/Control}', '{F1}'])('so does %s', async (key) => {
  const user = await openSettings();
  await user.type(screen.getByTestId('renew'), 'Botermarkt 1');
  await user.keyboard(key);
  await waitFor(() => expect(asked().at(-1)?.renewAt.fr).toBe('Botermarkt 1'));
  expect(asked().length).toBe(1);
});

test('a field that goes as it was asks for nothing', async () => {
  const user = await openSettings({ whoToCall: 'An' });
  await user.click(screen.getByTestId('who-to-call'));
  await arrives(person());
  expect(screen.queryByTestId('settings')).toBeNull();
  expect(asked()).toEqual([]);
});

test('Esc puts the old text back first, and then leaves', async () => {
  const user = await openSettings({ whoToCall: 'An' });
  await user.type(input('who-to-call'), ' of Bo');
  await user.keyboard('{Escape}');
  expect(input('who-to-call').value).toBe('An');
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('settings')).toBeNull();
  expect(asked()).toEqual([]);
});

test('one text for all asks back the three there were as long as the page is open', async () => {
  const texts = { nl: 'Botermarkt 1', fr: 'Marché au Beurre 1', en: 'Butter Market 1' };
  const user = await openSettings({ renewAt: texts });
  await user.click(screen.getByTestId('renew-each'));
  const one = await screen.findByTestId('renew');
  expect(asked().at(-1)?.renewAt).toEqual({ nl: 'Botermarkt 1', fr: 'Botermarkt 1', en: 'Botermarkt 1' });
  await user.clear(one);
  await user.type(one, 'Botermarkt 2{Enter}');
  await waitFor(() => expect(asked().at(-1)?.renewAt.fr).toBe('Botermarkt 2'));
  await user.click(screen.getByTestId('renew-each'));
  await waitFor(() => expect(asked().at(-1)?.renewAt).toEqual({ ...texts, nl: 'Botermarkt 2' }));
  expect((await screen.findByTestId<HTMLInputElement>('renew-fr')).value).toBe(texts.fr);
});

test('two fields in a breath are both kept', async () => {
  const user = await openSettings({ renewAt: { nl: 'a', fr: 'b', en: 'c' } });
  const disk = slowDisk();
  await user.type(input('renew-fr'), 'f');
  await user.tab();
  await user.type(input('renew-en'), 'e');
  await user.tab();
  await disk.answers();
  await disk.answers();
  await waitFor(() => expect(asked().at(-1)?.renewAt).toEqual({ nl: 'a', fr: 'bf', en: 'ce' }));
});

test('two presses ask for one file', async () => {
  const user = await openSettings();
  let answer: (file: string) => void = () => {};
  commands.saveDiagnosis.mockImplementation(
    () => new Promise((written) => (answer = (file) => written(ok(file)))),
  );
  await user.click(screen.getByTestId('save-diagnosis'));
  await user.click(screen.getByTestId('save-diagnosis'));
  await balie.settings.saveDiagnosis();
  expect(commands.saveDiagnosis).toHaveBeenCalledOnce();
  answer('/home/desk/balie.json');
  await waitFor(() => expect(screen.getByTestId('diagnosis-file').textContent).toContain('balie.json'));
  expect((screen.getByTestId('save-diagnosis') as HTMLButtonElement).disabled).toBe(false);
});
