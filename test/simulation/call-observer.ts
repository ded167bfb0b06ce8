import { attributeNames } from '../../shared/messages/attributes.ts';
import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { readRequest } from '../../shared/gaps/request.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { isCode } from '../../shared/failure.ts';
import type { Message } from '../../shared/messages/message.ts';
import { maxFiledAtOnce, type BlockRef, type BlockWrite } from '../../shared/ports.ts';
import type { TopicName } from '../../shared/topology.ts';
import type { Block } from '../../shared/tracking/block.ts';
import type { Coverage } from './coverage.ts';
import type { ObservedCall } from './service-calls.ts';
import { FrontObserver } from './front-observer.ts';
import { describe, type Journal, type PublishedSeen } from './journal.ts';

export interface CallObserverDeps {
  readonly journal: Journal;
  readonly coverage: Coverage;
  readonly onRequest: (request: ReprocessRequest) => void;
  /** Called with each letter that is filed. */
  readonly onFiled: (letter: DeadLetter) => void;
}

/** The number of unresolved gaps that sweep handles in one page. */
const gapsOnePage = 200;

/** Writes every call that took effect into the journal, and recognises rare situations. */
export class CallObserver {
  private readonly deps: CallObserverDeps;
  private readonly fronts: FrontObserver;
  /** Instances of sweep whose latest commit filed a full page of gaps: more pages may follow. */
  private readonly filing = new Set<string>();
  private readonly unresolved = new Set<string>();
  private readonly entries = new Map<string, number>();
  /** Ids whose event verify has refused. */
  private readonly refusedIds = new Set<string>();

  constructor(deps: CallObserverDeps) {
    this.deps = deps;
    this.fronts = new FrontObserver(deps.coverage);
  }

  see(call: ObservedCall): void {
    const { journal } = this.deps;
    const { by } = call;
    if (call.port === 'publisher') {
      const [topic, message] = call.args;
      this.seePublished(topic, message, call);
    } else if (call.port === 'ledger' && call.method === 'saveProgress' && call.answer !== undefined) {
      const [, progress, , found = []] = call.args;
      journal.trace(by, () => `saves progress ${JSON.stringify(progress)}`);
      this.fronts.seeProgress(progress, found);
      for (const row of found) {
        journal.count('gaps');
        this.seeRow(by, row);
      }
      this.seePage(by, found.length);
      journal.progress.push({ ...journal.stamp(), progress, by });
    } else if (call.port === 'ledger' && call.method === 'save' && call.answer) {
      if (this.unresolved.size > gapsOnePage) this.deps.coverage.situation('gaps moved on in several pages');
      this.fronts.seeRow(call.args[0]);
      this.seeRow(by, call.args[0]);
    } else {
      if (call.port === 'letters' && call.method === 'save' && call.answer) this.seeRecord(call.args[0]);
      if (call.port === 'blocks' && call.method === 'write')
        this.seeWrites(call.args[0].filter((_, i) => call.answer[i]?.status === 'written'));
      journal.trace(by, () => `${call.port}.${call.method}`);
    }
  }

  /** @param by The instance that crashed. */
  seeCrash(by: string): void {
    if (this.filing.delete(by)) this.deps.coverage.situation('crash between two of these commits');
  }

