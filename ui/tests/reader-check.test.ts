import { screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test, vi } from 'vitest';
import type { ReaderCheckView, ReaderView } from '../src/ipc';
import { balie } from '../src/state.svelte';
import { t, tWhole } from '../src/texts';
import { commands, ok, refused, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { finding, readerCheckView } from './reader-scene';
import { deskView, person } from './scene';

const none: ReaderView = { state: 'noService', name: null, trouble: 'reader.noService' };
const first = () => screen.getByTestId('finding-0');
const asks = () => commands.readerCheck.mock.calls.length;

/** The check, as it is come to from the head of the window. */
async function openCheck(given: Partial<ReaderCheckView> = {}) {
  const user = await openWindow({ reader: none });
  commands.readerCheck.mockClear();
  commands.readerCheck.mockResolvedValue(ok(readerCheckView(given)));
  await user.click(screen.getByTestId('header-reader'));
  await screen.findByTestId('reader-page');
  return user;
}

test('it says what is wrong, what to do, and what to type', async () => {
  await openCheck({
    findings: [
      finding('readerCheck.heldByKernel', {
        facts: [
          { name: 'reader', value: 'ACR122U' },
          { name: 'module', value: 'pn533_usb' },
        ],
        command: 'sudo modprobe --remove pn533_usb pn533',
      }),
      finding('reader.inUse'),
    ],
    service: 'readerCheck.service.answers',
    readers: [],
    usb: ['ACR122U (072f:2200, pn533_usb)'],
    lastCard: 'reader.inUse',
    lastCardAt: '14:05',
  });
  const said = (await screen.findByTestId('finding-0')).textContent ?? '';
  expect(said).toContain('ACR122U');
  expect(said).toContain(t('readerCheck.heldByKernel.next'));
  expect(said).toContain(t('readerCheck.command'));
  expect(first().querySelector('code')?.textContent).toBe('sudo modprobe --remove pn533_usb pn533');
  expect(screen.getByTestId('finding-1').textContent).toContain(t('reader.inUse.next'));
  expect(screen.getByTestId('finding-1').querySelector('code')).toBeNull();
  const facts = screen.getByTestId('reader-facts').textContent;
  expect(facts).toContain(t('readerCheck.service.answers'));
  expect(facts).toContain(t('readerCheck.driver.there'));
  expect(facts).toContain(t('readerCheck.readers.none'));
  expect(facts).toContain('ACR122U (072f:2200, pn533_usb)');
  expect(facts).toContain(`${t('reader.inUse')} (14:05)`);
});

test('where all is well it says so, with each device and its slots', async () => {
  await openCheck();
  await screen.findByTestId('finding-0');
  expect(first().textContent).toContain(t('readerCheck.fine'));
  expect(first().className).toContain('calm');
  const facts = screen.getByTestId('reader-facts').textContent;
  expect(facts).toContain('Combi');
  expect(facts).toContain(`${t('readerCheck.slot.contact')}, ${t('readerCheck.slot.contactless')}`);
  expect(facts).toContain(t('readerCheck.card.none'));
  expect(facts).not.toContain(t('readerCheck.usb'));
});

test('while it is looked at it says so, and it can be asked again', async () => {
  let answer: (view: ReturnType<typeof ok<ReaderCheckView>>) => void = () => {};
  const user = await openWindow({ reader: none });
  commands.readerCheck.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  await user.click(screen.getByTestId('header-reader'));
  expect(screen.getByTestId('reader-asking').textContent?.trim()).toBe(t('readerCheck.asking'));
  expect(screen.queryByTestId('finding-0')).toBeNull();
  expect(screen.getByTestId<HTMLButtonElement>('reader-copy').disabled).toBe(true);
  answer(ok(readerCheckView({ findings: [finding('readerCheck.serviceStopped')] })));
  await screen.findByTestId('finding-0');
  expect(screen.getByTestId('reader-asking').textContent?.trim()).toBe('');
  await user.click(screen.getByTestId('reader-again'));
  await waitFor(() => expect(first().dataset.code).toBe('readerCheck.fine'));
});

test('that it could not be looked at is told on the page, and asking again may help', async () => {
  const user = await openWindow({ reader: none });
  commands.readerCheck.mockResolvedValueOnce(refused('readerCheck.failed', 'fault'));
  await user.click(screen.getByTestId('header-reader'));
  expect((await screen.findByTestId('problem')).dataset.code).toBe('readerCheck.failed');
  expect(screen.getByTestId('reader-page').contains(screen.getByTestId('problem'))).toBe(true);
  await user.click(screen.getByTestId('reader-again'));
  await screen.findByTestId('finding-0');
  expect(screen.queryByTestId('problem')).toBeNull();
});

test('it is looked at anew when the reader changes, and not when something else does', async () => {
  await openCheck({ findings: [finding('readerCheck.serviceStopped')] });
  await screen.findByTestId('finding-0');
  expect(asks()).toBe(1);
  tell({ what: 'desk', now: deskView({ reader: none, toSend: 2 }) });
  await tick();
  expect(asks()).toBe(1);
  commands.readerCheck.mockResolvedValue(ok(readerCheckView()));
  tell({ what: 'desk', now: deskView() });
  await waitFor(() => expect(first().dataset.code).toBe('readerCheck.fine'));
  tell({ what: 'desk', now: deskView({ reader: { ...none, trouble: 'reader.serviceHangs' } }) });
  await waitFor(() => expect(asks()).toBe(3));
});

test('what changes while it is looked at is looked at as well, one question at a time', async () => {
  await openCheck();
  await screen.findByTestId('finding-0');
  let answer: (view: ReturnType<typeof ok<ReaderCheckView>>) => void = () => {};
  commands.readerCheck.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  tell({ what: 'desk', now: deskView() });
  tell({ what: 'desk', now: deskView({ reader: none }) });
  tell({ what: 'desk', now: deskView() });
  await tick();
  expect(asks()).toBe(2);
  answer(ok(readerCheckView()));
  await waitFor(() => expect(asks()).toBe(3));
});

test('nobody looks while the page is not there', async () => {
  const user = await openCheck();
  await screen.findByTestId('finding-0');
  await user.keyboard('{Escape}');
  tell({ what: 'desk', now: deskView() });
  await tick();
  expect(asks()).toBe(1);
});

test('the text for whoever looks after the computers is copied', async () => {
  const written = vi.fn(async (_text: string): Promise<void> => {});
  const user = await openCheck({ report: 'Balie 0.1.0' });
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
  await screen.findByTestId('finding-0');
  await user.click(screen.getByTestId('reader-copy'));
  expect(written).toHaveBeenCalledExactlyOnceWith('Balie 0.1.0');
  expect(screen.getByTestId('reader-copied').textContent).toContain(t('stopped.copied'));
  expect(screen.queryByTestId('reader-report')).toBeNull();
});

test('where it cannot be copied the text stands there to be selected', async () => {
  const written = vi.fn().mockRejectedValue(new Error('no clipboard'));
  const user = await openCheck({ report: 'Balie 0.1.0' });
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
  await screen.findByTestId('finding-0');
  await user.click(screen.getByTestId('reader-copy'));
  expect((await screen.findByTestId('reader-report')).textContent).toBe('Balie 0.1.0');
  expect(screen.getByTestId('reader-copied').textContent).toContain(t('story.notCopied'));
});

test('from the settings it goes back to the settings', async () => {
  const user = await openWindow();
  await user.keyboard('{Control>},{/Control}');
  await user.click(await screen.findByTestId('settings-reader-check'));
  await screen.findByTestId('reader-page');
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('settings')).toBeTruthy();
});

