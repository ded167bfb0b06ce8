import { z } from 'zod';
import { streamSchema } from '../event.ts';
import type { Attributes, Message } from '../messages/message.ts';
import type { BlockRef, Clock, Publisher } from '../ports.ts';
import { spellIssues } from '../zod-issues.ts';

/** A message on `sweeps`. It asks to sweep every stream, to sweep one stream, or to recount the gaps of one block. */
export interface Tick {
  readonly stream?: string | undefined;
  /** The index of the block. */
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

/** @returns The problem, without values, if the message is not a tick. */
export function decodeTick(attributes: Attributes): Tick | string {
  const { data: tick, error } = tickAttributes.safeParse(attributes);
  if (error) return spellIssues(error);
  return tick.stream === undefined ? {} : { stream: tick.stream, index: tick.block };
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
