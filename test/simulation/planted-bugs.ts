import type { FunctionBuilders } from '../../functions/builders.ts';
import {
  type BlockRef,
  type BlockStore,
  type BlockWrite,
  type StoredBlock,
  type WriteOutcome,
} from '../../shared/ports.ts';
import type { Message } from '../../shared/messages/message.ts';
import { cellIndex, type Block, type Cell } from '../../shared/tracking/block.ts';
import { digest } from '../../shared/digest.ts';
import { voidKey } from '../../shared/identity.ts';
import { anEntry } from '../support/builders.ts';
import { plantedFrontBugs } from './planted-front-bugs.ts';
import { plantedLetterBugs } from './planted-letter-bugs.ts';
import { plantedUnnumberedBugs } from './planted-unnumbered-bugs.ts';
import { methodsOf, onPorts, publishing, withAttributes, withHandler, withoutBeforeIdle, writing } from './planting.ts';

/** Pipelines with one bug each, by the name of the bug. Each was, or could have been, a real bug. */
export const plantedBugs: Readonly<Record<string, FunctionBuilders>> = {
  ...plantedFrontBugs,
  ...plantedUnnumberedBugs,
  ...plantedLetterBugs,

  'track acks before it has published': withHandler('track', (handler) => (delivery) => {
    handler(delivery).catch(() => undefined);
    return Promise.resolve();
  }),

  'track does not wait for what it publishes': publishing('track', (publisher, topic, message) => {
    publisher.publish(topic, message).catch(() => undefined);
    return Promise.resolve();
  }),

  'track acks a message that it failed to handle': withHandler(
    'track',
    (handler) => (delivery) => handler(delivery).catch(() => undefined),
  ),

  'an event is marked as published when it is claimed': writing((entry) =>
    entry.state === 'clean' || entry.state === 'reconstructed' ? { ...entry, published: true } : entry,
  ),

  'a mark waits for a timer while the instance has no CPU': withoutBeforeIdle('track'),

  'no event is ever marked as published': writing((entry) => ({ ...entry, published: false })),

  'the last writer of a block wins': onPorts('track', ({ blocks }) => ({
    blocks: methodsOf(blocks, { write: (writes) => Promise.all(writes.map((write) => overwrite(blocks, write))) }),
  })),

  'a verdict is based on a cached block': onPorts('track', ({ blocks }) => ({ blocks: remembering(blocks) })),

  'a verdict is based on a read that began before its claim arrived': onPorts('track', ({ blocks, clock }) => ({
    blocks: sharingReads(blocks, () => clock.now()),
  })),

  'rule 5 forgets that the event must supersede an inference': onPorts('track', ({ blocks }) => ({
    blocks: methodsOf(blocks, {
      read: async (refs) =>
        (await blocks.read(refs)).map((stored) => ({ ...stored, block: withoutClosedSupersedes(stored.block) })),
      write: (writes) =>
        blocks.write(writes.map((write) => ({ ...write, block: withoutClosedSupersedes(write.block) }))),
    }),
  })),

  'a second replacement supersedes the original': publishing('track', (publisher, topic, message) => {
    const { supersedes } = message.attributes;
    return publisher.publish(topic, withAttributes(message, { supersedes: supersedes?.replace(/\/r\d+$/, '') }));
  }),

  'events with the same content are dropped as duplicates, whatever their key': withHandler('track', (handler) => {
    const seen = new Set<string>();
    return async (delivery) => {
      const { type, data } = parse(delivery.data);
      const content = JSON.stringify([delivery.attributes.stream, type, data]);
      if (delivery.attributes['eventmend-kind'] === 'event' && data !== undefined && seen.has(content)) return;
      seen.add(content);
      await handler(delivery);
    };
  }),

  'a redelivered message is handled as a duplicate of itself': withHandler('track', (handler) => {
    let deliveries = 0;
    return (delivery) => {
      const { 'eventmend-root': root = '', 'eventmend-kind': kind } = delivery.attributes;
      return handler(
        kind === 'event' ? withAttributes(delivery, { 'eventmend-root': `${root}/${++deliveries}` }) : delivery,
      );
    };
  }),

  'each copy of an event is published under a new key': publishing('track', (publisher, topic, message) => {
    const { idempotency_key: key } = message.attributes;
    const isClean = topic === 'cleaned-events';
    return publisher.publish(
      topic,
      isClean ? withAttributes(message, { idempotency_key: `${key}-${++copies}` }) : message,
    );
  }),

  'an event is published without its required check': publishing('validate', (publisher, topic, message) =>
    publisher.publish(topic, withAttributes(message, { 'eventmend-check': undefined })),
  ),

  'a message that is too large is not stored': onPorts('validate', ({ letters }) => ({
    letters: methodsOf(letters, { keep: () => Promise.resolve() }),
  })),

  'an inference is published beside its original': withHandler('track', (handler) => (delivery) => {
    const isInference = delivery.attributes['eventmend-kind'] === 'reconstruction';
    return handler(isInference ? withAttributes(delivery, { 'eventmend-kind': 'event' }) : delivery);
  }),

  'an original is published without the attribute supersedes': publishing('track', (publisher, topic, message) =>
    publisher.publish(topic, withAttributes(message, { supersedes: undefined })),
  ),

  'a void closes ids whose events came': withHandler('track', (handler, { blocks, clock }) => async (delivery) => {
    await handler(delivery);
    const { stream = '', 'eventmend-id': id, 'eventmend-kind': kind } = delivery.attributes;
    if (kind === 'void') await close(blocks, { stream, id: Number(id), nowMs: clock.now() });
  }),

  'the ledger is not updated when an event comes late': publishing('track', async (publisher, topic, message) => {
    if (topic !== 'sweeps') await publisher.publish(topic, message);
  }),

  'an operator’s replay is dropped': withHandler('track', (handler) => async (delivery) => {
    if (delivery.attributes.origin !== 'replayed') await handler(delivery);
  }),

  'duplicates disappear without a letter': publishing('track', async (publisher, topic, message) => {
    if (message.attributes['eventmend-code'] !== 'ERR_DUPLICATE') await publisher.publish(topic, message);
  }),

  'a stream whose sweep failed once is never swept again': withHandler('sweep', (handler) => {
    const failed = new Set<string | undefined>();
    return async (delivery) => {
      const { stream } = delivery.attributes;
      if (!failed.has(stream)) await handler(delivery).catch(() => failed.add(stream));
    };
  }),

  'a letter is acked before it is filed': withHandler('archive', (handler) => (delivery) => {
    handler(delivery).catch(() => undefined);
    return Promise.resolve();
  }),

  'a handler never returns after one of its calls failed': withHandler(
    'archive',
    (handler) => (delivery) => handler(delivery).catch(() => new Promise<void>(() => undefined)),
  ),

  'a void of ids that were cleaned leaves no letter': publishing('track', async (publisher, topic, message) => {
    if (topic !== 'dead-letter-queue' || message.attributes.void === undefined) await publisher.publish(topic, message);
  }),

  'duplicates get letters in a stream that only counts them': onPorts('track', ({ catalog }) => ({
    catalog: { ...catalog, stream: (name) => ({ ...catalog.stream(name), duplicates: 'letter' }) },
  })),

  'no producer is asked to resend': publishing('sweep', async (publisher, topic, message) => {
    if (message.attributes.phase !== 'resend') await publisher.publish(topic, message);
  }),

  'an inference has a wrong timestamp': publishing('reconstruct', (publisher, topic, message) =>
    publisher.publish(
      topic,
      topic === 'mended-events' ? edited(message, { timestamp: '1970-01-01T00:00:00' }) : message,
    ),
  ),

  'an operator’s replay is not checked': publishing('validate', (publisher, topic, message) =>
    publisher.publish(
      topic,
      message.attributes.origin === 'replayed' ? withAttributes(message, { 'eventmend-check': undefined }) : message,
    ),
  ),

  'a correction is lost': publishing('verify', (publisher, topic, message) =>
    publisher.publish(
      topic,
      message.attributes.origin === 'corrected' ? edited(message, { note: undefined }) : message,
    ),
  ),

  'a letter is filed without its bytes': onPorts('archive', ({ letters }) => ({
    letters: methodsOf(letters, {
      save: (record, expected) =>
        letters.save({ ...record, message: { ...record.message, data: new Uint8Array() } }, expected),
    }),
  })),

  'a second letter of a root is not filed': onPorts('archive', ({ letters }) => ({
    letters: methodsOf(letters, { save: (record, expected) => (expected ? yes() : letters.save(record, expected)) }),
  })),

  'the sink stores an event without its bytes': withHandler(
    'store',
    (handler) => (delivery) => handler({ ...delivery, data: new Uint8Array() }),
  ),

  'a letter loses the bytes of its message': publishing('track', (publisher, topic, message) =>
    publisher.publish(topic, topic === 'dead-letter-queue' ? { ...message, data: new Uint8Array() } : message),
  ),
};

