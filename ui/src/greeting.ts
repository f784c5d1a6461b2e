// The first words between the window and Rust. They are said before the rest of the window is read, which takes as long as the
// answer does; until the window hears for itself, what it is told is kept in its order.

import { heard, type Answer } from './answer';
import { commands, events } from './ipc';
import type { News, StartupView } from './ipc';

type Answered = { deaf: boolean; answer: Answer<StartupView> };

let kept: News[] = [];
let hear: (news: News) => void = (news) => void kept.push(news);
let said: Promise<Answered> | null = null;

/** Listens first and asks afterwards; what was heard meanwhile is newer than the answer. */
async function say(): Promise<Answered> {
  let deaf = false;
  try {
    await events.news.listen(({ payload }) => hear(payload));
  } catch {
    deaf = true;
  }
  // The window is there before the desk is; this answers as soon as it is known what comes first.
  return { deaf, answer: await heard(commands.startup()) };
}

/** Says them, once for each time that they are answered. */
export function greet(): Promise<Answered> {
  return (said ??= say());
}

/** Gives what Rust answered, and from now on all that it tells to a listener. */
export async function greeted(listener: (news: News) => void): Promise<Answered> {
  hear = listener;
  for (const news of kept.splice(0)) listener(news);
  try {
    return await greet();
  } finally {
    said = null;
  }
}
