// The life of one entry as text that may be passed on: no name, and no number of a pass in full.

import type { StoryLineView, StoryView } from '../../ipc';
import { isKey, t } from '../../texts';
import { euro } from '../../texts/format';
import { amounts, named } from '../desk/lines';

/** The words for what happened; a code that we do not know is shown as it is. */
export function happened({ code }: StoryLineView): string {
  return isKey(code) ? t(code) : code;
}

// What the books know of it, in the words of the screen; ids and codes stay as they are.
const parts: [RegExp, (found: string) => string][] = [
  [/^clerk$/, () => t('story.by.clerk')],
  [/^machine$/, () => t('story.by.machine')],
  [/^batch (\d+)$/, (n) => t('story.batch', { n })],
  [/^(\d+) rows$/, (n) => t('story.rows', { n })],
  [/^no list$/, () => t('story.noList')],
  [/^server (.+)$/, (at) => t('story.server', { at })],
  [/^bon$/, () => t('story.labelled')],
  [/^wish$/, () => t('story.wish')],
  [/^taken over$/, () => t('story.takenOver')],
  [/^(?:sell|check_in|redeem|cancel) (.+)$/, (id) => id],
  [/^(-?\d+) cent$/, (cents) => euro(Number(cents))],
];

/** What else is known of it. */
export function known({ details }: StoryLineView): string {
  const words = details.map((detail) => {
    const part = parts.find(([pattern]) => pattern.test(detail));
    return part ? part[1](part[0].exec(detail)?.[1] ?? '') : detail;
  });
  return words.join(' · ');
}

export function asText({ line, lines }: StoryView): string {
  const head = [
    t('line.receipt', { receipt: line.receipt }),
    line.at,
    named(line),
    ...amounts(line),
    line.number,
    t(`line.${line.state}`),
  ];
  const told = lines.map((each) =>
    [each.at, happened(each), known(each)].filter((part) => part !== '').join('  '),
  );
  return [head.join(' · '), ...told, ''].join('\n');
}
