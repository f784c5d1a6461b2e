import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { PersonView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t, tCode, tNext, tWhole } from '../src/texts';
import { keyCodes } from '../src/texts/codes';
import { refusedCase, toCheck } from './check-scene';
import { commands, events, ok, refused, tell } from './fake-ipc';
import { arrives, becomes, field, openBefore, openWindow, pause } from './open';
import { deskView, eventViews, line, notice, person } from './scene';
import { startupView, startView } from './way-scene';

afterEach(() => vi.useRealTimers());

const pin = () => screen.getByTestId<HTMLInputElement>('pin-field');

/** Everything of the window that may say something about anybody. */
function everything(): string {
  const state = JSON.stringify([
    balie.desk,
    balie.events,
    balie.person,
    balie.lines,
    balie.confirmation,
    balie.problem,
    balie.dialog,
    balie.diagnosis,
    balie.typed,
    balie.filter,
    balie.details,
    balie.check.found,
    balie.check.story,
    balie.check.sent,
    balie.check.code,
    balie.offline.kept,
    balie.access.code,
  ]);
  const typed = [...document.querySelectorAll('input')].map(({ value }) => value);
  return `${state} ${typed.join(' ')} ${document.documentElement.outerHTML}`;
}

test('before it is known what comes first, nothing but the mark stands there', async () => {
  let answer: (view: ReturnType<typeof ok<ReturnType<typeof startupView>>>) => void = () => {};
  const user = await openBefore({ stage: 'locked' });
  commands.startup.mockReturnValue(new Promise((done) => (answer = done)));
  void balie.open();
  await screen.findByTestId('starting');
  expect(screen.queryByTestId('number-field')).toBeNull();
  await user.keyboard('0900');
  expect(balie.typed).toBe('');
  answer(ok(startupView()));
  await screen.findByText(deskView().organizer);
});

test('a window that hears nothing of what changes says so', async () => {
  await openBefore({ stage: 'locked' });
  vi.spyOn(events.news, 'listen').mockRejectedValueOnce(new Error('no'));
  commands.startup.mockResolvedValue(ok(startupView()));
  await balie.open();
  await screen.findByText(tCode('problem.window'), { exact: false });
});

test('the screen that comes with the first answer is shown, and nothing is asked again', async () => {
  await openBefore({ stage: 'locked' });
  const stands = person();
  const given = {
    desk: deskView({ toSend: 7 }),
    events: eventViews(),
    person: stands,
    lines: [line('queued')],
  };
  commands.startup.mockResolvedValue(ok(startupView({}, given)));
  await balie.open();
  expect((await screen.findByTestId('header-to-send')).dataset.count).toBe('7');
  expect(screen.getByTestId('person').dataset.tap).toBe(String(stands.tap));
  expect(screen.getByTestId('line-0').dataset.state).toBe('queued');
  expect(commands.desk).not.toHaveBeenCalled();

  // It was good for that screen only: behind a lock everything is read anew.
  commands.person.mockResolvedValue(ok(null));
  await becomes({ stage: 'locked' });
  await becomes({ stage: 'open' });
  await screen.findByTestId('idle');
  expect(commands.desk).toHaveBeenCalledOnce();
});

test('what is told while the first answer is on its way is newer than its screen', async () => {
  await openBefore({ stage: 'locked' });
  let answer: (view: ReturnType<typeof ok<ReturnType<typeof startupView>>>) => void = () => {};
  commands.startup.mockReturnValue(new Promise((done) => (answer = done)));
  const asked = balie.open();
  await waitFor(() => expect(commands.startup).toHaveBeenCalledTimes(2));
  tell({ what: 'person', now: person({ tap: 4 }) });
  commands.person.mockResolvedValue(ok(person({ tap: 4 })));
  const given = { desk: deskView(), events: eventViews(), person: person({ tap: 3 }), lines: [] };
  answer(ok(startupView({}, given)));
  await asked;
  await waitFor(() => expect(screen.getByTestId('person').dataset.tap).toBe('4'));
  expect(commands.person).toHaveBeenCalledOnce();
});

