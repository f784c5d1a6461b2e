import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { t, tWhole } from '../src/texts';
import { speak } from '../src/texts/language.svelte';
import { whole } from '../src/views/settings/whole';
import { commands, ok, refused, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { deskView, line, person, pointLine } from './scene';
import { settingsView } from './settings-scene';

beforeEach(() => vi.useRealTimers());

async function openSettings(...given: Parameters<typeof openWindow>) {
  const user = await openWindow(...given);
  await user.keyboard('{Control>},{/Control}');
  await screen.findByTestId('set-language');
  return user;
}

const asked = () => commands.changeSettings.mock.calls.at(-1)?.[0];

test('Ctrl and a comma opens the settings and closes them', async () => {
  const user = await openSettings();
  expect(screen.getByTestId('settings').textContent).toContain(t('settings.hint'));
  await user.keyboard('{Control>},{/Control}');
  expect(screen.queryByTestId('settings')).toBeNull();
});

test('a choice is kept at once, with everything else as it was', async () => {
  const user = await openSettings();
  await user.click(screen.getByTestId('look-dark'));
  expect(asked()).toEqual({ ...settingsView().chosen, look: 'dark' });
  await waitFor(() =>
    expect(screen.getByTestId('settings-status').textContent?.trim()).toBe(t('settings.saved')),
  );
  await user.click(screen.getByTestId('sound'));
  expect(asked()).toEqual({ ...settingsView().chosen, look: 'dark', sound: false });
});

test('looking people up by national number is off until somebody switches it on, and says under what terms', async () => {
  const user = await openSettings();
  const part = screen.getByTestId('set-nationalNumber');
  expect(part.previousElementSibling).toBe(screen.getByTestId('set-reader'));
  expect(part.textContent).toContain(t('settings.nationalNumber.what'));
  const box = screen.getByTestId<HTMLInputElement>('national-number');
  expect(box.checked).toBe(false);
  await user.click(box);
  expect(asked()).toEqual({ ...settingsView().chosen, usesNationalNumber: true });
  await waitFor(() => expect(box.checked).toBe(true));
});

test('a reader that cannot be used says why', async () => {
  await openSettings({ reader: { state: 'noService', name: null, trouble: 'reader.noPermission' } });
  const said = screen.getByTestId('settings-reader').textContent;
  expect(said).toContain(t('reader.broken'));
  expect(said).toContain(t('reader.noPermission.next'));
});

test('of a reader that only takes cards that are put in it says so under its name', async () => {
  await openSettings({ reader: { state: 'absent', name: 'Teo', trouble: null } });
  const said = screen.getByTestId('settings-reader').textContent;
  expect(said).toContain('Teo');
  expect(said).toContain(tWhole('readerCheck.onlyContact'));
  expect(said).not.toContain(t('reader.absent'));
});

test('the window follows: its language and its look', async () => {
  await openSettings();
  tell({ what: 'desk', now: deskView({ language: 'fr', look: 'dark' }) });
  await screen.findByRole('heading', { name: 'Réglages' });
  expect(document.documentElement.dataset.theme).toBe('dark');
  tell({ what: 'desk', now: deskView({ look: 'light' }) });
  expect(document.documentElement.dataset.theme).toBe('light');
});

test('hearing of the same look again changes nothing', async () => {
  await openWindow();
  tell({ what: 'desk', now: deskView({ look: 'dark' }) });
  document.documentElement.dataset.theme = 'light';
  tell({ what: 'desk', now: deskView({ look: 'dark', toSend: 1 }) });
  expect(document.documentElement.dataset.theme).toBe('light');
});

test('what is out of bounds is refused in words, and the field stays for another try', async () => {
  const user = await openSettings();
  commands.changeSettings.mockResolvedValueOnce(refused('settings.standingAge.wrong'));
  const field = screen.getByTestId<HTMLInputElement>('standing-age');
  await user.clear(field);
  await user.type(field, '31{Enter}');
  expect(asked()?.standingMaxAgeDays).toBe(31);
  expect(screen.getByTestId('settings').textContent).toContain(t('settings.standingAge.wrong.next'));
  expect(document.activeElement).toBe(field);
  await user.clear(field);
  await user.type(field, '3{Enter}');
  expect(asked()?.standingMaxAgeDays).toBe(3);
  await waitFor(() =>
    expect(screen.getByTestId('settings-status').textContent?.trim()).toBe(t('settings.saved')),
  );
});

test('what is no whole number goes as one that every setting refuses', () => {
  const none = ['1,5', '1.5', '1 5', '-3', 'veel', '', '1,500', '10.00', '1.000.00'];
  expect([whole('12'), whole('0'), ...none.map(whole)]).toEqual([12, 0, ...none.map(() => -1)]);
});

test('a number is taken as the desk writes it, with a mark between the thousands', () => {
  const typed = ['100.000', '100 000', '100\u00a0000', '100\u202f000', '1.000.000'];
  expect(typed.map(whole)).toEqual([100_000, 100_000, 100_000, 100_000, 1_000_000]);
  for (const language of ['nl', 'fr', 'en'] as const) {
    speak(language);
    for (const key of ['settings.mostOpen.wrong.next', 'settings.mostDiscount.wrong.next'] as const) {
      const most = /0 (?:tot|à|to) ([\d\s.,]*\d)/.exec(t(key))?.[1] ?? '';
      expect([most, whole(most)]).toEqual([most, 100_000]);
      // It fits in the field.
      expect(most.length).toBeLessThanOrEqual(7);
    }
  }
  expect(whole('1.500')).toBe(-1);
  speak('nl');
});

test('a choice that is not taken jumps back', async () => {
  const user = await openSettings();
  commands.changeSettings.mockResolvedValueOnce(refused('settings.file.failed', 'fault'));
  await user.click(screen.getByTestId('language-fr'));
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('language-nl').checked).toBe(true));
  expect(screen.getByTestId('settings').textContent).toContain(t('settings.file.failed'));
});

