import type { LetterRecord } from '../../shared/dead-letter/record.ts';
import type { Publisher } from '../../shared/ports.ts';
import { reasonOf } from '../reason.ts';
import { endOf, type Observed, type Route, type RouteName } from './routes.ts';

/** What the probe sees of a pipeline, besides publishing into it. */
export interface ProbedPipeline extends Publisher {
  /** What has come out in the probe's stream so far. */
  observe(): Promise<Observed>;
}

export interface Patience {
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  /** Lets some time pass before it is looked again. */
  readonly pause: () => Promise<void>;
  /** How long it is waited for all routes, in milliseconds. */
  readonly timeoutMs: number;
}

/** What became of a route, or of a check. */
export interface Result<Name extends string = string> {
  readonly name: Name;
  /** `not-reached`: the route before it failed. `not-checked`: it cannot be looked at here. */
  readonly outcome: 'passed' | 'failed' | 'not-reached' | 'not-checked';
  readonly detail: string;
  /** From publishing to the end. */
  readonly tookMs?: number;
}

interface Followed {
  readonly result: Result<RouteName>;
  readonly letter?: LetterRecord | undefined;
}

/** Publishes what each route starts with, all at once but for those that come after another, and waits for where they end. */
export async function followRoutes(
  routes: readonly Route[],
  pipeline: ProbedPipeline,
  patience: Patience,
): Promise<readonly Result<RouteName>[]> {
  const giveUpAtMs = patience.nowMs() + patience.timeoutMs;
  const followed = new Map<RouteName, Promise<Followed>>();
  for (const route of routes) {
    const before = route.after && followed.get(route.after);
    followed.set(route.name, follow(route, before, pipeline, patience, giveUpAtMs));
  }
  return (await Promise.all(followed.values())).map(({ result }) => result);
}

async function follow(
  route: Route,
  before: Promise<Followed> | undefined,
  pipeline: ProbedPipeline,
  patience: Patience,
  giveUpAtMs: number,
): Promise<Followed> {
  const { name, after, send } = route;
  const followed = await before;
  if (followed && followed.result.outcome !== 'passed')
    return { result: { name, outcome: 'not-reached', detail: `comes after ${String(after)}` } };
  const startedAtMs = patience.nowMs();
  const tookMs = (): number => Math.round(patience.nowMs() - startedAtMs);
  try {
    const sent = send?.(followed?.letter);
    if (sent) await pipeline.publish(sent.topic, sent.message);
    while (patience.nowMs() < giveUpAtMs) {
      const end = endOf(route, await pipeline.observe());
      if (end) {
        const outcome = end.isAsExpected ? 'passed' : 'failed';
        return { result: { name, outcome, detail: end.detail, tookMs: tookMs() }, letter: end.letter };
      }
      await patience.pause();
    }
  } catch (error) {
    return { result: { name, outcome: 'failed', detail: reasonOf(error), tookMs: tookMs() } };
  }
  const waited = `nothing within ${Math.round(patience.timeoutMs / 1_000)} s`;
  return { result: { name, outcome: 'failed', detail: waited, tookMs: tookMs() } };
}
