import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import {
  allCodes,
  checkInCodes,
  lineCodes,
  noticeCodes,
  openReasonCodes,
  privateReasonCodes,
  problemCodes,
  rewardCodes,
  whereCodes,
} from '../src/texts/codes';
import { t, tWhole } from '../src/texts';
import { speak } from '../src/texts/language.svelte';
import { mayBeSeen } from '../src/views/desk/discreet';
import { commands, ok, refused, tell } from './fake-ipc';
import { arrives, field, openWindow } from './open';
import { deskView, line, notice, offer, person, privateSentences, regularPerson } from './scene';

/** The boxes on the screen, without what stands in them. */
function boxes(): string[] {
  return [...screen.getByTestId('person').querySelectorAll('*')]
    .filter((element) => !element.closest('svg, kbd') || element.tagName === 'svg')
    .map(
      (element) =>
        `${element.tagName}.${[...element.classList]
          .filter((name) => name !== 'lucide')
          .sort()
          .join('.')}`,
    );
}

const languages = ['nl', 'fr', 'en'] as const;
const words = () => document.body.textContent?.toLowerCase() ?? '';

test('what comes in for an older tap is not shown', async () => {
  await openWindow();
  const first = person({ firstName: 'Yasmina' });
  const second = person({ firstName: 'Bart' });
  await arrives(second);
  await arrives(first);
  expect(screen.getByTestId('person-name').textContent).toBe('Bart');
});

test('what comes in for a person who was put away is not shown', async () => {
  const user = await openWindow();
  const yasmina = person({ phase: 'asking' });
  await arrives(yasmina);
  await user.keyboard('{Escape}');
  await arrives({ ...yasmina, phase: 'ready' });
  expect(screen.queryByTestId('person')).toBeNull();
});

test('a sale that is answered after the next tap leaves the next person as they are', async () => {
  const user = await openWindow();
  let done: (answer: ReturnType<typeof ok<ReturnType<typeof line>>>) => void = () => {};
  commands.sell.mockReturnValue(new Promise((resolve) => (done = resolve)));
  await arrives(person());
  await user.keyboard('{Enter}');
  await arrives(person({ firstName: 'Bart' }));
  done(ok(line('queued')));
  expect(await screen.findByTestId('line-0')).toBeTruthy();
  expect(screen.queryByTestId('confirmation')).toBeNull();
  expect(screen.getByTestId<HTMLButtonElement>('record').disabled).toBe(false);
});

test('a person with and one without the lower price get the same boxes', async () => {
  await openWindow();
  const messages = ['Bericht'];
  await arrives(person({ messages }));
  const lower = boxes().filter((box) => !box.startsWith('KBD'));
  await arrives(regularPerson({ messages }));
  const regular = boxes().filter((box) => !box.startsWith('KBD'));
  expect(regular).toEqual(lower);
});

test('standing is named behind the details key only, for both kinds of person', async () => {
  const user = await openWindow();
  for (const someone of [person(), regularPerson()]) {
    await arrives(someone);
    expect(words()).not.toContain('kansen');
    await user.keyboard('{F4}');
    expect(screen.getByTestId('details').textContent?.toLowerCase()).toContain('kansenstatuut');
    await user.keyboard('{F4}');
  }
});

test.each(privateReasonCodes)('%s stays behind the details key; the open line is neutral', async (code) => {
  const user = await openWindow();
  await arrives(person({ offers: [offer(1, 'Volwassene', 1000, { reason: notice(code) })], details: [] }));
  expect(screen.getByTestId('price-line').textContent).toContain(t('offer.regular'));
  expect(words()).not.toContain('kansen');
  await user.keyboard('{F4}');
  expect(screen.getByTestId('details').textContent).toContain(tWhole(code));
});

test.each(openReasonCodes)('%s may be said openly and has no word about standing', async (code) => {
  await openWindow();
  await arrives(person({ offers: [offer(1, 'Volwassene', 1000, { reason: notice(code) })] }));
  expect(words()).not.toMatch(/kansen|statuut/);
});

test('the details close when the next person comes', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.keyboard('{F4}');
  await arrives(regularPerson());
  expect(screen.queryByTestId('details')).toBeNull();
});

