import { Coalescer } from '../../shared/coalescer.ts';
import type { FunctionInstance } from '../../shared/function-instance.ts';
import { decodeTick, writeTick, type Tick } from '../../shared/gaps/tick.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { streamPages } from '../../shared/stream-pages.ts';
import { handleOwn } from '../own-messages.ts';
import type { SweepDeps } from './deps.ts';
import { recountBlock } from './recount-block.ts';
import { StreamSweep } from './sweep-stream.ts';

/** How long a sweep may take, in milliseconds: less than the minute after which the next tick comes. */
const maxSweepMs = 45_000;
/** How many ticks are published at a time. */
const ticksAtOnce = 50;

/**
 * Sweeps the stream that a tick names, or only records what has come of the gaps in one block of it. A tick that names no stream is
 * passed on as one for each stream, page by page. Ticks for the same that come together take turns.
 */
export function makeSweep(deps: SweepDeps): FunctionInstance {
  const sweep = new StreamSweep(deps);
  const coalescer = new Coalescer();
  const decode = ({ attributes }: Delivery): Tick | string => decodeTick(attributes);
  const handler = handleOwn(deps.log, decode, async ({ stream, index }) => {
    if (stream === undefined) await passOn(deps);
    else if (index === undefined) await coalescer.run(stream, () => sweep.run(stream, deps.clock.now() + maxSweepMs));
    else await coalescer.run(`${stream}/${index}`, () => recountBlock(deps, { stream, index }));
  });
  return { handler };
}

async function passOn({ blocks, publisher }: SweepDeps): Promise<void> {
  for await (const streams of streamPages(blocks))
    await runLimited(streams, ticksAtOnce, (stream) => publisher.publish('sweeps', writeTick(stream)));
}
