import { followRoutes, type Result } from '../../../cli/probe/follow-routes.ts';
import { replayEdited } from '../../../cli/probe/replay-edited.ts';
import { planRoutes } from '../../../cli/probe/routes.ts';
import type { CatalogDefinition } from '../../../shared/catalog-definition.ts';
import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { RetryableError } from '../../../shared/errors.ts';
import { probeStream } from '../../../shared/probe.ts';
import type { FunctionName, TopicName } from '../../../shared/topology.ts';
import { minuteMs } from '../../support/builders.ts';
import { Pipeline } from '../../support/pipeline.ts';

const names = ['clean', 'duplicate', 'invalid', 'replay', 'incorrect', 'gap', 'poison'];

/** A catalog that would be in the way of the probe, if it had a say: nobody is patient, and nothing is known or sure. */
const strict: CatalogDefinition = {
  unknownTypes: 'strict',
  streams: { default: { graceMs: 3_600_000, minConfidence: 1, recover: false, duplicates: 'count' } },
};

interface Options {
  readonly without?: readonly FunctionName[];
  /** A topic that takes nothing. */
  readonly broken?: TopicName;
}

/** Probes a whole pipeline in memory, as often as is told; while the probe waits, minutes pass and the pipeline works. */
async function probe({ without = [], broken }: Options = {}, times = 1) {
  const pipeline = new Pipeline({ catalog: strict, without });
  const { runtime, clean } = pipeline;
  let passing: Promise<unknown> | undefined;
  const patience = {
    nowMs: () => runtime.clock.now(),
    pause: async () => {
      await (passing ??= runtime.sweep().finally(() => (passing = undefined)));
    },
    timeoutMs: 20 * minuteMs,
  };
  const probed = {
    publish: (topic: TopicName, message: Parameters<typeof runtime.pubsub.publish>[1]) =>
      topic === broken
        ? Promise.reject(new RetryableError('the topic is not there'))
        : runtime.pubsub.publish(topic, message),
    replay: (letter: DeadLetter, body: Uint8Array) => replayEdited(pipeline.operator, letter, body),
    observe: async () => ({
      clean: clean.filter(({ attributes }) => attributes.stream === probeStream),
      letters: (await runtime.letters.all()).filter(({ stream }) => stream === probeStream),
    }),
  };
  const runs: Record<string, Result>[] = [];
  for (let n = 0; n < times; n++) {
    const run = { id: `run-${n}`, firstId: 1 + 4 * n, startedAtMs: runtime.clock.now() };
    const results = await followRoutes(planRoutes(run), probed, patience);
    expect(results.map(({ name }) => name)).toEqual(names);
    runs.push(Object.fromEntries(results.map((result) => [result.name, result])));
  }
  return { results: runs[0]!, runs, runtime, clean };
}

function outcomes(results: Record<string, Result>, outcome: Result['outcome']): string[] {
  return names.filter((name) => results[name]!.outcome === outcome);
}

describe('the probe of a pipeline that works', () => {
  it('sees every route end where it should, whatever the catalog says of other streams and types', async () => {
    const { results } = await probe();
    expect(Object.fromEntries(names.map((name) => [name, results[name]!.detail]))).toMatchObject({
      clean: expect.stringMatching(/^clean, producer: eventmend-probe\/4\/\d+$/) as string,
      duplicate: 'dead letter ERR_DUPLICATE: same key and content',
      invalid: expect.stringMatching(/^dead letter ERR_INVALID_EVENT: type: missing/) as string,
      replay: expect.stringMatching(/^clean, replayed: eventmend-probe\/2\/\d+$/) as string,
      incorrect: 'dead letter ERR_INCORRECT: the catalog names no record for its type',
      gap: 'clean, reconstructed: eventmend-probe/3/inferred',
      poison: 'dead letter ERR_DELIVERY: subscription validate-probe-poison gave up after 5 deliveries',
    });
    expect(outcomes(results, 'passed')).toEqual(names);
  });

  it('can be run again and again', async () => {
    const { runs } = await probe({}, 3);
    for (const results of runs) expect(outcomes(results, 'passed')).toEqual(names);
  });

  it('keeps all of its events from the store', async () => {
    const { runtime, clean } = await probe();
    const kept = clean.map(({ attributes }) => runtime.events.find(attributes.idempotency_key!));
    expect(kept).toEqual([undefined, undefined, undefined]);
  });
});

describe('the probe of a pipeline in which something does not work', () => {
  it.each<[FunctionName, string[], string[]]>([
    ['validate', ['clean', 'invalid', 'incorrect', 'gap', 'poison'], ['duplicate', 'replay']],
    ['track', ['clean', 'invalid', 'incorrect', 'gap'], ['duplicate', 'replay']],
    ['verify', ['incorrect'], []],
    ['sweep', ['gap'], []],
    ['reconstruct', ['gap'], []],
    ['archive', ['duplicate', 'invalid', 'incorrect', 'poison'], ['replay']],
  ])('names the routes that fail without %s', async (name, failed, notReached) => {
    const { results } = await probe({ without: [name] });
    expect(outcomes(results, 'failed')).toEqual(failed);
    expect(outcomes(results, 'not-reached')).toEqual(notReached);
    expect(results[failed[0]!]!.detail).toBe('no result within 1200 s');
  });

  it('says why a route cannot begin', async () => {
    const { results } = await probe({ broken: 'probe-poison' });
    expect(outcomes(results, 'failed')).toEqual(['poison']);
    expect(results.poison!.detail).toBe('the topic is not there');
  });
});
