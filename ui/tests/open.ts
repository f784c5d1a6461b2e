import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import App from '../src/App.svelte';
import type { DeskView, LineView, PersonView, PracticeCard } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { nothingToCheck } from './check-scene';
import { commands, events, ok, refused } from './fake-ipc';
import { deskView, eventViews, line, pointLine, rewardLine } from './scene';

/** The window as it stands when a clerk begins, and a clerk with a keyboard. */
export async function openWindow(
  desk: Partial<DeskView> = {},
  lines: LineView[] = [],
  practiceCards: PracticeCard[] = [],
) {
  balie.desk = null;
  balie.dialog = null;
  balie.showPerson(null);
  balie.problem = null;
  balie.typed = '';
  balie.filter = '';
  balie.stopped = null;
  balie.guardMs = 0;
  commands.startup.mockResolvedValue(ok(null));
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
  commands.chooseEvent.mockResolvedValue(ok(null));
  commands.refresh.mockResolvedValue(ok(null));
  commands.practiceTap.mockResolvedValue(ok(null));
  commands.practiceNetwork.mockResolvedValue(ok(null));
  commands.dismiss.mockResolvedValue(ok(null));
  const user = userEvent.setup();
  render(App);
  await screen.findByText(deskView(desk).organizer);
  return user;
}

/** Someone puts a card on the reader, or more becomes known about who stands there. */
export async function arrives(person: PersonView | null): Promise<void> {
  events.personChanged.call({ person });
  await tick();
}

export function field(): HTMLInputElement {
  return screen.getByTestId<HTMLInputElement>('number-field');
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
