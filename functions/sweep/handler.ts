import { Coalescer } from '../../shared/coalescer.ts';
import type { FunctionInstance } from '../../shared/function-instance.ts';
import { decodeTick, writeTick, type Tick } from '../../shared/gaps/tick.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { streamPages } from '../../shared/stream-pages.ts';
import { handleOwn } from '../own-messages.ts';
import { askAgain } from './ask-again.ts';
import type { AsleepStreams } from './asleep-streams.ts';
import { advanceLetters } from './advance-letters.ts';
import type { SweepPorts, TickDeps } from './deps.ts';
import { recountBlock } from './recount-block.ts';
import { makeSweepMemory, sweepStream } from './sweep-stream.ts';
import { sendReconciliations } from './send-reconciliations.ts';
import { sweepUnnumbered } from './sweep-unnumbered.ts';

/** The maximum duration of a sweep, in milliseconds. The next tick comes after a minute. */
const maxSweepMs = 45_000;
/**
 * The time between the end of a sweep and its deadline, in milliseconds, in which the current piece of work is finished
 * and recorded.
 */
const marginMs = 30_000;
/** The number of ticks that are published at a time. */
const ticksAtOnce = 50;

/**
 * Sweeps the stream of a tick, only recounts the gaps of one block, or asks the producer again for one gap. For a tick without a stream, it publishes one
 * tick for each stream that is not asleep, page by page, and then looks at the dead letters that are due. Concurrent ticks for the same stream or block are coalesced.
 */
export function makeSweep(ports: SweepPorts): FunctionInstance {
  const memory = makeSweepMemory();
  const coalescer = new Coalescer();
  const decode = ({ attributes }: Delivery): Tick | string => decodeTick(attributes);
  const handler = handleOwn(ports.log, decode, async ({ stream, index, askFrom }, { deadlineMs }) => {
    const deps = { ...ports, ...ports.portsUntil(deadlineMs) };
    const untilMs = (): number => Math.min(deps.clock.now() + maxSweepMs, deadlineMs - marginMs);
    if (stream === undefined) {
      ports.log.count('tick');
      await sendReconciliations(deps);
      await passOn(deps, memory.asleep);
      await advanceLetters(deps, untilMs());
    } else if (ports.catalog.stream(stream).numbering === 'none')
      await coalescer.run(stream, () => sweepUnnumbered(deps, stream, memory.asleep));
    else if (askFrom !== undefined)
      await coalescer.run(`${stream}/ask/${askFrom}`, () => askAgain(deps, { stream, from: askFrom }));
    else if (index === undefined) await coalescer.run(stream, () => sweepStream(deps, memory, stream, untilMs()));
    else await coalescer.run(`${stream}/${index}`, () => recountBlock(deps, { stream, index }));
  });
  return { handler };
}

async function passOn({ blocks, publisher, clock }: TickDeps, asleep: AsleepStreams): Promise<void> {
  for await (const streams of streamPages(blocks)) {
    const awake = streams.filter((stream) => !asleep.has(stream, clock.now()));
    await runLimited(awake, ticksAtOnce, (stream) => publisher.publish('sweeps', writeTick(stream)));
  }
}
