import { screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { play, played, setSound, type Sound } from '../src/sound';
import { noticeCodes, privateReasonCodes } from '../src/texts/codes';
import { commands, refused, tell } from './fake-ipc';
import { arrives, openWindow } from './open';
import { checkIn, deskView, group, notice, offer, person, regularPerson } from './scene';

/** A card of sound that notes what it is asked. */
class FakeContext {
  static tones: { hertz: number; start: number; stop: number }[] = [];
  static loudest = 0;
  static made = 0;
  /** What a window says that may not sound yet. */
  static state = 'running';
  static allowed: () => Promise<void> = async () => {};
  currentTime = 5;
  destination = {};

  get state() {
    return FakeContext.state;
  }

  resume() {
    return FakeContext.allowed();
  }

  constructor() {
    FakeContext.made += 1;
  }

  createGain() {
    const ramp = (value: number) => (FakeContext.loudest = Math.max(FakeContext.loudest, value));
    return {
      gain: { setValueAtTime: ramp, linearRampToValueAtTime: ramp },
      connect: (next: unknown) => next,
    };
  }

  createOscillator() {
    const tone = { hertz: 0, start: 0, stop: 0 };
    return {
      type: '',
      frequency: {
        set value(hertz: number) {
          tone.hertz = hertz;
        },
      },
      connect: (next: unknown) => next,
      start: (at: number) => (tone.start = at),
      stop: (at: number) => {
        tone.stop = at;
        FakeContext.tones.push(tone);
      },
    };
  }
}

beforeEach(() => {
  FakeContext.tones = [];
  FakeContext.loudest = 0;
  FakeContext.state = 'running';
  vi.stubGlobal('AudioContext', FakeContext);
  played.length = 0;
  setSound(true, 60);
});
afterEach(() => vi.unstubAllGlobals());

/** What was heard since it was last asked. */
function heard(): Sound[] {
  return played.splice(0);
}

describe('what is made', () => {
  test.each(['card', 'noted', 'machine'] as const)('%s is short, soft and noted', (sound) => {
    play(sound);
    expect(FakeContext.tones.length).toBeGreaterThan(0);
    for (const { hertz, start, stop } of FakeContext.tones) {
      expect(hertz).toBeGreaterThan(200);
      expect(hertz).toBeLessThan(1000);
      expect(start).toBeGreaterThanOrEqual(5);
      expect(stop - 5).toBeLessThan(0.5);
    }
    expect(FakeContext.loudest).toBeCloseTo(0.15);
    expect(played).toEqual([sound]);
    expect(document.documentElement.dataset.sound).toBe(sound);
  });

  test('the three differ from each other', () => {
    const hertz = (['card', 'noted', 'machine'] as const).map((sound) => {
      FakeContext.tones = [];
      play(sound);
      return FakeContext.tones.map((tone) => tone.hertz).join(' ');
    });
    expect(new Set(hertz).size).toBe(3);
  });

  test('off is off, and nothing is not heard', () => {
    setSound(false, 100);
    play('card');
    setSound(true, 0);
    play('card');
    expect([played.length, FakeContext.tones.length]).toEqual([0, 0]);
  });

  test('a window that may sound at once when it asks, sounds', async () => {
    FakeContext.state = 'suspended';
    FakeContext.allowed = async () => void (FakeContext.state = 'running');
    play('card');
    await vi.waitFor(() => expect(FakeContext.tones).toHaveLength(1));
  });

  test('what could not be heard in its time is never heard', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let allow = () => {};
    const allowed = new Promise<void>((done) => (allow = done));
    FakeContext.state = 'suspended';
    FakeContext.allowed = () => allowed;
    for (const sound of ['card', 'noted', 'machine'] as const) play(sound);
    vi.advanceTimersByTime(1_000);
    FakeContext.state = 'running';
    allow();
    await allowed;
    await new Promise((done) => setTimeout(done, 0));
    expect(FakeContext.tones).toEqual([]);
    play('card');
    expect(FakeContext.tones).toHaveLength(1);
    vi.useRealTimers();
  });

  test('a window that may not sound is silent, and nothing else happens', async () => {
    FakeContext.state = 'suspended';
    FakeContext.allowed = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    expect(() => play('card')).not.toThrow();
    await new Promise((done) => setTimeout(done, 0));
    expect(FakeContext.tones).toEqual([]);
  });

  test('louder than all and softer than nothing do not exist', () => {
    setSound(true, 500);
    play('card');
    expect(FakeContext.loudest).toBeCloseTo(0.25);
    FakeContext.tones = [];
    setSound(true, -20);
    play('card');
    expect(FakeContext.tones).toEqual([]);
  });

  test('a computer that cannot sound is silent, and nothing else happens', () => {
    vi.stubGlobal('AudioContext', undefined);
    expect(() => play('card')).not.toThrow();
  });
});