test('pressed once more in the head, it still goes back to the settings', async () => {
  const user = await openWindow({ reader: none });
  await user.keyboard('{Control>},{/Control}');
  await user.click(await screen.findByTestId('settings-reader-check'));
  await screen.findByTestId('finding-0');
  await user.click(screen.getByTestId('header-reader'));
  await screen.findByTestId('finding-0');
  await user.keyboard('{Escape}');
  expect(screen.getByTestId('settings')).toBeTruthy();
});

test('that it was copied is not said of the next check', async () => {
  let written: () => void = () => {};
  const writeText = () => new Promise<void>((resolve) => (written = resolve));
  const user = await openCheck({ report: 'Balie 0.1.0' });
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  await screen.findByTestId('finding-0');
  await user.click(screen.getByTestId('reader-copy'));
  await user.click(screen.getByTestId('reader-close'));
  await user.click(screen.getByTestId('header-reader'));
  written();
  await screen.findByTestId('finding-0');
  await tick();
  expect(balie.readerCheck.copied).toBeNull();
});

test('a reader that only takes cards that are put in says so in the head', async () => {
  await openWindow({ reader: { state: 'absent', name: 'Teo', trouble: null } });
  expect(screen.getByTestId('header-reader').title).toBe(tWhole('readerCheck.onlyContact'));
  tell({ what: 'desk', now: deskView({ reader: { state: 'absent', name: null, trouble: null } }) });
  await tick();
  expect(screen.getByTestId('header-reader').title).toContain(t('reader.instead'));
});

test('from its page of the help it goes back to that page', async () => {
  const user = await openWindow();
  await user.keyboard('{F1}');
  await user.click(await screen.findByTestId('help-topic-reader'));
  await user.click(await screen.findByTestId('help-reader-check'));
  await screen.findByTestId('reader-page');
  await user.click(screen.getByTestId('reader-close'));
  expect(await screen.findByTestId('help-reader-check')).toBeTruthy();
});

test('from the head of the window it goes back to the desk', async () => {
  const user = await openCheck();
  await user.click(screen.getByTestId('reader-close'));
  expect(balie.dialog).toBeNull();
  expect(screen.queryByTestId('reader-page')).toBeNull();
});

test('a reader that is ready is no button', async () => {
  await openWindow();
  expect(screen.getByTestId('header-reader').tagName).toBe('SPAN');
});

test('everything on it is come to by Tab', async () => {
  const user = await openCheck();
  await screen.findByTestId('finding-0');
  const reached = new Set<string | undefined>();
  for (let presses = 0; presses < 40; presses += 1) {
    await user.tab();
    reached.add((document.activeElement as HTMLElement | null)?.dataset.testid);
  }
  for (const name of ['reader-again', 'reader-copy', 'reader-close']) expect(reached).toContain(name);
});

test('the next card closes it', async () => {
  await openCheck();
  await screen.findByTestId('finding-0');
  await arrives(person({ firstName: 'Noor' }));
  expect(screen.queryByTestId('reader-page')).toBeNull();
  expect(screen.getByTestId('person').textContent).toContain('Noor');
});

test('an answer that comes after it was closed does not stand there when it is opened again', async () => {
  const user = await openWindow({ reader: none });
  let answer: (view: ReturnType<typeof ok<ReaderCheckView>>) => void = () => {};
  commands.readerCheck.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  await user.click(screen.getByTestId('header-reader'));
  await user.keyboard('{Escape}');
  await user.click(screen.getByTestId('header-reader'));
  answer(ok(readerCheckView({ findings: [finding('readerCheck.serviceStopped')] })));
  await waitFor(() => expect(first().dataset.code).toBe('readerCheck.fine'));
  expect(screen.getByTestId('reader-page').dataset.busy).toBe('false');
});
