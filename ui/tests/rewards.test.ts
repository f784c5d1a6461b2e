import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import type { LineView, PersonView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t, tWhole } from '../src/texts';
import { rewardCodes } from '../src/texts/codes';
import { commands, ok, refused, lookedUp, tell } from './fake-ipc';
import { arrives, field, openWindow, pause } from './open';
import { notice, person, reward, rewardLine } from './scene';

beforeEach(() => pause(100));

const shown = () => screen.queryByTestId('rewards');
const titles = () =>
  [...document.querySelectorAll('[data-testid^="reward-"] .title')].map((x) => x.textContent);

function rich(given: Partial<PersonView> = {}): PersonView {
  return person({
    rewards: [
      reward(1, 'Welkomstkoffie', { welcome: true, points: 0, after: 14 }),
      reward(2, 'Koffie', { practical: 'Toon de code aan de toog.' }),
      reward(3, 'Boek', { points: 10, live: false }),
      reward(4, 'Filmticket', {
        points: 17,
        redeemable: false,
        after: null,
        reason: notice('reward.notEnoughPoints', { missing: '3' }),
      }),
    ],
    ...given,
  });
}

async function opened(given: Partial<PersonView> = {}) {
  const user = await openWindow();
  const someone = rich(given);
  await arrives(someone);
  await user.keyboard('{F7}');
  return { user, someone };
}

test('F7 and the button open the rewards: cost, what remains, and what is nearly in reach', async () => {
  const { user } = await opened();
  expect(screen.getByRole('dialog', { name: t('rewards.title') })).toBe(shown());
  expect(screen.getByTestId('rewards-balance').textContent).toContain('saldo: 14 punten');
  expect(titles()).toEqual(['Welkomstkoffie', 'Koffie', 'Boek', 'Filmticket']);
  expect(screen.getByTestId('reward-0').textContent).toContain(t('rewards.free'));
  expect(screen.getByTestId('reward-1').textContent).toContain('5 punten');
  expect(screen.getByTestId('reward-1').textContent).toContain('daarna nog 9 punten');
  expect(screen.getByTestId('reward-2').textContent).toContain(t('rewards.provisional'));
  expect(screen.getByTestId('reward-missing').textContent).toBe('nog 3 punten');
  expect(screen.getByTestId('reward-3').getAttribute('aria-disabled')).toBe('true');
  await user.keyboard('{Escape}');
  expect(shown()).toBeNull();
  expect(screen.getByTestId('person')).toBeTruthy();
  await user.click(screen.getByTestId('rewards-button'));
  expect(shown()).toBeTruthy();
});

test('whatever comes first, welcome stands first and what is in reach before what is not', async () => {
  await opened({ rewards: [...rich().rewards].reverse() });
  expect(titles()).toEqual(['Welkomstkoffie', 'Boek', 'Koffie', 'Filmticket']);
});

test.each(rewardCodes)('%s is said with why and what now', async (code) => {
  const { user } = await opened({
    rewards: [reward(1, 'Koffie', { redeemable: false, reason: notice(code) })],
  });
  expect(screen.getByTestId('reward-reason').textContent).toContain(tWhole(code));
  await user.keyboard('1{Enter}');
  await user.click(screen.getByTestId('reward-0'));
  expect(screen.queryByTestId('redeem')).toBeNull();
  expect(commands.redeem).not.toHaveBeenCalled();
});

test('the first that can be had has the focus, arrows walk, Enter asks and Enter confirms', async () => {
  const { user, someone } = await opened();
  expect(document.activeElement).toBe(screen.getByTestId('reward-0'));
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement).toBe(screen.getByTestId('reward-1'));
  await user.keyboard('{Enter}');
  expect(screen.getByTestId('redeem-title').textContent).toBe('Koffie');
  expect(screen.getByTestId('redeem-before').textContent).toBe('14 punten');
  expect(screen.getByTestId('redeem-after').textContent).toBe('9 punten');
  expect(screen.getByTestId('redeem-practical').textContent).toContain('toog');
  expect(screen.getByTestId('redeem-live').textContent).toBe(t('redeem.live'));
  expect(commands.redeem).not.toHaveBeenCalled();
  await user.keyboard('{Enter}');
  expect(commands.redeem).toHaveBeenCalledExactlyOnceWith(someone.tap, 2);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('a digit asks, Esc goes back one step at a time', async () => {
  const { user } = await opened();
  await user.keyboard('2');
  expect(screen.getByTestId('redeem-title').textContent).toBe('Koffie');
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('redeem')).toBeNull();
  expect(shown()).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(shown()).toBeNull();
  expect(commands.dismiss).not.toHaveBeenCalled();
  expect(commands.redeem).not.toHaveBeenCalled();
});

