// What the help tells: short pages, one for each task, in the order in which a newcomer meets them. The sentences stand in the
// catalogues, as `help.<name>` and `help.<name>.<step>`.

/** How many steps each page has. */
export const topics = [
  { name: 'sell', steps: 5 },
  { name: 'point', steps: 4 },
  { name: 'reward', steps: 4 },
  { name: 'group', steps: 3 },
  { name: 'undo', steps: 4 },
  { name: 'words', steps: 4 },
  { name: 'offline', steps: 5 },
  { name: 'check', steps: 4 },
  { name: 'day', steps: 4 },
  { name: 'reader', steps: 5 },
  { name: 'discreet', steps: 4 },
  { name: 'leave', steps: 4 },
  { name: 'keys', steps: 0 },
  { name: 'call', steps: 3 },
] as const;

export type Topic = (typeof topics)[number]['name'];

/** Every key of the window, and the word of the catalogue for what it does. */
export const keyboard = [
  { keys: ['1', '…', '9'], text: 'help.key.digit' },
  { keys: ['Enter'], text: 'help.key.enter' },
  { keys: ['Esc'], text: 'help.key.escape' },
  { keys: ['+', '−'], text: 'help.key.step' },
  { keys: ['Ctrl Z'], text: 'help.key.undo' },
  { keys: ['F1'], text: 'help.key.help' },
  { keys: ['F2'], text: 'help.key.filter' },
  { keys: ['F3'], text: 'help.key.number' },
  { keys: ['F4'], text: 'help.key.details' },
  { keys: ['F5'], text: 'help.key.ready' },
  { keys: ['F6'], text: 'help.key.point' },
  { keys: ['F7'], text: 'help.key.rewards' },
  { keys: ['F8'], text: 'help.key.diagnosis' },
  { keys: ['F9'], text: 'help.key.toCheck' },
  { keys: ['F10'], text: 'help.key.menu' },
  { keys: ['F12'], text: 'help.key.day' },
  { keys: ['Ctrl D'], text: 'help.key.data' },
  { keys: ['Ctrl ,'], text: 'help.key.settings' },
  { keys: ['Ctrl L'], text: 'help.key.lock' },
] as const;