test('a window that cannot ask what comes first says so', async () => {
  await openBefore({ stage: 'locked' });
  commands.startup.mockRejectedValue(new Error('gone'));
  await balie.open();
  expect((await screen.findByTestId('problem')).dataset.code).toBe('problem.window');
});

test('a locked desk shows the PIN and nothing of the desk', async () => {
  await openBefore({ stage: 'locked' });
  expect(screen.getByRole('heading', { name: t('locked.title') })).toBeTruthy();
  expect(document.activeElement).toBe(pin());
  expect(pin().type).toBe('password');
  expect(screen.getByTestId('locked').textContent).toContain(t('locked.sending'));
  expect(document.body.textContent).not.toContain(deskView().organizer);
  for (const command of [commands.desk, commands.events, commands.person, commands.lines])
    expect(command).not.toHaveBeenCalled();
});

test('the PIN and Enter open the desk, and everything is read', async () => {
  const user = await openBefore({ stage: 'locked' });
  commands.unlock.mockImplementation(async () => {
    commands.startup.mockResolvedValue(ok(startupView()));
    return ok(null);
  });
  await user.keyboard('24 68x{Enter}');
  expect(commands.unlock).toHaveBeenCalledExactlyOnceWith('2468');
  await screen.findByText(deskView().organizer);
  expect(commands.person).toHaveBeenCalledTimes(1);
});

test('the upper row of a Belgian keyboard gives the digits of a PIN', async () => {
  await openBefore({ stage: 'locked' });
  for (const [key, code] of [
    ['&', 'Digit1'],
    ['é', 'Digit2'],
  ] as const)
    pin().dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));
  await waitFor(() => expect(pin().value).toBe('12'));
});

test('a number from a scanner is not tried as a PIN', async () => {
  const user = await openBefore({ stage: 'locked' });
  await user.keyboard('0900000067513{Enter}{Enter}');
  expect(commands.unlock).not.toHaveBeenCalled();
  expect(screen.getByTestId('locked-said').textContent).toContain(t('locked.notAPin'));
  expect(pin().value).toBe('');
});

test('opening without a PIN says that it comes first, and forgets nothing of what was said', async () => {
  const user = await openBefore({ stage: 'locked' });
  await user.click(screen.getByTestId('unlock'));
  expect(screen.getByTestId('locked-said').textContent).toContain(t('locked.empty'));
  expect(document.activeElement).toBe(pin());
  commands.unlock.mockResolvedValue(refused('pin.wrong', 'clerk', { left: '7' }));
  await user.keyboard('1111{Enter}');
  await waitFor(() => expect(screen.getByTestId('locked-said').dataset.code).toBe('pin.wrong'));
  await user.keyboard('{Enter}');
  expect(screen.getByTestId('locked-said').dataset.code).toBe('pin.wrong');
  expect(commands.unlock).toHaveBeenCalledTimes(1);
});

test('a wrong PIN says how many tries are left, and counts down while nothing can be typed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const user = await openBefore({ stage: 'locked' });
  commands.unlock.mockResolvedValue(refused('pin.wrong', 'clerk', { left: '7', seconds: '64' }));
  await user.keyboard('1111{Enter}');
  const said = await screen.findByTestId('locked-said');
  expect(said.textContent).toContain('nog 7 keer');
  expect(said.closest('[role="alert"]')).not.toBeNull();
  const wait = () => screen.queryByTestId('locked-wait')?.textContent ?? '';
  expect(wait()).toContain('1 min 04 s');
  expect(screen.getByRole('timer')).toBeTruthy();
  expect([pin().disabled, pin().value]).toEqual([true, '']);
  vi.advanceTimersByTime(24_100);
  await tick();
  expect(wait()).toContain('40 seconden');
  await user.keyboard('2222{Enter}');
  expect(commands.unlock).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(40_000);
  await tick();
  expect(wait()).toBe('');
  expect(pin().disabled).toBe(false);
  expect(document.activeElement).toBe(pin());
});

test.each(['pin.wait', 'pin.wiped'])('%s is told, also when it is known at the start', async (code) => {
  const user = await openBefore({ stage: 'locked', notice: notice(code, { seconds: '8' }) });
  expect(screen.getByTestId('locked-said').dataset.code).toBe(code);
  expect(screen.getByTestId('locked-said').textContent).toContain(tCode(code));
  expect(screen.getByTestId('locked-wait').textContent).toContain('8 seconden');
  await user.keyboard('1111{Enter}');
  expect(commands.unlock).not.toHaveBeenCalled();
});

