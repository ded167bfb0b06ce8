import { z } from 'zod';
import { eventIdSchema, streamSchema } from '../event.ts';
import type { Attributes, Message } from '../messages/message.ts';
import type { BlockRef, Clock, Publisher } from '../ports.ts';
import { spellIssues } from '../zod-issues.ts';

/** A message on `sweeps`. It asks to sweep every stream, to sweep one stream, to recount the gaps of one block, or to ask a producer again. */
export interface Tick {
  readonly stream?: string | undefined;
  /** The index of the block. */
  readonly index?: number | undefined;
  /** The first id of the gap for whose events the producer is asked again. */
  readonly askFrom?: number | undefined;
}

const numberText = z.string().regex(/^\d+$/).transform(Number);
const tickAttributes = z
  .object({
    stream: streamSchema.optional(),
    block: numberText.pipe(z.int()).optional(),
    from: numberText.pipe(eventIdSchema).optional(),
    ask: z.literal('true').optional(),
  })
  .refine(({ stream, block }) => stream !== undefined || block === undefined, {
    path: ['block'],
    error: 'of no stream',
  })
  .refine(({ stream, from, ask }) => (from === undefined) === (ask === undefined) && (stream !== undefined || !ask), {
    path: ['ask'],
    error: 'needs a stream and a first id',
  });

export function writeTick(stream: string, index?: number): Message {
  return { data: new Uint8Array(), attributes: { stream, ...(index !== undefined && { block: String(index) }) } };
}

/** Writes the tick that has the producer asked again for the events of a gap. */
export function writeAsk(stream: string, from: number): Message {
  return { data: new Uint8Array(), attributes: { stream, from: String(from), ask: 'true' } };
}

/** @returns The problem, without values, if the message is not a tick. */
export function decodeTick(attributes: Attributes): Tick | string {
  const { data: tick, error } = tickAttributes.safeParse(attributes);
  if (error) return spellIssues(error);
  return tick.stream === undefined ? {} : { stream: tick.stream, index: tick.block, askFrom: tick.from };
}

/** The time in which ticks of one block are merged, in milliseconds. */
const gatherMs = 100;

/** Sends ticks for blocks. Calls for the same block within a tenth of a second share one tick. */
export class TickSender {
  private readonly deps: { readonly publisher: Publisher; readonly clock: Clock };
  private readonly waiting = new Map<string, Promise<void>>();

  constructor(deps: { readonly publisher: Publisher; readonly clock: Clock }) {
    this.deps = deps;
  }

  /** Resolves when a tick is published whose publish began after this call. */
  send(ref: BlockRef): Promise<void> {
    const name = `${ref.stream}/${ref.index}`;
    const known = this.waiting.get(name);
    if (known) return known;
    const { clock, publisher } = this.deps;
    const tick = new Promise<void>((resolve) => clock.schedule(gatherMs, resolve)).then(() => {
      this.waiting.delete(name);
      return publisher.publish('sweeps', writeTick(ref.stream, ref.index));
    });
    this.waiting.set(name, tick);
    return tick;
  }
}