test.each(noticeCodes)('a refused card says %s, openly and without a word about standing', async (code) => {
  await openWindow();
  await arrives(
    person({ phase: 'refused', offers: [], notice: notice(code, {}, 'De kaart is geblokkeerd.') }),
  );
  expect(screen.getByTestId('notice').dataset.code).toBe(code);
  expect(screen.getByTestId('notice').textContent).toBe(tWhole(code));
  expect(screen.getByTestId('said').textContent).toContain('De kaart is geblokkeerd.');
  expect(screen.queryByTestId('record')).toBeNull();
  expect(words()).not.toContain('kansen');
});

describe('where to renew', () => {
  const renewAt = 'Stadswinkel, Botermarkt 1, 9000 Gent – 09 210 10 10';
  const refusedFor = (code: string) =>
    person({ phase: 'refused', offers: [], notice: notice(code), details: [] });

  test.each(whereCodes.filter((code) => code.startsWith('pass.')))('%s says it openly', async (code) => {
    await openWindow({ renewAt });
    await arrives(refusedFor(code));
    expect(screen.getByTestId('where').textContent).toContain(renewAt);
  });

  test('what sends nobody anywhere, and an organizer who said nothing, show no place', async () => {
    await openWindow({ renewAt });
    await arrives(refusedFor('card.other'));
    expect(screen.queryByTestId('where')).toBeNull();
    tell({ what: 'desk', now: deskView() });
    await arrives(refusedFor('pass.cardBlocked'));
    expect(screen.queryByTestId('where')).toBeNull();
  });

  test.each(whereCodes.filter((code) => code.startsWith('standing.')))(
    '%s says it behind F4 only',
    async (code) => {
      const user = await openWindow({ renewAt });
      await arrives(
        person({ offers: [offer(1, 'Volwassene', 1000, { reason: notice(code) })], details: [] }),
      );
      expect(document.body.textContent).not.toContain('Botermarkt');
      await user.keyboard('{F4}');
      expect(screen.getByTestId('details-where').textContent).toBe(renewAt);
    },
  );

  test('a standing that soon ends says it behind F4, one that is long good does not', async () => {
    const user = await openWindow({ renewAt });
    await arrives(person({ details: [{ code: 'details.endDate', valueCode: null, value: '31/12/2027' }] }));
    await user.keyboard('{F4}');
    expect(screen.queryByTestId('details-where')).toBeNull();
    await arrives(
      person({ details: [{ code: 'details.endDate.soon', valueCode: null, value: '31/12/2026' }] }),
    );
    await user.keyboard('{F4}');
    expect(screen.getByTestId('details-where').textContent).toBe(renewAt);
  });

  test('words of the organizer that name the standing stay behind F4', async () => {
    const user = await openWindow({ renewAt: 'OCMW, Onderbergen 86' });
    await arrives(refusedFor('pass.cardBlocked'));
    expect(document.body.textContent).not.toContain('OCMW');
    await user.keyboard('{F4}');
    expect(screen.getByTestId('details-where').textContent).toContain('OCMW');
  });
});

test('what UiTPAS says about standing waits behind the details key', async () => {
  const user = await openWindow();
  await arrives(
    person({
      phase: 'refused',
      offers: [],
      notice: notice('pass.refusedByServer', {}, 'Geen kansenstatuut.'),
    }),
  );
  expect(screen.queryByTestId('said')).toBeNull();
  expect(words()).not.toContain('kansen');
  await user.keyboard('{F4}');
  expect(screen.getByTestId('details').textContent).toContain('Geen kansenstatuut.');
});

test.each(privateSentences)('“%s” never stands on the open screen', async (said) => {
  const user = await openWindow();
  const reason = notice('tariff.none', {}, said);
  for (const someone of [
    person({ phase: 'refused', offers: [], notice: notice('pass.refusedByServer', {}, said), details: [] }),
    person({ offers: [offer(1, 'Volwassene', 1000, { reason })], messages: [said], details: [] }),
  ]) {
    await arrives(someone);
    expect(document.body.textContent).not.toContain(said);
    await user.keyboard('{F4}');
    expect(screen.getByTestId('details').textContent).toContain(said);
    await user.keyboard('{F4}');
  }
});

test('a blocked person gets a neutral sentence; the word stands behind the details key', async () => {
  const user = await openWindow();
  await arrives(
    person({ phase: 'refused', offers: [], notice: notice('pass.passholderBlocked'), details: [] }),
  );
  expect(words()).not.toContain('geblokkeerd');
  await user.keyboard('{F4}');
  expect(screen.getByTestId('reason-0').textContent).toBe(tWhole('pass.passholderBlocked.private'));
});

