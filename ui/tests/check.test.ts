import { screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test, vi } from 'vitest';
import type { CaseWay, ToCheckView } from '../src/ipc';
import { t, tCode, tWhole } from '../src/texts';
import { checkCodes } from '../src/texts/codes';
import { asText } from '../src/views/check/story';
import { doubtfulCase, expiringCase, pricedCase, refusedCase, story, toCheck } from './check-scene';
import { commands, ok, refused, lookedUp, tell } from './fake-ipc';
import { arrives, field, openWindow, pause } from './open';
import { deskView, line, notice, person, privateSentences } from './scene';

const everything = () => toCheck([refusedCase(), doubtfulCase(), pricedCase(), expiringCase()]);

/** The window with these cases, and the list open. */
async function openList(found: ToCheckView = everything(), desk = {}, lines = [line('refused')]) {
  const user = await openWindow({ toCheck: found.cases.length, ...desk }, lines);
  commands.toCheck.mockResolvedValue(ok(found));
  await user.keyboard('{F9}');
  await waitFor(() => expect(screen.queryByText(t('toCheck.asking'))).toBeNull());
  return user;
}

const settle = () => screen.queryByTestId('settle');

test('F9 and the place with its count open the list, and Esc and F9 close it', async () => {
  const user = await openList();
  expect(screen.getByRole('region', { name: t('toCheck.title') })).toBeTruthy();
  await user.keyboard('{F9}');
  expect(screen.queryByTestId('to-check')).toBeNull();
  const place = screen.getByTestId('nav-toCheck');
  expect(place.textContent).toContain('4 na te kijken');
  expect(place.textContent).toContain('F9');
  await user.click(place);
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('to-check')).toBeNull();
});

test('with nothing to check the list can still be opened, and says so', async () => {
  const user = await openWindow();
  await user.click(screen.getByTestId('nav-toCheck'));
  await screen.findByText(t('toCheck.empty'));
  expect(screen.getByTestId('at-risk').textContent?.trim()).toBe('');
});

test('cases stand under three headings with what is at risk, and each says why and what now', async () => {
  await openList();
  const codes = (group: string) =>
    [...screen.getByTestId(group).querySelectorAll('li')].map((each) => each.dataset.code);
  expect(codes('group-refused')).toEqual(['sale.refused.limit']);
  expect(codes('group-disputed')).toEqual(['check.several', 'check.price']);
  expect(codes('group-expiring')).toEqual(['check.expiring']);
  expect(screen.getByTestId('at-risk').textContent).toContain('€\u00a016,00');
  const first = screen.getByTestId('case-B1-000021');
  expect(first.textContent).toContain(tWhole('sale.refused.limit'));
  expect(first.textContent).toContain('Het maximum aantal tickets is bereikt.');
  expect(first.textContent).toContain('0900\u00a0•••\u00a0••7\u00a0513');
  expect(screen.getByTestId('case-B1-000024').textContent).toContain('18:30');
});

test('a list that is cut off says how many there are, and that at least so much is at risk', async () => {
  await openList(toCheck([refusedCase(), expiringCase()], { all: 612 }));
  expect(screen.getByTestId('to-check-cut').textContent).toContain('Hier staan 2 van de 612:');
  expect(screen.getByTestId('at-risk').textContent?.trim()).toBe('Op het spel: minstens €\u00a08,00');
});

test('a whole list says nothing of the kind, and one that is cut off never says that nothing is at risk', async () => {
  await openList(toCheck([expiringCase()]));
  expect(screen.queryByTestId('to-check-cut')).toBeNull();
  expect(screen.getByTestId('at-risk').textContent?.trim()).toBe(t('toCheck.atRisk.none'));
  tell({ what: 'desk', now: deskView({ toCheck: 501 }) });
  commands.toCheck.mockResolvedValue(ok(toCheck([expiringCase()], { all: 501 })));
  tell({ what: 'desk', now: deskView({ toCheck: 501 }) });
  await screen.findByTestId('to-check-cut');
  expect(screen.getByTestId('at-risk').textContent?.trim()).toBe('');
});

