import { screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import type { WaitingView } from '../src/ipc';
import { t, tCode, tNext } from '../src/texts';
import { waitingCodes } from '../src/texts/codes';
import { commands, ok, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { deskView, line, notice, person } from './scene';

const old = (long = false): WaitingView => ({
  long,
  notices: [notice('waiting.old', { n: '3', since: '09:00' })],
});

/** Nobody did anything: time went on, or the queue went. */
async function timePasses(waiting: WaitingView | null): Promise<void> {
  tell({ what: 'desk', now: deskView({ toSend: waiting ? 3 : 0, waiting }) });
  await tick();
}

const banner = () => screen.queryByTestId('banner-waiting');

test('what waits long is said by itself, with what to do, and goes when the queue is empty', async () => {
  await openWindow();
  expect(banner()).toBeNull();
  await timePasses(old());
  expect(banner()?.textContent).toContain('(3), staat enkel op deze computer, het oudste al sinds 09:00.');
  expect(banner()?.textContent).toContain(tNext('waiting.old'));
  expect(banner()?.closest('[role="status"]')).not.toBeNull();
  await timePasses(null);
  expect(banner()).toBeNull();
});

test('after a day it looks otherwise and names the other way, in words as well', async () => {
  await openWindow({ waiting: old() });
  const [looks, picture] = [banner()?.className, banner()?.querySelector('svg')?.innerHTML];
  expect(banner()?.textContent).not.toContain(t('banner.waiting.long'));
  await timePasses(old(true));
  expect(banner()?.textContent).toContain(t('banner.waiting.long'));
  expect(banner()?.className).not.toBe(looks);
  expect(banner()?.querySelector('svg')?.innerHTML).not.toBe(picture);
});

test.each(waitingCodes)('the banner says %s', async (code) => {
  await openWindow({ waiting: { long: false, notices: [notice(code)] } });
  expect(banner()?.dataset.code).toBe(code);
  expect(banner()?.textContent).toContain(`${tCode(code)} ${tNext(code)}`);
});

test('of two things to say both are said, and what to do once', async () => {
  const notices = [...old().notices, notice('waiting.monthEnded', { day: '30/11' })];
  await openWindow({ waiting: { long: false, notices } });
  expect(banner()?.textContent).toContain('sinds 09:00');
  expect(banner()?.textContent).toContain('de oudste van 30/11');
  expect(banner()?.textContent).toContain(tNext('waiting.monthEnded'));
  expect(banner()?.textContent).not.toContain(tNext('waiting.old'));
});

test('it never comes under the hand of who helps a person, but with the next one', async () => {
  await openWindow();
  await arrives(person({ tap: 9001 }));
  await timePasses(old());
  expect(banner()).toBeNull();
  await arrives(person({ tap: 9001, points: 15 }));
  expect(banner()).toBeNull();
  await arrives(person({ tap: 9002 }));
  expect(banner()).not.toBeNull();
  await timePasses(old(true));
  expect(banner()?.textContent).toContain(t('banner.waiting.long'));
});

test('what it said goes at once, and its place only when the person does', async () => {
  await openWindow({ waiting: old() });
  await arrives(person({ tap: 9003 }));
  expect(banner()).not.toBeNull();
  await timePasses(null);
  expect(banner()).toBeNull();
  expect(screen.queryByTestId('place-of-waiting')).not.toBeNull();
  await arrives(null);
  expect(screen.queryByTestId('place-of-waiting')).toBeNull();
});

test('it comes when the person is put away, and not over an open dialog', async () => {
  const user = await openWindow();
  await user.keyboard('{F9}');
  await timePasses(old());
  expect(banner()).toBeNull();
  await user.keyboard('{Escape}');
  expect(banner()).not.toBeNull();
});

test('its button opens the list and sends what waits, in one press', async () => {
  const user = await openWindow({ toSend: 1, connection: 'offline', waiting: old() }, [line('queued')]);
  commands.sendNow.mockResolvedValue(ok(null));
  await user.click(screen.getByTestId('waiting-send'));
  expect(commands.sendNow).toHaveBeenCalledExactlyOnceWith();
  expect(screen.getByTestId('to-check')).toBeTruthy();
  expect(screen.getByTestId('send').textContent).toContain(t('send.offline'));
});
