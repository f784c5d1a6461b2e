import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { expect } from 'vitest';
import App from '../src/App.svelte';
import type { DeskView, LineView, PersonView, PracticeCard, SetUpView, StartView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { nothingToCheck } from './check-scene';
import { commands, events, ok, refused, tell } from './fake-ipc';
import { readerCheckView } from './reader-scene';
import { deskView, eventViews, line, pointLine, rewardLine } from './scene';
import { settingsView } from './settings-scene';
import { keptView, readyView, setUpView, startupView, startView } from './way-scene';

const WAY = [
  'unlock',
  'lock',
  'recover',
  'tryAgain',
  'setPin',
  'confirmRecoveryCode',
  'signIn',
  'cancelSignIn',
  'signOut',
  'chooseDesk',
  'writeSettings',
  'speak',
  'endSetUp',
  'practise',
  'prepare',
  'stopPreparing',
  'judgeList',
  'wipe',
] as const;

/** The Rust side, of which every answer is the calm one. */
function answers(desk: Partial<DeskView>, lines: LineView[], practiceCards: PracticeCard[]): void {
  balie.desk = null;
  balie.dialog = null;
  balie.showPerson(null);
  balie.problem = null;
  balie.typed = '';
  balie.filter = '';
  balie.stopped = null;
  balie.guardMs = 0;
  commands.startup.mockResolvedValue(ok(startupView()));
  commands.practiceCards.mockResolvedValue(ok(practiceCards));
  commands.desk.mockResolvedValue(ok(deskView(desk)));
  commands.events.mockResolvedValue(ok(eventViews()));
  commands.person.mockResolvedValue(ok(null));
  commands.lines.mockResolvedValue(ok(lines));
  commands.sell.mockResolvedValue(ok(line('queued')));
  commands.checkIn.mockResolvedValue(ok(pointLine('queued')));
  commands.redeem.mockResolvedValue(ok(rewardLine('queued')));
  commands.toCheck.mockResolvedValue(ok(nothingToCheck()));
  commands.sendNow.mockResolvedValue(ok(null));
  commands.seenExtra.mockResolvedValue(ok(null));
  commands.handOver.mockResolvedValue(ok(null));
  commands.takeOver.mockResolvedValue(ok(null));
  commands.clockIsRight.mockResolvedValue(ok(null));
  commands.workOnHere.mockResolvedValue(ok(null));
  commands.undo.mockResolvedValue(refused('undo.tooLate'));
  commands.identify.mockResolvedValue(ok(null));
  commands.scan.mockResolvedValue(ok(null));
  commands.forward.mockResolvedValue(ok(null));
  commands.readerCheck.mockResolvedValue(ok(readerCheckView()));
  commands.settings.mockResolvedValue(ok(settingsView()));
  commands.changeSettings.mockImplementation(async (chosen) => ok(settingsView(chosen)));
  commands.saveDiagnosis.mockResolvedValue(ok(null));
  commands.chooseEvent.mockResolvedValue(ok(null));
  commands.refresh.mockResolvedValue(ok(null));
  commands.practiceTap.mockResolvedValue(ok(null));
  commands.practiceNetwork.mockResolvedValue(ok(null));
  commands.dismiss.mockResolvedValue(ok(null));
  for (const name of WAY) commands[name].mockResolvedValue(ok(null));
  commands.recoveryCode.mockResolvedValue(ok('ABCD-EFGH-JKLM-NPQR'));
  commands.desks.mockResolvedValue(ok([]));
  commands.setUp.mockResolvedValue(ok(setUpView()));
  commands.ready.mockResolvedValue(ok(readyView()));
  commands.kept.mockResolvedValue(ok(keptView()));
}

/** The window as it stands when a clerk begins, and a clerk with a keyboard. */
export async function openWindow(
  desk: Partial<DeskView> = {},
  lines: LineView[] = [],
  practiceCards: PracticeCard[] = [],
) {
  answers(desk, lines, practiceCards);
  const user = userEvent.setup();
  render(App);
  await screen.findByText(deskView(desk).organizer);
  return user;
}

/** The window before the desk: the lock, the recovery code or the set-up. */
export async function openBefore(start: Partial<StartView>, setUp: Partial<SetUpView> = {}) {
  answers({}, [], []);
  commands.setUp.mockResolvedValue(ok(setUpView(setUp)));
  commands.startup.mockResolvedValue(ok(startupView(start)));
  const user = userEvent.setup();
  render(App);
  await waitFor(() => expect(balie.start.stage ?? balie.stopped).not.toBeNull());
  await tick();
  return user;
}

/** Rust says what stands before the clerk now. */
export async function becomes(start: Partial<StartView>): Promise<void> {
  commands.startup.mockResolvedValue(ok(startupView(start)));
  tell({ what: 'start', now: startView(start) });
  await tick();
}

/** Someone puts a card on the reader, or more becomes known about who stands there. */
export async function arrives(person: PersonView | null): Promise<void> {
  tell({ what: 'person', now: person });
  await tick();
}

export function field(): HTMLInputElement {
  return screen.getByTestId<HTMLInputElement>('number-field');
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