test.each([
  ...noticeCodes,
  ...openReasonCodes,
  ...checkInCodes,
  ...rewardCodes,
  ...lineCodes,
  ...problemCodes,
])('our own sentence %s may be seen by anyone', (code) => {
  for (const language of languages) {
    speak(language);
    expect(mayBeSeen(tWhole(code)), tWhole(code)).toBe(true);
  }
  speak('nl');
});

test.each([
  'De kaart is geblokkeerd.',
  'Het maximum aantal tickets is bereikt.',
  'Deze UiTPAS kan niet gevonden worden in het systeem.',
])('“%s” says nothing about a standing and may be seen', (said) => expect(mayBeSeen(said)).toBe(true));

test('a card that was never seen asks for its number, in the field', async () => {
  await openWindow({ connection: 'offline' });
  await arrives(person({ phase: 'numberNeeded', offers: [], number: null, notice: notice('pass.unseen') }));
  expect(document.activeElement).toBe(field());
});

test('a provisional price says so and says how old it is', async () => {
  await openWindow();
  const given = { priceCents: 200, source: 'cached', asOf: '20/11 17:40' } as const;
  await arrives(person({ offers: [offer(1, 'Volwassene', 1000, given)] }));
  expect(screen.getByTestId('provisional').textContent).toContain('Voorlopig: prijs van 20/11 17:40.');
  await arrives(person({ phase: 'asking', offers: [offer(1, 'Volwassene', 1000, given)] }));
  expect(screen.getByTestId('provisional').textContent).toContain('wordt nagevraagd');
});

test('while a pass is looked up nothing can be recorded', async () => {
  const user = await openWindow();
  await arrives(person({ phase: 'looking', firstName: null, offers: [] }));
  await user.keyboard('{Enter}');
  expect(screen.getByTestId<HTMLButtonElement>('record').disabled).toBe(true);
  expect(commands.sell).not.toHaveBeenCalled();
});

test('the price that arrives later keeps what the clerk chose', async () => {
  const user = await openWindow();
  const asked = person({ phase: 'asking' });
  await arrives(asked);
  await user.keyboard('2');
  const offers = [
    offer(11, 'Volwassene', 1000, { priceCents: 200 }),
    offer(12, 'Kind', 500, { priceCents: 90 }),
  ];
  await arrives({ ...asked, phase: 'ready', offers });
  await user.keyboard('{Enter}');
  expect(commands.sell).toHaveBeenCalledExactlyOnceWith(asked.tap, 12, 1);
});

test('a sale that did not happen confirms nothing', async () => {
  const user = await openWindow();
  commands.sell.mockResolvedValue(refused('act.disk', 'fault'));
  await arrives(person());
  await user.keyboard('{Enter}');
  expect((await screen.findByTestId('problem')).dataset.code).toBe('act.disk');
  expect(screen.queryByTestId('confirmation')).toBeNull();
  expect(screen.queryByTestId('line-0')).toBeNull();
});

test('a program that does not answer is a problem with a sentence, never silence', async () => {
  const user = await openWindow();
  commands.sell.mockRejectedValue(new Error('gone'));
  await arrives(person());
  await user.keyboard('{Enter}');
  expect((await screen.findByTestId('problem')).textContent).toContain(t('problem.window'));
});

test('without an activity the screen says to choose one', async () => {
  await openWindow({ chosenEvent: null });
  expect(screen.getByTestId('idle').textContent).toContain(t('idle.choose'));
});

test('the codes are listed once', () => {
  expect(new Set(allCodes).size).toBe(allCodes.length);
});

test('what was noted and then refused is not called noted any more', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.keyboard('{Enter}');
  const said = await screen.findByTestId('confirmation');
  expect(said.textContent).toContain(t('record.confirmation', { receipt: 'B1-000012' }));
  for (const state of ['refused', 'inDoubt'] as const) {
    tell({ what: 'lines', now: [line(state, { id: line('queued').id })] });
    await waitFor(() => expect(screen.getByTestId('confirmation').dataset.state).toBe(state));
    expect(screen.getByTestId('confirmation').textContent).toContain(
      t(`record.confirmation.${state}`, { receipt: 'B1-000012' }),
    );
  }
});