test('when the desk locks, everything about anybody is gone at once', async () => {
  const user = await openWindow({ toCheck: 1 }, [line('queued', { receipt: 'B1-999' })]);
  commands.toCheck.mockResolvedValue(ok(toCheck([refusedCase()])));
  await arrives(person({ messages: ['Je kansenstatuut is verlopen.'] }));
  await user.keyboard('{Enter}');
  await screen.findByTestId('confirmation');
  await user.keyboard('{F4}{F3}0900000012345');
  await user.keyboard('{F9}');
  await screen.findByTestId('case-why');
  await becomes({ stage: 'locked' });
  const left = everything();
  for (const secret of ['Yasmina', '0900', '7 513', 'B1-', 'kansenstatuut', 'Recreatief', 'De Dolfijn'])
    expect(left).not.toContain(secret);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(pin());
});

test('what is told or answered behind the lock is not shown', async () => {
  const user = await openWindow();
  let late: (answer: ReturnType<typeof ok<ReturnType<typeof line>>>) => void = () => {};
  commands.sell.mockReturnValue(new Promise((done) => (late = done)));
  await arrives(person());
  await user.keyboard('{Enter}');
  await becomes({ stage: 'locked' });
  late(ok(line('queued')));
  tell({ what: 'person', now: person() });
  tell({ what: 'lines', now: [line('queued')] });
  tell({ what: 'desk', now: deskView() });
  await pause(5);
  expect(everything()).not.toMatch(/Yasmina|0900|B1-|De Dolfijn/);
});

test('what was asked before a lock is not shown after it; all is read anew', async () => {
  await openWindow();
  let late: (answer: ReturnType<typeof ok<PersonView | null>>) => void = () => {};
  commands.person.mockReturnValueOnce(new Promise((done) => (late = done)));
  void balie.read();
  await becomes({ stage: 'locked' });
  commands.lines.mockResolvedValue(ok([line('confirmed')]));
  await becomes({ stage: 'open' });
  await screen.findByTestId('line-0');
  late(ok(person({ firstName: 'Vroeger' })));
  await pause(5);
  expect(document.body.textContent).not.toContain('Vroeger');
});

test('after the lock taps may count from the beginning again', async () => {
  await openWindow();
  await arrives(person({ tap: 7000 }));
  await becomes({ stage: 'locked' });
  await becomes({ stage: 'open' });
  await screen.findByText(deskView().organizer);
  await arrives(person({ tap: 1, firstName: 'Bart' }));
  expect(screen.getByTestId('person-name').textContent?.trim()).toBe('Bart');
});

test('Ctrl+L locks at once where there is a PIN, whatever Rust takes for it', async () => {
  const user = await openWindow({ canLock: true });
  await arrives(person());
  commands.lock.mockReturnValue(new Promise(() => {}));
  await user.keyboard('{Control>}l{/Control}');
  expect(commands.lock).toHaveBeenCalledTimes(1);
  expect(screen.getByTestId('locked')).toBeTruthy();
  expect(everything()).not.toContain('Yasmina');
  await becomes({ stage: 'open' });
});

test('while the keyring fails, the desk says that it does not lock itself', async () => {
  await openWindow({ keyringFails: true });
  expect(screen.getByTestId('banner-keyring').textContent).toContain(t('banner.keyring'));
  tell({ what: 'desk', now: deskView() });
  await waitFor(() => expect(screen.queryByTestId('banner-keyring')).toBeNull());
});

test('without a PIN Ctrl+L does nothing', async () => {
  const user = await openWindow({ canLock: false });
  await user.keyboard('{Control>}l{/Control}');
  expect(commands.lock).not.toHaveBeenCalled();
});

test('a desk that could not be locked says so, and stands there again', async () => {
  const user = await openWindow({ canLock: true });
  commands.lock.mockResolvedValue(refused('store.failed', 'fault'));
  await user.keyboard('{Control>}l{/Control}');
  expect((await screen.findByTestId('problem')).dataset.code).toBe('store.failed');
  expect(field()).toBeTruthy();
});

