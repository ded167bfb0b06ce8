import { EmbeddedRuntime, type EmbeddedRuntimeOptions } from '../../cli/local/embedded-runtime.ts';
import type { Attributes, Message } from '../../shared/messages/message.ts';
import { LetterOperations } from '../../shared/operator/letter-operations.ts';
import { aCrmSync, textOf } from './builders.ts';

export const startMs = Date.UTC(2026, 0, 1);

/** Stream settings without waiting times, by which an inference of any confidence is accepted. */
export const noWaitSettings = { graceMs: 0, resendTimeoutMs: 0, minConfidence: 0 } as const;

/** Settings by which any hole counts as a loss, whatever the numbers around look like. */
export const withoutDoubt = { doubt: { near: 1, far: 1, pairs: 0 } } as const;

interface ReplayAllOptions {
  /** The body of a draft for each letter. */
  readonly edited?: Uint8Array;
  readonly replace?: boolean;
  readonly forgotten?: boolean;
}

/** The embedded runtime, which collects the clean events, letters and requests that it publishes. */
export class Pipeline {
  readonly runtime: EmbeddedRuntime;
  readonly clean: Message[] = [];
  readonly letters: Message[] = [];
  readonly requests: Message[] = [];
  readonly operator: LetterOperations;

  constructor(options: Partial<EmbeddedRuntimeOptions> = {}) {
    this.runtime = new EmbeddedRuntime({ catalog: { streams: { default: noWaitSettings } }, startMs, ...options });
    this.operator = operatorOf(this.runtime);
    const collect = (messages: Message[]) => (message: Message) => {
      messages.push(message);
      return Promise.resolve();
    };
    this.runtime.pubsub.listen('cleaned-events', 'test-clean', collect(this.clean));
    this.runtime.pubsub.listen('dead-letter-queue', 'test-letters', collect(this.letters));
    this.runtime.pubsub.listen('reprocess-requests', 'test-requests', collect(this.requests));
  }

  /** Publishes events, as objects or as text, and runs the pipeline until no message is left. */
  async send(...events: readonly (string | object)[]): Promise<void> {
    await this.sendWith({}, ...events);
  }

  async sendWith(attributes: Attributes, ...events: readonly (string | object)[]): Promise<void> {
    for (const event of events) {
      const data = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
      await this.runtime.publish({ data, attributes });
    }
    await this.runtime.drain();
  }

  /** Publishes sound events with the given ids. Their timestamps are a minute apart by id. */
  async sendIds(...ids: readonly number[]): Promise<void> {
    await this.send(...ids.map((id) => anEventAt(id)));
  }

  /**
   * Replays every letter as an operator does, and runs the pipeline until no message is left.
   *
   * @returns The codes of the refused replays.
   */
  async replayAll({ edited, replace = false, forgotten = false }: ReplayAllOptions = {}): Promise<string[]> {
    const refused: string[] = [];
    for (const { id, revision } of await this.runtime.letters.all()) {
      const ana = { by: 'ana', revision };
      const saved = edited && (await this.operator.saveDraft(id, { body: edited }, ana));
      const { refusal } = saved?.refusal
        ? saved
        : await this.operator.replay(id, { replace, forgotten }, { ...ana, revision: revision + (edited ? 1 : 0) });
      if (refusal) refused.push(refusal.code);
    }
    await this.runtime.drain();
    return refused;
  }

  get cleanKeys(): (string | undefined)[] {
    return this.clean.map(({ attributes }) => attributes.idempotency_key);
  }

  get cleanIds(): number[] {
    return this.clean.map(({ attributes }) => Number(attributes.event_id));
  }

  get codes(): (string | undefined)[] {
    return this.letters.map(({ attributes }) => attributes['eventmend-code']);
  }

  get cleanTexts(): string[] {
    return this.clean.map(textOf);
  }
}

/** The operator of a pipeline in this process. */
export function operatorOf(runtime: EmbeddedRuntime): LetterOperations {
  const { letters, blocks, ledger, pubsub: publisher, catalog, clock, log } = runtime;
  return new LetterOperations({ letters, blocks, ledger, publisher, catalog, clock, log });
}

/** A sound event whose timestamp follows from its id. */
export function anEventAt(event_id: number, over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const timestamp = new Date(Date.UTC(2025, 1, 9) + event_id * 60_000).toISOString();
  return aCrmSync({ event_id, timestamp, ...over });
}
