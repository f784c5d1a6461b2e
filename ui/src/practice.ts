// What only practice has: a tray of cards, and a network that can be taken away.

import { commands } from './ipc';
import type { PracticeCard } from './ipc';
import { balie } from './state.svelte';

/** The cards on the tray. */
export async function cardsOnTray(): Promise<PracticeCard[]> {
  return (await balie.answered(commands.practiceCards())) ?? [];
}

/** Lays a card on the reader that practice pretends to have. */
export async function tapCard(card: PracticeCard): Promise<void> {
  await balie.answered(commands.practiceTap(card.uid));
}

/** Takes the network away or puts it back, and says whether that was done. */
export async function putNetwork(on: boolean): Promise<boolean> {
  return (await balie.answered(commands.practiceNetwork(on))) !== undefined;
}
