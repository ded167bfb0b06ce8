import type { FunctionBuilders } from '../../functions/builders.ts';
import type { BlockWrite, WriteOutcome } from '../../shared/ports.ts';
import { blockSize } from '../../shared/tracking/block.ts';
import { methodsOf, onPorts, publishing, withAttributes, withSettings } from './planting.ts';

/** Pipelines with one bug each in the tracking of unnumbered streams, by the name of the bug. */
export const plantedUnnumberedBugs: Readonly<Record<string, FunctionBuilders>> = {
  'the place of an event without an id depends on when it came': onPorts('validate', ({ publisher, clock }) => ({
    publisher: {
      publish: (topic, message) => {
        const { 'eventmend-place': place } = message.attributes;
        const isSlipping = Math.floor(clock.now() / 30_000) % 2 === 1;
        const slipped = withAttributes(message, { 'eventmend-place': String(Number(place) + blockSize) });
        return publisher.publish(topic, place !== undefined && isSlipping ? slipped : message);
      },
    },
  })),

  'entries on pages are not stored': onPorts('track', ({ blocks }) => ({
    blocks: methodsOf(blocks, {
      write: (writes) =>
        writes.some(({ ref }) => ref.page !== undefined)
          ? Promise.resolve(writes.map((): WriteOutcome => ({ status: 'written', version: 'none' })))
          : blocks.write(writes),
    }),
  })),

  'no event on a page is marked as published': onPorts('track', ({ blocks }) => ({
    blocks: methodsOf(blocks, {
      write: (writes) => blocks.write(writes.map((one) => (one.ref.page === undefined ? one : unmarked(one)))),
    }),
  })),

  'copies with another timestamp leave no letter in a stream with global uuids': publishing(
    'track',
    async (publisher, topic, message) => {
      const isConflict = topic === 'dead-letter-queue' && message.attributes['eventmend-code'] === 'ERR_CONFLICT';
      if (!isConflict || message.attributes.stream !== 'visits') await publisher.publish(topic, message);
    },
  ),

  'an event without an id counts as forgotten while history is loaded': withSettings('track', { backfill: false }),

  'no event without an id is ever forgotten': withSettings('track', { backfill: true }),

  'a global uuid is not claimed for events without ids': onPorts('track', ({ keys }) => ({
    keys: methodsOf(keys, { claim: (_, __, eventId) => Promise.resolve(eventId) }),
  })),

  'an event without an id is tracked as if its place were an id': publishing(
    'validate',
    (publisher, topic, message) => {
      const { 'eventmend-place': place } = message.attributes;
      const numbered = withAttributes(message, { 'eventmend-place': undefined, 'eventmend-id': place });
      return publisher.publish(topic, place === undefined ? message : numbered);
    },
  ),
};

function unmarked(write: BlockWrite): BlockWrite {
  const cells = write.block.cells.map((cell) => cell.map((entry) => ({ ...entry, published: false })));
  return { ...write, block: { ...write.block, cells } };
}
