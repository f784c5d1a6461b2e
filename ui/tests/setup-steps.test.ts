import { screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test, vi } from 'vitest';
import type { ReaderCheckView, SetUpView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t, tCode, tWhole } from '../src/texts';
import { permissionCodes } from '../src/texts/codes';
import { commands, ok, refused, tell } from './fake-ipc';
import { openBefore } from './open';
import { finding, readerCheckView } from './reader-scene';
import { deskView } from './scene';
import { desk, setUpView, startupView, startView } from './way-scene';

/** The set-up as Rust knows it: it changes, and tells so. */
async function knows(given: Partial<SetUpView>): Promise<void> {
  commands.setUp.mockResolvedValue(ok(setUpView(given)));
  tell({ what: 'setUp', now: setUpView(given) });
  await tick();
}

async function openSetUp(given: Partial<SetUpView> = {}, canPractise = false) {
  const user = await openBefore({ stage: 'setUp', canPractise }, given);
  await waitFor(() => expect(balie.setUp.view).not.toBeNull());
  await tick();
  return user;
}

const step = () => screen.getByTestId('set-up').dataset.step;
const next = () => screen.getByTestId<HTMLButtonElement>('set-up-next');
const signedIn = { signedIn: true, desks: [desk('a', 'De Dolfijn', true)] };

test('the list shows every step, and which one is now', async () => {
  const user = await openSetUp();
  const steps = () => [...screen.getByRole('navigation').querySelectorAll('li')];
  expect(steps()).toHaveLength(7);
  expect(screen.getByTestId('step-welcome').getAttribute('aria-current')).toBe('step');
  await user.keyboard('{Enter}');
  expect(step()).toBe('signIn');
  expect(screen.getByTestId('step-welcome').textContent).toContain(t('setUp.past'));
  expect(screen.getByTestId('step-signIn').getAttribute('aria-current')).toBe('step');
  await user.keyboard('{Escape}');
  expect(step()).toBe('welcome');
  expect(screen.getByTestId<HTMLButtonElement>('set-up-back').disabled).toBe(true);
});

test.each<[string, Partial<SetUpView>]>([
  ['welcome', { hasSettings: false }],
  ['welcome', {}],
  ['desk', { signedIn: true, desks: [desk('a', 'A'), desk('b', 'B')] }],
  ['reader', signedIn],
  ['recovery', { ...signedIn, cardRead: true }],
  ['pin', { ...signedIn, hasRecoveryCode: true }],
  ['done', { ...signedIn, hasPin: true, hasRecoveryCode: true }],
])('who left comes back at %s', async (where, given) => {
  await openSetUp(given);
  expect(step()).toBe(where);
});

test('without settings the environment and the client are asked and written', async () => {
  const user = await openSetUp({ hasSettings: false, environment: null });
  expect(screen.getByRole('main').textContent).toContain(t('setUp.welcome.need.id'));
  await user.keyboard('{Enter}');
  expect(step()).toBe('settings');
  await tick();
  expect(document.activeElement).toBe(screen.getByTestId('client'));
  expect(next().disabled).toBe(true);
  await user.keyboard(' abc-123 ');
  await user.click(screen.getByTestId('environment-test'));
  commands.setUp.mockResolvedValue(ok(setUpView()));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(step()).toBe('signIn'));
  expect(commands.writeSettings).toHaveBeenCalledExactlyOnceWith('test', 'abc-123');
  expect(screen.getByTestId('step-settings')).toBeTruthy();
});

test('settings that could not be written say why, and the step stays', async () => {
  const user = await openSetUp({ hasSettings: false });
  commands.writeSettings.mockResolvedValue(refused('store.failed', 'fault'));
  await user.keyboard('{Enter}');
  await tick();
  await user.keyboard('abc{Enter}');
  expect((await screen.findByTestId('problem')).textContent).toContain(tWhole('store.failed'));
  expect(step()).toBe('settings');
});

