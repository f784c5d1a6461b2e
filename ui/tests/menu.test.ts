import { screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import type { DeskView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t, tWhole } from '../src/texts';
import { commands, ok, refused, lookedUp } from './fake-ipc';
import { arrives, field, openWindow } from './open';
import { person } from './scene';
import { desk } from './way-scene';

const withPerson: Partial<DeskView> = { byPerson: true, signedIn: true, canLock: true };
const open = () => screen.queryByTestId('menu') !== null;
const names = () => screen.getAllByRole('menuitem').map((item) => item.dataset.testid?.replace('menu-', ''));

/** The window with an item of the menu pressed. */
async function pressItem(name: string, given: Partial<DeskView> = withPerson) {
  const user = await openWindow(given);
  await user.click(screen.getByTestId('menu-button'));
  await user.click(screen.getByTestId(`menu-${name}`));
  return user;
}

test('F10 opens the menu, arrows walk over it and around, Esc closes it', async () => {
  const user = await openWindow(withPerson);
  const button = screen.getByTestId('menu-button');
  expect(button.textContent).toContain('F10');
  expect(button.getAttribute('aria-expanded')).toBe('false');
  await user.keyboard('{F10}');
  expect(button.getAttribute('aria-expanded')).toBe('true');
  const items = screen.getAllByRole('menuitem');
  expect(document.activeElement).toBe(items[0]);
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement).toBe(items[1]);
  await user.keyboard('{ArrowUp}{ArrowUp}');
  expect(document.activeElement).toBe(items.at(-1));
  await user.keyboard('{Home}');
  expect(document.activeElement).toBe(items[0]);
  await user.keyboard('{End}{ArrowDown}');
  expect(document.activeElement).toBe(items[0]);
  await user.keyboard('{Escape}');
  expect(open()).toBe(false);
  expect(document.activeElement).toBe(button);
});

test('Esc of the menu does not put the person away', async () => {
  const user = await openWindow(withPerson);
  await arrives(person());
  await user.keyboard('{F10}{Escape}');
  expect(commands.dismiss).not.toHaveBeenCalled();
});

test('Enter does what the item says, and never records', async () => {
  const user = await openWindow(withPerson);
  await arrives(person());
  await user.keyboard('{F10}{ArrowDown}{Enter}');
  expect(screen.getByTestId('ready')).toBeTruthy();
  expect(commands.sell).not.toHaveBeenCalled();
});

test('the menu closes when the next person comes, and when a press is elsewhere', async () => {
  const user = await openWindow(withPerson);
  await user.keyboard('{F10}');
  await arrives(person());
  expect(open()).toBe(false);
  await user.keyboard('{F10}');
  await user.click(field());
  expect(open()).toBe(false);
});

test('a number that is typed while the menu is open arrives in the number field', async () => {
  const user = await openWindow(withPerson);
  await user.keyboard('{F10}0900');
  expect(field().value).toBe('0900');
  expect(open()).toBe(false);
});

test.each<[string, Partial<DeskView>, string[]]>([
  [
    'somebody is signed in',
    withPerson,
    ['desks', 'ready', 'data', 'diagnosis', 'settings', 'pin', 'code', 'lock', 'signOut'],
  ],
  [
    'nobody is',
    { ...withPerson, signedIn: false },
    ['signIn', 'ready', 'data', 'diagnosis', 'settings', 'pin', 'code', 'lock'],
  ],
  [
    'there is no PIN',
    { ...withPerson, canLock: false, byPerson: false },
    ['ready', 'data', 'diagnosis', 'settings', 'pin', 'code'],
  ],
  ['it is practice', { practice: true }, ['ready', 'data', 'diagnosis', 'settings']],
])('the menu has what can be done when %s', async (_, given, expected) => {
  const user = await openWindow(given);
  await user.keyboard('{F10}');
  expect(names()).toEqual(expected);
});

