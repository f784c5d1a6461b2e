import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { LineState } from '../src/ipc';
import { lineCodes } from '../src/texts/codes';
import { t, tCode, tWhole } from '../src/texts';
import { commands, refused, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { deskView, line, notice, person, privateSentences } from './scene';

const states: LineState[] = [
  'queued',
  'sending',
  'confirmed',
  'refused',
  'inDoubt',
  'withdrawn',
  'cancelled',
  'writtenOff',
  'handedOver',
];

test('every state has a word, a picture and a look of its own', async () => {
  await openWindow(
    {},
    states.map((state) => line(state)),
  );
  const marks = states.map((state, index) => {
    const row = screen.getByTestId(`line-${index}`);
    expect(row.dataset.state).toBe(state);
    const mark = within(row).getByTestId('line-state');
    return {
      word: mark.textContent?.trim(),
      picture: mark.querySelector('svg')?.innerHTML,
      look: mark.className,
    };
  });
  for (const trait of ['word', 'picture', 'look'] as const) {
    expect(new Set(marks.map((mark) => mark[trait])).size).toBe(states.length);
  }
});

test('only what can be undone has a button for it', async () => {
  await openWindow(
    {},
    states.map((state) => line(state)),
  );
  expect(screen.getAllByTestId('line-undo')).toHaveLength(1);
  expect(within(screen.getByTestId('line-0')).getByTestId('line-undo')).toBeTruthy();
});

test.each(lineCodes)('a line says %s', async (code) => {
  await openWindow({}, [line('refused', { notice: notice(code) })]);
  expect(screen.getByTestId('line-notice').textContent).toBe(tWhole(code));
});

test.each(privateSentences)('“%s” of a refused line is told on demand only', async (said) => {
  const user = await openWindow({}, [line('refused', { notice: notice('sale.refused', {}, said) })]);
  const button = screen.getByTestId('line-said-0');
  expect(button.textContent).toContain(t('line.said'));
  expect(button.getAttribute('aria-expanded')).toBe('false');
  expect(document.body.textContent).not.toContain(said);
  button.focus();
  await user.keyboard('{Enter}');
  expect(button.getAttribute('aria-expanded')).toBe('true');
  expect(document.getElementById(button.getAttribute('aria-controls') ?? '')?.textContent).toContain(said);
  await user.keyboard('{Enter}');
  expect(document.body.textContent).not.toContain(said);
});

test('what was told of a line closes with Esc, and when the next person comes', async () => {
  const said = 'Je statuut is vervallen.';
  const user = await openWindow({}, [line('inDoubt', { notice: notice('sale.inDoubt', {}, said) })]);
  await user.click(screen.getByTestId('line-said-0'));
  expect(document.body.textContent).toContain(said);
  await user.keyboard('{Escape}');
  expect(document.body.textContent).not.toContain(said);
  await user.click(screen.getByTestId('line-said-0'));
  await arrives(person());
  expect(document.body.textContent).not.toContain(said);
});

test('what may be seen openly stands under its line, without a button', async () => {
  const said = 'Het maximum aantal tickets is bereikt.';
  await openWindow({}, [line('refused', { notice: notice('sale.refused.limit', {}, said) })]);
  expect(screen.getByTestId('line-0').textContent).toContain(said);
  expect(screen.queryByTestId('line-said-0')).toBeNull();
});

test('the header says how reader, connection and outbox stand, in words', async () => {
  await openWindow({
    reader: { state: 'noService', name: null, trouble: 'reader.serviceHangs' },
    connection: 'signInNeeded',
    toSend: 3,
    toCheck: 2,
  });
  expect(screen.getByTestId('header-reader').textContent).toContain('Lezer werkt niet');
  expect(screen.getByTestId('header-connection').textContent).toContain('Aanmelden nodig');
  expect(screen.getByTestId('header-to-send').dataset.count).toBe('3');
  expect(screen.getByTestId('nav-toCheck').textContent).toContain('2 na te kijken');
});

test('where no reader works, nothing asks for a card on it', async () => {
  const user = await openWindow({
    reader: { state: 'noService', name: null, trouble: 'reader.serviceHangs' },
    chosenEvent: null,
  });
  const header = screen.getByTestId('header-reader');
  expect(header.textContent?.replace(/\s+/g, ' ').trim()).toBe(
    `${t('reader.broken')} – ${t('reader.instead')} – ${t('readerCheck.open')}`,
  );
  expect(header.title).toBe(tWhole('reader.serviceHangs'));
  expect(screen.getByTestId('choose-first').textContent).toBe(t('idle.choose.next.noReader'));
  await arrives(person());
  expect(screen.getByLabelText(t('number.next.noReader'))).toBe(screen.getByTestId('number-field'));
  await user.keyboard('{Enter}');
  const done = await screen.findByTestId('confirmation');
  expect(done.parentElement?.textContent).toContain(t('record.confirmation.next.noReader'));
});

test('with nothing to send the header does not claim that all was sent', async () => {
  await openWindow({ toSend: 0, toCheck: 1 });
  expect(screen.getByTestId('header-to-send').textContent?.trim()).toBe('Niets te verzenden');
});

test('nothing to check is said with nothing', async () => {
  await openWindow();
  expect(screen.getByTestId('nav-toCheck').textContent).not.toMatch(/\d (na te kijken)/);
  expect(screen.queryByTestId('banner')).toBeNull();
});

test('practice and test are said, and never leave', async () => {
  const user = await openWindow({ environment: 'test' });
  expect(screen.getByTestId('banner').textContent).toContain('Testomgeving');
  await user.keyboard('{Escape}{Escape}');
  expect(screen.getByTestId('banner')).toBeTruthy();
});

test('the practice tray opens and closes and turns the network off', async () => {
  const cards = [{ uid: '08112233', number: null, firstName: null, code: 'practice.card.telephone' }];
  const user = await openWindow({ practice: true }, [], cards);
  expect(screen.getByTestId('banner').textContent).toContain(t('banner.practice'));
  const card = await screen.findByTestId('practice-card-08112233');
  expect(card.textContent).toContain(t('practice.card.telephone'));
  const network = screen.getByTestId('practice-network');
  expect(network.getAttribute('aria-checked')).toBe('true');
  await user.click(network);
  expect(commands.practiceNetwork).toHaveBeenCalledExactlyOnceWith(false);
  expect(network.getAttribute('aria-checked')).toBe('false');
  await user.click(screen.getByTestId('practice-toggle'));
  expect(screen.queryByTestId('practice-card-08112233')).toBeNull();
});

test('while the first list is on its way nobody is told that there is nothing', async () => {
  const none = { chosenEvent: null, refreshing: true };
  await openWindow(none);
  tell({ what: 'events', now: [] });
  await screen.findByText(t('idle.fetching'));
  expect(screen.queryByText(t('idle.noEvents'))).toBeNull();
  tell({ what: 'desk', now: deskView({ ...none, refreshing: false }) });
  await screen.findByText(t('idle.noEvents'));
});

test('a desk that cannot be opened says why, and nothing else', async () => {
  await openWindow();
  commands.startup.mockResolvedValue(refused('setup.keyringLocked'));
  const { balie } = await import('../src/state.svelte');
  await balie.open();
  const stopped = await screen.findByTestId('stopped');
  expect(stopped.textContent).toContain(tCode('setup.keyringLocked'));
  expect(screen.queryByTestId('number-field')).toBeNull();
});

test('a mistake in the settings says who mends it, and where it is after a colon', async () => {
  await openWindow();
  const what = 'balie.toml, line 12: unknown field';
  commands.startup.mockResolvedValue(refused('setup.config', 'clerk', { what }));
  const { balie } = await import('../src/state.svelte');
  await balie.open();
  const stopped = await screen.findByTestId('stopped');
  expect(stopped.textContent).toContain(t('setup.config'));
  expect(stopped.textContent).toContain(`: ${what}`);
  const written = vi.fn(async (_: string) => undefined);
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
  screen.getByTestId('stopped-copy').click();
  await screen.findByText(t('stopped.copied'));
  expect(written.mock.lastCall?.[0].split('\n')).toEqual([
    t('stopped.title'),
    tWhole('setup.config', { what }),
    t('stopped.technical', { what }),
  ]);
});

test('a window that gets no answer at the start says so', async () => {
  await openWindow();
  commands.desk.mockRejectedValue(new Error('gone'));
  const { balie } = await import('../src/state.svelte');
  await balie.open();
  expect((await screen.findByTestId('problem')).dataset.code).toBe('problem.window');
});