test('the first step asks for a language, and the window follows what Rust says', async () => {
  const user = await openSetUp();
  const group = within(screen.getByRole('main')).getByRole('group', { name: t('setUp.language') });
  const buttons = within(group).getAllByRole('button');
  expect(buttons.map((each) => [each.lang, each.textContent?.trim()])).toEqual([
    ['nl', 'Nederlands'],
    ['fr', 'Français'],
    ['en', 'English'],
  ]);
  commands.speak.mockImplementation(async (language) => {
    tell({ what: 'start', now: startView({ stage: 'setUp', language }) });
    return ok(null);
  });
  await user.click(screen.getByTestId('speak-fr'));
  expect(commands.speak).toHaveBeenCalledExactlyOnceWith('fr');
  await waitFor(() => expect(document.documentElement.lang).toBe('fr'));
  expect(screen.getByTestId('speak-fr').getAttribute('aria-pressed')).toBe('true');
  expect(screen.getByRole('heading', { level: 2 }).textContent).toBe(t('setUp.heading.welcome'));
  expect(document.activeElement).toBe(screen.getByTestId('speak-fr'));
  // A second Enter on what is chosen goes on.
  await user.keyboard('{Enter}');
  expect(step()).toBe('signIn');
  tell({ what: 'start', now: startView({ stage: 'setUp', language: 'nl' }) });
});

test('a language that could not be spoken says why', async () => {
  const user = await openSetUp();
  commands.speak.mockResolvedValue(refused('store.failed', 'fault'));
  await user.click(screen.getByTestId('speak-en'));
  expect((await screen.findByTestId('problem')).dataset.code).toBe('store.failed');
  expect(document.documentElement.lang).toBe('nl');
});

test('a step that was skipped does not look as if it was done', async () => {
  const user = await openSetUp({ ...signedIn, hasRecoveryCode: true });
  await user.click(next());
  expect(step()).toBe('done');
  for (const skipped of ['reader', 'pin']) {
    expect(screen.getByTestId(`step-${skipped}`).textContent).toContain(t('setUp.skipped'));
    expect(screen.getByTestId(`step-${skipped}`).textContent).not.toContain(t('setUp.past'));
  }
  expect(screen.getByTestId('step-recovery').textContent).toContain(t('setUp.past'));
  await knows({ ...signedIn, cardRead: true, hasPin: true, hasRecoveryCode: true });
  expect(screen.getByTestId('step-reader').textContent).toContain(t('setUp.past'));
  expect(screen.getByTestId('step-pin').textContent).toContain(t('setUp.past'));
});

test('practising is offered where this build can', async () => {
  const user = await openSetUp({}, true);
  await user.click(screen.getByTestId('practise'));
  expect(commands.practise).toHaveBeenCalledTimes(1);
  expect(step()).toBe('welcome');
});

test('where it cannot, it is not', async () => {
  await openSetUp({}, false);
  expect(screen.queryByTestId('practise')).toBeNull();
});

test('signing in goes on in the browser, and the next step comes by itself', async () => {
  const user = await openSetUp();
  let done: (answer: ReturnType<typeof ok<null>>) => void = () => {};
  commands.signIn.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await user.keyboard('{Enter}{Enter}');
  expect(screen.getByTestId('sign-in').textContent).toContain(t('signIn.inBrowser'));
  expect(next().disabled).toBe(true);
  await user.keyboard('{Enter}');
  expect(commands.signIn).toHaveBeenCalledTimes(1);
  commands.setUp.mockResolvedValue(ok(setUpView({ ...signedIn })));
  done(ok(null));
  await waitFor(() => expect(step()).toBe('desk'));
});

test('Esc stops signing in, and that is no problem', async () => {
  const user = await openSetUp();
  let done: (answer: ReturnType<typeof refused>) => void = () => {};
  commands.signIn.mockReturnValue(new Promise((resolve) => (done = resolve)));
  commands.cancelSignIn.mockImplementation(async () => {
    done(refused('signIn.cancelled'));
    return ok(null);
  });
  await user.keyboard('{Enter}{Enter}{Escape}');
  await waitFor(() => expect(screen.getByTestId('sign-in').dataset.busy).toBe('false'));
  expect([step(), commands.cancelSignIn.mock.calls.length]).toEqual(['signIn', 1]);
  expect(screen.queryByTestId('problem')).toBeNull();
});

test.each(['timeout', 'refused', 'noBrowser', 'offline', 'clock', 'failed', 'cancelled'])(
  'signing in says signIn.%s',
  async (name) => {
    const user = await openSetUp();
    commands.signIn.mockResolvedValue(refused(`signIn.${name}`));
    await user.keyboard('{Enter}{Enter}');
    expect((await screen.findByTestId('problem')).textContent).toContain(tWhole(`signIn.${name}`));
    expect(step()).toBe('signIn');
  },
);