test.each<[Partial<DeskView>, string | null]>([
  [{ byPerson: true, signedIn: false }, 'sign-in-button'],
  [{ byPerson: true, signedIn: true, connection: 'signInNeeded' }, 'header-connection'],
  [{ byPerson: true, signedIn: false, connection: 'signInNeeded' }, 'header-connection'],
  [{ byPerson: true, signedIn: true }, null],
  [{ byPerson: false, signedIn: false, connection: 'signInNeeded' }, null],
])('with %o the header offers to sign in at %s', async (given, place) => {
  const user = await openWindow(given);
  const buttons = ['sign-in-button', 'header-connection'].filter(
    (id) => screen.queryByTestId(id)?.tagName === 'BUTTON',
  );
  expect(buttons).toEqual(place === null ? [] : [place]);
  if (place === null) return;
  await user.click(screen.getByTestId(place));
  expect(screen.getByTestId('sign-in-dialog')).toBeTruthy();
});

test('signing in goes on in the browser, and the dialog closes when it is done', async () => {
  const user = await openWindow({ byPerson: true, signedIn: false });
  let done: (answer: ReturnType<typeof ok<null>>) => void = () => {};
  commands.signIn.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await user.click(screen.getByTestId('sign-in-button'));
  expect(screen.getByTestId('sign-in-dialog').textContent).toContain(t('signIn.password'));
  await user.keyboard('{Enter}{Enter}');
  expect(commands.signIn).toHaveBeenCalledTimes(1);
  expect(screen.getByTestId('sign-in').textContent).toContain(t('signIn.inBrowser'));
  done(ok(null));
  await waitFor(() => expect(screen.queryByTestId('sign-in-dialog')).toBeNull());
});

test('Esc stops signing in; a tap leaves it going on', async () => {
  const user = await openWindow({ byPerson: true, signedIn: false });
  let done: (answer: ReturnType<typeof refused>) => void = () => {};
  commands.signIn.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await user.click(screen.getByTestId('sign-in-button'));
  await user.keyboard('{Enter}');
  await arrives(person());
  expect(screen.queryByTestId('sign-in-dialog')).toBeNull();
  expect(commands.cancelSignIn).not.toHaveBeenCalled();
  await user.click(screen.getByTestId('sign-in-button'));
  expect(screen.getByTestId('sign-in').dataset.busy).toBe('true');
  await user.keyboard('{Escape}');
  expect(commands.cancelSignIn).toHaveBeenCalledTimes(1);
  done(refused('signIn.cancelled'));
  await waitFor(() => expect(balie.access.signingIn).toBe(false));
  expect(screen.queryByTestId('problem')).toBeNull();
});

test('signing in that fails says why, inside the dialog', async () => {
  const user = await openWindow({ byPerson: true, signedIn: false });
  commands.signIn.mockResolvedValue(refused('signIn.clock'));
  await user.click(screen.getByTestId('sign-in-button'));
  await user.keyboard('{Enter}');
  const problem = await screen.findByTestId('problem');
  expect(problem.textContent).toContain(tWhole('signIn.clock'));
  expect(screen.getByTestId('sign-in-dialog').contains(problem)).toBe(true);
});

test('signing out is asked first, and says that what waits stays', async () => {
  const user = await pressItem('signOut', { ...withPerson, toSend: 12 });
  expect(screen.getByTestId('sign-out-waiting').textContent).toContain(t('signOut.waiting', { n: 12 }));
  await user.keyboard('{Escape}');
  expect(commands.signOut).not.toHaveBeenCalled();
  await user.keyboard('{F10}{End}{Enter}');
  await user.keyboard('{Enter}');
  expect(commands.signOut).toHaveBeenCalledTimes(1);
  await waitFor(() => expect(screen.queryByTestId('sign-out')).toBeNull());
});

test('another desk is chosen from a list, and everything is read anew', async () => {
  const user = await openWindow(withPerson);
  commands.desks.mockResolvedValue(ok([desk('a', 'Zwembad', true), desk('b', 'Bibliotheek')]));
  await user.keyboard('{F10}{Enter}');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('desk-a')));
  const read = commands.events.mock.calls.length;
  await user.keyboard('{ArrowDown}{Enter}');
  expect(commands.chooseDesk).toHaveBeenCalledExactlyOnceWith('b');
  await waitFor(() => expect(screen.queryByTestId('desks')).toBeNull());
  expect(commands.events.mock.calls.length).toBe(read + 1);
});

