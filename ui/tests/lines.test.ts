import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import type { LineKind } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t } from '../src/texts';
import { commands, ok } from './fake-ipc';
import { arrives, openWindow, pause } from './open';
import { line, notice, person, pointLine, rewardLine } from './scene';

beforeEach(() => pause(100));

const row = (index = 0) => screen.getByTestId(`line-${index}`);
const cancelLine = () =>
  line('queued', { id: 'cancel', kind: 'cancel', label: '', chargedCents: null, points: 5, title: 'Koffie' });
const sent = () => line('confirmed', { id: 'sale', canUndo: true, undoSends: true });

test('every kind has a word, a picture and its own change', async () => {
  await openWindow({}, [
    line('queued', { quantity: 3, chargedCents: 600 }),
    pointLine('queued'),
    rewardLine('queued'),
    cancelLine(),
  ]);
  const kinds: LineKind[] = ['sell', 'checkIn', 'redeem', 'cancel'];
  expect(kinds.map((_, index) => row(index).dataset.kind)).toEqual(kinds);
  expect(row(0).textContent).toContain('3 × Volwassene');
  expect(row(1).textContent).toContain(t('line.kind.checkIn'));
  expect(row(2).textContent).toContain(t('line.kind.redeem'));
  expect(row(3).textContent).toContain(t('line.kind.cancel'));
  expect(screen.getAllByTestId('line-amounts').map((one) => one.textContent?.trim())).toEqual([
    '€\u00a06,00',
    '+1 punt',
    '−5 punten',
    '+5 punten',
  ]);
  const pictures = kinds.map((_, index) => row(index).querySelector('.sign svg')?.innerHTML);
  expect(new Set(pictures).size).toBe(kinds.length);
});

test('what was not sent yet says before when it must be; what was sent does not', async () => {
  await openWindow({}, [
    pointLine('queued', { deadline: '22/11 02:00' }),
    pointLine('confirmed', { deadline: '22/11 02:00' }),
  ]);
  expect(screen.getAllByTestId('line-deadline')).toHaveLength(1);
  expect(row(0).textContent).toContain(t('line.deadline', { deadline: '22/11 02:00' }));
});

test('what UiTPAS has is undone after a question, and the cancellation is a line of its own', async () => {
  const user = await openWindow({}, [sent()]);
  commands.undo.mockResolvedValue(ok(cancelLine()));
  await user.click(screen.getByTestId('line-undo'));
  expect(commands.undo).not.toHaveBeenCalled();
  const asked = screen.getByRole('dialog', { name: t('undo.confirm.title') });
  expect(asked.textContent).toContain(t('undo.confirm.sell'));
  expect(asked.textContent).toContain('B1-000012');
  await user.keyboard('{Enter}');
  expect(commands.undo).toHaveBeenCalledExactlyOnceWith('sale');
  await waitFor(() => expect(row(0).dataset.kind).toBe('cancel'));
  expect(row(1).dataset.state).toBe('confirmed');
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('Esc leaves it as it was', async () => {
  const user = await openWindow({}, [sent()]);
  await user.keyboard('{Control>}z{/Control}');
  expect(screen.getByTestId('undo-confirm')).toBeTruthy();
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('undo-confirm')).toBeNull();
  expect(commands.undo).not.toHaveBeenCalled();
});

test('each kind says what its cancellation means', async () => {
  const sends = { canUndo: true, undoSends: true };
  const user = await openWindow({}, [
    line('confirmed', sends),
    pointLine('confirmed', sends),
    rewardLine('confirmed', sends),
  ]);
  for (const [index, kind] of (['sell', 'checkIn', 'redeem'] as const).entries()) {
    await user.click(within(row(index)).getByTestId('line-undo'));
    expect(screen.getByTestId('undo-confirm').textContent).toContain(t(`undo.confirm.${kind}`));
    await user.keyboard('{Escape}');
  }
});

test('the key that asked does not confirm, and Enter twice cancels once', async () => {
  const user = await openWindow({}, [sent()]);
  balie.guardMs = 300;
  commands.undo.mockResolvedValue(ok(cancelLine()));
  await user.click(screen.getByTestId('line-undo'));
  await user.keyboard('{Enter}');
  expect(commands.undo).not.toHaveBeenCalled();
  await waitFor(() => expect(screen.getByTestId('undo-send').dataset.ready).toBe('true'));
  await user.keyboard('{Enter}{Enter}');
  expect(commands.undo).toHaveBeenCalledTimes(1);
});

test('the next person closes the question, and nothing is cancelled', async () => {
  const user = await openWindow({}, [sent()]);
  balie.guardMs = 300;
  await user.click(screen.getByTestId('line-undo'));
  await arrives(person());
  await user.keyboard('{Enter}');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(commands.undo).not.toHaveBeenCalled();
});

test('what is cancelled at UiTPAS stays recorded for this tap until UiTPAS says so', async () => {
  const user = await openWindow();
  commands.sell.mockResolvedValue(ok(sent()));
  commands.undo.mockResolvedValue(ok(cancelLine()));
  await arrives(person());
  await user.keyboard('{Enter}');
  await screen.findByTestId('confirmation');
  await user.click(screen.getByTestId('line-undo'));
  await user.keyboard('{Enter}');
  await waitFor(() =>
    expect(screen.getByTestId('confirmation').textContent).toContain(
      t('record.confirmation.cancel', { receipt: 'B1-000012' }),
    ),
  );
  expect(screen.getByTestId('offer-0').textContent).toContain(t('offer.noted'));
});

test('a code can be shown again later', async () => {
  const user = await openWindow({}, [rewardLine('confirmed', { redeemCode: 'AB-1234' })]);
  expect(document.body.textContent).not.toContain('AB-1234');
  await user.click(screen.getByTestId('line-code'));
  expect(screen.getByTestId('redeem-code').textContent).toBe('AB-1234');
  await arrives(person());
  expect(document.body.textContent).not.toContain('AB-1234');
});

test('a cancellation that was not needed, or was refused, says what now', async () => {
  await openWindow({}, [
    { ...cancelLine(), id: 'a', state: 'refused', notice: notice('cancel.refused') },
    { ...cancelLine(), id: 'b', state: 'confirmed', notice: notice('cancel.wasGone') },
  ]);
  expect(row(0).textContent).toContain(t('cancel.refused.next'));
  expect(row(1).textContent).toContain(t('cancel.wasGone.next'));
});