test.each(checkCodes)('a case says %s', async (code) => {
  await openList(toCheck([doubtfulCase({ notice: notice(code) })]));
  expect(screen.getByTestId('case-why').textContent?.trim()).toBe(tWhole(code));
});

test('both prices and their difference stand there where they differ', async () => {
  await openList();
  const prices = within(screen.getByTestId('case-B1-000023')).getByTestId('case-prices').textContent;
  for (const amount of ['2,00', '2,50', '0,50']) expect(prices).toContain(amount);
  expect(within(screen.getByTestId('case-B1-000021')).queryByTestId('case-prices')).toBeNull();
});

test.each(privateSentences)('“%s” is told on demand only', async (said) => {
  const user = await openList(toCheck([refusedCase({ notice: notice('sale.refused', {}, said) })]));
  expect(document.body.textContent).not.toContain(said);
  await user.click(screen.getByTestId('case-said-button'));
  expect(document.body.textContent).toContain(said);
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('to-check')).toBeTruthy();
  expect(document.body.textContent).not.toContain(said);
  await user.click(screen.getByTestId('case-said-button'));
  await user.keyboard('{F9}{F9}');
  await screen.findByTestId('case-said-button');
  expect(document.body.textContent).not.toContain(said);
});

test.each<[CaseWay, string]>([
  ['sendAgain', 'settle.sendAgain.what'],
  ['bookedByHand', 'settle.bookedByHand.what'],
])('%s is done after a question that says what happens', async (way, words) => {
  const user = await openList();
  commands.resolve.mockResolvedValue(ok(line('queued')));
  await user.click(within(screen.getByTestId('case-B1-000021')).getByTestId(`way-${way}`));
  expect(screen.getByTestId('settle-what').textContent?.trim()).toBe(tCode(words));
  expect(commands.resolve).not.toHaveBeenCalled();
  commands.toCheck.mockResolvedValue(ok(toCheck([])));
  await user.keyboard('{Enter}');
  await screen.findByTestId('to-check-empty');
  expect(commands.resolve).toHaveBeenCalledExactlyOnceWith('entry-refused', way, null);
});

test('who takes the loss reads how much it is', async () => {
  const user = await openList();
  await user.click(within(screen.getByTestId('case-B1-000021')).getByTestId('way-writeOff'));
  expect(screen.getByTestId('settle-what').textContent).toContain('€\u00a08,00');
});

test('who accepts a price reads both, and is not asked to leave things as they are', async () => {
  const user = await openList();
  await user.click(within(screen.getByTestId('case-B1-000023')).getByTestId('way-accept'));
  expect(screen.getByRole('dialog', { name: t('settle.acceptPrice.title') })).toBeTruthy();
  expect(screen.getByTestId('settle-what').textContent).toContain('€\u00a02,50 in plaats van €\u00a02,00');
});

test('among several records nothing is chosen by itself, and a digit chooses', async () => {
  const user = await openList();
  commands.resolve.mockResolvedValue(ok(line('confirmed')));
  await user.click(within(screen.getByTestId('case-B1-000022')).getByTestId('way-isThere'));
  const confirm = screen.getByTestId<HTMLButtonElement>('settle-confirm');
  expect(confirm.disabled).toBe(true);
  expect(screen.getByTestId('candidate-0').textContent).toContain('21/11 10:42');
  await user.keyboard('2');
  expect(screen.getByTestId('candidate-1').getAttribute('aria-checked')).toBe('true');
  await user.keyboard('{ArrowUp}');
  expect(screen.getByTestId('candidate-0').getAttribute('aria-checked')).toBe('true');
  expect(document.activeElement).toBe(screen.getByTestId('candidate-0'));
  await user.keyboard('{Enter}');
  expect(commands.resolve).toHaveBeenCalledExactlyOnceWith('entry-inDoubt', 'isThere', 'r1');
});

