import { makeArchive } from '../../functions/archive/handler.ts';
import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import { makeStore } from '../../functions/store/handler.ts';
import { makeTrack } from '../../functions/track/handler.ts';
import { makeValidate } from '../../functions/validate/handler.ts';
import { makeVerify } from '../../functions/verify/handler.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { EmbeddedDeadLetterStore } from '../../shared/embedded/dead-letter-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { EmbeddedUuidKeys } from '../../shared/embedded/uuid-keys.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import type { Delivery, Handler, Message } from '../../shared/messages/message.ts';
import { SequenceBounds } from '../../shared/tracking/sequence-bounds.ts';
import { aDelivery, aGap, aPassing, atOnce } from '../support/builders.ts';
import { Shop } from '../support/commits.ts';

const deadlineMs = 7_000;

/** Ports that record by which deadline each of their calls was made. */
class RecordingPorts {
  readonly calls: string[] = [];
  private readonly shop = new Shop();
  private readonly log = new EmbeddedLog();
  private readonly ledger = new EmbeddedGapLedger(atOnce);
  private readonly catalog = makeCatalog({
    streams: { orders: { uuid: 'global' } },
    types: { LeadCreated: { system: 'hubspot' } },
  });
  private readonly stores = {
    publisher: { publish: () => Promise.resolve() },
    letters: new EmbeddedDeadLetterStore(atOnce),
    events: new EmbeddedCleanEventStore(atOnce),
    keys: new EmbeddedUuidKeys(atOnce),
    ledger: this.ledger,
    blocks: this.shop.blocks,
  };

  readonly handlers: Readonly<Record<string, () => Handler>> = {
    validate: () => makeValidate(this.deps),
    verify: () => makeVerify(this.deps),
    archive: () => makeArchive(this.deps),
    store: () => makeStore(this.deps),
    reconstruct: () => makeReconstruct(this.deps),
    track: () => {
      const { blocks, clock } = this.shop;
      const bounds = new SequenceBounds({ blocks, clock, ledger: this.ledger, catalog: this.catalog });
      return makeTrack({ ...this.deps, commits: this.shop.instance(), bounds });
    },
  };

  async deliver(name: string, message: Partial<Message> & { topic: string }): Promise<void> {
    await this.ledger.saveProgress('orders', startProgress('orders'), undefined, [
      aGap({ from: 5, to: 6, state: 'requested' }),
    ]);
    const delivery: Delivery = { ...aDelivery(), ...message, deadlineMs };
    await this.shop.settle(this.handlers[name]!()(delivery));
  }

  private get deps() {
    const { catalog, log } = this;
    return { catalog, log, clock: this.shop.clock, portsUntil: (byMs: number) => this.until(byMs) };
  }

  private until(byMs: number) {
    const record = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return (...args: unknown[]): unknown => {
            this.calls.push(`${String(name)} by ${byMs}`);
            return Reflect.apply(method, target, args);
          };
        },
      });
    const { publisher, letters, events, keys, ledger, blocks } = this.stores;
    const recorded = { publisher: record(publisher), letters: record(letters), events: record(events) };
    const system = record({ check: () => Promise.resolve({ says: 'verified' } as const) });
    const more = { keys: record(keys), ledger: record(ledger), blocks: record(blocks) };
    return { ...recorded, ...more, systems: new Map([['hubspot', system] as const]) };
  }
}

const tooLarge = Buffer.from(
  `{"event_id":1,"type":"LeadCreated","timestamp":"2025-02-09T12:00:00","data":"${'x'.repeat(9_200_000)}"}`,
);
const deadLetter = { 'eventmend-code': 'ERR_DUPLICATE', 'eventmend-stage': 'track', 'eventmend-root': 'events/1' };
const request = { stream: 'orders', from: 5, to: 6, attempt: 1, deadlineMs: 1, phase: 'infer' } as const;

describe('every call that a function makes for a delivery ends by the deadline of that delivery', () => {
  it.each<[string, Partial<Message> & { topic: string }, readonly string[]]>([
    ['validate', { topic: 'events', data: tooLarge }, ['keep', 'publish']],
    ['track', aPassing({ key: 'u-1' }), ['claim', 'publish']],
    ['verify', aPassing({ toBeChecked: true }), ['check', 'publish']],
    ['archive', { topic: 'dead-letter-queue', attributes: deadLetter }, ['find', 'save']],
    ['store', { topic: 'cleaned-events', attributes: { idempotency_key: 'a/2', supersedes: 'a/1' } }, ['bury', 'put']],
    ['reconstruct', { topic: 'reprocess-requests', ...writeRequest(request) }, ['find', 'publish', 'save']],
  ])('%s', async (name, message, expected) => {
    const ports = new RecordingPorts();
    await ports.deliver(name, message);
    // The history of a stream is read for all deliveries that ask for it at a time; each of its reads has a time-out of its own.
    const ofNoDelivery = ports.calls.filter((call) => !call.endsWith(` by ${deadlineMs}`));
    expect(ofNoDelivery).toEqual(name === 'reconstruct' ? ['scan by Infinity'] : []);
    expect(ports.calls).toEqual(expect.arrayContaining(expected.map((method) => `${method} by ${deadlineMs}`)));
  });
});
