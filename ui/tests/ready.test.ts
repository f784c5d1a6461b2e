import { screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import type { DeskView, ReadyState, ReadyView } from '../src/ipc';
import { t, tCode, tWhole } from '../src/texts';
import { offlineCodes, readyCodes } from '../src/texts/codes';
import { size } from '../src/texts/format';
import { commands, ok, refused, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { deskView, notice, person } from './scene';
import { keptNames, keptView, readyItem, readyNames, readyView } from './way-scene';

async function openReady(given: Partial<ReadyView> = {}, desk: Partial<DeskView> = {}) {
  const user = await openWindow(desk);
  commands.ready.mockResolvedValue(ok(readyView(given)));
  await user.keyboard('{F5}');
  await screen.findByTestId('limits');
  return user;
}

async function hears(given: Partial<ReadyView>): Promise<void> {
  commands.ready.mockResolvedValue(ok(readyView(given)));
  tell({ what: 'ready', now: readyView(given) });
  await tick();
}

const prices = (done: number, all: number) => ({ progress: { code: 'refresh.prices', done, all } });

test('F5 and its place among the screens open it; F5 and Esc close it', async () => {
  const user = await openReady();
  expect(screen.getByRole('region', { name: t('ready.title') })).toBeTruthy();
  await user.keyboard('{F5}');
  expect(screen.queryByTestId('ready')).toBeNull();
  const button = screen.getByTestId('nav-ready');
  expect(button.textContent).toContain('F5');
  await user.click(button);
  expect(screen.getByTestId('ready')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('ready')).toBeNull();
});

test('each state has a word, a picture and a look of its own', async () => {
  const states: ReadyState[] = ['good', 'soon', 'missing', 'forbidden'];
  await openReady({ items: states.map((state, at) => readyItem(readyNames[at] ?? '', { state })) });
  const marks = states.map((state, at) => {
    const mark = screen.getByTestId(readyNames[at] ?? '').querySelector('.badge');
    expect(mark?.textContent).toContain(t(`ready.state.${state}`));
    return [mark?.textContent, mark?.querySelector('svg')?.innerHTML, mark?.className];
  });
  for (const trait of [0, 1, 2]) expect(new Set(marks.map((mark) => mark[trait])).size).toBe(states.length);
});

test('each thing says how many there are, of when, and until when', async () => {
  await openReady({
    items: [readyItem('ready.events', { count: 1240 }), readyItem('ready.cards', { asOf: null })],
  });
  const item = screen.getByTestId('ready.events').textContent;
  expect(item).toContain(t('ready.events'));
  expect(item).toMatch(/1\.240 · van 21\/11 10:42 · tot 28\/11 10:42/);
  expect(screen.getByTestId('ready.cards').textContent).not.toContain('van ');
});

test.each(readyCodes.filter((code) => code.startsWith('ready.')))('an item says %s', async (code) => {
  await openReady({ items: [readyItem('ready.list', { state: 'missing', notice: notice(code) })] });
  expect(screen.getByTestId('ready.list').textContent).toContain(tWhole(code));
});

test.each([
  [true, 'soon', true],
  [true, 'good', false],
  [false, 'missing', false],
] as const)(
  'by person %s and sign-in %s: signing in is offered here too: %s',
  async (byPerson, state, offered) => {
    const user = await openReady({ items: [readyItem('ready.signIn', { state })] }, { byPerson });
    expect(screen.queryByTestId('ready-sign-in') !== null).toBe(offered);
    if (!offered) return;
    await user.click(screen.getByTestId('ready-sign-in'));
    expect(screen.getByTestId('sign-in-dialog')).toBeTruthy();
  },
);

test('it says until when all of it holds, or that something is missing', async () => {
  await openReady();
  expect(screen.getByTestId('ready-summary').textContent?.trim()).toBe('Goed tot 24/11 10:00 (nog 2 dagen)');
  await hears({ hoursLeft: 47 });
  expect(screen.getByTestId('ready-summary').textContent?.trim()).toBe('Goed tot 24/11 10:00 (nog 47 uur)');
  await hears({ goodUntil: null, hoursLeft: null });
  expect(screen.getByTestId('ready-summary').textContent?.trim()).toBe(t('ready.notGood'));
});

test('what will not work is said plainly', async () => {
  const wont = offlineCodes.filter((code) => code.startsWith('wont.'));
  await openReady({ wont: wont.map((code) => notice(code)) });
  for (const code of wont) expect(screen.getByTestId('ready-wont').textContent).toContain(tCode(code));
  await hears({ wont: [] });
  expect(screen.queryByTestId('ready-wont')).toBeNull();
});

test('the limits say what is used of what, and when that is all of it', async () => {
  const limits = readyView().limits;
  await openReady();
  const text = () => screen.getByTestId('limits').textContent;
  for (const part of ['3 van 200', '€\u00a024,50 van €\u00a0500,00', '7 dagen', '15 punten'])
    expect(text()).toContain(part);
  expect(screen.queryByTestId('limits-full')).toBeNull();
  await hears({ limits: { ...limits, open: 200, rewards: null } });
  expect(screen.getByTestId('limits-full').textContent).toContain(t('limits.full'));
  expect(text()).toContain(t('limits.rewards.none'));
  await hears({ limits: { ...limits, rewards: 'all', mostAgeDays: 1 } });
  expect(text()).toContain(t('limits.rewards.all'));
  expect(text()).toContain(t('limits.day'));
});

test('one button brings everything up to date, with how far it is, and can be stopped', async () => {
  const user = await openReady();
  let done: (answer: ReturnType<typeof ok<null>>) => void = () => {};
  commands.prepare.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await user.keyboard('{Enter}{Enter}');
  expect(commands.prepare).toHaveBeenCalledTimes(1);
  await hears(prices(240, 611));
  const bar = screen.getByRole<HTMLProgressElement>('progressbar');
  expect([bar.value, bar.max]).toEqual([240, 611]);
  expect(bar.getAttribute('aria-valuetext')).toBe('Prijzen: 240 van 611');
  expect(screen.getByTestId('ready-progress').textContent).toContain('Prijzen: 240 van 611');
  expect(screen.queryByTestId('prepare')).toBeNull();
  await user.click(screen.getByTestId('ready-stop'));
  expect(commands.stopPreparing).toHaveBeenCalledTimes(1);
  expect(screen.getByTestId<HTMLButtonElement>('ready-stop').disabled).toBe(true);
  done(ok(null));
  await hears({ failed: notice('refresh.stopped') });
  expect((await screen.findByTestId('ready-failed')).textContent).toContain(tWhole('refresh.stopped'));
  expect(screen.getByTestId('prepare')).toBeTruthy();
});

test('what is being fetched already is shown when it opens, and no second one begins', async () => {
  const user = await openReady(prices(0, 0));
  expect(screen.getByRole('progressbar').hasAttribute('value')).toBe(false);
  await user.keyboard('{Enter}');
  expect(commands.prepare).not.toHaveBeenCalled();
  await user.keyboard('{Escape}');
  expect(commands.stopPreparing).not.toHaveBeenCalled();
});

test.each([
  'refresh.offline',
  'refresh.signIn',
  'refresh.refused',
  'refresh.stopped',
  'store.failed',
  'store.diskFull',
])('the last fetching ended with %s', async (code) => {
  await openReady({ failed: notice(code) });
  expect(screen.getByTestId('ready-failed').textContent?.trim()).toBe(tWhole(code));
});

test.each(offlineCodes.filter((code) => code.startsWith('refresh.')))('%s is being fetched', async (code) => {
  await openReady({ progress: { code, done: 1, all: 3 } });
  expect(screen.getByTestId('ready-progress').textContent).toContain(`${tCode(code)}: 1 van 3`);
});

test('what cannot be begun says why, on its page', async () => {
  const user = await openReady();
  commands.prepare.mockResolvedValue(refused('refresh.signIn', 'precondition'));
  await user.keyboard('{Enter}');
  expect(screen.getByTestId('ready').contains(await screen.findByTestId('problem'))).toBe(true);
  expect(screen.getByTestId('prepare')).toBeTruthy();
});

test.each([
  ['shrunk-right', true],
  ['shrunk-wrong', false],
] as const)('a list that shrank is judged by a person: %s', async (button, right) => {
  const shrunk = [{ cardSystem: 4, name: 'UiTPAS Dender', before: 12400, after: 310 }];
  const user = await openReady({ shrunk });
  const question = screen.getByTestId('shrunk-4');
  for (const part of ['UiTPAS Dender', '12.400', '310', t('shrunk.what')])
    expect(question.textContent).toContain(part);
  commands.ready.mockResolvedValue(ok(readyView()));
  await user.click(screen.getByTestId(button));
  expect(commands.judgeList).toHaveBeenCalledExactlyOnceWith(4, right);
  await waitFor(() => expect(screen.queryByTestId('shrunk-4')).toBeNull());
});

test('what is heard while the answer is on its way is newer', async () => {
  const user = await openWindow();
  let late: (answer: ReturnType<typeof ok<ReadyView>>) => void = () => {};
  commands.ready.mockReturnValue(new Promise((done) => (late = done)));
  await user.keyboard('{F5}');
  tell({ what: 'ready', now: readyView({ goodUntil: '25/11 10:00' }) });
  late(ok(readyView({ goodUntil: '23/11 10:00' })));
  await screen.findByTestId('limits');
  await tick();
  expect(screen.getByTestId('ready-summary').textContent).toContain('25/11');
});

test('a tap closes it and starts the person', async () => {
  await openReady();
  await arrives(person());
  expect(screen.queryByTestId('ready')).toBeNull();
  expect(screen.getByTestId('person-name').textContent?.trim()).toBe('Yasmina');
});

test.each(readyCodes.filter((code) => code.startsWith('old.')))('a quiet banner says %s', async (code) => {
  const user = await openWindow({ growingOld: notice(code, { until: '22/11 10:42' }) });
  const banner = screen.getByTestId('banner-old');
  expect(banner.dataset.code).toBe(code);
  expect(banner.closest('[role="status"]')).not.toBeNull();
  if (code !== 'old.now') expect(banner.textContent).toContain('22/11 10:42');
  expect(banner.textContent).not.toMatch(/kansen|statuut/i);
  await user.click(screen.getByTestId('old-ready'));
  expect(screen.getByTestId('ready')).toBeTruthy();
});

test('that banner never comes under the hand of who helps a person', async () => {
  await openWindow();
  await arrives(person({ tap: 9101 }));
  tell({ what: 'desk', now: deskView({ growingOld: notice('old.now') }) });
  await tick();
  expect(screen.queryByTestId('banner-old')).toBeNull();
  await arrives(person({ tap: 9102 }));
  expect(screen.queryByTestId('banner-old')).not.toBeNull();
});

async function openData(given = keptView()) {
  const user = await openWindow();
  commands.kept.mockResolvedValue(ok(given));
  await user.keyboard('{Control>}d{/Control}');
  await screen.findByRole('table');
  return user;
}

test('the data on this computer stand in a table: what, how many, from when until when', async () => {
  await openData();
  for (const code of keptNames) {
    const row = screen.getByTestId(code);
    expect(within(row).getByRole('rowheader').textContent).toBe(tCode(code));
  }
  expect(screen.getByTestId('kept.events').textContent).toContain('14/11\u00a010:42 – 21/11\u00a010:42');
  expect(screen.getByTestId('kept.list').textContent).toContain(t('data.people.yes'));
  expect(screen.getByTestId('data-size').textContent).toContain('12,3');
  const terms = screen.getByTestId('data-terms').textContent;
  for (const part of ['te verzenden: 3', '30 dagen', '400 dagen', '7 dagen']) expect(terms).toContain(part);
});

test('they are reached from being ready, and Esc goes back there', async () => {
  const user = await openReady();
  await user.click(screen.getByTestId('open-data'));
  await screen.findByRole('table');
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('ready')).toBeTruthy();
});

test('Ctrl+D opens and closes them', async () => {
  const user = await openData();
  await user.keyboard('{Control>}d{/Control}');
  expect(screen.queryByTestId('data')).toBeNull();
});

test('wiping is asked first: what no longer works, and that what waits stays', async () => {
  const user = await openData();
  await user.click(screen.getByTestId('wipe-open'));
  const question = screen.getByRole('dialog', { name: t('wipe.title') });
  expect(question.textContent).toContain(t('wipe.then'));
  expect(screen.getByTestId('wipe-stays').textContent).toContain(t('wipe.stays', { n: 3 }));
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('data')).toBeTruthy();
  expect(commands.wipe).not.toHaveBeenCalled();
  await user.click(screen.getByTestId('wipe-open'));
  commands.kept.mockResolvedValue(ok(keptView({ kinds: [] })));
  await user.keyboard('{Enter}');
  await screen.findByTestId('wiped');
  expect(commands.wipe).toHaveBeenCalledTimes(1);
  await waitFor(() => expect(screen.queryByTestId('kept.cards')).toBeNull());
});

test('what could not be wiped says why, and nothing claims that it was', async () => {
  const user = await openData(keptView({ unsent: 0 }));
  await user.click(screen.getByTestId('wipe-open'));
  expect(screen.getByTestId('wipe-stays').textContent).toContain(t('wipe.nothingWaits'));
  commands.wipe.mockResolvedValue(refused('store.failed', 'fault'));
  await user.keyboard('{Enter}');
  expect((await screen.findByTestId('problem')).dataset.code).toBe('store.failed');
  expect(screen.queryByTestId('wiped')).toBeNull();
});

test('sizes are in kilobytes or megabytes', () => {
  expect([size(812), size(12_345), size(1_234_567)]).toEqual(['812 kB', '12,3 MB', '1.235 MB']);
});
