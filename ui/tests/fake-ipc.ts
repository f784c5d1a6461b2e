// The other side of the window, faked at the one module that names Tauri: what it answers, and what it calls out.

import { vi } from 'vitest';
import type {
  CaseWay,
  ChosenSettings,
  DayFormat,
  DayPage,
  DayQuery,
  DayView,
  DayWords,
  DeskChoice,
  DeskView,
  DiagnosisView,
  EventView,
  HandedView,
  KeptView,
  Language,
  LineView,
  News,
  PersonView,
  PracticeCard,
  Problem,
  ReaderCheckView,
  ReadyView,
  SetUpView,
  SettingsView,
  StartupView,
  StoryView,
  ToCheckView,
} from '../src/ipc';
import { nothingToCheck } from './check-scene';
import { emptyDay } from './day-scene';
import { readerCheckView } from './reader-scene';
import { deskView, eventViews } from './scene';
import { settingsView } from './settings-scene';
import { keptView, readyView, setUpView, startupView } from './way-scene';

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: Problem };

export function ok<T>(data: T): Answer<T> {
  return { status: 'ok', data };
}

export function refused(
  code: string,
  severity: Problem['severity'] = 'clerk',
  facts: Record<string, string> = {},
): Answer<never> {
  const named = Object.entries(facts).map(([name, value]) => ({ name, value }));
  return { status: 'error', error: { code, severity, facts: named } };
}

export const commands = {
  startup: vi.fn(async (): Promise<Answer<StartupView>> => ok(startupView())),
  came: vi.fn(async (): Promise<void> => {}),
  desk: vi.fn(async (): Promise<Answer<DeskView>> => ok(deskView())),
  events: vi.fn(async (): Promise<Answer<EventView[]>> => ok(eventViews())),
  person: vi.fn(async (): Promise<Answer<PersonView | null>> => ok(null)),
  lines: vi.fn(async (): Promise<Answer<LineView[]>> => ok([])),
  chooseEvent: vi.fn(async (_id: string): Promise<Answer<null>> => ok(null)),
  identify: vi.fn(async (_text: string): Promise<Answer<null>> => ok(null)),
  scan: vi.fn(async (_text: string): Promise<Answer<null>> => ok(null)),
  forward: vi.fn(async (_text: string): Promise<Answer<null>> => ok(null)),
  readerCheck: vi.fn(async (): Promise<Answer<ReaderCheckView>> => ok(readerCheckView())),
  settings: vi.fn(async (): Promise<Answer<SettingsView>> => ok(settingsView())),
  changeSettings: vi.fn(async (chosen: ChosenSettings): Promise<Answer<SettingsView>> =>
    ok(settingsView(chosen)),
  ),
  saveDiagnosis: vi.fn(async (): Promise<Answer<string | null>> => ok(null)),
  sell: vi.fn(async (_tap: number, _offer: number, _quantity: number): Promise<Answer<LineView>> =>
    refused('act.gone'),
  ),
  checkIn: vi.fn(async (_tap: number): Promise<Answer<LineView>> => refused('act.gone')),
  redeem: vi.fn(async (_tap: number, _reward: number): Promise<Answer<LineView>> => refused('act.gone')),
  diagnosis: vi.fn(async (): Promise<Answer<DiagnosisView>> =>
    ok({ comparisons: 0, differences: 0, lines: [] }),
  ),
  undo: vi.fn(async (_id: string): Promise<Answer<LineView>> => refused('undo.tooLate')),
  dismiss: vi.fn(async (_tap: number): Promise<Answer<null>> => ok(null)),
  refresh: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  day: vi.fn(async (_day: string | null): Promise<Answer<DayView>> => ok(emptyDay())),
  dayLines: vi.fn(async (_query: DayQuery): Promise<Answer<DayPage>> => ok({ lines: [], found: 0, all: 0 })),
  closeDay: vi.fn(async (_day: string): Promise<Answer<DayView>> => refused('store.failed')),
  exportDay: vi.fn(
    async (_day: string, _format: DayFormat, _words: DayWords): Promise<Answer<string | null>> => ok(null),
  ),
  toCheck: vi.fn(async (): Promise<Answer<ToCheckView>> => ok(nothingToCheck())),
  resolve: vi.fn(async (_id: string, _way: CaseWay, _record: string | null): Promise<Answer<LineView>> =>
    refused('check.notPossible'),
  ),
  seenExtra: vi.fn(async (_id: string): Promise<Answer<null>> => ok(null)),
  sendNow: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  story: vi.fn(async (_id: string): Promise<Answer<StoryView>> => refused('check.changed')),
  handOver: vi.fn(async (): Promise<Answer<HandedView | null>> => ok(null)),
  takeOver: vi.fn(async (_code: string): Promise<Answer<HandedView | null>> => ok(null)),
  clockIsRight: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  workOnHere: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  unlock: vi.fn(async (_pin: string): Promise<Answer<null>> => ok(null)),
  lock: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  recover: vi.fn(async (_code: string): Promise<Answer<null>> => ok(null)),
  tryAgain: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  setPin: vi.fn(async (_old: string | null, _pin: string | null): Promise<Answer<null>> => ok(null)),
  recoveryCode: vi.fn(async (_pin: string | null): Promise<Answer<string>> => ok('ABCD-EFGH-JKLM-NPQR')),
  confirmRecoveryCode: vi.fn(async (_code: string): Promise<Answer<null>> => ok(null)),
  signIn: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  cancelSignIn: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  signOut: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  desks: vi.fn(async (): Promise<Answer<DeskChoice[]>> => ok([])),
  chooseDesk: vi.fn(async (_id: string): Promise<Answer<null>> => ok(null)),
  setUp: vi.fn(async (): Promise<Answer<SetUpView>> => ok(setUpView())),
  writeSettings: vi.fn(async (_environment: string, _client: string): Promise<Answer<null>> => ok(null)),
  speak: vi.fn(async (_language: Language): Promise<Answer<null>> => ok(null)),
  endSetUp: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  practise: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  ready: vi.fn(async (): Promise<Answer<ReadyView>> => ok(readyView())),
  prepare: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  stopPreparing: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  judgeList: vi.fn(async (_cardSystem: number, _right: boolean): Promise<Answer<null>> => ok(null)),
  kept: vi.fn(async (): Promise<Answer<KeptView>> => ok(keptView())),
  wipe: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  practiceCards: vi.fn(async (): Promise<Answer<PracticeCard[]>> => ok([])),
  practiceTap: vi.fn(async (_uid: string): Promise<Answer<null>> => ok(null)),
  practiceNetwork: vi.fn(async (_on: boolean): Promise<Answer<null>> => ok(null)),
};

type Heard<T> = (event: { payload: T }) => void;

function wire<T>() {
  let heard: Heard<T> | undefined;
  return {
    listen: async (cb: Heard<T>) => {
      heard = cb;
      return () => {};
    },
    call: (payload: T) => heard?.({ payload }),
  };
}

export const events = { news: wire<News>() };

/** Rust says that something changed, and how it is now. */
export const tell = (news: News): void => events.news.call(news);

/** The numbers that were looked up, typed by a hand or by a scanner. */
export function lookedUp(): string[] {
  return [...commands.identify.mock.calls, ...commands.scan.mock.calls].map(([number]) => number);
}

export function restart(): void {
  for (const command of Object.values(commands)) command.mockReset();
}
