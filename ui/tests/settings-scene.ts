// The settings as the Rust side would send them.

import type { ChosenSettings, SettingsView } from '../src/ipc';

export function settingsView(
  chosen: Partial<ChosenSettings> = {},
  given: Partial<SettingsView> = {},
): SettingsView {
  return {
    chosen: {
      language: 'nl',
      look: 'system',
      sound: true,
      volume: 60,
      fastMode: false,
      lockAfterMinutes: 3,
      renewAt: { nl: '', fr: '', en: '' },
      whoToCall: '',
      mostOpen: 1000,
      mostDiscountEuro: 5000,
      rewards: 'upTo',
      rewardsMost: 15,
      standingMaxAgeDays: 7,
      ...chosen,
    },
    file: '/home/desk/balie.toml',
    keys: null,
    environment: 'production',
    version: '0.1.0',
    ...given,
  };
}
