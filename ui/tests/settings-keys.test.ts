import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import type { AutomaticKey, ChosenKeys, OwnKey } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t, tWhole } from '../src/texts';
import { speak } from '../src/texts/language.svelte';
import { hundredths } from '../src/views/settings/whole';
import { commands, ok } from './fake-ipc';
import { arrives, openWindow } from './open';
import { notice, person } from './scene';
import { chosenKeys, keysView, keyView, proposed, settingsView } from './settings-scene';

beforeEach(() => {
  vi.useRealTimers();
  balie.settings.draft = null;
});

const fixed = (amount: number): OwnKey => ({ ...proposed, passholder: { kind: 'fixed', amount } });
const any = (key: OwnKey): AutomaticKey => ({ municipality: 'any', key });
const three = [any(fixed(100)), any(fixed(200)), any(fixed(300))];

async function openKeys(keys: Partial<ChosenKeys> = {}, given: Parameters<typeof settingsView>[1] = {}) {
  const user = await openWindow();
  commands.changeSettings.mockClear();
  commands.settings.mockResolvedValue(ok(settingsView({ keys: chosenKeys(keys) }, given)));
  await user.keyboard('{Control>},{/Control}');
  await screen.findByTestId('set-keys');
  return user;
}

const own = (automatic: AutomaticKey[]) => ({ computes: true, own: true, automatic });
const asked = () => commands.changeSettings.mock.calls.at(-1)?.[0].keys;
const input = (name: string) => screen.getByTestId<HTMLInputElement>(name);
const amounts = () => asked()?.automatic.map(({ key }) => key.passholder.amount);

async function types(user: Awaited<ReturnType<typeof openKeys>>, name: string, text: string) {
  await user.clear(input(name));
  if (text !== '') await user.type(input(name), text);
}

test('off until the organizer says so: the keys are there for the estimate of the day alone', async () => {
  await openKeys();
  expect(input('keys-off').checked).toBe(true);
  const part = screen.getByTestId('set-keys').textContent;
  expect(part).toContain(t('settings.keys.none'));
  expect(part).toContain(t('settings.keys.what'));
  expect(screen.getByTestId('key-standard').textContent).toContain('20 %');
  expect(screen.queryByTestId('keys-list')).toBeNull();
});

test('the default key is one press, and own keys begin as what Rust proposes', async () => {
  const user = await openKeys();
  await user.click(screen.getByTestId('keys-standard'));
  expect(asked()).toEqual(chosenKeys({ computes: true }));
  await waitFor(() =>
    expect(screen.getByTestId('set-keys').textContent).toContain(t('settings.keys.computes')),
  );
  await user.click(screen.getByTestId('keys-own'));
  expect(asked()).toEqual(chosenKeys(own([any(proposed)])));
  await screen.findByTestId('key-0');
});

test('own keys are kept while they do not count, and are there again afterwards', async () => {
  const user = await openKeys(own(three));
  await user.click(screen.getByTestId('keys-standard'));
  expect(asked()).toEqual({ ...chosenKeys(own(three)), own: false });
  await screen.findByTestId('keys-kept');
  expect(screen.queryByTestId('keys-list')).toBeNull();
  await user.click(screen.getByTestId('keys-own'));
  expect(asked()).toEqual(chosenKeys(own(three)));
  await user.click(screen.getByTestId('keys-off'));
  expect(asked()).toEqual({ ...chosenKeys(own(three)), computes: false });
  await screen.findByTestId('keys-list');
});

test('a key stands there in words, with what it comes to and why it never applies', async () => {
  const keys = chosenKeys(own([any(proposed)]));
  const key = keyView('1', {
    conditions: [notice('key.below', { price: '€ 10,01' }), notice('key.own')],
    passholder: notice('key.fixed', { price: '€ 2,00' }),
    notes: [notice('key.note.noPostalCodes')],
  });
  await openKeys(keys, { keys: { ...keysView(keys), automatic: [key] } });
  const row = screen.getByTestId('key-0').textContent;
  expect(row).toContain('prijs onder €\u00a010,01, eigen gemeente');
  expect(row).toContain('40 %');
  expect(row).toContain('de rest');
  expect(row).toContain('Bijvoorbeeld €\u00a010,00: pashouder €\u00a02,00');
  expect(row).toContain('postal_codes');
});

