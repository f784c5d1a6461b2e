import { screen, waitFor, within } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { DayPage, DayView } from '../src/ipc';
import { t } from '../src/texts';
import { speak } from '../src/texts/language.svelte';
import { wordsOf } from '../src/views/day/words';
import { story } from './check-scene';
import { busyDay, dayPage, emptyDay } from './day-scene';
import { commands, ok, refused, tell } from './fake-ipc';
import { openWindow } from './open';
import { line, privateSentences } from './scene';

/** The window with this day, opened with its key. */
async function openDay(view: DayView = busyDay(), page: DayPage = dayPage(), desk = {}) {
  commands.day.mockResolvedValue(ok(view));
  commands.dayLines.mockResolvedValue(ok(page));
  const user = await openWindow(desk);
  await user.keyboard('{F12}');
  await screen.findByTestId('day-date');
  return user;
}

const asked = () => commands.dayLines.mock.lastCall?.[0];

test('F12 and the place in the row open the day, and Esc and F12 close it', async () => {
  const user = await openDay();
  expect(screen.getByRole('region', { name: t('day.title') })).toBeTruthy();
  await user.keyboard('{F12}');
  expect(screen.queryByTestId('day')).toBeNull();
  await user.click(screen.getByTestId('nav-day'));
  await screen.findByTestId('day-date');
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('day')).toBeNull();
});

test('what UiTPAS has and what it does not have yet stand beside each other and are never added up', async () => {
  await openDay();
  const charged = screen.getByTestId('day.row.charged');
  expect(charged.textContent).toContain('€\u00a024,00');
  expect(charged.textContent).toContain('€\u00a04,00');
  expect(screen.getByTestId('day-totals').textContent).not.toContain('28,00');
  expect(screen.getByTestId('day-totals').textContent).toContain(t('day.open.explain'));
  expect(screen.getByTestId('day-totals').textContent).toContain('geweigerd 1');
});

test('acts are counted by kind and by the four words', async () => {
  await openDay();
  const row = (kind: string) =>
    ['noted', 'sent', 'refused', 'toCheck'].map(
      (place) => screen.getByTestId(`${kind}-${place}`).textContent,
    );
  expect(row('sell')).toEqual(['1', '11', '1', '1']);
  expect(row('checkIn')).toEqual(['0', '3', '0', '0']);
  expect(row('cancel')).toEqual(['0', '0', '0', '0']);
});

test('who pays what is called an estimate, and says by which keys', async () => {
  await openDay();
  const split = screen.getByTestId('day-split');
  expect(split.textContent).toContain('schatting');
  expect(split.textContent).toContain(t('day.split.standard'));
  expect(split.textContent).toContain('€\u00a048,00');
  expect(split.textContent).not.toContain(t('day.split.unknown'));
});

test('with keys of the organizer it says so, and a discount without a key is nobody’s', async () => {
  const split = { ...busyDay().split, municipalityCents: 0, unknownCents: 4_800, ownKeys: true };
  await openDay(busyDay({ split }));
  expect(screen.getByTestId('day-split').textContent).toContain(t('day.split.own'));
  expect(screen.getByTestId('day-split').textContent).toContain(t('day.split.unknown'));
});

test('prices too high and too low are no agreement, though their sum is the same', async () => {
  await openDay(busyDay({ counted: { tickets: 12, cents: 2_400, unpriced: 0, differing: 2 } }));
  const server = screen.getByTestId('day-server');
  expect(server.textContent).not.toContain(t('sums.same'));
  expect(screen.getByTestId('day-differing').textContent).toContain('2');
});

test('a difference with UiTPAS is shown with its sign, for the day and for each activity', async () => {
  await openDay(busyDay({ counted: { tickets: 11, cents: 2_200, unpriced: 1, differing: 0 } }));
  const server = screen.getByTestId('day-server');
  expect(server.dataset.differs).toBe('true');
  expect(server.textContent).toContain('-1');
  expect(server.textContent).toContain('2,00');
  expect(server.textContent).toContain(t('day.server.unpriced', { n: 1 }));
  expect(screen.getByTestId('activity-swim').dataset.differs).toBe('true');
  expect(screen.getByTestId('activity-swim').textContent).toContain(t('sums.missing', { n: 1 }));
  expect(screen.getByTestId('activity-clay').textContent).toContain(t('day.activities.unchecked'));
});

test('without a difference it says that it is right', async () => {
  await openDay();
  expect(screen.getByTestId('day-server').dataset.differs).toBe('false');
  expect(screen.getByTestId('day-server').textContent).toContain(t('sums.same'));
});

test('a day that was closed on another day says on which', async () => {
  const user = await openDay(busyDay({ closings: ['22/11 10:05'] }));
  expect(screen.getByTestId('day-state').textContent).toContain('afgesloten op 22/11 om 10:05');
  await user.click(screen.getByTestId('day-close'));
  commands.closeDay.mockResolvedValueOnce(ok(busyDay({ closings: ['22/11 10:05', '22/11 10:06'] })));
  await user.keyboard('{Enter}');
  await waitFor(() =>
    expect(screen.getByTestId('close-day-done').textContent).toContain('Afgesloten op 22/11 om 10:06.'),
  );
});

