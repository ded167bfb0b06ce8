import type { PubSub } from '@google-cloud/pubsub';
import type { Env } from '../../shared/env.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { FunctionProcess } from './function-process.ts';
import { makeSubscriptions, makeTopics } from './resources.ts';

export interface LocalPipelineOptions {
  readonly pubsub: PubSub;
  /** The names of the sources besides `events`. */
  readonly sources?: readonly string[];
  /** The functions that are served. */
  readonly functions: readonly FunctionName[];
  /** The environment of each function's process. */
  readonly envOf: (name: FunctionName) => Env;
  readonly built: string;
  readonly show: (line: string) => void;
}

/** The functions, each in a process of its own, with the topics and push subscriptions between them. */
export class LocalPipeline {
  private readonly processes = new Map<FunctionName, FunctionProcess>();

  /**
   * Starts the pipeline, and resolves when everything that is published will be delivered. If this fails or is aborted,
   * no process is left behind.
   */
  static async start(options: LocalPipelineOptions, signal: AbortSignal): Promise<LocalPipeline> {
    const pipeline = new LocalPipeline();
    const { pubsub, sources = [], functions, envOf, built, show } = options;
    const starting = [
      makeTopics(pubsub, sources),
      ...functions.map(async (name) => {
        const started = await FunctionProcess.start({ name, env: envOf(name), built, show }, signal);
        pipeline.processes.set(name, started);
      }),
    ];
    try {
      await allSettled(starting);
      await makeSubscriptions({ pubsub, sources, urlOf: (name) => pipeline.function(name)?.url });
      return pipeline;
    } catch (error) {
      await pipeline.stop();
      throw error;
    }
  }

  function(name: FunctionName): FunctionProcess | undefined {
    return this.processes.get(name);
  }

  /** The processes that run now. */
  get pids(): readonly number[] {
    return [...this.processes.values()].flatMap(({ pid }) => pid ?? []);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((started) => started.stop()));
  }
}

/** Waits for all promises, even if one fails, so that everything that was started can be ended. */
async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises);
  await Promise.all(promises);
}