test('one record alone is chosen already', async () => {
  const alone = doubtfulCase();
  const user = await openList(toCheck([{ ...alone, candidates: alone.candidates.slice(1) }]));
  await user.click(screen.getByTestId('way-isThere'));
  await user.keyboard('{Enter}');
  expect(commands.resolve).toHaveBeenCalledExactlyOnceWith('entry-inDoubt', 'isThere', 'r2');
});

test('what was found while the list could still be read is told as of before', async () => {
  const unread = doubtfulCase({ notice: notice('check.unreadable') });
  const user = await openList(toCheck([unread]));
  const earlier = t('toCheck.candidates.earlier', { n: 2 });
  expect(screen.getByTestId('case-candidates').textContent?.trim()).toBe(earlier);
  await user.click(screen.getByTestId('way-isThere'));
  expect(settle()?.textContent).toContain(earlier);
});

test('with nothing to send it is said beside the button, and no longer after it was pressed', async () => {
  const user = await openList(toCheck([refusedCase()]));
  const said = screen.getByTestId('nothing-to-send');
  expect(said.textContent).toBe(t('send.nothing.now'));
  expect(screen.getByTestId('send-now').getAttribute('aria-describedby')).toBe(said.id);
  await user.click(screen.getByTestId('send-now'));
  await waitFor(() => expect(screen.getByTestId('send-summary').textContent).toContain(t('send.nothing')));
  expect(screen.queryByTestId('nothing-to-send')).toBeNull();
});

test('what is in doubt can be looked up with the button', async () => {
  await openList(toCheck([doubtfulCase()]));
  expect(screen.queryByTestId('nothing-to-send')).toBeNull();
});

test('where nothing could be listed only the word of a person is left, and the words say so', async () => {
  const user = await openList(toCheck([doubtfulCase({ candidates: [] })]));
  await user.click(screen.getByTestId('way-isThere'));
  expect(screen.getByRole('dialog', { name: t('settle.isThere.sure') })).toBeTruthy();
  expect(screen.getByTestId('settle-what').textContent?.trim()).toBe(t('settle.isThere.none'));
  await user.keyboard('{Enter}');
  expect(commands.resolve).toHaveBeenCalledExactlyOnceWith('entry-inDoubt', 'isThere', null);
});

test('Esc steps back from the question to the list, and nothing is done', async () => {
  const user = await openList();
  await user.click(within(screen.getByTestId('case-B1-000021')).getByTestId('way-sendAgain'));
  await user.keyboard('{Escape}');
  expect(settle()).toBeNull();
  expect(screen.getByTestId('to-check')).toBeTruthy();
  expect(commands.resolve).not.toHaveBeenCalled();
});

test('a case that is settled meanwhile closes its question, and the list is read anew', async () => {
  const user = await openList();
  await user.click(within(screen.getByTestId('case-B1-000022')).getByTestId('way-isNotThere'));
  commands.toCheck.mockResolvedValue(ok(toCheck([refusedCase()])));
  tell({ what: 'lines', now: [line('confirmed')] });
  await waitFor(() => expect(settle()).toBeNull());
  expect(screen.queryByTestId('case-B1-000022')).toBeNull();
  expect(screen.getByTestId('case-B1-000021')).toBeTruthy();
});

test('what could not be done says why, above the list', async () => {
  const user = await openList();
  commands.resolve.mockResolvedValue(refused('check.changed', 'precondition'));
  await user.click(within(screen.getByTestId('case-B1-000021')).getByTestId('way-sendAgain'));
  await user.keyboard('{Enter}');
  const problem = await screen.findByTestId('problem');
  await waitFor(() => expect(screen.getByTestId('to-check').contains(problem)).toBe(true));
  expect(problem.dataset.code).toBe('check.changed');
});

