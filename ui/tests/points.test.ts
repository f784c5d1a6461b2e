import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import type { LineView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t, tWhole } from '../src/texts';
import { checkInCodes } from '../src/texts/codes';
import { commands, ok, refused } from './fake-ipc';
import { arrives, openWindow, pause } from './open';
import { checkIn, line, notice, person, pointLine, regularPerson } from './scene';

beforeEach(() => pause(100));

const card = () => screen.getByTestId('check-in');
const said = () => screen.getByTestId('points-line').textContent ?? '';

test('F6 saves the point of the person of this tap, and says so like a sale', async () => {
  const user = await openWindow();
  const yasmina = person();
  await arrives(yasmina);
  expect(card().textContent).toContain('F6');
  await user.keyboard('{F6}');
  expect(commands.checkIn).toHaveBeenCalledExactlyOnceWith(yasmina.tap);
  expect((await screen.findByTestId('confirmation')).textContent).toContain(
    t('record.confirmation.checkIn', { receipt: 'B1-000013' }),
  );
  expect(card().dataset.saved).toBe('true');
  expect(card().textContent).toContain(t('offer.noted'));
  expect(said()).toContain(tWhole('checkIn.saved'));
});

test('the key that records looks after a point as it did before, also for whoever pays the regular price', async () => {
  const user = await openWindow();
  const look = () => {
    const key = screen.getByTestId<HTMLButtonElement>('record');
    return [key.textContent, key.disabled, key.dataset.nothing];
  };
  for (const one of [person(), regularPerson()]) {
    await arrives(one);
    const before = look();
    await user.keyboard('{F6}');
    await screen.findByTestId('confirmation');
    expect(look()).toEqual(before);
  }
  expect(look()[2]).toBe('true');
});

test('a press on the box saves it too, and the price stays selected for Enter', async () => {
  const user = await openWindow();
  const yasmina = person();
  await arrives(yasmina);
  await user.click(card());
  await screen.findByTestId('confirmation');
  screen.getByTestId('person').focus();
  await user.keyboard('{Enter}');
  expect(commands.checkIn).toHaveBeenCalledTimes(1);
  expect(commands.sell).toHaveBeenCalledExactlyOnceWith(yasmina.tap, 1, 1);
});

test('a point is saved once, also while the first is still under way', async () => {
  const user = await openWindow();
  let done: (answer: { status: 'ok'; data: LineView }) => void = () => {};
  commands.checkIn.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await arrives(person());
  await user.keyboard('{F6}{F6}');
  await user.click(card());
  done({ status: 'ok', data: pointLine('queued') });
  await screen.findByTestId('confirmation');
  await user.keyboard('{F6}');
  expect(commands.checkIn).toHaveBeenCalledTimes(1);
});

test('a point that was taken back, here or at UiTPAS, can be saved again for the same card', async () => {
  const user = await openWindow();
  await arrives(person());
  for (const state of ['withdrawn', 'cancelled'] as const) {
    const id = `point-before-${state}`;
    commands.checkIn.mockResolvedValueOnce(ok(pointLine('queued', { id })));
    await user.keyboard('{F6}');
    await waitFor(() => expect(card().dataset.saved).toBe('true'));
    balie.lines = balie.lines.map((line) => (line.id === id ? pointLine(state, { id }) : line));
    await waitFor(() => expect(card().dataset.saved).toBe('false'));
  }
  expect(commands.checkIn).toHaveBeenCalledTimes(2);
});

test('F6 that was meant for one person does not save a point for the next', async () => {
  const user = await openWindow();
  balie.guardMs = 300;
  await arrives(person());
  await waitFor(() => expect(card().dataset.ready).toBe('true'));
  const bart = person({ firstName: 'Bart' });
  await arrives(bart);
  await user.keyboard('{F6}');
  await user.click(card());
  expect(commands.checkIn).not.toHaveBeenCalled();
  await waitFor(() => expect(card().dataset.ready).toBe('true'));
  await user.keyboard('{F6}');
  expect(commands.checkIn).toHaveBeenCalledExactlyOnceWith(bart.tap);
});

test('a point that is answered after the next tap leaves the next person as they are', async () => {
  const user = await openWindow();
  let done: (answer: { status: 'ok'; data: LineView }) => void = () => {};
  commands.checkIn.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await arrives(person());
  await user.keyboard('{F6}');
  await arrives(person({ firstName: 'Bart' }));
  done({ status: 'ok', data: pointLine('queued') });
  expect(await screen.findByTestId('line-0')).toBeTruthy();
  expect(screen.queryByTestId('confirmation')).toBeNull();
  expect(card().dataset.saved).toBe('false');
});

