import type { PubSub } from '@google-cloud/pubsub';
import type { Env } from '../../shared/env.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { FunctionProcess } from './function-process.ts';
import type { LocalProcess } from './process-command.ts';
import { makeSubscriptions, makeTopics, subscriptionNamesOf } from './resources.ts';

export interface LocalPipelineOptions {
  readonly pubsub: PubSub;
  /** The names of the sources besides `events`. */
  readonly sources?: readonly string[];
  /** The functions that are pushed to. */
  readonly functions: readonly FunctionName[];
  /** The workers. Each pulls all subscriptions of some functions. */
  readonly workers?: readonly LocalWorker[];
  /** The environment of each process. */
  readonly envOf: (name: LocalProcess['name']) => Env;
  readonly built: string;
  readonly show: (line: string) => void;
}

export interface LocalWorker {
  readonly name: LocalProcess['name'];
  readonly functions: readonly FunctionName[];
}

/** The functions, each in a process of its own, the workers, and the topics and subscriptions between them. */
export class LocalPipeline {
  private readonly processes = new Map<LocalProcess['name'], FunctionProcess>();

  /**
   * Starts the pipeline, and resolves when everything that is published will be delivered. If this fails or is aborted,
   * no process is left behind.
   */
  static async start(options: LocalPipelineOptions, signal: AbortSignal): Promise<LocalPipeline> {
    const pipeline = new LocalPipeline();
    const { pubsub, sources = [], functions, workers = [], envOf, built, show } = options;
    const start = async (process: LocalProcess): Promise<void> => {
      const started = await FunctionProcess.start({ process, env: envOf(process.name), built, show }, signal);
      pipeline.processes.set(process.name, started);
    };
    const pulled = workers.flatMap((worker) => worker.functions);
    const makePulled = async (): Promise<void> => {
      await makeTopics(pubsub, sources);
      await makeSubscriptions({ pubsub, sources, consumerOf: (name) => (pulled.includes(name) ? 'pull' : undefined) });
      const starting = workers.map((worker) =>
        start({ name: worker.name, pulls: subscriptionNamesOf(worker.functions, sources) }),
      );
      await allSettled(starting);
    };
    try {
      await allSettled([makePulled(), ...functions.map((name) => start({ name }))]);
      await makeSubscriptions({ pubsub, sources, consumerOf: (name) => pipeline.process(name)?.url });
      return pipeline;
    } catch (error) {
      await pipeline.stop();
      throw error;
    }
  }

  process(name: LocalProcess['name']): FunctionProcess | undefined {
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