test('the arrows go from case to case and from button to button', async () => {
  const user = await openList();
  const focused = () =>
    document.activeElement?.closest<HTMLElement>('[data-testid^="case-B1"]')?.dataset.testid;
  await user.keyboard('{ArrowDown}');
  expect(focused()).toBe('case-B1-000021');
  await user.keyboard('{ArrowRight}');
  expect((document.activeElement as HTMLElement).dataset.testid).toBe('way-bookedByHand');
  await user.keyboard('{ArrowDown}');
  expect(focused()).toBe('case-B1-000022');
  await user.keyboard('{ArrowUp}{ArrowUp}');
  expect(focused()).toBe('case-B1-000024');
});

test('a tap closes the list and starts the person; a scanner types its number', async () => {
  const user = await openList();
  await arrives(person());
  expect(screen.queryByTestId('to-check')).toBeNull();
  await arrives(null);
  // Longer than a digit of the test before could begin a number.
  await pause(850);
  await user.keyboard('{F9}');
  await user.keyboard('0900000067513');
  expect(screen.queryByTestId('to-check')).toBeNull();
  expect(field().value.replaceAll(' ', '')).toBe('0900000067513');
});

test('sending now shows every entry that waits, and follows what becomes of it', async () => {
  const waiting = [
    line('queued', { id: 'a', receipt: 'B1-000031' }),
    line('inDoubt', { id: 'b', receipt: 'B1-000032' }),
    line('confirmed', { id: 'c', receipt: 'B1-000033' }),
  ];
  const user = await openList(everything(), { toSend: 1 }, waiting);
  await user.click(screen.getByTestId('send-now'));
  expect(screen.getByTestId('send-summary').textContent).toContain(t('send.busy'));
  expect(screen.getByTestId('sent-B1-000031').dataset.state).toBe('queued');
  expect(screen.queryByTestId('sent-B1-000033')).toBeNull();
  tell({ what: 'lines', now: waiting.map((each) => ({ ...each, state: 'confirmed' as const })) });
  await waitFor(
    () =>
      expect(screen.getByTestId('send-summary').textContent?.trim()).toBe(
        t('send.summary', { sent: 2, waiting: 0, check: 0 }),
      ),
    { timeout: 3000 },
  );
  expect(commands.sendNow).toHaveBeenCalledOnce();
});

/** Sends now, and waits until it is said that it is over. */
async function sendsNow(user: Awaited<ReturnType<typeof openWindow>>) {
  await user.click(screen.getByTestId('send-now'));
  const summary = await screen.findByTestId('send-summary');
  await waitFor(() => expect(summary.dataset.busy).toBe('false'), { timeout: 3000 });
}

test('without a connection what waits goes later, and older ones are counted too', async () => {
  const user = await openList(everything(), { connection: 'offline', toSend: 5 }, [
    line('queued', { id: 'a', receipt: 'B1-000031' }),
  ]);
  await sendsNow(user);
  expect(screen.getByTestId('send').textContent).toContain(t('send.offline'));
  expect(screen.getByTestId('send').textContent).toContain(t('send.older', { n: 4 }));
});

test('where nobody is signed in, that is why nothing goes', async () => {
  const desk = { connection: 'signInNeeded', byPerson: true, toSend: 1 } as const;
  const user = await openList(everything(), desk, [line('queued', { id: 'a', receipt: 'B1-000031' })]);
  await sendsNow(user);
  expect(screen.getByTestId('send').textContent).toContain(t('send.signIn'));
});

