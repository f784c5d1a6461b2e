// The settings as the Rust side would send them.

import type { ChosenKeys, ChosenSettings, KeysView, KeyView, OwnKey, SettingsView } from '../src/ipc';
import { notice } from './scene';

/** The default key. */
export const proposed: OwnKey = {
  belowCents: null,
  isCents: null,
  aboveCents: null,
  ownCardSystem: false,
  passholder: { kind: 'ofPrice', amount: 2000 },
  organizer: { kind: 'ofPrice', amount: 4000 },
  government: { kind: 'rest', amount: 0 },
};

export function keyView(name: string, given: Partial<KeyView> = {}): KeyView {
  return {
    name,
    conditions: [],
    passholder: notice('key.ofPrice', { percent: '20' }),
    organizer: notice('key.ofPrice', { percent: '40' }),
    government: notice('key.rest'),
    example: notice('key.example', {
      price: '€ 10,00',
      passholder: '€ 2,00',
      organizer: '€ 4,00',
      government: '€ 4,00',
    }),
    notes: [],
    ...given,
  };
}

/** As many keys in words as there are. */
export function keysView(keys: ChosenKeys): KeysView {
  return {
    proposed,
    standard: keyView(''),
    automatic: keys.automatic.map((_, place) => keyView(`${place + 1}`)),
    manual: keys.manual ? [keyView('A'), keyView('B')] : [],
  };
}

export function chosenKeys(given: Partial<ChosenKeys> = {}): ChosenKeys {
  return { computes: false, own: false, automatic: [], manual: null, ...given };
}

export function settingsView(
  chosen: Partial<ChosenSettings> = {},
  given: Partial<SettingsView> = {},
): SettingsView {
  const keys = chosen.keys ?? chosenKeys();
  return {
    chosen: {
      language: 'nl',
      look: 'system',
      sound: true,
      volume: 60,
      fastMode: false,
      usesNationalNumber: false,
      lockAfterMinutes: 3,
      renewAt: { nl: '', fr: '', en: '' },
      whoToCall: '',
      mostOpen: 1000,
      mostDiscountEuro: 5000,
      rewards: 'upTo',
      rewardsMost: 15,
      standingMaxAgeDays: 7,
      keys,
      ...chosen,
    },
    file: '/home/desk/balie.toml',
    keys: keysView(keys),
    environment: 'production',
    version: '0.1.0',
    ...given,
  };
}