test('where to renew is one text, or one for each language', async () => {
  const user = await openSettings();
  await user.type(screen.getByTestId('renew'), 'Botermarkt 1{Enter}');
  expect(asked()?.renewAt).toEqual({ nl: 'Botermarkt 1', fr: 'Botermarkt 1', en: 'Botermarkt 1' });
  await user.click(screen.getByTestId('renew-each'));
  const french = await screen.findByTestId('renew-fr');
  await user.clear(french);
  await user.type(french, 'Marché au Beurre 1{Enter}');
  expect(asked()?.renewAt).toEqual({ nl: 'Botermarkt 1', fr: 'Marché au Beurre 1', en: 'Botermarkt 1' });
});

test('in practice it says that nothing is kept, and there is no PIN', async () => {
  commands.settings.mockResolvedValue(ok(settingsView({}, { file: null })));
  const user = await openWindow({ practice: true });
  commands.settings.mockResolvedValue(ok(settingsView({}, { file: null, environment: 'practice' })));
  commands.changeSettings.mockImplementation(async (chosen) => ok(settingsView(chosen, { file: null })));
  await user.keyboard('{Control>},{/Control}');
  await screen.findByTestId('settings-practice');
  expect(screen.queryByTestId('settings-pin')).toBeNull();
  await user.click(screen.getByTestId('look-light'));
  await waitFor(() =>
    expect(screen.getByTestId('settings-status').textContent?.trim()).toBe(t('settings.saved.practice')),
  );
});

test.each([
  ['production', 'Echt'],
  ['test', 'Test'],
  ['practice', 'Oefenmodus'],
  ['elsewhere', 'elsewhere'],
])('the environment %s is said in words', async (environment, words) => {
  const user = await openWindow();
  commands.settings.mockResolvedValue(ok(settingsView({}, { environment })));
  await user.keyboard('{Control>},{/Control}');
  expect((await screen.findByTestId('settings-environment')).textContent).toBe(words);
});

test('the file for whoever helps says where it is', async () => {
  const user = await openSettings();
  commands.saveDiagnosis.mockResolvedValue(ok('/home/desk/balie.json'));
  await user.click(screen.getByTestId('save-diagnosis'));
  await waitFor(() => expect(screen.getByTestId('diagnosis-file').textContent).toContain('balie.json'));
});