test.each([
  [13, 'En nog 1 activiteit:'],
  [14, 'En nog 2 activiteiten:'],
])('of %d activities the busiest are drawn', async (count, more) => {
  const [one] = busyDay().activities;
  const activities = Array.from({ length: count }, (_, index) => ({ ...one!, id: `a${index}` }));
  await openDay(busyDay({ activities }));
  expect(screen.getByTestId('day-activities').textContent).toContain(more);
});

test('the picture of the hours can be heard', async () => {
  await openDay();
  const picture = within(screen.getByTestId('day-hours')).getByRole('img');
  expect(picture.getAttribute('aria-label')).toBe('9 uur: 4, 10 uur: 0, 11 uur: 12');
});

test('the list is filtered by word, kind, activity and text, and begins anew each time', async () => {
  const user = await openDay();
  await user.click(screen.getByTestId('place-refused'));
  expect(asked()).toEqual({
    day: '2026-11-21',
    place: 'refused',
    kind: null,
    event: null,
    text: '',
    skipped: 0,
  });
  expect(screen.getByTestId('place-refused').getAttribute('aria-pressed')).toBe('true');
  await user.click(screen.getByTestId('place-refused'));
  await waitFor(() => expect(asked()?.place).toBeNull());
  await user.selectOptions(screen.getByTestId('day-kind'), 'checkIn');
  await waitFor(() => expect(asked()?.kind).toBe('checkIn'));
  await user.selectOptions(screen.getByTestId('day-event'), 'clay');
  await waitFor(() => expect(asked()?.event).toBe('clay'));
  await user.type(screen.getByTestId('day-text'), '0016');
  await waitFor(() => expect(asked()?.text).toBe('0016'));
  // What was typed goes before the page does.
  await user.keyboard('{Escape}');
  await waitFor(() => expect(asked()?.text).toBe(''));
  expect(screen.getByTestId('day')).toBeTruthy();
});

test('a filter that nothing matches says so, and is taken away with one press', async () => {
  const user = await openDay();
  commands.dayLines.mockResolvedValue(ok(dayPage({ lines: [], found: 0 })));
  await user.type(screen.getByTestId('day-text'), 'x');
  const empty = await screen.findByTestId('day-empty');
  expect(empty.textContent).toContain(t('day.noMatch'));
  commands.dayLines.mockResolvedValue(ok(dayPage()));
  await user.click(within(empty).getByRole('button'));
  await waitFor(() => expect(screen.queryByTestId('day-empty')).toBeNull());
  expect(asked()?.text).toBe('');
});

test('ten thousand acts come in pages', async () => {
  const user = await openDay(busyDay(), dayPage({ found: 10_000, all: 10_000 }));
  expect(screen.getByTestId('day-range').textContent).toContain('10.000');
  expect((screen.getByTestId('day-newer') as HTMLButtonElement).disabled).toBe(true);
  await user.click(screen.getByTestId('day-older'));
  await waitFor(() => expect(asked()?.skipped).toBe(50));
  await waitFor(() => expect(screen.getByTestId('day-range').textContent).toContain('51'));
  await user.click(screen.getByTestId('day-newer'));
  await waitFor(() => expect(asked()?.skipped).toBe(0));
});

test('earlier days are one step away, and today is asked without a date', async () => {
  const user = await openDay();
  expect(commands.day).toHaveBeenLastCalledWith(null);
  expect((screen.getByTestId('day-next') as HTMLButtonElement).disabled).toBe(true);
  commands.day.mockResolvedValue(ok(busyDay({ day: '2026-11-20', today: false })));
  await user.click(screen.getByTestId('day-previous'));
  await waitFor(() => expect(commands.day).toHaveBeenLastCalledWith('2026-11-20'));
  await waitFor(() => expect(screen.getByTestId('day-date').textContent).toContain('vr 20/11/2026'));
  await user.click(screen.getByTestId('day-next'));
  await waitFor(() => expect(commands.day).toHaveBeenLastCalledWith(null));
});

test('what was sent is taken back from here as well, and the day stays behind the question', async () => {
  const undoable = line('confirmed', { id: 'b', receipt: 'B1-000016', canUndo: true, undoSends: true });
  const user = await openDay(busyDay(), dayPage({ lines: [undoable] }));
  await user.click(screen.getByTestId('line-undo'));
  expect(screen.getByTestId('undo-confirm')).toBeTruthy();
  expect(screen.getByTestId('day')).toBeTruthy();
  commands.undo.mockResolvedValueOnce(ok(line('queued', { id: 'c', kind: 'cancel' })));
  await user.click(screen.getByTestId('undo-send'));
  await waitFor(() => expect(commands.undo).toHaveBeenCalledWith('b'));
  expect(screen.getByTestId('day')).toBeTruthy();
});