test('where no person signs in there is no such step', async () => {
  const user = await openSetUp({ byPerson: false, desks: [desk('a', 'A', true)] });
  expect(screen.queryByTestId('step-signIn')).toBeNull();
  await user.keyboard('{Enter}');
  expect(step()).toBe('desk');
});

test('one desk alone is taken by itself, once', async () => {
  await openSetUp({ signedIn: true, desks: [desk('a', 'De Dolfijn')] });
  await waitFor(() => expect(commands.chooseDesk).toHaveBeenCalledExactlyOnceWith('a'));
});

test('among several a person chooses; many can be searched', async () => {
  const many = Array.from({ length: 9 }, (_, at) =>
    desk(`d${at}`, at === 4 ? 'Café De Werf' : `Balie ${at}`),
  );
  const user = await openSetUp({ signedIn: true, desks: many });
  expect(commands.chooseDesk).not.toHaveBeenCalled();
  expect(next().disabled).toBe(true);
  expect(document.activeElement).toBe(screen.getByTestId('desk-filter'));
  await user.keyboard('cafe{Enter}');
  expect(commands.chooseDesk).toHaveBeenCalledExactlyOnceWith('d4');
  await knows({ signedIn: true, desks: many.map((each) => ({ ...each, chosen: each.id === 'd4' })) });
  expect(screen.getByTestId('desk-d4').textContent).toContain(t('desks.chosen'));
  expect(next().disabled).toBe(false);
});

test('arrows go over the desks', async () => {
  const user = await openSetUp({ signedIn: true, desks: [desk('a', 'A'), desk('b', 'B')] });
  expect(screen.queryByTestId('desk-filter')).toBeNull();
  expect(document.activeElement).toBe(screen.getByTestId('desk-a'));
  await user.keyboard('{ArrowDown}{Enter}');
  expect(commands.chooseDesk).toHaveBeenCalledExactlyOnceWith('b');
});

test('what a desk may not do says what that means for the work', async () => {
  const codes = permissionCodes.filter((code) => !code.endsWith('.not'));
  const permissions = codes.map((code, at) => ({ code, granted: at % 2 === 0 }));
  const user = await openSetUp({ ...signedIn, permissions });
  await user.keyboard('{Escape}');
  expect(step()).toBe('desk');
  codes.forEach((code, at) => {
    const row = screen.getByTestId(code).textContent ?? '';
    expect(row).toContain(tCode(code));
    expect(row).toContain(t(at % 2 === 0 ? 'permissions.granted' : 'permissions.not'));
    expect(row.includes(tCode(`${code}.not`))).toBe(at % 2 === 1);
  });
});

test('the reader is followed live, a card on it is seen, and it may be skipped', async () => {
  const user = await openSetUp(signedIn);
  const check = () => screen.getByTestId('reader-check');
  expect(check().textContent).toContain(t('setUp.reader.absent'));
  expect(next().textContent).toContain(t('setUp.skip'));
  await knows({ ...signedIn, reader: { state: 'noService', name: null, trouble: 'reader.noPermission' } });
  expect(check().textContent).toContain(t('reader.noPermission'));
  // There is no field here to type a number in.
  expect(check().textContent).not.toContain(t('reader.noPermission.next'));
  await knows({ ...signedIn, reader: { state: 'absent', name: 'Teo', trouble: null } });
  expect(check().querySelector('p')?.textContent).toBe('Teo');
  expect(check().textContent).toContain(tWhole('readerCheck.onlyContact'));
  expect(check().textContent).not.toContain(t('setUp.reader.absent'));
  await knows({ ...signedIn, reader: { state: 'ready', name: 'ACR122', trouble: null } });
  expect(check().textContent).toContain(t('setUp.reader.tap'));
  expect(check().textContent).toContain('ACR122');
  await knows({ ...signedIn, reader: { state: 'ready', name: 'ACR122', trouble: null }, cardRead: true });
  expect(screen.getByTestId('set-up').textContent).toContain(t('setUp.reader.read'));
  expect(next().textContent).toContain(t('setUp.next'));
  await user.keyboard('{Enter}');
  expect(step()).toBe('recovery');
});