let copies = 0;

function yes(): Promise<boolean> {
  return Promise.resolve(true);
}

function edited(message: Message, members: Readonly<Record<string, unknown>>): Message {
  return { ...message, data: Buffer.from(JSON.stringify({ ...parse(message.data), ...members })) };
}

function parse(data: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function overwrite(blocks: BlockStore, write: BlockWrite): Promise<WriteOutcome> {
  for (let { expected } = write; ; expected = (await blocks.read([write.ref]))[0]?.version) {
    const [outcome] = await blocks.write([{ ...write, expected }]);
    if (outcome?.status === 'written') return outcome;
  }
}

/** Reads each block once, and then answers with the state that this instance wrote last. */
function remembering(blocks: BlockStore): BlockStore {
  const known = new Map<string, StoredBlock>();
  return methodsOf(blocks, {
    read: async (refs) => {
      const unknown = refs.filter((ref) => !known.has(nameOf(ref)));
      const read = unknown.length > 0 ? await blocks.read(unknown) : [];
      unknown.forEach((ref, i) => known.set(nameOf(ref), read[i]!));
      return refs.map((ref) => known.get(nameOf(ref))!);
    },
    write: async (writes) => {
      const outcomes = await blocks.write(writes);
      writes.forEach(({ ref, block, expireAtMs }, i) => {
        const outcome = outcomes[i];
        if (outcome?.status === 'written') known.set(nameOf(ref), { block, version: outcome.version, expireAtMs });
        else known.delete(nameOf(ref));
      });
      return outcomes;
    },
  });
}

function nameOf({ stream, index, isBucket = false, page = '' }: BlockRef): string {
  return [stream, index, isBucket, page].join(' ');
}

/** Answers a read with the result of an earlier read that began within three seconds, unless the block was written since. */
function sharingReads(blocks: BlockStore, now: () => number): BlockStore {
  const begun = new Map<string, { readonly atMs: number; readonly stored: Promise<StoredBlock> }>();
  return methodsOf(blocks, {
    read: (refs) =>
      Promise.all(
        refs.map((ref) => {
          const known = begun.get(nameOf(ref));
          if (known && now() - known.atMs < 3_000) return known.stored;
          const stored = blocks.read([ref]).then(([one]) => one!);
          begun.set(nameOf(ref), { atMs: now(), stored });
          return stored;
        }),
      ),
    write: (writes) => {
      for (const { ref } of writes) begun.delete(nameOf(ref));
      return blocks.write(writes);
    },
  });
}

/** Clears `supersedes` of each entry that is closed and the only one of its id. */
function withoutClosedSupersedes(block: Block): Block {
  const forget = (cell: Cell): Cell => {
    const [only] = cell;
    return cell.length === 1 && only?.state === 'closed' && only.supersedes ? [{ ...only, supersedes: false }] : cell;
  };
  return { ...block, cells: block.cells.map(forget) };
}

async function close(
  blocks: BlockStore,
  { stream, id, nowMs }: { readonly stream: string; readonly id: number; readonly nowMs: number },
): Promise<void> {
  const ref = { stream, index: Math.floor(id / 256) };
  const [stored] = await blocks.read([ref]);
  if (!stored) return;
  const closed = anEntry({ state: 'closed', key: digest(voidKey), root: digest('a void') });
  const cells = stored.block.cells.map((cell, at) => (at === cellIndex(id) ? [closed] : cell));
  await blocks.write([
    {
      ref,
      block: { ...stored.block, cells },
      expected: stored.version,
      expireAtMs: stored.expireAtMs,
      writtenAtMs: nowMs,
    },
  ]);
}