test('the life of a line opens over the day and goes back to it', async () => {
  const user = await openDay();
  commands.story.mockResolvedValueOnce(ok(story()));
  await user.click(screen.getByTestId('line-story-day-0'));
  expect(screen.getByTestId('story')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('story')).toBeNull();
  expect(screen.getByTestId('day')).toBeTruthy();
});

test('it is read anew when something changes, and not while it is closed', async () => {
  const user = await openDay();
  const before = commands.day.mock.calls.length;
  tell({ what: 'lines', now: [line('confirmed')] });
  await waitFor(() => expect(commands.day.mock.calls.length).toBe(before + 1));
  await user.keyboard('{Escape}');
  tell({ what: 'lines', now: [line('confirmed')] });
  expect(commands.day.mock.calls.length).toBe(before + 1);
});

test('a file is written with the words of the clerk, and where it went is said', async () => {
  const user = await openDay();
  commands.exportDay.mockResolvedValueOnce(ok('/home/balie/dag.csv'));
  await user.click(screen.getByTestId('day-csv'));
  const [day, format, words] = commands.exportDay.mock.lastCall ?? [];
  expect([day, format, words?.language, words?.places.toCheck]).toEqual([
    '2026-11-21',
    'csv',
    'nl',
    'na te kijken',
  ]);
  await waitFor(() => expect(screen.getByTestId('day-saved').textContent).toContain('/home/balie/dag.csv'));
});

test('a file that cannot be written is said on the page, with what to do', async () => {
  const user = await openDay();
  commands.exportDay.mockResolvedValueOnce(refused('day.file'));
  await user.click(screen.getByTestId('day-pdf'));
  await waitFor(() => expect(screen.getByTestId('day').textContent).toContain(t('day.file.next')));
});

test('every caption of a file is there in each language', () => {
  for (const language of ['nl', 'fr', 'en'] as const) {
    speak(language);
    const texts: string[] = [];
    JSON.stringify(
      wordsOf(busyDay()),
      (_, value) => (typeof value === 'string' ? texts.push(value) : 0, value),
    );
    expect(texts.length).toBeGreaterThan(45);
    expect(texts.filter((text) => text === '' || /[{}[\]…]/.test(text))).toEqual([]);
  }
  speak('nl');
});

test('closing says what is open, offers to send it, and never stands in the way', async () => {
  const user = await openDay(busyDay(), dayPage(), { toSend: 1, toSendBefore: '18:30' });
  expect(screen.getByTestId('day-state').textContent).toContain(t('day.notClosed'));
  await user.click(screen.getByTestId('day-close'));
  const open = screen.getByTestId('close-day-open');
  expect(open.textContent).toContain('Nog te verzenden: 1, het eerste voor 18:30.');
  expect(open.textContent).toContain('Na te kijken: 1. Geweigerd: 1.');
  await user.click(screen.getByTestId('close-day-send'));
  expect(commands.sendNow).toHaveBeenCalledOnce();
  expect(screen.getByTestId('close-day-confirm').textContent).toContain(t('day.close.anyway'));
  const closed = busyDay({ closings: ['18:02'], changedSince: 2 });
  commands.closeDay.mockResolvedValueOnce(ok(closed));
  commands.day.mockResolvedValue(ok(closed));
  await user.click(screen.getByTestId('close-day-confirm'));
  expect(commands.closeDay).toHaveBeenCalledWith('2026-11-21');
  await waitFor(() => expect(screen.getByTestId('close-day-done').textContent).toContain('18:02'));
  await user.click(screen.getByTestId('close-day-slip'));
  expect(commands.exportDay.mock.lastCall?.[1]).toBe('pdf');
  await user.click(screen.getByTestId('close-day-ready'));
  expect(screen.queryByTestId('close-day')).toBeNull();
  expect(screen.getByTestId('day-state').textContent).toContain('afgesloten om 18:02');
  expect(screen.getByTestId('day-state').textContent).toContain(t('day.closed.changed', { n: 2 }));
});

test('Enter closes a day with nothing open, once, and Esc leaves it as it is', async () => {
  const user = await openDay(emptyDay(), dayPage({ lines: [], found: 0, all: 0 }));
  await user.click(screen.getByTestId('day-close'));
  expect(screen.getByTestId('close-day-open').textContent).toContain(t('day.close.nothing'));
  await user.keyboard('{Escape}');
  expect(commands.closeDay).not.toHaveBeenCalled();
  expect(screen.getByTestId('day')).toBeTruthy();
  await user.click(screen.getByTestId('day-close'));
  commands.closeDay.mockResolvedValueOnce(ok(emptyDay({ closings: ['18:02'] })));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(screen.getByTestId('close-day-done').textContent).toContain('18:02'));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(screen.queryByTestId('close-day')).toBeNull());
  expect(commands.closeDay).toHaveBeenCalledOnce();
});

test('nothing on the page tells who has kansentarief', async () => {
  await openDay();
  const text = screen.getByTestId('day').textContent ?? '';
  for (const sentence of privateSentences) expect(text).not.toContain(sentence);
  expect(text).not.toMatch(/kans/i);
});