test('keys of the desk do nothing behind the lock', async () => {
  const user = await openBefore({ stage: 'locked' });
  await user.keyboard('{F5}{F8}{F9}{Escape}{Control>}d{/Control}');
  expect(balie.dialog).toBeNull();
  for (const command of [commands.ready, commands.diagnosis, commands.toCheck, commands.kept])
    expect(command).not.toHaveBeenCalled();
});

test('whoever forgot the PIN types the recovery code, and goes back with Esc', async () => {
  const user = await openBefore({ stage: 'locked' });
  await user.click(screen.getByTestId('forgot'));
  expect(screen.getByRole('heading', { name: t('recovery.forgot') })).toBeTruthy();
  const code = screen.getByTestId<HTMLInputElement>('recovery-field');
  expect(document.activeElement).toBe(code);
  await user.keyboard('{Escape}');
  expect(document.activeElement).toBe(pin());
  await user.click(screen.getByTestId('forgot'));
  await user.keyboard('abcd efgh-2345{Enter}');
  expect(commands.recover).toHaveBeenCalledExactlyOnceWith('ABCD-EFGH-2345');
});

test.each(keyCodes)('the recovery screen says %s', async (code) => {
  await openBefore({ stage: 'recovery', notice: notice(code) });
  expect(screen.getByTestId('recovery-why').textContent?.trim()).toBe(tWhole(code));
  expect(screen.getByTestId('recovery').textContent).toContain(t('recovery.data.text'));
  expect(screen.getByTestId('recovery').textContent).toContain(t('recovery.call.text'));
  const again = ['key.locked', 'key.noKeyring'].includes(code);
  expect(screen.queryByTestId('try-again') !== null).toBe(again);
});

test('a keyring that was unlocked is tried again', async () => {
  const user = await openBefore({ stage: 'recovery', notice: notice('key.locked') });
  expect(document.activeElement).toBe(screen.getByTestId('try-again'));
  commands.tryAgain.mockResolvedValueOnce(refused('key.locked'));
  await user.keyboard('{Enter}');
  expect((await screen.findByTestId('recovery-said')).dataset.code).toBe('key.locked');
  commands.tryAgain.mockImplementation(async () => {
    commands.startup.mockResolvedValue(ok(startupView()));
    return ok(null);
  });
  await user.click(screen.getByTestId('try-again'));
  await screen.findByText(deskView().organizer);
});

test.each(['recovery.notACode', 'recovery.wrong'])(
  'a code that is not taken says %s and stays',
  async (code) => {
    const user = await openBefore({ stage: 'recovery', notice: notice('key.lost') });
    commands.recover.mockResolvedValue(refused(code));
    await user.keyboard('abcd2345{Enter}');
    const said = await screen.findByTestId('recovery-said');
    expect(said.textContent).toContain(`${tCode(code)} ${tNext(code)}`);
    expect(screen.getByTestId<HTMLInputElement>('recovery-field').value).toBe('ABCD-2345');
  },
);

test('groups appear while one types at the end, and a cursor in the middle does not jump', async () => {
  const user = userEvent.setup();
  await openBefore({ stage: 'recovery', notice: notice('key.lost') });
  const code = screen.getByTestId<HTMLInputElement>('recovery-field');
  await user.type(code, 'abcdef');
  expect(code.value).toBe('ABCD-EF');
  code.setSelectionRange(1, 1);
  await user.keyboard('x');
  expect([code.value, code.selectionStart]).toEqual(['AxBCD-EF', 2]);
});

test('the desk opens in the language that it speaks', async () => {
  await openBefore({ stage: 'locked', language: 'fr' });
  expect(document.documentElement.lang).toBe('fr');
  expect(screen.getByTestId('locked').textContent).toContain('Ce guichet est verrouillé');
  await becomes({ stage: 'locked', language: 'nl' });
});

test('a desk that was never opened does not say that it sends', async () => {
  await openBefore({ stage: 'locked', sending: false });
  const said = screen.getByTestId('locked').textContent;
  expect(said).toContain(t('locked.waiting'));
  expect(said).not.toContain(t('locked.sending'));
});