test('a provisional reward names the risk before it is confirmed', async () => {
  const { user } = await opened();
  await user.keyboard('3');
  expect(screen.getByTestId('redeem-risk').textContent).toContain(t('redeem.provisional'));
  expect(screen.getByTestId('redeem-risk').textContent).toContain(t('redeem.provisional.next'));
  expect(screen.queryByTestId('redeem-live')).toBeNull();
});

test('only what is confirmed may be handed over without risk, and the code comes when UiTPAS gives it', async () => {
  const { user } = await opened();
  await user.keyboard('2{Enter}');
  const result = await screen.findByTestId('redeemed');
  expect(result.dataset.state).toBe('queued');
  expect(result.textContent).toContain(t('redeemed.open.next'));
  expect(screen.queryByTestId('redeem-code')).toBeNull();
  tell({
    what: 'lines',
    now: [rewardLine('confirmed', { redeemCode: 'AB-1234', redeemInfo: 'Geldig tot 31/12.' })],
  });
  await waitFor(() => expect(screen.getByTestId('redeem-code').textContent).toBe('AB-1234'));
  expect(screen.getByTestId('redeem-info').textContent).toContain('31/12');
  expect(screen.getByTestId('redeemed-word').textContent).toBe(t('redeemed.confirmed'));
  await user.keyboard('{Enter}');
  expect(screen.queryByTestId('redeemed')).toBeNull();
  expect(commands.sell).not.toHaveBeenCalled();
});

test('a reward that UiTPAS refuses afterwards says so while it is open', async () => {
  const { user } = await opened();
  await user.keyboard('2{Enter}');
  await screen.findByTestId('redeemed');
  tell({ what: 'lines', now: [rewardLine('refused', { notice: notice('redeem.refused') })] });
  await waitFor(() =>
    expect(screen.getByTestId('redeemed').textContent).toContain(t('redeemed.refused.next')),
  );
});

test('Enter twice redeems once, also while the first is still under way', async () => {
  const { user } = await opened();
  let done: (answer: { status: 'ok'; data: LineView }) => void = () => {};
  commands.redeem.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await user.keyboard('2{Enter}{Enter}');
  await user.click(screen.getByTestId('redeem-confirm'));
  done(ok(rewardLine('queued')) as { status: 'ok'; data: LineView });
  await screen.findByTestId('redeemed');
  await user.keyboard('{Enter}{F7}');
  expect(screen.getByTestId('reward-1').dataset.redeemed).toBe('true');
  await user.keyboard('2{Enter}');
  expect(commands.redeem).toHaveBeenCalledTimes(1);
});

test('the Enter that asked does not confirm: the confirmation must be there for a moment', async () => {
  const { user } = await opened();
  balie.guardMs = 300;
  await user.keyboard('2{Enter}');
  await user.click(screen.getByTestId('redeem-confirm'));
  expect(commands.redeem).not.toHaveBeenCalled();
  await waitFor(() => expect(screen.getByTestId('redeem-confirm').dataset.ready).toBe('true'));
  await user.keyboard('{Enter}');
  expect(commands.redeem).toHaveBeenCalledTimes(1);
  await screen.findByTestId('redeemed');
  // The Enter that closes is not an Enter for the price behind it.
  await waitFor(() => expect(balie.settled).toBe(true));
  await user.keyboard('{Enter}{Enter}');
  expect(screen.queryByTestId('redeemed')).toBeNull();
  expect(commands.sell).not.toHaveBeenCalled();
});

test('a tap during a confirmation closes it and starts the next person, for whom nothing is recorded', async () => {
  const { user } = await opened();
  balie.guardMs = 300;
  await user.keyboard('2');
  await waitFor(() => expect(screen.getByTestId('redeem-confirm').dataset.ready).toBe('true'));
  await arrives(rich({ firstName: 'Bart' }));
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.getByTestId('person-name').textContent?.trim()).toBe('Bart');
  expect(document.activeElement).toBe(screen.getByTestId('person'));
  await user.keyboard('{Enter}');
  expect(commands.redeem).not.toHaveBeenCalled();
  expect(commands.sell).not.toHaveBeenCalled();
});

