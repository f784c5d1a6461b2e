// What is said before the window is read, and who hears it.

import { beforeEach, expect, test, vi } from 'vitest';
import type { News } from '../src/ipc';
import { greet, greeted } from '../src/greeting';
import { commands, events, ok, tell } from './fake-ipc';
import { deskView } from './scene';
import { startupView } from './way-scene';

const desk = (toSend: number): News => ({ what: 'desk', now: deskView({ toSend }) });

beforeEach(() => void commands.startup.mockClear().mockResolvedValue(ok(startupView())));

test('what is told before the window hears for itself is kept, in its order', async () => {
  void greet();
  await vi.waitFor(() => expect(commands.startup).toHaveBeenCalledOnce());
  tell(desk(1));
  tell(desk(2));
  const heard: News[] = [];
  const { deaf, answer } = await greeted((news) => heard.push(news));
  expect([deaf, answer.status]).toEqual([false, 'ok']);
  tell(desk(3));
  expect(heard).toEqual([desk(1), desk(2), desk(3)]);
  expect(commands.startup).toHaveBeenCalledOnce();
});

test('a window that opens anew says them anew', async () => {
  await greeted(() => {});
  await greeted(() => {});
  expect(commands.startup).toHaveBeenCalledTimes(2);
});

test('a window that cannot listen still gets its answer', async () => {
  const listen = vi.spyOn(events.news, 'listen').mockRejectedValueOnce(new Error('no'));
  const { deaf, answer } = await greeted(() => {});
  expect([deaf, answer.status]).toEqual([true, 'ok']);
  listen.mockRestore();
});