test('a point that was not saved confirms nothing', async () => {
  const user = await openWindow();
  commands.checkIn.mockResolvedValue(refused('act.gone'));
  await arrives(person());
  await user.keyboard('{F6}');
  expect((await screen.findByTestId('problem')).textContent).toContain(tWhole('act.gone'));
  expect(screen.queryByTestId('confirmation')).toBeNull();
  expect(card().dataset.saved).toBe('false');
});

test('the standing plays no part: who pays the regular price saves a point in the same way', async () => {
  const user = await openWindow();
  await arrives(person());
  const before = card().className;
  const bart = regularPerson();
  await arrives(bart);
  expect(card().className).toBe(before);
  await user.keyboard('{F6}');
  expect(commands.checkIn).toHaveBeenCalledExactlyOnceWith(bart.tap);
});

test.each(checkInCodes)('%s is said with why and what now, and nothing is recorded', async (code) => {
  const user = await openWindow();
  await arrives(person({ checkIn: checkIn({ saveable: false, reason: notice(code) }) }));
  expect(said()).toContain(tWhole(code));
  expect(card().getAttribute('aria-disabled')).toBe('true');
  expect(card().getAttribute('aria-describedby')).toBe('points-line');
  await user.keyboard('{F6}');
  expect(commands.checkIn).not.toHaveBeenCalled();
});

test('a reason says from when its fact dates', async () => {
  await openWindow();
  const reason = { ...notice('checkIn.limit.day', { volume: '1' }), asOf: '21/11 09:30' };
  await arrives(person({ checkIn: checkIn({ saveable: false, reason }) }));
  expect(said()).toContain('hoogste aantal is 1 keer per dag');
  expect(said()).toContain('21/11 09:30');
});

test('a point that is not confirmed says so, and until when it must be sent', async () => {
  await openWindow();
  await arrives(person({ checkIn: checkIn({ live: false, deadline: '18:30' }) }));
  expect(said()).toContain('voorlopig');
  expect(said()).toContain('vóór 18:30');
  await arrives(person({ checkIn: checkIn({ live: true, deadline: '18:30' }) }));
  expect(said()).not.toContain('voorlopig');
  expect(said()).toContain('vóór 18:30');
});

test('until it is known, it is asked, and nothing is recorded', async () => {
  const user = await openWindow();
  await arrives(person({ phase: 'asking', checkIn: null }));
  expect(said()).toContain(t('checkIn.asking'));
  await user.keyboard('{F6}');
  expect(commands.checkIn).not.toHaveBeenCalled();
});

test('a point that is taken back before it was sent can be saved again', async () => {
  const user = await openWindow();
  await arrives(person());
  commands.checkIn.mockResolvedValue(ok(pointLine('queued', { canUndo: true })));
  commands.undo.mockResolvedValue(ok(pointLine('withdrawn', { id: 'point-queued' })));
  await user.keyboard('{F6}');
  await screen.findByTestId('confirmation');
  await user.keyboard('{Control>}z{/Control}');
  await waitFor(() => expect(card().dataset.saved).toBe('false'));
  await user.keyboard('{F6}');
  expect(commands.checkIn).toHaveBeenCalledTimes(2);
});

test('what UiTPAS says about a point stands behind the details key', async () => {
  const user = await openWindow();
  const reason = notice('checkIn.notAllowed', {}, 'Je kansenstatuut telt hier.');
  await arrives(person({ checkIn: checkIn({ saveable: false, reason }) }));
  expect(document.body.textContent).not.toContain('Je kansenstatuut telt hier.');
  await user.keyboard('{F4}');
  expect(screen.getByTestId('details').textContent).toContain('Je kansenstatuut telt hier.');
});

test('the header says how many wait, and the nearest deadline', async () => {
  await openWindow({ toSend: 3, toSendBefore: '18:30' });
  expect(screen.getByTestId('header-to-send').textContent).toContain('3 te verzenden, vóór 18:30');
});

test('a sale after a point is the confirmation that stands', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.keyboard('{F6}');
  await screen.findByTestId('confirmation');
  await user.keyboard('{Enter}');
  await waitFor(() =>
    expect(screen.getByTestId('confirmation').textContent).toContain(
      t('record.confirmation', { receipt: line('queued').receipt }),
    ),
  );
});
