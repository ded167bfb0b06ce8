import { makeRandom } from '../../shared/embedded/random.ts';
import { billedTimeMs } from '../billed-time.ts';
import { publishedBytes, pushedBytes } from '../event-bytes.ts';
import { cleanedEvent, producedEvent, validatedEvent } from '../processes/bench-events.ts';
import { prices } from '../prices.ts';
import type { CountedScenario, Measure } from '../scenario.ts';
import { countTrack } from '../simulated-track.ts';

const million = 1_000_000;
const latency = { readMs: 15, writeMs: 25, varies: true };
const rates = [
  { perSecond: 1, seconds: 300 },
  { perSecond: 10, seconds: 100 },
  { perSecond: 100, seconds: 40 },
  { perSecond: 1_000, seconds: 20 },
];
/** How long a push to `validate` lasts: it publishes one message, in milliseconds. */
const validateMs = 15;
/** The price of an instance of validate or track for a second: it has one vCPU and 1 GiB (terraform/functions.tf). */
const instanceSecond = prices.vcpuSecond + prices.gibibyteSecond;

/** Computes the cost of a million events on Google Cloud. */
export const cost: CountedScenario = {
  name: 'cost',
  about: `dollars for a million events of 300 bytes, one instance of each function, at the list prices of ${prices.asOf}`,
  isCounted: true,
  run: async (size) => {
    const measures: Measure[] = [];
    for (const { perSecond, seconds } of rates) {
      const parts = await costOf(perSecond, Math.ceil(perSecond * seconds * size));
      const [firestore, others] =
        perSecond === 1_000 ? [{ target: { atMost: 0.05 } }, { target: { atMost: 0.2 } }] : [{}, {}];
      const at = `at ${perSecond}/s`;
      const baseline = { value: documentCost, what: 'a document created for each event' };
      measures.push(
        { metric: `Firestore ${at}`, ours: parts.firestore, baseline, ...firestore },
        { metric: `Pub/Sub ${at}`, ours: parts.pubSub },
        { metric: `CPU and memory ${at}`, ours: parts.run },
        { metric: `all of these ${at}`, ours: parts.firestore + parts.pubSub + parts.run, ...others },
        { metric: `the fee for requests ${at}`, ours: 2 * prices.millionRequests },
      );
    }
    return measures;
  },
};

const documentCost = prices.millionWrites;

interface CostParts {
  readonly firestore: number;
  readonly pubSub: number;
  readonly run: number;
}

async function costOf(perSecond: number, events: number): Promise<CostParts> {
  const counts = await countTrack({ events, perSecond, instances: 1, inFlightEach: 1_000, latency });
  const validateSeconds = billedTimeMs(pushTimes(perSecond, events)) / 1_000 / events;
  const trackSeconds = counts.billedMs / 1_000 / events;
  const [validated, cleaned] = [validatedEvent(1), cleanedEvent(1)];
  const bytes =
    pushedBytes(producedEvent(1)) +
    publishedBytes(validated, perSecond) +
    pushedBytes(validated) +
    publishedBytes(cleaned, perSecond);
  return {
    firestore: counts.reads * prices.millionReads + counts.writes * prices.millionWrites,
    pubSub: (bytes * million * prices.pubSubTebibyte) / 2 ** 40,
    run: (validateSeconds + trackSeconds) * million * instanceSecond,
  };
}

/** The pushes to validate: they come at random instants. */
function pushTimes(perSecond: number, events: number) {
  const random = makeRandom(1);
  let atMs = 0;
  return Array.from({ length: events }, () => {
    atMs += (-Math.log(1 - random()) * 1_000) / perSecond;
    return { fromMs: atMs, toMs: atMs + validateMs };
  });
}