test('a key is added with the keyboard alone, and the focus stays with it', async () => {
  const user = await openKeys(own([any(proposed)]));
  screen.getByTestId('key-add').focus();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(document.activeElement).toBe(input('key-below')));
  expect(screen.queryByTestId('key-add')).toBeNull();
  await user.keyboard('10,01');
  await user.selectOptions(screen.getByTestId('key-passholder'), 'fixed');
  expect(input('key-passholder-amount').value).toBe('');
  await user.type(input('key-passholder-amount'), '2{Enter}');
  const added = { ...proposed, belowCents: 1001, passholder: { kind: 'fixed', amount: 200 } };
  expect(asked()?.automatic).toEqual([any(proposed), { municipality: 'any', key: added }]);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('key-1-edit')));
  expect(commands.changeSettings).toHaveBeenCalledOnce();
});

test('what a key says stands in the fields, and everything can be changed', async () => {
  const key: OwnKey = { ...fixed(150), aboveCents: 500, ownCardSystem: true };
  const user = await openKeys(own([{ municipality: 'other', key }]));
  await user.click(screen.getByTestId('key-0-edit'));
  expect(['key-below', 'key-above', 'key-is'].map((name) => input(name).value)).toEqual(['', '5,00', '']);
  expect(input('key-municipality').value).toBe('other');
  expect(input('key-own-region').checked).toBe(true);
  expect(input('key-passholder-amount').value).toBe('1,50');
  expect(input('key-organizer-amount').value).toBe('40');
  expect(screen.queryByTestId('key-government-amount')).toBeNull();
  expect(within(screen.getByTestId('key-passholder')).queryByText(t('settings.keys.part.rest'))).toBeNull();
  await types(user, 'key-above', '');
  await types(user, 'key-is', '7');
  await user.selectOptions(screen.getByTestId('key-municipality'), 'own');
  await user.click(screen.getByTestId('key-own-region'));
  await user.selectOptions(screen.getByTestId('key-organizer'), 'rest');
  await user.selectOptions(screen.getByTestId('key-government'), 'ofRemainder');
  await types(user, 'key-government-amount', '12,5');
  await user.click(screen.getByTestId('key-save'));
  expect(asked()?.automatic).toEqual([
    {
      municipality: 'own',
      key: {
        belowCents: null,
        isCents: 700,
        aboveCents: null,
        ownCardSystem: false,
        passholder: { kind: 'fixed', amount: 150 },
        organizer: { kind: 'rest', amount: 0 },
        government: { kind: 'ofRemainder', amount: 1250 },
      },
    },
  ]);
});

function refuses(code: string, field: string) {
  const facts = [
    { name: 'key', value: '1' },
    { name: 'field', value: field },
  ];
  commands.changeSettings.mockResolvedValueOnce({
    status: 'error',
    error: { code, severity: 'clerk', facts },
  });
}

test.each([
  ['settings.keyAmount.wrong', 'passholder', 'key-passholder-amount'],
  ['settings.keyShare.wrong', 'organizer', 'key-organizer-amount'],
  ['settings.keyRest.wrong', 'organizer', 'key-organizer-amount'],
  ['settings.keyPrice.wrong', 'belowCents', 'key-below'],
])('%s is said at the field of the %s, and what was typed stays', async (code, field, marked) => {
  const user = await openKeys(own([any(fixed(200))]));
  await user.click(screen.getByTestId('key-0-edit'));
  await types(user, 'key-below', 'tien');
  refuses(code, field);
  await user.keyboard('{Enter}');
  const why = await screen.findByTestId('key-refused');
  expect(why.textContent?.trim()).toBe(tWhole(code, { key: '1' }));
  expect(why.textContent).toContain('Sleutel 1');
  await waitFor(() => expect(document.activeElement).toBe(input(marked)));
  expect(input(marked).getAttribute('aria-invalid')).toBe('true');
  expect(input(marked).getAttribute('aria-describedby')).toBe(why.id);
  expect(asked()?.automatic[0]?.key.belowCents).toBe(-1);
  expect(input('key-below').value).toBe('tien');
  await types(user, 'key-below', '10,01');
  await user.keyboard('{Enter}');
  await waitFor(() => expect(screen.queryByTestId('key-form')).toBeNull());
  expect(screen.queryByTestId('problem')).toBeNull();
});

