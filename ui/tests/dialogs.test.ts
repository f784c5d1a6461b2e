import { screen, waitFor, within } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { balie } from '../src/state.svelte';
import { busyDay, dayPage } from './day-scene';
import { commands, ok } from './fake-ipc';
import { arrives, openWindow } from './open';
import { person, rewardLine } from './scene';
import { readyItem, readyView } from './way-scene';

type User = Awaited<ReturnType<typeof openWindow>>;

const code = rewardLine('confirmed', { redeemCode: 'ABC-123' });

async function openCode() {
  commands.day.mockResolvedValue(ok(busyDay()));
  commands.dayLines.mockResolvedValue(ok(dayPage({ lines: [code] })));
  const user = await openWindow({}, [code]);
  await user.keyboard('{F12}');
  const opens = await within(screen.getByTestId('day')).findByTestId('line-code');
  await user.click(opens);
  expect(screen.getByTestId('day')).toBeTruthy();
  return { user, dialog: screen.getByTestId('redeemed'), opens };
}

const openSettings = (user: User) => user.keyboard('{Control>},{/Control}');

test.each(['{Escape}', '{Enter}', 'beside'])(
  'after %s the code of a reward leads back to the day',
  async (way) => {
    const { user, dialog, opens } = await openCode();
    if (way === 'beside') await user.click(dialog);
    else await user.keyboard(way);
    expect(screen.queryByTestId('redeemed')).toBeNull();
    expect(screen.getByTestId('day')).toBeTruthy();
    expect(document.activeElement).toBe(opens);
  },
);

test('the code of a reward at the desk leads back to the desk', async () => {
  const user = await openWindow({}, [code]);
  await user.click(screen.getByTestId('line-code'));
  await user.click(screen.getByTestId('redeemed'));
  expect(balie.dialog).toBeNull();
});

test('a press beside a question of the day leads back to the day', async () => {
  commands.day.mockResolvedValue(ok(busyDay()));
  const user = await openWindow();
  await user.keyboard('{F12}');
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('day-close').disabled).toBe(false));
  await user.click(screen.getByTestId('day-close'));
  await user.click(screen.getByRole('dialog'));
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.getByTestId('day')).toBeTruthy();
});

test('the PIN leads back to the settings, given up or set', async () => {
  const user = await openWindow();
  await openSettings(user);
  const opens = await screen.findByTestId('settings-pin');
  await user.click(opens);
  expect(screen.getByTestId('settings')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('pin-dialog')).toBeNull();
  expect(document.activeElement).toBe(opens);
  await user.click(opens);
  await user.keyboard('2468');
  await user.tab();
  await user.keyboard('2468{Enter}');
  await waitFor(() => expect(screen.queryByTestId('pin-dialog')).toBeNull());
  expect(commands.setPin).toHaveBeenCalledExactlyOnceWith(null, '2468');
  expect(screen.getByTestId('settings')).toBeTruthy();
});

test('what this computer keeps leads back to the settings, with what stood there', async () => {
  const user = await openWindow();
  await openSettings(user);
  await user.click(await screen.findByTestId('settings-data'));
  await user.click(await screen.findByTestId('wipe-open'));
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('data')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('settings')).toBeTruthy();
  expect(screen.getByTestId('set-language')).toBeTruthy();
  expect(commands.settings).toHaveBeenCalledOnce();
});

test('the key for what this computer keeps leads back as the button does', async () => {
  const user = await openWindow();
  await user.keyboard('{F5}{Control>}d{/Control}');
  expect(screen.getByTestId('data')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('ready')).toBeTruthy();
});

test('signing in to get ready leads back to getting ready', async () => {
  const user = await openWindow({ byPerson: true, signedIn: false });
  commands.ready.mockResolvedValue(
    ok(readyView({ items: [readyItem('ready.signIn', { state: 'missing' })] })),
  );
  await user.keyboard('{F5}');
  await user.click(await screen.findByTestId('ready-sign-in'));
  expect(screen.getByTestId('ready')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('sign-in-dialog')).toBeNull();
  expect(screen.getByTestId('ready')).toBeTruthy();
});

test('the next card closes the dialog and the page under it', async () => {
  await openCode();
  await arrives(person());
  expect(balie.dialog).toBeNull();
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('person')));
});

test('F10 opens the menu on a page, and not under a dialog', async () => {
  const user = await openWindow({ byPerson: true });
  await user.keyboard('{F9}{F10}');
  expect(document.activeElement).toBe(screen.getAllByRole('menuitem')[0]);
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('menu')).toBeNull();
  expect(screen.getByTestId('to-check')).toBeTruthy();
  await arrives(person());
  await user.keyboard('{F7}{F10}');
  expect(screen.queryByTestId('menu')).toBeNull();
});
