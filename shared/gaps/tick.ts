import { z } from 'zod';
import { streamSchema } from '../event.ts';
import type { Attributes, Message } from '../message.ts';
import type { BlockRef, Publisher } from '../ports.ts';

/**
 * What a message on `sweeps` asks for: to sweep every stream, to sweep one, or to record what has come of the gaps in a block of one.
 */
export interface Tick {
  readonly stream?: string | undefined;
  /** Of a block of the stream. */
  readonly index?: number | undefined;
}

const tickAttributes = z.object({
  stream: streamSchema.optional(),
  block: z.coerce.number().int().min(0).optional(),
});

export function writeTick(stream: string, index?: number): Message {
  return { data: new Uint8Array(), attributes: { stream, ...(index !== undefined && { block: String(index) }) } };
}

/** Reads a tick. What it cannot read is a tick for everything: to sweep once too often does no harm. */
export function readTick(attributes: Attributes): Tick {
  const { stream, block } = tickAttributes.safeParse(attributes).data ?? {};
  return stream === undefined ? {} : { stream, index: block };
}

/** Sends ticks for blocks. One that waits behind another of its block serves all who ask for it meanwhile. */
export class TickSender {
  private readonly publisher: Publisher;
  private readonly underway = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Promise<void>>();

  constructor(publisher: Publisher) {
    this.publisher = publisher;
  }

  /** Resolves when a tick is published that was sent after this was called. */
  send(ref: BlockRef): Promise<void> {
    const name = `${ref.stream}/${ref.index}`;
    const known = this.waiting.get(name);
    if (known) return known;
    const before = this.underway.get(name);
    const tick = before ? before.catch(() => undefined).then(() => this.publish(name, ref)) : this.publish(name, ref);
    if (before) this.waiting.set(name, tick);
    return tick;
  }

  private publish(name: string, { stream, index }: BlockRef): Promise<void> {
    const published = this.publisher.publish('sweeps', writeTick(stream, index)).finally(() => {
      if (this.underway.get(name) === published) this.underway.delete(name);
    });
    this.waiting.delete(name);
    this.underway.set(name, published);
    return published;
  }
}
