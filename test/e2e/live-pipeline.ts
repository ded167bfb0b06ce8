import type { PubSub, Subscription } from '@google-cloud/pubsub';
import { builtDirectory } from '../../cli/local/built.ts';
import { LocalPipeline } from '../../cli/local/local-pipeline.ts';
import type { LocalProcess } from '../../cli/local/process-command.ts';
import { publishTicks } from '../../cli/local/sweep-timer.ts';
import type { Env } from '../../shared/env.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { makeClients, type Database } from '../../shared/gcp/clients.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import type { FunctionName, TopicName } from '../../shared/topology.ts';
import { blockIndex, cellOf, type Cell } from '../../shared/tracking/block.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { eventually, isAlive } from '../support/eventually.ts';

/** How messages come to the functions: `npm run test:pull` runs the same tests with workers that pull. */
export const deliveryMode = process.env.EVENTMEND_DELIVERY === 'pull' ? 'pull' : 'push';

export interface LivePipelineOptions {
  readonly functions: readonly FunctionName[];
  /** How messages come to the functions. In pull mode a worker of its own pulls for each function. */
  readonly mode?: 'push' | 'pull';
  /** Beyond what every process gets. */
  readonly envOf?: (name: LocalProcess['name']) => Env;
  /** Whether ticks are sent, as `npm run dev` sends them. */
  readonly sweeps?: boolean;
}

export type LiveMessage = string | { readonly data?: string; readonly attributes?: Attributes };

/** The real functions behind real subscriptions, on the emulators, in a project of their own. */
export class LivePipeline {
  /** The lines that the functions wrote. */
  readonly said: string[] = [];
  private readonly connection = emulatedConnection();
  private readonly clients = makeClients(this.connection);
  private readonly listeners: Subscription[] = [];
  private readonly timer = new AbortController();
  private ticking: Promise<void> | undefined;
  private running: LocalPipeline | undefined;

  static async start({
    functions,
    mode = deliveryMode,
    envOf,
    sweeps = false,
  }: LivePipelineOptions): Promise<LivePipeline> {
    const made = new LivePipeline();
    const { PATH, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
    const env = {
      PATH,
      PUBSUB_EMULATOR_HOST,
      FIRESTORE_EMULATOR_HOST,
      GOOGLE_CLOUD_PROJECT: made.connection.projectId,
    };
    made.running = await LocalPipeline.start(
      {
        pubsub: await made.pubsub(),
        functions: mode === 'push' ? functions : [],
        workers: mode === 'pull' ? functions.map((name) => ({ name, functions: [name] })) : [],
        envOf: (name) => ({ ...env, ...envOf?.(name) }),
        built: builtDirectory(),
        show: (line) => made.said.push(line),
      },
      new AbortController().signal,
    );
    const publisher = new PubSubPublisher({ pubsub: await made.pubsub(), timeoutMs: made.connection.publishTimeoutMs });
    if (sweeps) made.ticking = publishTicks(publisher, made.timer.signal, (line) => made.said.push(line));
    return made;
  }

  /** The environment of a command that looks into it. */
  get env(): Env {
    const { FIRESTORE_EMULATOR_HOST } = process.env;
    return { FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: this.connection.projectId };
  }

  pubsub(): Promise<PubSub> {
    return this.clients.pubsub();
  }

  state(): Promise<Database<'state'>> {
    return this.clients.database.state();
  }

  letters(): Promise<Database<'letters'>> {
    return this.clients.database.letters();
  }

  /** Publishes messages together, on `events`. */
  async send(...messages: readonly LiveMessage[]): Promise<void> {
    await this.sendTo('events', ...messages);
  }

  async sendTo(topic: TopicName, ...messages: readonly LiveMessage[]): Promise<void> {
    const to = (await this.pubsub()).topic(topic);
    const published = messages.map((message) => {
      const { data = '', attributes = {} } = typeof message === 'string' ? { data: message } : message;
      return to.publishMessage({ data: Buffer.from(data), attributes });
    });
    await Promise.all(published);
  }

  /** Collects what is published on a topic from now on. */
  async listen(topic: TopicName): Promise<readonly Message[]> {
    const pubsub = await this.pubsub();
    const [subscription] = await pubsub.topic(topic).createSubscription(`test-${topic}-${this.listeners.length}`);
    const messages: Message[] = [];
    const seen = new Set<string>();
    subscription.on('message', (message) => {
      // Delivered again to this listener, it was not published again.
      if (seen.size < seen.add(message.id).size) messages.push({ data: message.data, attributes: message.attributes });
      message.ack();
    });
    this.listeners.push(subscription);
    return messages;
  }

  /** The entries of an id. */
  async entriesOf(stream: string, eventId: number): Promise<Cell> {
    const blocks = new FirestoreBlockStore(await this.state());
    const [stored] = await blocks.read([{ stream, index: blockIndex(eventId) }]);
    return cellOf(stored!.block, eventId);
  }

  /** Kills a function, as a machine that fails does: it is started again. */
  async kill(name: FunctionName): Promise<void> {
    const pid = this.running?.process(name)?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    process.kill(pid, 'SIGKILL');
    await eventually('the process is gone', () => !isAlive(pid));
  }

  /** Waits until functions have said a text so many times. */
  async says(text: string, times = 1): Promise<void> {
    const count = (): number => this.said.filter((line) => line.includes(text)).length;
    await eventually(`functions say "${text}"`, () => count() >= times);
  }

  /** Ends everything. @returns The processes that are left, of which there should be none. */
  async stop(): Promise<readonly number[]> {
    this.timer.abort();
    await this.ticking;
    const pids = this.running?.pids ?? [];
    await this.running?.stop();
    await Promise.all(this.listeners.map((listener) => listener.close()));
    await this.clients.close();
    return pids.filter(isAlive);
  }
}