test('where both take the rest, both are marked', async () => {
  const user = await openKeys(own([any(proposed)]));
  await user.click(screen.getByTestId('key-0-edit'));
  await user.selectOptions(screen.getByTestId('key-organizer'), 'rest');
  refuses('settings.keyRest.wrong', 'organizer');
  await user.click(screen.getByTestId('key-save'));
  await screen.findByTestId('key-refused');
  const marked = ['key-passholder', 'key-organizer', 'key-government'].map((name) =>
    screen.getByTestId(name).getAttribute('aria-invalid'),
  );
  expect(marked).toEqual([null, 'true', 'true']);
});

test('Escape closes what was said, and then gives the key up and nothing else', async () => {
  const user = await openKeys(own([any(fixed(200))]));
  await user.click(screen.getByTestId('key-0-edit'));
  await types(user, 'key-below', '99');
  refuses('settings.keyPrice.wrong', 'belowCents');
  await user.keyboard('{Enter}');
  await screen.findByTestId('key-refused');
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('problem')).toBeNull();
  expect(input('key-below').value).toBe('99');
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('key-form')).toBeNull();
  expect(screen.queryByTestId('problem')).toBeNull();
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('key-0-edit')));
  expect(commands.changeSettings).toHaveBeenCalledOnce();
  await user.click(screen.getByTestId('key-0-edit'));
  expect(input('key-below').value).toBe('');
});

test('a key that is half filled in waits while somebody comes to the desk, and does not hold', async () => {
  const user = await openKeys(own([any(proposed)]));
  await user.click(screen.getByTestId('key-add'));
  await user.type(input('key-below'), '10,01');
  await arrives(person());
  expect(screen.queryByTestId('settings')).toBeNull();
  expect(commands.changeSettings).not.toHaveBeenCalled();
  await user.keyboard('{Control>},{/Control}');
  await screen.findByTestId('key-new');
  expect(input('key-below').value).toBe('10,01');
  await user.click(screen.getByTestId('key-cancel'));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('key-add')));
});

test('a second Enter while the key is on its way adds no second one', async () => {
  const user = await openKeys(own([any(proposed)]));
  let answer: () => void = () => {};
  commands.changeSettings.mockImplementationOnce(
    (chosen) => new Promise((answered) => (answer = () => answered(ok(settingsView(chosen))))),
  );
  await user.click(screen.getByTestId('key-add'));
  await user.type(input('key-below'), '5{Enter}{Enter}');
  await waitFor(() => expect(commands.changeSettings).toHaveBeenCalledOnce());
  answer();
  await screen.findByTestId('key-1-edit');
  expect(commands.changeSettings).toHaveBeenCalledOnce();
});

test('the order is that in which they are tried: a key goes up and down', async () => {
  const user = await openKeys(own(three));
  expect(input('key-0-up').disabled && input('key-2-down').disabled).toBe(true);
  await user.click(screen.getByTestId('key-1-up'));
  expect(amounts()).toEqual([200, 100, 300]);
  // It cannot go further up, so the focus is on what can be done with it.
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('key-0-down')));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(amounts()).toEqual([100, 200, 300]));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('key-1-down')));
});

test('a key that was taken away can be put back where it was', async () => {
  const user = await openKeys(own(three));
  await user.click(screen.getByTestId('key-1-remove'));
  expect(amounts()).toEqual([100, 300]);
  const back = await screen.findByTestId('key-put-back');
  expect(screen.getByTestId('key-removed').textContent).toContain(t('settings.keys.removed', { key: 2 }));
  await waitFor(() => expect(document.activeElement).toBe(back));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(amounts()).toEqual([100, 200, 300]));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('key-1-edit')));
});