test('a record too many goes when it was seen', async () => {
  const extra = {
    id: 'x',
    at: '21/11 10:42',
    priceCents: 200,
    number: '0900 ••• ••7 513',
    title: 'Recreatief zwemmen',
    receipt: 'B2-000007',
  };
  const user = await openList(toCheck([], { extras: [extra] }));
  const shown = screen.getByTestId('extra-0');
  expect(shown.textContent).toContain('B2-000007');
  expect(shown.textContent).toContain(t('extras.one'));
  commands.toCheck.mockResolvedValue(ok(toCheck([])));
  await user.click(screen.getByTestId('extra-seen-0'));
  await screen.findByTestId('to-check-empty');
  expect(commands.seenExtra).toHaveBeenCalledExactlyOnceWith('x');
});

test('a difference is shown, and too many and too few do not cancel each other', async () => {
  const sum = {
    title: 'Zwemmen',
    at: '21/11 10:42',
    listed: 14,
    ours: 11,
    others: 2,
    surplus: 1,
    missing: 1,
  };
  await openList(toCheck([], { sums: [sum, { ...sum, listed: 13, surplus: 0, missing: 0 }] }));
  const first = screen.getByTestId('sum-0');
  expect(first.dataset.differs).toBe('true');
  expect(first.textContent).toContain('1 te veel, 1 niet gevonden');
  expect(screen.getByTestId('sum-1').textContent).toContain(t('sums.same'));
  expect(screen.getByTestId('sums').querySelectorAll('th[scope="col"]')).toHaveLength(6);
});

test('the life of one entry opens from a case and from a line, and Esc goes back to where it was', async () => {
  const user = await openList();
  commands.story.mockResolvedValue(ok(story()));
  await user.click(within(screen.getByTestId('case-B1-000022')).getByTestId('case-story'));
  expect((await screen.findByTestId('story-1')).textContent).toContain(t('story.answered.unknown'));
  expect(screen.getByTestId('story-2').textContent, 'an unknown code is named').toContain(
    'story.somethingNew',
  );
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('to-check')).toBeTruthy();
  await user.keyboard('{Escape}');
  await user.click(screen.getByTestId('line-story-0'));
  await screen.findByTestId('story-3');
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('the life of an entry can be copied, and no number of a pass stands in it whole', async () => {
  const user = await openList();
  const written = vi.fn(async (_text: string) => {});
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
  commands.story.mockResolvedValue(ok(story()));
  await user.click(within(screen.getByTestId('case-B1-000022')).getByTestId('case-story'));
  await screen.findByTestId('story-0');
  await user.click(screen.getByTestId('story-copy'));
  await screen.findByText(t('story.copied'));
  const text = asText(story());
  expect(written).toHaveBeenCalledExactlyOnceWith(text);
  expect(text).toContain('B1-000022');
  expect(text).toContain(t('story.batch', { n: 4 }));
  expect(text).not.toMatch(/\d{13}/);
  written.mockRejectedValue(new Error('no clipboard'));
  await user.click(screen.getByTestId('story-copy'));
  await screen.findByText(t('story.notCopied'));
});

test.each(['handOver', 'takeOver'] as const)('%s says what happens before and after', async (which) => {
  const user = await openList();
  await user.click(screen.getByTestId(which === 'handOver' ? 'hand-over' : 'take-over'));
  expect(screen.getByTestId('carry').textContent).toContain(t(`${which}.what`));
  expect(commands[which]).not.toHaveBeenCalled();
  if (which === 'takeOver') {
    await user.keyboard('abcd-efgh-jklm{Enter}');
    expect(commands.takeOver, 'the code is not whole').not.toHaveBeenCalled();
    await user.keyboard('-nppq');
  }
  await user.keyboard('{Enter}');
  await tick();
  expect(screen.getByTestId('carry'), 'no file was chosen, so nothing happened').toBeTruthy();
  const code = which === 'handOver' ? 'ABCD-EFGH-JKLM-NPPQ' : null;
  commands[which].mockResolvedValue(ok({ count: 3, file: '/media/stick/balie.balie', code }));
  await user.keyboard('{Enter}');
  const handed = await screen.findByTestId('handed');
  expect(handed.textContent).toContain(t(`${which}.done`, { n: 3 }));
  expect(handed.textContent).toContain('/media/stick/balie.balie');
  expect(screen.queryByTestId('handed-code')?.textContent ?? null).toBe(code);
  if (which === 'takeOver') expect(commands.takeOver).toHaveBeenLastCalledWith('abcd-efgh-jklm-nppq');
  await user.keyboard('{Enter}');
  expect(screen.getByTestId('to-check')).toBeTruthy();
});

test('a ledger that was used elsewhere records, sends and settles nothing until somebody decides', async () => {
  const user = await openList(everything(), { readOnly: true }, [line('queued')]);
  expect(screen.getByTestId('banner-read-only').textContent).toContain(t('banner.readOnly'));
  for (const id of ['send-now', 'hand-over', 'take-over'])
    expect(screen.getByTestId<HTMLButtonElement>(id).disabled, id).toBe(true);
  expect(screen.getAllByTestId<HTMLButtonElement>('way-isThere')[0]?.disabled).toBe(true);
  await arrives(person());
  expect(screen.getByTestId<HTMLButtonElement>('record').disabled).toBe(true);
  await user.keyboard('{Enter}{F6}{Control>}z{/Control}');
  for (const command of ['sell', 'checkIn', 'undo'] as const)
    expect(commands[command]).not.toHaveBeenCalled();
  await user.click(screen.getByTestId('work-on-here'));
  expect(screen.getByTestId('work-on').textContent).toContain(t('workOn.what'));
  expect(commands.workOnHere).not.toHaveBeenCalled();
  await user.keyboard('{Enter}');
  await screen.findByTestId('to-check');
  expect(commands.workOnHere).toHaveBeenCalledOnce();
});

test('a number that is scanned while a code is typed is a card', async () => {
  const user = await openList();
  await user.click(screen.getByTestId('take-over'));
  await user.keyboard('AB0900000067513{Enter}');
  expect(lookedUp()).toEqual(['0900000067513']);
  expect(commands.takeOver).not.toHaveBeenCalled();
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.queryByTestId('to-check')).toBeNull();
});

