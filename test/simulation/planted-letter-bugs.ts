import type { FunctionBuilders } from '../../functions/builders.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { methodsOf, onPorts, publishing, withAttributes } from './planting.ts';

/** Pipelines with one bug each in the replays of dead letters, by the name of the bug. */
export const plantedLetterBugs: Readonly<Record<string, FunctionBuilders>> = {
  'a replay that the console left is never published': onPorts('sweep', ({ letters }) => ({
    letters: methodsOf(letters, { due: () => Promise.resolve([]) }),
  })),

  'a replay is done as soon as sweep looks for its answer': onPorts('sweep', ({ letters }) => ({
    letters: methodsOf(letters, {
      postpone: (record, expected) => {
        const standing = { state: 'done', outcome: 'published', expireAtMs: Number.MAX_SAFE_INTEGER } as const;
        return letters.save({ ...record, standing }, expected);
      },
    }),
  })),

  'a producer is asked again for each click of an operator': onPorts('sweep', ({ ledger }) => ({
    ledger: methodsOf(ledger, {
      find: async (stream, from) => {
        const found = await ledger.find(stream, from);
        const { askedAgain } = found?.value ?? {};
        return found && askedAgain
          ? { ...found, value: { ...found.value, askedAgain: { ...askedAgain, deadlineMs: 0 } } }
          : found;
      },
    }),
  })),

  'a sweep overlooks that a producer was asked again': onPorts('sweep', ({ ledger }) => ({
    ledger: methodsOf(ledger, {
      unresolved: async (...query) => {
        const page = await ledger.unresolved(...query);
        return { ...page, gaps: page.gaps.map((gap) => ({ ...gap, value: asIfNeverAskedAgain(gap.value) })) };
      },
    }),
  })),

  'the number of a replay is lost on its way': publishing('validate', (publisher, topic, message) =>
    publisher.publish(topic, withAttributes(message, { 'eventmend-replay': undefined })),
  ),
};

function asIfNeverAskedAgain(gap: Gap): Gap {
  const { askedAgain, ...rest } = gap;
  return askedAgain ? rest : gap;
}
