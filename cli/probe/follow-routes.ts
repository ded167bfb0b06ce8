import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import type { Publisher } from '../../shared/ports.ts';
import { reasonOf } from '../reason.ts';
import { endOf, type Observed, type Route, type RouteName } from './routes.ts';

/** The pipeline that the probe checks. The probe publishes to it, and observes what comes out of it. */
export interface ProbedPipeline extends Publisher {
  /** Edits and replays a dead letter as an operator does. @throws Error if that is refused. */
  replay(letter: DeadLetter, body: Uint8Array): Promise<void>;
  /** Returns all clean messages and dead letters of the probe's stream so far. */
  observe(): Promise<Observed>;
}

export interface WaitPolicy {
  /** The time of a monotonic clock, in milliseconds. */
  readonly nowMs: () => number;
  /** Waits until the next check. */
  readonly pause: () => Promise<void>;
  /** How long to wait for all routes, in milliseconds. */
  readonly timeoutMs: number;
}

/** The result of a route, or of a check. */
export interface Result<Name extends string = string> {
  readonly name: Name;
  /** `not-reached`: the route that it waits for did not pass. `not-checked`: the probe cannot check it here. */
  readonly outcome: 'passed' | 'failed' | 'not-reached' | 'not-checked';
  readonly detail: string;
  /** Milliseconds from publishing to the result. */
  readonly tookMs?: number;
}

interface Followed {
  readonly result: Result<RouteName>;
  readonly letter?: DeadLetter | undefined;
}

/**
 * Publishes the message of each route and waits for the results. The routes run concurrently. A route with `after`
 * starts when that other route has passed.
 */
export async function followRoutes(
  routes: readonly Route[],
  pipeline: ProbedPipeline,
  policy: WaitPolicy,
): Promise<readonly Result<RouteName>[]> {
  const giveUpAtMs = policy.nowMs() + policy.timeoutMs;
  const followed = new Map<RouteName, Promise<Followed>>();
  for (const route of routes) {
    const prerequisite = route.after && followed.get(route.after);
    followed.set(route.name, follow(route, prerequisite, pipeline, policy, giveUpAtMs));
  }
  return (await Promise.all(followed.values())).map(({ result }) => result);
}

async function follow(
  route: Route,
  prerequisite: Promise<Followed> | undefined,
  pipeline: ProbedPipeline,
  policy: WaitPolicy,
  giveUpAtMs: number,
): Promise<Followed> {
  const { name, after } = route;
  const previous = await prerequisite;
  if (previous && previous.result.outcome !== 'passed')
    return { result: { name, outcome: 'not-reached', detail: `not started, because ${String(after)} did not pass` } };
  const startedAtMs = policy.nowMs();
  const tookMs = (): number => Math.round(policy.nowMs() - startedAtMs);
  try {
    await start(route, previous?.letter, pipeline);
    while (policy.nowMs() < giveUpAtMs) {
      const end = endOf(route, await pipeline.observe());
      if (end) {
        const outcome = end.isAsExpected ? 'passed' : 'failed';
        return { result: { name, outcome, detail: end.detail, tookMs: tookMs() }, letter: end.letter };
      }
      await policy.pause();
    }
  } catch (error) {
    return { result: { name, outcome: 'failed', detail: reasonOf(error), tookMs: tookMs() } };
  }
  const waited = `no result within ${Math.round(policy.timeoutMs / 1_000)} s`;
  return { result: { name, outcome: 'failed', detail: waited, tookMs: tookMs() } };
}

async function start(
  { sends, replays }: Route,
  letter: DeadLetter | undefined,
  pipeline: ProbedPipeline,
): Promise<void> {
  if (sends) await pipeline.publish(sends.topic, sends.message);
  if (!replays) return;
  if (!letter) throw new Error('there is no letter to replay');
  await pipeline.replay(letter, replays);
}
