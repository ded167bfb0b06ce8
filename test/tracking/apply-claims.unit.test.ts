import fc from 'fast-check';
import { digest } from '../../shared/digest.ts';
import { InvariantError } from '../../shared/errors.ts';
import { applyClaims, applyMarks } from '../../shared/tracking/apply-claims.ts';
import { emptyBlock } from '../../shared/tracking/block.ts';
import { aClaim } from '../support/claims.ts';

/** Messages of valid events: which id, which of three keys, which of two contents. Each message has a root of its own. */
const anyMessages = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 20 }),
    key: fc.nat(2),
    content: fc.nat(1),
    copies: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 60 },
);

describe('claims on a block', () => {
  it('agree with a naive recount: the first content of a key is clean, a copy is a duplicate, other content is a conflict', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const first = new Map<string, number>();
        const expected = messages.map(({ id, key, content }) => {
          const name = `${id}/${key}`;
          const seen = first.get(name);
          if (seen === undefined) first.set(name, content);
          return seen === undefined ? 'publish' : seen === content ? 'duplicate' : 'conflict';
        });
        const claims = messages.map(({ id, key, content }, i) =>
          aClaim({ eventId: id, key: `${id}/${key}`, content: String(content), root: `events/${i}` }),
        );
        const { verdicts } = applyClaims(emptyBlock(0), claims);
        expect(verdicts.map(({ act }) => act)).toEqual(expected);
      }),
    );
  });

  it('have the same verdicts in one group as one by one', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const claims = messages.map(({ id, key, content }, i) =>
          aClaim({ eventId: id, key: `${id}/${key}`, content: String(content), root: `events/${i}` }),
        );
        const together = applyClaims(emptyBlock(0), claims);
        let block = emptyBlock(0);
        const oneByOne = claims.map((claim) => {
          const step = applyClaims(block, [claim]);
          block = step.block;
          return step.verdicts[0];
        });
        expect(together.verdicts).toEqual(oneByOne);
        expect(together.block).toEqual(block);
      }),
    );
  });

  it('publish an event once more at the most when every message is delivered again, in any order, and is known to be published', () => {
    fc.assert(
      fc.property(anyMessages, fc.infiniteStream(fc.nat()), (messages, order) => {
        const roots = messages.flatMap(({ copies }, i) => new Array<number>(copies).fill(i));
        const shuffled = roots.map((i) => ({ i, at: order.next().value as number })).sort((a, b) => a.at - b.at);
        let block = emptyBlock(0);
        const published = new Map<number, number>();
        for (const { i } of shuffled) {
          const { id, key, content } = messages[i]!;
          const claim = aClaim({ eventId: id, key: `${id}/${key}`, content: String(content), root: `events/${i}` });
          const step = applyClaims(block, [claim]);
          block = step.block;
          if (step.verdicts[0]?.act !== 'publish') continue;
          published.set(i, (published.get(i) ?? 0) + 1);
          block = applyMarks(block, [{ eventId: id, root: claim.root, as: 'published' }]);
        }
        expect([...published.values()].every((times) => times === 1)).toBe(true);
        const keys = new Set(messages.map(({ id, key }) => `${id}/${key}`));
        expect(published.size).toBe(keys.size);
      }),
    );
  });

  it('leave the block as it is where they change nothing, so that nothing need be written', () => {
    const { block } = applyClaims(emptyBlock(0), [aClaim()]);
    expect(applyClaims(block, [aClaim({ root: 'events/2' })]).block).toBe(block);
    expect(applyMarks(block, [{ eventId: 7, root: digest('events/1'), as: 'published' }])).toBe(block);
  });

  it('never change a block that someone else holds', () => {
    const before = emptyBlock(0);
    applyClaims(before, [aClaim()]);
    expect(before).toEqual(emptyBlock(0));
  });

  it('belong to the block that they are applied to', () => {
    expect(() => applyClaims(emptyBlock(1), [aClaim()])).toThrow(InvariantError);
  });
});
