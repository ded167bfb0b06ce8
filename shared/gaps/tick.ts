import { z } from 'zod';
import { streamSchema } from '../event.ts';
import type { Attributes, Message } from '../messages/message.ts';
import type { BlockRef, Clock, Publisher } from '../ports.ts';
import { spellIssues } from '../zod-issues.ts';

/**
 * What a message on `sweeps` asks for: to sweep every stream, to sweep one, or to record what has come of the gaps in a block of one.
 */
export interface Tick {
  readonly stream?: string | undefined;
  /** Of a block of the stream. */
  readonly index?: number | undefined;
}

const tickAttributes = z
  .object({
    stream: streamSchema.optional(),
    block: z.string().regex(/^\d+$/).transform(Number).pipe(z.int()).optional(),
  })
  .refine(({ stream, block }) => stream !== undefined || block === undefined, {
    path: ['block'],
    error: 'of no stream',
  });

export function writeTick(stream: string, index?: number): Message {
  return { data: new Uint8Array(), attributes: { stream, ...(index !== undefined && { block: String(index) }) } };
}

/** @returns What is wrong with a message that is no tick, without its values. */
export function decodeTick(attributes: Attributes): Tick | string {
  const { data: tick, error } = tickAttributes.safeParse(attributes);
  if (error) return spellIssues(error);
  return tick.stream === undefined ? {} : { stream: tick.stream, index: tick.block };
}

/** How long a tick waits for others of its block, in milliseconds. */
const gatherMs = 100;

/** Sends ticks for blocks: one for all who ask within a tenth of a second. */
export class TickSender {
  private readonly deps: { readonly publisher: Publisher; readonly clock: Clock };
  private readonly waiting = new Map<string, Promise<void>>();

  constructor(deps: { readonly publisher: Publisher; readonly clock: Clock }) {
    this.deps = deps;
  }

  /** Resolves when a tick is published that was sent after this was called. */
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