test('the desk that is chosen already is not chosen again', async () => {
  const user = await openWindow(withPerson);
  commands.desks.mockResolvedValue(ok([desk('a', 'Zwembad', true), desk('b', 'Bibliotheek')]));
  await user.keyboard('{F10}{Enter}');
  await user.click(await screen.findByTestId('desk-a'));
  expect(commands.chooseDesk).not.toHaveBeenCalled();
  expect(screen.queryByTestId('desks')).toBeNull();
});

test('a number scanned into the search for a desk is a card', async () => {
  const user = await openWindow(withPerson);
  commands.desks.mockResolvedValue(ok(Array.from({ length: 9 }, (_, at) => desk(`d${at}`, `Balie ${at}`))));
  await user.keyboard('{F10}{Enter}');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('desk-filter')));
  await user.keyboard('0900000067513{Enter}');
  expect(lookedUp()).toEqual(['0900000067513']);
  expect(screen.queryByTestId('desks')).toBeNull();
});

test('the PIN is changed with the old one and twice the new one', async () => {
  const user = await pressItem('pin');
  expect(document.activeElement).toBe(screen.getByTestId('pin-old'));
  await user.keyboard('1357');
  await user.type(screen.getByTestId('pin-new'), '2468');
  commands.setPin.mockResolvedValueOnce(refused('pin.old'));
  await user.type(screen.getByTestId('pin-again'), '2468{Enter}');
  expect((await screen.findByTestId('problem')).dataset.code).toBe('pin.old');
  expect(commands.setPin).toHaveBeenLastCalledWith('1357', '2468');
  await user.type(screen.getByTestId('pin-again'), '{Enter}');
  await waitFor(() => expect(screen.queryByTestId('pin-dialog')).toBeNull());
});

test('it can be taken away, with the old one', async () => {
  const user = await pressItem('pin');
  expect(screen.getByTestId<HTMLButtonElement>('pin-away').disabled).toBe(true);
  await user.type(screen.getByTestId('pin-old'), '1357');
  await user.click(screen.getByTestId('pin-away'));
  expect(commands.setPin).toHaveBeenCalledExactlyOnceWith('1357', null);
});

test('where there is no PIN none is asked', async () => {
  const user = await pressItem('pin', { canLock: false });
  expect(screen.queryByTestId('pin-old')).toBeNull();
  await user.type(screen.getByTestId('pin-new'), '2468');
  await user.type(screen.getByTestId('pin-again'), '2468{Enter}');
  expect(commands.setPin).toHaveBeenCalledExactlyOnceWith(null, '2468');
});

test('a PIN that was typed is gone when a tap closes the dialog', async () => {
  const user = await pressItem('pin');
  await user.type(screen.getByTestId('pin-old'), '1357');
  await arrives(person());
  expect(balie.access.oldPin).toBe('');
});

test('a new recovery code is shown, and typed back; a tap or Esc forgets it', async () => {
  const user = await pressItem('code');
  await user.keyboard('{Enter}');
  await screen.findByTestId('recovery-code');
  await arrives(person());
  await tick();
  expect(balie.access.code).toBeNull();
  expect(document.documentElement.outerHTML).not.toContain('ABCD');
  await user.click(screen.getByTestId('menu-button'));
  await user.click(screen.getByTestId('menu-code'));
  await user.keyboard('{Enter}');
  await screen.findByTestId('recovery-code');
  await user.click(screen.getByTestId('code-further'));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('recovery-typed')));
  await user.keyboard('abcdefghjklmnpqr{Enter}');
  expect(commands.confirmRecoveryCode).toHaveBeenCalledExactlyOnceWith('ABCD-EFGH-JKLM-NPQR');
  await waitFor(() => expect(screen.queryByTestId('recovery-code-dialog')).toBeNull());
});

test('the menu locks', async () => {
  await pressItem('lock');
  expect(commands.lock).toHaveBeenCalledTimes(1);
  expect(screen.getByTestId('locked')).toBeTruthy();
});