test('why no reader is ready can be looked up in its step, and follows the reader', async () => {
  commands.readerCheck.mockClear();
  const user = await openSetUp(signedIn);
  const button = screen.getByTestId('set-up-reader-check');
  expect(button.textContent).toContain(t('readerCheck.open'));
  let answer: (view: ReturnType<typeof ok<ReaderCheckView>>) => void = () => {};
  commands.readerCheck.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  await user.click(button);
  // A button that cannot be pressed loses the focus, and the next Enter would leave the step.
  expect(button.hasAttribute('disabled')).toBe(false);
  expect(button.textContent).toContain(t('readerCheck.asking'));
  answer(ok(readerCheckView({ findings: [finding('readerCheck.noReader', { fault: false })], readers: [] })));
  expect((await screen.findByTestId('finding-0')).textContent).toContain(t('readerCheck.noReader.next'));
  expect(document.activeElement).toBe(button);
  commands.readerCheck.mockResolvedValue(
    ok(readerCheckView({ findings: [finding('readerCheck.serviceStopped', { command: 'start it' })] })),
  );
  await knows({ ...signedIn, reader: { state: 'noService', name: null, trouble: 'reader.noService' } });
  await waitFor(() =>
    expect(screen.getByTestId('finding-0').dataset.code).toBe('readerCheck.serviceStopped'),
  );
  expect(screen.getByTestId('finding-0').querySelector('code')?.textContent).toBe('start it');
  await knows({ ...signedIn, reader: { state: 'ready', name: 'ACR122', trouble: null } });
  expect(screen.queryByTestId('set-up-reader-check')).toBeNull();
  expect(screen.queryByTestId('finding-0')).toBeNull();
});

test('a check that was made is not shown when the step comes back', async () => {
  const user = await openSetUp(signedIn);
  await user.click(screen.getByTestId('set-up-reader-check'));
  await screen.findByTestId('finding-0');
  await user.click(screen.getByTestId('set-up-back'));
  await user.click(next());
  expect(step()).toBe('reader');
  expect(screen.queryByTestId('finding-0')).toBeNull();
});

test('a PIN is typed twice', async () => {
  const user = await openSetUp({ ...signedIn, hasRecoveryCode: true });
  expect(next().textContent).toContain(t('setUp.pin.without'));
  await user.type(screen.getByTestId('pin-new'), '2468');
  expect(next().textContent).toContain(t('pin.set'));
  await user.type(screen.getByTestId('pin-again'), '2469{Enter}');
  expect((await screen.findByTestId('problem')).dataset.code).toBe('pin.differs');
  expect(commands.setPin).not.toHaveBeenCalled();
  await user.keyboard('{Escape}');
  commands.setUp.mockResolvedValue(ok(setUpView({ ...signedIn, hasPin: true, hasRecoveryCode: true })));
  await user.type(screen.getByTestId('pin-again'), '2468{Enter}');
  await waitFor(() => expect(step()).toBe('done'));
  expect(commands.setPin).toHaveBeenCalledExactlyOnceWith(null, '2468');
  expect([balie.access.pin, balie.access.again]).toEqual(['', '']);
});

test.each(['pin.tooShort', 'pin.notDigits'])('%s is told, and the step stays', async (code) => {
  const user = await openSetUp({ ...signedIn, hasRecoveryCode: true });
  commands.setPin.mockResolvedValue(refused(code));
  await user.type(screen.getByTestId('pin-new'), '12');
  await user.type(screen.getByTestId('pin-again'), '12{Enter}');
  expect((await screen.findByTestId('problem')).textContent).toContain(tWhole(code));
  expect(step()).toBe('pin');
});

test('a PIN is optional', async () => {
  const user = await openSetUp({ ...signedIn, hasRecoveryCode: true });
  await user.click(next());
  expect(step()).toBe('done');
  expect(commands.setPin).not.toHaveBeenCalled();
});