describe('what the queue hears', () => {
  test('is the same for every card, whatever its holder may', async () => {
    await openWindow();
    const everybody = [
      person(),
      regularPerson(),
      group(3),
      person({ phase: 'looking', offers: [], checkIn: null }),
      person({ checkIn: checkIn({ saveable: false, reason: notice('checkIn.limit.day') }) }),
      ...privateReasonCodes.map((code) =>
        person({ offers: [offer(1, 'Volwassene', 1000, { reason: notice(code) })] }),
      ),
      ...noticeCodes
        .filter((code) => !code.startsWith('reader.') && code !== 'store.failed')
        .map((code) => person({ phase: 'refused', offers: [], checkIn: null, notice: notice(code) })),
    ];
    for (const someone of everybody) {
      heard();
      await arrives(someone);
      expect(heard(), JSON.stringify(someone.notice)).toEqual(['card']);
      await arrives({ ...someone, phase: someone.phase === 'looking' ? 'ready' : someone.phase });
      expect(heard(), 'more news of the same person').toEqual([]);
    }
  });

  test('what is recorded sounds the same, whatever it costs', async () => {
    const user = await openWindow();
    for (const someone of [person(), regularPerson()]) {
      await arrives(someone);
      heard();
      await user.keyboard('{F6}');
      expect(heard()).toEqual(['noted']);
    }
  });

  test('a point that a card saves by itself sounds once', async () => {
    await openWindow();
    const someone = person({ phase: 'asking' });
    await arrives(someone);
    const saved = { ...someone, byItself: { entry: 'point', leftMs: 10_000 } };
    heard();
    await arrives(saved);
    await arrives({ ...saved, phase: 'ready' });
    expect(heard()).toEqual(['noted']);
  });

  test('the machine has a sound of its own', async () => {
    const user = await openWindow();
    heard();
    await arrives(person({ phase: 'refused', offers: [], notice: notice('reader.unreadable') }));
    expect(heard()).toEqual(['machine']);
    tell({ what: 'desk', now: deskView({ reader: { state: 'absent', name: null, trouble: null } }) });
    tell({ what: 'desk', now: deskView({ reader: { state: 'absent', name: null, trouble: null } }) });
    expect(heard()).toEqual(['machine']);
    await arrives(person());
    heard();
    commands.checkIn.mockResolvedValue(refused('act.disk', 'fault'));
    await user.keyboard('{F6}');
    expect(heard()).toEqual(['machine']);
    commands.checkIn.mockResolvedValue(refused('act.changed'));
    await user.keyboard('{F6}');
    expect(heard(), 'what the person may not is no problem of the machine').toEqual([]);
  });

  test('what is read by itself fails without a sound', async () => {
    const user = await openWindow();
    commands.day.mockResolvedValue(refused('store.failed', 'fault'));
    await user.keyboard('{F12}');
    await screen.findByTestId('problem');
    expect(heard(), 'the clerk asked for it').toEqual(['machine']);
    tell({ what: 'lines', now: [] });
    await vi.waitFor(() => expect(commands.day).toHaveBeenCalledTimes(2));
    await new Promise((done) => setTimeout(done, 20));
    expect(heard()).toEqual([]);
  });

  test('follows the settings of the desk', async () => {
    await openWindow({ sound: false });
    await arrives(person());
    expect(heard()).toEqual([]);
  });
});
