// The way in and working without a connection, as the Rust side would send it.

import type {
  DeskChoice,
  KeptView,
  ReadyItem,
  ReadyView,
  ScreenView,
  SetUpView,
  StartupView,
  StartView,
} from '../src/ipc';

/** What the page is told when it comes; it reads the screen piece by piece, unless that came as well. */
export function startupView(given: Partial<StartView> = {}, screen: ScreenView | null = null): StartupView {
  return { start: startView(given), screen };
}

export function startView(given: Partial<StartView> = {}): StartView {
  return {
    stage: 'open',
    language: 'nl',
    look: 'system',
    canPractise: false,
    sending: true,
    notice: null,
    ...given,
  };
}

export function desk(id: string, name: string, chosen = false): DeskChoice {
  return { id, name, chosen };
}

/** A set-up of which nothing was done yet but the settings. */
export function setUpView(given: Partial<SetUpView> = {}): SetUpView {
  return {
    hasSettings: true,
    environment: 'production',
    byPerson: true,
    signedIn: false,
    desks: [],
    permissions: [],
    reader: { state: 'absent', name: null, trouble: null },
    cardRead: false,
    hasPin: false,
    hasRecoveryCode: false,
    ...given,
  };
}

export function readyItem(code: string, given: Partial<ReadyItem> = {}): ReadyItem {
  return {
    code,
    state: 'good',
    count: null,
    asOf: '21/11 10:42',
    until: '28/11 10:42',
    notice: null,
    ...given,
  };
}

export const readyNames = ['signIn', 'events', 'prices', 'rewards', 'list', 'cards', 'reader'].map(
  (name) => `ready.${name}`,
);

export function readyView(given: Partial<ReadyView> = {}): ReadyView {
  return {
    items: readyNames.map((code) => readyItem(code)),
    goodUntil: '24/11 10:00',
    hoursLeft: 71,
    wont: [],
    limits: {
      mostAgeDays: 7,
      open: 3,
      mostOpen: 200,
      discountCents: 2450,
      mostDiscountCents: 50000,
      rewards: '15',
    },
    progress: null,
    failed: null,
    shrunk: [],
    ...given,
  };
}

export const keptNames = [
  'acts',
  'events',
  'prices',
  'rewards',
  'cards',
  'typed',
  'list',
  'listed',
  'backups',
].map((name) => `kept.${name}`);

export function keptView(given: Partial<KeptView> = {}): KeptView {
  const people = ['kept.cards', 'kept.typed', 'kept.list', 'kept.listed'];
  return {
    kinds: keptNames.map((code, index) => ({
      code,
      people: people.includes(code),
      count: index * 100,
      oldest: index === 0 ? null : '14/11 10:42',
      newest: index === 0 ? null : '21/11 10:42',
    })),
    kilobytes: 12_345,
    unsent: 3,
    reducedAfterDays: 30,
    removedAfterDays: 400,
    wipedAfterDays: 7,
    ...given,
  };
}