test('a reward that is answered after the next tap opens nothing for the next person', async () => {
  const { user } = await opened();
  let done: (answer: { status: 'ok'; data: LineView }) => void = () => {};
  commands.redeem.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await user.keyboard('2{Enter}');
  await arrives(rich({ firstName: 'Bart' }));
  done({ status: 'ok', data: rewardLine('queued') });
  expect(await screen.findByTestId('line-0')).toBeTruthy();
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.queryByTestId('confirmation')).toBeNull();
});

test('a number that is scanned while a dialog is open is the next card', async () => {
  const { user } = await opened();
  await user.keyboard('1000000520006{Enter}');
  expect(lookedUp()).toEqual(['1000000520006']);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(commands.redeem).not.toHaveBeenCalled();
  expect(field().value).toBe('');
});

test('a reward that could not be recorded goes back to the list with the reason', async () => {
  const { user } = await opened();
  commands.redeem.mockResolvedValue(refused('act.changed'));
  await user.keyboard('2{Enter}');
  expect((await screen.findByTestId('problem')).textContent).toContain(tWhole('act.changed'));
  expect(shown()?.contains(screen.getByTestId('problem'))).toBe(true);
  expect(screen.queryByTestId('redeemed')).toBeNull();
});

test('a reward that becomes impossible while it is asked cannot be confirmed', async () => {
  const { user, someone } = await opened();
  await user.keyboard('2');
  const changed = someone.rewards.map((one) =>
    one.id === 2 ? { ...one, redeemable: false, reason: notice('reward.refused.soldOut') } : one,
  );
  await arrives({ ...someone, rewards: changed });
  expect(screen.getByTestId('redeem-reason').textContent).toContain(tWhole('reward.refused.soldOut'));
  await user.keyboard('{Enter}');
  expect(commands.redeem).not.toHaveBeenCalled();
});

test('a reward that is no longer there goes back to the list', async () => {
  const { user, someone } = await opened();
  await user.keyboard('2');
  await arrives({ ...someone, rewards: someone.rewards.filter(({ id }) => id !== 2) });
  expect(screen.queryByTestId('redeem')).toBeNull();
  expect(shown()).toBeTruthy();
});

test('nothing behind a dialog is recorded: no price, no point, no undo', async () => {
  const { user } = await opened();
  balie.lines = [rewardLine('queued', { canUndo: true })];
  await user.keyboard('{F6}{Control>}z{/Control}');
  screen.getByRole('heading', { name: t('rewards.title') }).focus();
  await user.keyboard('{Enter}');
  for (const command of [commands.sell, commands.checkIn, commands.undo]) {
    expect(command).not.toHaveBeenCalled();
  }
});

test('a press beside the dialog leaves it, and F4 leads to the details', async () => {
  const { user } = await opened();
  await user.click(shown()!);
  expect(shown()).toBeNull();
  await user.keyboard('{F7}{F4}');
  expect(shown()).toBeNull();
  expect(screen.getByTestId('details')).toBeTruthy();
});

test('the focus goes back to the button that opened the dialog', async () => {
  const user = await openWindow();
  await arrives(rich());
  const button = screen.getByTestId('rewards-button');
  await user.click(button);
  await user.keyboard('{Escape}');
  expect(document.activeElement).toBe(button);
});

test('without rewards it says so, and while they are asked it says that', async () => {
  const { user } = await opened({ rewards: [] });
  expect(screen.getByTestId('rewards-empty').textContent).toContain(t('rewards.empty.next'));
  await user.keyboard('{Escape}');
  await arrives(rich({ phase: 'asking', rewards: [] }));
  await user.keyboard('{F7}');
  expect(screen.getByTestId('rewards-empty').textContent).toContain(t('rewards.asking'));
});

test('rewards need no activity', async () => {
  const user = await openWindow({ chosenEvent: null });
  await arrives(rich({ offers: [], checkIn: null, notice: notice('event.choose') }));
  await user.keyboard('{F7}');
  expect(shown()).toBeTruthy();
});

test('nothing about a standing stands in the rewards', async () => {
  const reason = notice('reward.refused', {}, 'Je kansenstatuut is vervallen.');
  await opened({ rewards: [reward(1, 'Koffie', { redeemable: false, reason })] });
  expect(document.body.textContent?.toLowerCase()).not.toMatch(/kansen|statuut/);
});

test('a refused card has no rewards to open', async () => {
  const user = await openWindow();
  await arrives(rich({ phase: 'refused', offers: [], notice: notice('pass.cardBlocked') }));
  await user.keyboard('{F7}');
  expect(shown()).toBeNull();
});
