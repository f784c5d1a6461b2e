// In which order the rewards of a person stand: what can be had first.

import type { RewardView } from './ipc';
import type { Key } from './texts';

export type Group = { title: Key; rewards: RewardView[] };

/** Welcome advantages, what can be redeemed, what is nearly in reach, and the rest; without the empty groups. */
export function groups(rewards: readonly RewardView[]): Group[] {
  const of = (title: Key): Group => ({
    title,
    rewards: rewards.filter((reward) => titleOf(reward) === title),
  });
  return [of('rewards.welcome'), of('rewards.now'), of('rewards.soon'), of('rewards.not')].filter(
    (group) => group.rewards.length > 0,
  );
}

/** All of them in the order of the screen, so that the keys 1 to 9 mean what stands beside them. */
export function inOrder(rewards: readonly RewardView[]): RewardView[] {
  return groups(rewards).flatMap((group) => group.rewards);
}

/** How many points are missing, when that is all that is in the way. */
export function missing(reward: RewardView): number | null {
  if (reward.redeemable || reward.reason?.code !== 'reward.notEnoughPoints') return null;
  const fact = reward.reason.facts.find(({ name }) => name === 'missing')?.value;
  const count = Number(fact);
  return fact !== undefined && Number.isInteger(count) && count > 0 ? count : null;
}

function titleOf(reward: RewardView): Key {
  if (reward.redeemable || reward.redeemed) return reward.welcome ? 'rewards.welcome' : 'rewards.now';
  return missing(reward) === null ? 'rewards.not' : 'rewards.soon';
}
