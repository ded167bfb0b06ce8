import { AccessError, RetryableError } from '../../shared/errors.ts';
import type { PortsOf } from '../../shared/function-instance.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import type { EventList, Version } from '../../shared/ports.ts';
import { findUnheld } from '../../shared/reconciliation/find-unheld.ts';
import type { ListQuery } from '../../shared/reconciliation/list.ts';
import type { StreamList } from '../../shared/reconciliation/list-settings.ts';
import { hasOnlyTimeOfReceipt, readListed } from '../../shared/reconciliation/listed-event.ts';
import { lossLetter } from '../../shared/reconciliation/loss-letter.ts';
import { writeReconcileRequest, type ReconcileRequest } from '../../shared/reconciliation/reconcile-request.ts';
import {
  afterLoss,
  afterPage,
  anew,
  beginRun,
  failRun,
  finishSpan,
  floorOf,
  pauseRun,
  runIntervalMs,
  withSpan,
  type BegunRun,
  type PageCounts,
  type Reconciliation,
  type RunTime,
  type SpanReading,
} from '../../shared/reconciliation/reconciliation.ts';
import { runLimited } from '../../shared/run-limited.ts';

/** The number of missing events that are published at a time. */
const publishedAtOnce = 50;
/** The time that a run needs after its last page, in milliseconds, to publish what is missing and to store its cursor. */
const closingMs = 30_000;

export type ReconcilePorts = Omit<PortsOf<'publisher' | 'blocks' | 'keys' | 'reconciliations' | 'lists'>, 'portsUntil'>;

/**
 * Compares a stream with a list, page by page, until the span is done or the delivery is nearly over. Then it sends
 * itself on. It does nothing while another run has the lease, or if the request is so old that sweep has sent another.
 */
export async function reconcile(deps: ReconcilePorts, request: ReconcileRequest, delivery: Delivery): Promise<void> {
  const { catalog, clock, reconciliations } = deps;
  const { stream, name } = request;
  const list = catalog.lists.find((one) => one.stream === stream && one.name === name);
  const nowMs = clock.now();
  if (!list || nowMs - delivery.publishedAtMs >= runIntervalMs) return;
  const time = { nowMs, untilMs: delivery.deadlineMs, windowMs: catalog.stream(stream).windowMs };
  const stored = await reconciliations.find(stream, name);
  const begun = beginRun(stored?.value, list, time);
  const lease = begun && (await reconciliations.save(stream, name, begun.state, stored?.version));
  if (begun && lease !== undefined) await new ReconciliationRun(deps, list, time, lease).run(begun);
}

function queryOf({ types, account, properties }: StreamList, { fromMs, toMs }: SpanReading): ListQuery {
  return { fromMs, toMs, types, account, properties };
}

/** One run that has the lease. */
class ReconciliationRun {
  private readonly deps: ReconcilePorts;
  private readonly list: StreamList;
  private readonly time: RunTime;
  private readonly lease: Version;

  constructor(deps: ReconcilePorts, list: StreamList, time: RunTime, lease: Version) {
    this.deps = deps;
    this.list = list;
    this.time = time;
    this.lease = lease;
  }

  async run(begun: BegunRun): Promise<void> {
    const state = withSpan(await this.tell(begun), this.list, this.time);
    const progress = { reading: state.reading };
    try {
      const done = state.reading ? await this.readPages(state.reading, progress) : undefined;
      if (done) await this.save(finishSpan(state, done.reading, done.page, this.deps.clock.now()));
      else if (await this.save(pauseRun(state, progress.reading))) await this.goOn(progress.reading);
    } catch (error) {
      if (error instanceof RetryableError || error instanceof AccessError)
        await this.save(failRun(state, progress.reading, error.message, this.deps.clock.now()));
      throw error;
    }
  }

  /** Tells what cannot be compared any more. */
  private async tell({ state, lost }: BegunRun): Promise<Reconciliation> {
    if (!lost) return state;
    const { publisher, log } = this.deps;
    log.count('letter-ERR_GAP_UNRECOVERABLE');
    await publisher.publish('dead-letter-queue', lossLetter(this.list, lost, this.time.nowMs));
    return afterLoss(state, lost);
  }

  /**
   * Reads the pages of a span.
   *
   * @param progress Its `reading` is kept up to date.
   * @returns The last page and what was read before it. Undefined if the time was over before.
   */
  private async readPages(
    first: SpanReading,
    progress: { reading: SpanReading | undefined },
  ): Promise<{ readonly reading: SpanReading; readonly page: PageCounts } | undefined> {
    let isAnew = false;
    for (let reading = first; ;) {
      const answer = await this.eventList().page(queryOf(this.list, reading), reading.cursor);
      if (answer === 'unknown cursor') {
        if (isAnew || reading.cursor === undefined)
          throw new RetryableError(`${this.list.system}: the list does not know its own cursor`);
        isAnew = true;
        reading = anew(reading);
        progress.reading = reading;
        continue;
      }
      const page = await this.recover(answer.items);
      if (answer.next === undefined) return { reading, page };
      reading = afterPage(reading, page, answer.next);
      progress.reading = reading;
      if (this.deps.clock.now() >= this.time.untilMs - closingMs) return undefined;
    }
  }

  private eventList(): EventList {
    const { system } = this.list;
    const list = this.deps.lists.get(system);
    if (!list) throw new RetryableError(`no connection to ${system}: its keys are not set`);
    return list;
  }

  /** Publishes those items of a page that no message has brought. */
  private async recover(items: readonly string[]): Promise<PageCounts> {
    const { catalog, clock, blocks, keys, publisher, log } = this.deps;
    const nowMs = clock.now();
    const read = items.map((item) => readListed(item, this.list, catalog, nowMs));
    const events = read.filter((event) => event !== undefined);
    const floorMs = floorOf(this.list, { ...this.time, nowMs });
    const comparable = events.filter(({ instantMs }) => instantMs >= floorMs);
    const asked = { blocks, keys: hasOnlyTimeOfReceipt(this.list, catalog) ? keys : undefined };
    const missing = await findUnheld(this.list.stream, comparable, asked);
    await runLimited(missing, publishedAtOnce, ({ message }) => publisher.publish('mended-events', message));
    log.count('recovered', missing.length);
    return { items: items.length, missing: missing.length, unreadable: items.length - events.length };
  }

  /** @returns Whether the run still had the lease. */
  private async save(state: Reconciliation): Promise<boolean> {
    const { stream, name } = this.list;
    return (await this.deps.reconciliations.save(stream, name, state, this.lease)) !== undefined;
  }

  private async goOn(reading: SpanReading | undefined): Promise<void> {
    if (reading) await this.deps.publisher.publish('reprocess-requests', writeReconcileRequest(this.list));
  }
}
