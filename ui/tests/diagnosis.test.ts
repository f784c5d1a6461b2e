import { screen, waitFor } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { AgreementView, DiagnosisView } from '../src/ipc';
import { t } from '../src/texts';
import { speak } from '../src/texts/language.svelte';
import { commands, ok, refused, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { deskView, person } from './scene';

function pair(given: Partial<AgreementView>): AgreementView {
  return {
    verb: 'sell',
    local: 'granted',
    live: 'granted',
    agreement: 'same',
    count: 1,
    lastAt: '21/11 09:30',
    ...given,
  };
}

const found: DiagnosisView = {
  comparisons: 60,
  differences: 3,
  lines: [
    pair({ count: 55 }),
    pair({ agreement: 'lacksFacts', local: 'price.notCached', count: 2 }),
    pair({ verb: 'checkIn', agreement: 'stricter', local: 'checkIn.limit.day', count: 2 }),
    pair({ verb: 'redeem', agreement: 'looser', live: 'reward.refused.points', count: 1 }),
  ],
};

test('F8 and the button show the numbers, differences first, each with what it means', async () => {
  const user = await openWindow();
  commands.diagnosis.mockResolvedValue(ok(found));
  await user.keyboard('{F8}');
  const page = screen.getByRole('region', { name: t('diagnosis.title') });
  await waitFor(() =>
    expect(screen.getByTestId('diagnosis-summary').textContent).toBe(
      t('diagnosis.differ', { n: 60, differences: 3 }),
    ),
  );
  const rows = [0, 1, 2, 3].map((index) => screen.getByTestId(`diagnosis-${index}`));
  expect(rows.map((row) => row.dataset.agreement)).toEqual(['looser', 'stricter', 'lacksFacts', 'same']);
  expect(rows[0]?.textContent).toContain('reward.refused.points');
  expect(rows[0]?.textContent).toContain(t('diagnosis.granted'));
  expect(rows[0]?.textContent).toContain(t('agreement.looser'));
  expect(rows[1]?.textContent).toContain(t('verb.checkIn'));
  expect(page.querySelectorAll('th[scope="col"]')).toHaveLength(6);
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('diagnosis')).toBeNull();
  await user.click(screen.getByTestId('menu-button'));
  await user.click(screen.getByTestId('menu-diagnosis'));
  expect(screen.getByTestId('diagnosis')).toBeTruthy();
});

test('without a difference, and without a comparison, it says what that means', async () => {
  const user = await openWindow();
  commands.diagnosis.mockResolvedValue(ok({ comparisons: 9, differences: 0, lines: [pair({ count: 9 })] }));
  await user.keyboard('{F8}');
  await screen.findByText(t('diagnosis.same', { n: 9 }));
  await user.keyboard('{F8}');
  expect(screen.queryByTestId('diagnosis')).toBeNull();
  commands.diagnosis.mockResolvedValue(ok({ comparisons: 0, differences: 0, lines: [] }));
  await user.keyboard('{F8}');
  await screen.findByText(t('diagnosis.none'));
});

test('a diagnosis that cannot be had says why, on its page', async () => {
  const user = await openWindow();
  commands.diagnosis.mockResolvedValue(refused('store.failed', 'fault'));
  await user.keyboard('{F8}');
  const problem = await screen.findByTestId('problem');
  expect(screen.getByTestId('diagnosis').contains(problem)).toBe(true);
});

test('a tap closes the diagnosis and starts the person', async () => {
  const user = await openWindow();
  commands.diagnosis.mockResolvedValue(ok(found));
  await user.keyboard('{F8}');
  await arrives(person());
  expect(screen.queryByTestId('diagnosis')).toBeNull();
  expect(screen.getByTestId('person-name').textContent?.trim()).toBe('Yasmina');
});

test('the window speaks the language of the desk, and follows when it changes', async () => {
  await openWindow({ language: 'fr' });
  await arrives(person());
  expect(document.documentElement.lang).toBe('fr');
  expect(screen.getByTestId('check-in').textContent).toContain('Épargner un point');
  tell({ what: 'desk', now: deskView({ language: 'en' }) });
  await waitFor(() => expect(screen.getByTestId('check-in').textContent).toContain('Save a point'));
  expect(screen.getByTestId('record').textContent).toContain('€2.00');
  speak('nl');
});

test.each(['nl', 'fr', 'en'] as const)(
  'in %s no word about standing stands outside the details',
  async (language) => {
    await openWindow({ language });
    await arrives(person());
    expect(document.body.textContent).not.toMatch(/kansen|statuut|tarif réduit|social tariff/i);
    speak('nl');
  },
);
