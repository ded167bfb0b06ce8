import type { Message as PulledMessage, PubSub, Subscription } from '@google-cloud/pubsub';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { Calls } from '../../shared/gcp/calls.ts';
import type { Database } from '../../shared/gcp/clients.ts';
import type { Project } from '../../shared/gcp/project.ts';
import type { Message } from '../../shared/messages/message.ts';
import { probeAttribute, probeStream } from '../../shared/probe.ts';
import type { TopicName } from '../../shared/topology.ts';
import { highestCovered } from '../../shared/gaps/progress.ts';
import { highestId } from '../../shared/tracking/block.ts';
import { LetterOperations } from '../../shared/operator/letter-operations.ts';
import type { ProbedPipeline } from './follow-routes.ts';
import { replayEdited } from './replay-edited.ts';
import type { Observed } from './routes.ts';

/** The lifetime of the probe's subscription if the probe is killed, in seconds: the shortest that Pub/Sub allows. */
const subscriptionLifeSeconds = 86_400;
/** How long the probe's subscription keeps messages, in seconds: the shortest time that Pub/Sub allows. */
const retentionSeconds = 600;

/** A replay that is not published at once is told by its record. */
const silentLog = { warn: () => undefined };

export interface GooglePipelineDeps {
  readonly project: Pick<Project, 'publisher' | 'letters' | 'blocks' | 'ledger' | 'catalog' | 'clock'>;
  readonly pubsub: PubSub;
  readonly database: Database<'letters'>;
  readonly timeoutMs: number;
}

/** A pipeline on Google Cloud, or on its emulators, as the probe sees it. */
export class GooglePipeline implements ProbedPipeline {
  private readonly database: Database<'letters'>;
  private readonly project: GooglePipelineDeps['project'];
  private readonly listener: Subscription;
  private readonly ownsListener: boolean;
  private readonly calls: Calls;
  private readonly clean: Message[] = [];
  private lost: Error | undefined;
  private reading: Promise<readonly DeadLetter[]> | undefined;

  private constructor({ project, database, timeoutMs }: GooglePipelineDeps, listener: Subscription, isOwn: boolean) {
    this.database = database;
    this.project = project;
    this.listener = listener;
    this.ownsListener = isOwn;
    this.calls = new Calls(timeoutMs);
    listener.on('message', (message: PulledMessage) => {
      // The emulator ignores the filter.
      if (message.attributes.stream === probeStream)
        this.clean.push({ data: message.data, attributes: message.attributes });
      message.ack();
    });
    listener.on('error', (error: Error) => {
      this.lost = error;
    });
  }

  /**
   * Listens to the clean events of the probe's stream.
   *
   * @param existing A subscription that stays. Without it one is made for this run.
   */
  static async listen(deps: GooglePipelineDeps, runId: string, existing?: string): Promise<GooglePipeline> {
    if (existing !== undefined) return new GooglePipeline(deps, deps.pubsub.subscription(existing), false);
    const options = {
      filter: `attributes.stream = "${probeStream}"`,
      expirationPolicy: { ttl: { seconds: subscriptionLifeSeconds } },
      messageRetentionDuration: { seconds: retentionSeconds },
    };
    const topic = deps.pubsub.topic('cleaned-events');
    const [listener] = await new Calls(deps.timeoutMs).run('listening to cleaned-events', () =>
      topic.createSubscription(`eventmend-probe-${runId}`, options),
    );
    return new GooglePipeline(deps, listener, true);
  }

  async publish(topic: TopicName, message: Message): Promise<void> {
    await this.project.publisher.publish(topic, message);
  }

  async replay(letter: DeadLetter, body: Uint8Array): Promise<void> {
    await replayEdited(new LetterOperations({ ...this.project, log: silentLog }), letter, body);
  }

  async observe(): Promise<Observed> {
    if (this.lost) throw this.lost;
    // Several routes observe at the same time. They share one read.
    this.reading ??= this.readLetters().finally(() => (this.reading = undefined));
    return { clean: this.clean, letters: await this.reading };
  }

  /** Deletes the subscription that was made, and all letters of the probe, including those of earlier runs that did not finish. */
  async close(): Promise<void> {
    await this.listener.close();
    if (this.ownsListener) await this.calls.run('deleting the subscription', () => this.listener.delete());
    const letters = await this.readLetters();
    await Promise.all(letters.map((letter) => this.remove(letter)));
  }

  private async readLetters(): Promise<readonly DeadLetter[]> {
    const query = this.database.collection('dead-letters').where('stream', '==', probeStream).select();
    const { docs } = await this.database.calls.run('listing the letters of the probe', () => query.get());
    const found = await Promise.all(docs.map(({ id }) => this.project.letters.find(id)));
    return found.flatMap((letter) => (letter && isOurs(letter.value) ? letter.value : []));
  }

  /** Deletes a letter and its entries of the audit trail. */
  private async remove({ id }: DeadLetter): Promise<void> {
    const { firestore, calls } = this.database;
    await calls.run('deleting a letter of the probe', () =>
      firestore.recursiveDelete(this.database.collection('dead-letters').doc(id)),
    );
    const audit = this.database.collection('audit').where('letter', '==', id).select();
    const { docs } = await calls.run('listing the audit trail of the probe', () => audit.get());
    await calls.run('deleting the audit trail of the probe', () => Promise.all(docs.map(({ ref }) => ref.delete())));
  }
}

/** Whether a letter is the probe's own. A producer may have published into the probe's stream by mistake. */
function isOurs({ failure, message }: DeadLetter): boolean {
  return message.attributes[probeAttribute] !== undefined || failure.code === 'ERR_GAP_UNRECOVERABLE';
}

/** Returns the id after the highest one that the probe's stream has seen. */
export async function firstFreeId({ blocks, ledger }: Pick<Project, 'blocks' | 'ledger'>): Promise<number> {
  const [last, progress] = await Promise.all([blocks.last(probeStream), ledger.progress(probeStream)]);
  const covered = progress && highestCovered(progress.value);
  return Math.max((last && highestId(last)) ?? 0, covered ?? 0) + 1;
}