  /** Records in the journal a message that was published to a topic. */
  seePublished(
    topic: TopicName,
    message: Message,
    how: Pick<PublishedSeen, 'by' | 'isOverdue' | 'isAnswered' | 'messageId'>,
  ): void {
    const { journal, coverage, onRequest } = this.deps;
    const { [attributeNames.code]: code = 'ERR_DELIVERY', idempotency_key: key } = message.attributes;
    const { by, isOverdue, isAnswered, messageId } = how;
    journal.trace(by, () => `publishes ${topic}: ${describe(message)}`);
    const seen = { topic, message, by, isOverdue, isAnswered, ...(messageId !== undefined && { messageId }) };
    journal.published.push({ ...journal.stamp(), ...seen });
    const end = topic === 'cleaned-events' ? 'clean' : topic === 'dead-letter-queue' ? code : undefined;
    const shows = journal.sentAs(journal.numberOf(message.attributes))?.shows;
    if (shows && shows.by === end) coverage.situation(shows.situation);
    if (topic === 'cleaned-events') {
      journal.count('cleaned');
      if (key?.endsWith('/r2') === true) coverage.situation('second replacement of one key');
      this.seeInference(message);
    } else if (topic === 'dead-letter-queue') {
      journal.count('dead letters');
      if (isCode(code)) coverage.letter(code);
      if (code === 'ERR_GAP_UNRECOVERABLE') this.fronts.seeLetter(message, journal.stamp().atMs);
      if (code === 'ERR_INCORRECT') this.refusedIds.add(idOf(message));
    } else if (topic === 'reprocess-requests') onRequest(readRequest(message));
  }

  /** Recognises an event that supersedes an inference after verify refused the first original. */
  private seeInference(message: Message): void {
    if (message.attributes.supersedes?.endsWith('/inferred') === true && this.refusedIds.has(idOf(message)))
      this.deps.coverage.situation('inference superseded after its original was refused');
  }

  private seeRecord(record: DeadLetter): void {
    const { coverage, onFiled } = this.deps;
    const { did, by, replay = 0, note } = record.history.at(-1) ?? {};
    if (did === 'sent' && by === 'sweep') coverage.situation('sweep publishes a replay that the console left');
    if (did === 'done' && note === 'published') coverage.situation('a replay is done');
    if (did === 'done' && note === 'resolved') coverage.situation('a letter about gaps is done');
    if (did === 'came back' && replay > 0) coverage.situation('a replay comes back');
    onFiled(record);
  }

  private seeRow(by: string, row: Gap): void {
    const { journal } = this.deps;
    const name = `${row.stream}/${row.from}`;
    if (isUnresolved(row)) this.unresolved.add(name);
    else this.unresolved.delete(name);
    journal.trace(by, () => `files gap ${JSON.stringify(row)}`);
    journal.rows.push({ ...journal.stamp(), row });
  }

  private seePage(by: string, rows: number): void {
    if (rows < maxFiledAtOnce) {
      this.filing.delete(by);
      return;
    }
    this.filing.add(by);
    this.deps.coverage.situation('gaps filed in several commits');
  }

  private seeWrites(writes: readonly BlockWrite[]): void {
    const { journal, coverage } = this.deps;
    if (writes.length > 0) journal.count('block writes');
    if (writes.length > 1) {
      journal.count('of several blocks');
      coverage.situation('several blocks in one write');
    }
    const buckets = writes.filter(({ ref }) => ref.isBucket === true);
    if (buckets.length > 1) coverage.situation('two buckets in one write');
    if (buckets.some(({ ref }) => (ref.page ?? '') !== '')) coverage.situation('an entry on a page of a bucket');
    const added = writes.reduce((sum, { ref, block }) => sum + this.addedTo(nameOf(ref), block), 0);
    if (added < 2) return;
    journal.count('of several entries');
    coverage.situation('several entries in one write');
  }

  /** Counts the entries that a block gained since its last write. */
  private addedTo(name: string, block: Block): number {
    const entries = block.cells.reduce((sum, cell) => sum + cell.length, 0);
    const before = this.entries.get(name) ?? 0;
    this.entries.set(name, entries);
    return entries - before;
  }
}

function nameOf({ stream, index, isBucket = false, page = '' }: BlockRef): string {
  return `${stream}/${isBucket ? 'bucket-' : ''}${index}~${page}`;
}

function idOf({ attributes }: Message): string {
  return `${attributes.stream ?? ''}/${attributes.event_id ?? attributes[attributeNames.eventId] ?? ''}`;
}