test('the last key is not taken away when Rust refuses that, and the page says why', async () => {
  const user = await openKeys(own([any(proposed)]));
  commands.changeSettings.mockResolvedValueOnce({
    status: 'error',
    error: { code: 'settings.keys.empty', severity: 'clerk', facts: [] },
  });
  await user.click(screen.getByTestId('key-0-remove'));
  expect(asked()?.automatic).toEqual([]);
  expect((await screen.findByTestId('problem')).textContent).toContain(t('settings.keys.empty.next'));
  expect(screen.getByTestId('key-0')).toBeTruthy();
  expect(screen.queryByTestId('key-put-back')).toBeNull();
});

test('a pair for the activities goes instead of the list, and comes back as it was', async () => {
  const user = await openKeys(own([any(proposed)]));
  await user.click(screen.getByTestId('keys-pair'));
  expect(asked()?.manual).toEqual({ own: proposed, other: proposed });
  await screen.findByTestId('key-other');
  expect(screen.getByTestId('set-keys').textContent).toContain(t('settings.keys.instead'));
  await user.click(screen.getByTestId('key-other-edit'));
  // Where the passholder lives chooses between the two.
  expect(screen.queryByTestId('key-municipality')).toBeNull();
  expect(screen.queryByTestId('key-0-edit')).toBeNull();
  await user.selectOptions(screen.getByTestId('key-passholder'), 'fixed');
  await user.type(input('key-passholder-amount'), '1.50{Enter}');
  const pair = { own: proposed, other: fixed(150) };
  await waitFor(() => expect(asked()?.manual).toEqual(pair));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('key-other-edit')));
  await user.click(screen.getByTestId('keys-pair'));
  await waitFor(() => expect(asked()?.manual).toBeNull());
  await user.click(screen.getByTestId('keys-pair'));
  await waitFor(() => expect(asked()?.manual).toEqual(pair));
});

test('an amount is taken as the desk writes it, and anything else goes as what Rust refuses', () => {
  const typed = ['2', '2,5', '2.50', '10,01', ' 1 000,5 ', '1.000', '1.000,25', '0'];
  expect(typed.map(hundredths)).toEqual([200, 250, 250, 1001, 100_050, 100_000, 100_025, 0]);
  const none = ['', ',5', '2,', '2,505', '-1', 'twee', '€ 2', '1e3', '12345678'];
  expect(none.map(hundredths)).toEqual(none.map(() => -1));
  speak('en');
  expect(['1,000', '1,000.50', '1.5'].map(hundredths)).toEqual([100_000, 100_050, 150]);
  speak('nl');
});

test('what is pressed before the first answer means the key that it stood at', async () => {
  const user = await openKeys(own(three));
  let first: () => void = () => {};
  commands.changeSettings.mockImplementationOnce(
    (chosen) => new Promise((done) => (first = () => done(ok(settingsView(chosen))))),
  );
  await user.click(screen.getByTestId('key-0-remove'));
  await user.click(screen.getByTestId('key-1-remove'));
  first();
  await waitFor(() => expect(amounts()).toEqual([300]));
});

test('two presses move one key two places', async () => {
  const user = await openKeys(own(three));
  let first: () => void = () => {};
  commands.changeSettings.mockImplementationOnce(
    (chosen) => new Promise((done) => (first = () => done(ok(settingsView(chosen))))),
  );
  await user.click(screen.getByTestId('key-2-up'));
  await user.click(screen.getByTestId('key-2-up'));
  first();
  await waitFor(() => expect(amounts()).toEqual([300, 100, 200]));
});

test('a key that is gone meanwhile is not written over another one', async () => {
  const user = await openKeys(own(three));
  await user.click(screen.getByTestId('key-1-edit'));
  await types(user, 'key-passholder-amount', '2,50');
  const view = balie.settings.view;
  if (view)
    balie.settings.view = {
      ...view,
      chosen: { ...view.chosen, keys: chosenKeys(own([three[0]!, three[2]!])) },
    };
  await user.click(screen.getByTestId('key-save'));
  await waitFor(() => expect(amounts()).toEqual([100, 250, 300]));
});