test('the recovery code is shown once in groups, printed, and typed back from the paper', async () => {
  const user = await openSetUp({ ...signedIn, cardRead: true });
  const print = vi.spyOn(window, 'print').mockImplementation(() => {});
  expect(screen.queryByTestId('recovery-code')).toBeNull();
  await user.keyboard('{Enter}');
  const shown = await screen.findByTestId('recovery-code');
  expect([...shown.querySelectorAll('span')].map((group) => group.textContent)).toEqual([
    'ABCD',
    'EFGH',
    'JKLM',
    'NPQR',
  ]);
  const sheet = screen.getByTestId('sheet');
  expect(sheet.parentElement).toBe(document.body);
  for (const part of ['ABCD EFGH JKLM NPQR', 'De Dolfijn', String(new Date().getFullYear())])
    expect(sheet.textContent).toContain(part);
  await user.click(screen.getByTestId('recovery-print'));
  expect(print).toHaveBeenCalledTimes(1);
  await user.click(next());
  expect(document.documentElement.outerHTML).not.toContain('ABCD');
  expect(document.activeElement).toBe(screen.getByTestId('recovery-typed'));
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('recovery-code')).toBeTruthy();
  expect(commands.recoveryCode).toHaveBeenCalledTimes(1);
  await user.click(next());
  commands.confirmRecoveryCode.mockResolvedValueOnce(refused('recovery.notTheSame'));
  await user.type(screen.getByTestId('recovery-typed'), 'abcd efgh jklm npqx{Enter}');
  expect((await screen.findByTestId('problem')).dataset.code).toBe('recovery.notTheSame');
  await user.type(screen.getByTestId('recovery-typed'), '{Backspace}r');
  commands.setUp.mockResolvedValue(ok(setUpView({ ...signedIn, hasRecoveryCode: true })));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(step()).toBe('pin'));
  expect(commands.confirmRecoveryCode).toHaveBeenLastCalledWith('ABCD-EFGH-JKLM-NPQR');
  expect(balie.access.code).toBeNull();
  print.mockRestore();
});

test('where there is a PIN already, it is asked before there is a code', async () => {
  const user = await openSetUp({ ...signedIn, hasPin: true });
  expect(step()).toBe('recovery');
  await user.type(screen.getByTestId('pin-old'), '2468');
  await user.click(next());
  await screen.findByTestId('recovery-code');
  expect(commands.recoveryCode).toHaveBeenCalledExactlyOnceWith('2468');
  expect(balie.access.oldPin).toBe('');
});

test('somebody else can sign in: whoever did is signed out first', async () => {
  const user = await openSetUp(signedIn);
  await user.keyboard('{Escape}{Escape}');
  expect(step()).toBe('signIn');
  commands.setUp.mockResolvedValue(ok(setUpView()));
  await user.click(screen.getByTestId('other-account'));
  expect(commands.signOut).toHaveBeenCalledTimes(1);
  await waitFor(() => expect(screen.queryByTestId('signed-in')).toBeNull());
  expect(step()).toBe('signIn');
});

test('a second press is not meant for the step that has just come', async () => {
  const user = await openSetUp({ ...signedIn });
  balie.guardMs = 300;
  await user.keyboard('{Enter}{Enter}{Enter}');
  expect(step()).toBe('recovery');
  balie.guardMs = 0;
});

test('the end opens the desk', async () => {
  const user = await openSetUp({ ...signedIn, hasPin: true, hasRecoveryCode: true });
  const done = within(screen.getByRole('main')).getByRole('heading').parentElement;
  expect(done?.textContent).toContain('De Dolfijn');
  commands.startup.mockResolvedValue(ok(startupView()));
  await user.keyboard('{Enter}');
  await screen.findByText(deskView().organizer);
  expect(commands.endSetUp).toHaveBeenCalledTimes(1);
  expect(screen.queryByTestId('ready')).toBeNull();
});

test('the end may open what working without a connection takes', async () => {
  const user = await openSetUp({ ...signedIn, hasPin: true, hasRecoveryCode: true });
  commands.startup.mockResolvedValue(ok(startupView()));
  await user.click(screen.getByTestId('end-ready'));
  await screen.findByTestId('ready');
});

test('a set-up that cannot be asked says why', async () => {
  await openSetUp();
  commands.setUp.mockResolvedValue(refused('store.failed', 'fault'));
  balie.setUp.forget();
  await balie.setUp.open();
  expect((await screen.findByTestId('problem')).dataset.code).toBe('store.failed');
});
