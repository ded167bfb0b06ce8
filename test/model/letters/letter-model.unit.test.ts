import type { Cell } from '../../../shared/tracking/block.ts';
import type { Claim } from '../../../shared/tracking/claim.ts';
import type { Entry } from '../../../shared/tracking/entry.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import { letterScenarios } from './letter-scenarios.ts';
import { searchLetters } from './letter-search.ts';

type Rules = typeof decide;

function ownIn(cell: Cell, { root }: Pick<Claim, 'root'>): Entry | undefined {
  return cell.find((entry) => entry.root === root);
}

/** The real rules, applied to a changed claim. */
function onChangedClaim(change: (claim: Claim, own: Entry | undefined) => Partial<Claim>): Rules {
  return (cell, claim) => decide(cell, { ...claim, ...change(claim, ownIn(cell, claim)) });
}

/** The real rules, with a changed entry of the message's own root afterwards. */
function withChangedEntry(change: (own: Entry, before: Entry | undefined, claim: Claim) => Partial<Entry>): Rules {
  return (cell, claim) => {
    const step = decide(cell, claim);
    const own = ownIn(step.cell, claim);
    if (!own || step.cell === cell) return step;
    const changed = { ...own, ...change(own, ownIn(cell, claim), claim) };
    const verdict =
      step.verdict.act === 'publish'
        ? { ...step.verdict, replacement: changed.replacement, supersedes: changed.supersedes }
        : step.verdict;
    return { cell: step.cell.map((entry) => (entry === own ? changed : entry)), verdict };
  };
}

/** Whether a replay raises the number of a clean entry. */
function isRaised(before: Entry | undefined, claim: Claim): before is Entry {
  return before?.state === 'clean' && claim.replay > before.replay;
}

const faults: readonly { fault: string; rules: Rules; title: string; law: string }[] = [
  {
    fault: 'every answer about a clean event is published',
    rules: onChangedClaim((_, own) => (own?.state === 'clean' ? { answer: undefined } : {})),
    title: 'one message that verify answers in two ways',
    law: 'one key, two contents',
  },
  {
    fault: 'the first answer stands for ever, also after a replay',
    rules: withChangedEntry((own, before, claim) =>
      isRaised(before, claim)
        ? { answer: before.answer || own.answer, replacement: before.replacement, supersedes: before.supersedes }
        : {},
    ),
    title: 'a message that is given up and replayed, and answered in two ways',
    law: 'sent, and nothing under way',
  },
  {
    fault: 'the first answer to a replay does not supersede the answer before it',
    rules: withChangedEntry((_, before, claim) =>
      isRaised(before, claim) ? { replacement: before.replacement, supersedes: before.supersedes } : {},
    ),
    title: 'a message that is given up and replayed, and answered in two ways',
    law: 'one key, two contents',
  },
  {
    fault: 'entries do not keep the number of the replay that made them',
    rules: onChangedClaim(() => ({ replay: 0 })),
    title: 'a refused message that is replayed, edited, and replayed again',
    law: 'sent, and nothing under way',
  },
  {
    fault: 'a message of an earlier replay counts like one of the last',
    rules: onChangedClaim(({ replay }, own) => ({ replay: Math.max(replay, own?.replay ?? 0) })),
    title: 'a refused message that is replayed, edited, and replayed again',
    law: 'sent, and nothing under way',
  },
  {
    fault: 'an answer that a sound copy has overtaken is claimed like a message',
    rules: onChangedClaim((_, own) => (own ? {} : { answer: undefined })),
    title: 'a sound copy that overtakes a message with verify',
    law: 'an answer is called a conflict',
  },
  {
    fault: 'the original of a recovered event is compared by its content',
    rules: (cell, claim) =>
      decide(
        cell.map((entry) => ({ ...entry, recovered: false })),
        { ...claim, isRecovered: false },
      ),
    title: 'a recovered event, and its original with another content',
    law: 'a copy of a recovered event is called a conflict',
  },
  {
    fault: 'a replay of the original of a recovered event is dropped like the original',
    rules: (cell, claim) => {
      const step = decide(cell, claim);
      return step.verdict.act === 'duplicate' ? { cell, verdict: { act: 'drop', why: 'recovered-copy' } } : step;
    },
    title: 'a recovered event, and its original that could not be read, edited and replayed',
    law: 'sent, and nothing under way',
  },
];

describe('a message, its letter and its replays', () => {
  test.each(letterScenarios)('keep the laws: $title', (scenario) => {
    expect([...searchLetters(scenario).broken].map(([law, way]) => [law, ...way])).toEqual([]);
  });

  test.each(faults)('break a law if $fault', ({ rules, title, law }) => {
    const scenario = letterScenarios.find((one) => one.title === title)!;
    expect([...searchLetters(scenario, { decide: rules }, law).broken.keys()]).toContain(law);
  });
});
