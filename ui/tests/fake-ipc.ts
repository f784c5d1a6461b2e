// The other side of the window, faked at the one module that names Tauri: what it answers, and what it calls out.

import { vi } from 'vitest';
import type {
  CaseWay,
  DeskView,
  DiagnosisView,
  EventView,
  HandedView,
  LineView,
  PersonView,
  PracticeCard,
  Problem,
  StoryView,
  ToCheckView,
} from '../src/ipc';
import { nothingToCheck } from './check-scene';
import { deskView, eventViews } from './scene';

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
  startup: vi.fn(async (): Promise<Answer<null>> => ok(null)),
  desk: vi.fn(async (): Promise<Answer<DeskView>> => ok(deskView())),
  events: vi.fn(async (): Promise<Answer<EventView[]>> => ok(eventViews())),
  person: vi.fn(async (): Promise<Answer<PersonView | null>> => ok(null)),
  lines: vi.fn(async (): Promise<Answer<LineView[]>> => ok([])),
  chooseEvent: vi.fn(async (_id: string): Promise<Answer<null>> => ok(null)),
  identify: vi.fn(async (_text: string): Promise<Answer<null>> => ok(null)),
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

export const events = {
  deskChanged: wire<{ desk: DeskView }>(),
  eventsChanged: wire<{ events: EventView[] }>(),
  personChanged: wire<{ person: PersonView | null }>(),
  linesChanged: wire<{ lines: LineView[] }>(),
};

export function restart(): void {
  for (const command of Object.values(commands)) command.mockReset();
}
