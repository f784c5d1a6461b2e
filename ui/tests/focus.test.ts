import { screen, waitFor } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { balie } from '../src/state.svelte';
import { t } from '../src/texts';
import { busyDay, dayPage } from './day-scene';
import { commands, ok } from './fake-ipc';
import { arrives, field, openWindow } from './open';
import { line, notice, person } from './scene';

/** The focus goes back once the page is gone. */
const focused = (element: Element) => waitFor(() => expect(document.activeElement).toBe(element));

const secret = line('refused', {
  id: 'secret',
  notice: notice('sale.refused.limit', {}, 'Je kansenstatuut telt hier.'),
});

test('after a page the focus is where it was, although that was hidden behind the page', async () => {
  const user = await openWindow();
  await user.click(screen.getByTestId('event-filter'));
  await user.keyboard('{F9}');
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: t('toCheck.title') }));
  await user.keyboard('{Escape}');
  await focused(screen.getByTestId('event-filter'));
});

test('where it was is gone: then the focus is at the desk', async () => {
  const user = await openWindow();
  const gone = document.createElement('button');
  document.body.append(gone);
  gone.focus();
  await user.keyboard('{F9}');
  gone.hidden = true;
  await user.keyboard('{Escape}');
  await focused(screen.getByTestId('idle'));
  gone.remove();
});

test('after a page that was opened with a press, Enter records for who stands there', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.click(screen.getByTestId('nav-ready'));
  await user.keyboard('{Escape}');
  await focused(screen.getByTestId('person'));
  await user.keyboard('{Enter}');
  expect(commands.sell).toHaveBeenCalledOnce();
  expect(screen.queryByTestId('ready')).toBeNull();
});

test('what is being typed keeps the focus after a page, also when somebody stands there', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.click(screen.getByTestId('event-filter'));
  await user.keyboard('{F9}{Escape}');
  await focused(screen.getByTestId('event-filter'));
});

test('the place of the desk leads to who stands there', async () => {
  const user = await openWindow();
  await arrives(person());
  for (const before of ['{F9}', '']) {
    if (before) await user.keyboard(before);
    await user.click(screen.getByTestId('nav-desk'));
    await focused(screen.getByTestId('person'));
  }
});

test('a key that leads to a field of the desk keeps its word', async () => {
  const user = await openWindow();
  await arrives(person());
  await user.click(screen.getByTestId('nav-ready'));
  await user.keyboard('{F3}');
  await focused(field());
});

test('words of UiTPAS that were opened on a page do not stay open at the desk', async () => {
  commands.day.mockResolvedValue(ok(busyDay()));
  commands.dayLines.mockResolvedValue(ok(dayPage({ lines: [secret] })));
  const user = await openWindow({}, [secret]);
  await user.keyboard('{F12}');
  await user.click(await screen.findByTestId('line-said-day-0'));
  expect(screen.getByTestId('day').textContent).toContain('Je kansenstatuut');
  await user.keyboard('{F12}');
  expect(screen.queryByTestId('day')).toBeNull();
  expect(document.body.textContent).not.toContain('Je kansenstatuut');
});

test('Esc closes the words of UiTPAS first, and the page after it', async () => {
  commands.day.mockResolvedValue(ok(busyDay()));
  commands.dayLines.mockResolvedValue(ok(dayPage({ lines: [secret] })));
  const user = await openWindow();
  await arrives(person());
  balie.details = true;
  await user.keyboard('{F12}');
  await user.click(await screen.findByTestId('line-said-day-0'));
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('day').textContent).not.toContain('Je kansenstatuut');
  await user.keyboard('{Escape}');
  expect(screen.queryByTestId('day')).toBeNull();
  expect(balie.details).toBe(true);
});

test('at the desk Esc closes the details that cover them before the words of UiTPAS', async () => {
  const user = await openWindow({}, [secret]);
  await arrives(person());
  await user.click(screen.getByTestId('line-said-0'));
  await user.keyboard('{F4}{Escape}');
  expect(screen.queryByTestId('details')).toBeNull();
  expect(document.body.textContent).toContain('Je kansenstatuut');
  await user.keyboard('{Escape}');
  expect(document.body.textContent).not.toContain('Je kansenstatuut');
  expect(commands.dismiss).not.toHaveBeenCalled();
});
