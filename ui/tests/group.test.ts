import { screen } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { t } from '../src/texts';
import { euro } from '../src/texts/format';
import { commands } from './fake-ipc';
import { arrives, field, openWindow, pause } from './open';
import { group, notice, offer, person } from './scene';

beforeEach(() => pause(100));

const quantity = () => screen.getByTestId('quantity');
const record = () => screen.getByTestId<HTMLButtonElement>('record');

test('a group pass shows its turns, begins at one, and shows the total before it is recorded', async () => {
  const user = await openWindow();
  const pass = group(12);
  await arrives(pass);
  expect(screen.getByTestId('turns').parentElement?.textContent).toBe(`12 ${t('group.turns')}`);
  expect(quantity().getAttribute('aria-valuenow')).toBe('1');
  expect(record().textContent).toContain(t('record.button', { price: euro(200) }));
  await user.keyboard('++');
  expect(quantity().getAttribute('aria-valuenow')).toBe('3');
  expect(record().textContent).toContain(
    t('record.button.many', { n: 3, price: euro(200), total: euro(600) }),
  );
  await user.keyboard('-');
  await user.keyboard('{Enter}');
  expect(commands.sell).toHaveBeenCalledExactlyOnceWith(pass.tap, 1, 2);
});

test('never less than one, never more than the turns that are left', async () => {
  const user = await openWindow();
  await arrives(group(3));
  await user.keyboard('---');
  expect(quantity().textContent).toBe('1');
  expect(screen.getByTestId<HTMLButtonElement>('quantity-less').disabled).toBe(true);
  await user.keyboard('++++++');
  expect(quantity().textContent).toBe('3');
  expect(screen.getByTestId<HTMLButtonElement>('quantity-more').disabled).toBe(true);
});

test('the stepper is one for a screen reader and for the arrows', async () => {
  const user = await openWindow();
  await arrives(group(12));
  const stepper = screen.getByRole('spinbutton', { name: t('quantity.label') });
  expect(stepper.getAttribute('aria-valuemax')).toBe('12');
  stepper.focus();
  await user.keyboard('{ArrowUp}{ArrowUp}{ArrowDown}');
  expect(stepper.getAttribute('aria-valuenow')).toBe('2');
  await user.keyboard('{End}');
  expect(stepper.getAttribute('aria-valuenow')).toBe('12');
  await user.keyboard('{Home}');
  expect(stepper.getAttribute('aria-valuenow')).toBe('1');
  await user.click(screen.getByRole('button', { name: t('quantity.more') }));
  expect(stepper.getAttribute('aria-valuenow')).toBe('2');
});

test('another price begins at one again, and so does the next pass', async () => {
  const user = await openWindow();
  await arrives(group(12));
  await user.keyboard('++');
  await user.keyboard('2');
  expect(quantity().textContent).toBe('1');
  await user.keyboard('++');
  await arrives(group(12));
  expect(quantity().textContent).toBe('1');
});

test('when the turns become fewer, the number follows', async () => {
  const user = await openWindow();
  const pass = group(5);
  await arrives(pass);
  await user.keyboard('++++');
  await arrives({ ...pass, offers: [offer(9, 'Volwassene', 1000, { priceCents: 200, most: 2 })] });
  expect(quantity().textContent).toBe('2');
  await user.keyboard('{Enter}');
  expect(commands.sell).toHaveBeenCalledExactlyOnceWith(pass.tap, 9, 2);
});

test('without turns nothing can be recorded, and the reason says what now', async () => {
  const user = await openWindow();
  const reason = notice('group.noTurnsLeft');
  await arrives(group(0, { offers: [offer(1, 'Volwassene', 1000, { most: 0, reason })] }));
  expect(record().disabled).toBe(true);
  expect(screen.getByTestId('price-line').textContent).toContain(t('group.noTurnsLeft.next'));
  await user.keyboard('+{Enter}');
  expect(commands.sell).not.toHaveBeenCalled();
});

test('a person has no stepper, and + changes nothing', async () => {
  const user = await openWindow();
  const yasmina = person();
  await arrives(yasmina);
  expect(screen.queryByTestId('quantity')).toBeNull();
  await user.keyboard('+{Enter}');
  expect(commands.sell).toHaveBeenCalledExactlyOnceWith(yasmina.tap, 1, 1);
});

test('a minus that is typed into a search stays there', async () => {
  const user = await openWindow();
  await arrives(group(5));
  await user.keyboard('{F2}-x');
  expect(screen.getByTestId<HTMLInputElement>('event-filter').value).toBe('-x');
  expect(field().value).toBe('');
});
