import { screen, waitFor, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { controlKeys, functionKeys } from '../src/keys';
import { balie } from '../src/state.svelte';
import { t } from '../src/texts';
import { keyboard, topics } from '../src/views/help/topics';
import { commands } from './fake-ipc';
import { arrives, field, openWindow } from './open';
import { notice, person } from './scene';

const places = ['desk', 'toCheck', 'day', 'ready', 'enrolment', 'expenses', 'settings', 'help'];
const at = () =>
  places.filter((place) => screen.getByTestId(`nav-${place}`).getAttribute('aria-current') === 'page');

test('every place has a picture, a word and a name, and the one where the clerk is says so', async () => {
  const user = await openWindow();
  expect(at()).toEqual(['desk']);
  for (const place of places) {
    const button = screen.getByTestId(`nav-${place}`);
    expect(button.querySelector('svg'), place).toBeTruthy();
    expect(button.textContent?.trim(), place).not.toBe('');
  }
  for (const place of ['toCheck', 'day', 'ready', 'settings', 'help', 'desk']) {
    await user.click(screen.getByTestId(`nav-${place}`));
    expect(at()).toEqual([place]);
  }
});

test('what has no page yet stands in its place, says so, and does nothing', async () => {
  const user = await openWindow();
  for (const place of ['enrolment', 'expenses']) {
    const button = screen.getByTestId(`nav-${place}`);
    expect(button.textContent).toContain(t('nav.later'));
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await user.click(button);
    expect(at()).toEqual(['desk']);
  }
});

test('a card on the reader brings the clerk back to the desk, from every page', async () => {
  const user = await openWindow();
  for (const [tap, place] of ['toCheck', 'day', 'ready', 'settings', 'help'].entries()) {
    await user.click(screen.getByTestId(`nav-${place}`));
    expect(screen.getByTestId('idle').closest('main')?.hidden).toBe(true);
    await arrives(person({ tap: tap + 1 }));
    expect(at()).toEqual(['desk']);
    expect(screen.getByTestId('person').closest('main')?.hidden).toBe(false);
    expect(document.activeElement).toBe(screen.getByTestId('person'));
    await arrives(null);
  }
});

test('a number that is typed on a page lands in the number field', async () => {
  const user = await openWindow();
  await user.keyboard('{F1}');
  await user.keyboard('0900');
  expect(at()).toEqual(['desk']);
  expect(field().value).toBe('0900');
});

test('what was being typed at the desk is still there after a page', async () => {
  const user = await openWindow();
  await user.type(screen.getByRole('combobox'), 'zwem');
  await user.keyboard('{F9}{Escape}');
  expect(balie.filter).toBe('zwem');
});

test('a page has the focus when it opens, and gives it back', async () => {
  const user = await openWindow();
  const place = screen.getByTestId('nav-ready');
  await user.click(place);
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: t('ready.title') }));
  await user.keyboard('{Escape}');
  expect(document.activeElement).toBe(place);
});

test('the header says which activity it is', async () => {
  await openWindow();
  expect(screen.getByTestId('header-event').textContent).toBe(
    balie.events.find(({ id }) => id === balie.desk?.chosenEvent)?.title,
  );
});

test('F1 opens the help and closes it; arrows go from page to page', async () => {
  const user = await openWindow();
  await user.keyboard('{F1}');
  const tabs = within(screen.getByTestId('help')).getAllByRole('tab');
  expect(tabs.map((tab) => tab.textContent?.trim())).toEqual(topics.map(({ name }) => t(`help.${name}`)));
  expect(document.activeElement).toBe(tabs[0]);
  for (const { name } of topics.slice(1)) {
    await user.keyboard('{ArrowDown}');
    expect(screen.getByTestId(`help-topic-${name}`).getAttribute('aria-selected')).toBe('true');
    expect(screen.getByRole('tabpanel').textContent).toContain(t(`help.${name}`));
  }
  await user.keyboard('{F1}');
  expect(screen.queryByTestId('help')).toBeNull();
});

test('the map of the keys tells every key that the desk hears', async () => {
  const user = await openWindow();
  await user.keyboard('{F1}');
  await user.click(screen.getByTestId('help-topic-keys'));
  const told = keyboard.flatMap(({ keys }) => [...keys]);
  for (const key of told.filter((key) => key !== '…')) {
    expect(screen.getByTestId('help-keys').textContent).toContain(key);
  }
  const heard = [
    ...Object.keys(functionKeys),
    'F10',
    ...Object.keys(controlKeys).map((key) => `Ctrl ${key.toUpperCase()}`),
    'Ctrl Z',
  ];
  expect(told.filter((key) => /^(F\d|Ctrl )/.test(key)).sort()).toEqual(heard.sort());
});

test('the help says whom to call, when the organizer said so', async () => {
  const user = await openWindow({ whoToCall: 'Marie, 09 000 00 00' });
  await user.keyboard('{F1}');
  await user.click(screen.getByTestId('help-topic-call'));
  expect(screen.getByTestId('help-who').textContent?.trim()).toBe('Marie, 09 000 00 00');
});

test('the desk locks after as many minutes as its settings say', async () => {
  const clock = vi.spyOn(Date, 'now');
  const opened = Date.now();
  await openWindow({ canLock: true, lockAfterMinutes: 10 });
  const after = (minutes: number) => {
    clock.mockReturnValue(opened + minutes * 60_000);
    window.dispatchEvent(new Event('pointermove'));
  };
  after(9);
  expect(commands.lock).not.toHaveBeenCalled();
  after(9 + 10);
  expect(commands.lock).toHaveBeenCalledOnce();
  clock.mockRestore();
});

test('what scrolls on a page is named as the page is, because it takes the focus', async () => {
  const user = await openWindow();
  await user.keyboard('{F9}');
  const scrolls = screen.getByRole('group', { name: t('toCheck.title') });
  expect(scrolls.tabIndex).toBe(0);
});

test('a button that leads to a page promises no dialog', async () => {
  const user = await openWindow({
    growingOld: notice('old.now'),
    waiting: { notices: [notice('waiting.old', { n: '3', since: '09:00' })], long: true },
  });
  const pages: HTMLElement[] = [await screen.findByTestId('old-ready'), screen.getByTestId('waiting-send')];
  await user.keyboard('{F5}');
  pages.push(await screen.findByTestId('open-data'));
  for (const button of pages) expect(button.getAttribute('aria-haspopup')).toBeNull();
});

test('the switch for saving by itself keeps the focus while it is saved, and is turned once', async () => {
  const user = await openWindow();
  commands.changeSettings.mockReturnValue(new Promise(() => {}));
  const turn = screen.getByTestId('fast-switch');
  await user.click(turn);
  await waitFor(() => expect(turn.getAttribute('aria-disabled')).toBe('true'));
  expect(document.activeElement).toBe(turn);
  expect(turn.hasAttribute('disabled')).toBe(false);
  await user.click(turn);
  expect(commands.changeSettings).toHaveBeenCalledOnce();
  balie.settings.forget();
});