test('what is under way can be taken back as soon as it is known, and stays recorded until then', async () => {
  const user = await openWindow({}, [line('inDoubt', { canUndo: true })]);
  commands.undo.mockResolvedValue(ok(line('inDoubt', { notice: notice('undo.wanted') })));
  await user.click(screen.getByTestId('line-undo'));
  expect((await screen.findByTestId('line-notice')).textContent).toBe(tWhole('undo.wanted'));
  expect(screen.queryByTestId('line-undo')).toBeNull();
});

test('a clock that was set back is said, and a person says when it is right', async () => {
  const user = await openWindow({ clockBehind: true });
  expect(screen.getByTestId('banner-clock').textContent).toContain(t('banner.clockBehind'));
  await user.click(screen.getByTestId('clock-is-right'));
  expect(screen.getByTestId('clock').textContent).toContain(t('clock.what'));
  expect(commands.clockIsRight).not.toHaveBeenCalled();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(screen.queryByTestId('clock')).toBeNull());
  expect(commands.clockIsRight).toHaveBeenCalledOnce();
  tell({ what: 'desk', now: deskView() });
  await waitFor(() => expect(screen.queryByTestId('banner-clock')).toBeNull());
});

test('Enter right after the question does not confirm it', async () => {
  const user = await openList();
  const { balie } = await import('../src/state.svelte');
  balie.guardMs = 150;
  await user.click(within(screen.getByTestId('case-B1-000021')).getByTestId('way-writeOff'));
  await user.keyboard('{Enter}');
  expect(commands.resolve).not.toHaveBeenCalled();
  expect(settle()).toBeTruthy();
  await pause(200);
  await user.keyboard('{Enter}{Enter}');
  expect(commands.resolve).toHaveBeenCalledOnce();
});
