import { trustedAttributes } from '../dead-letter/arrived-letter.ts';
import { contentDigest } from '../dead-letter/content-digest.ts';
import {
  type DeadLetter,
  type HistoryEntry,
  type HistoryEvent,
  type LetterIn,
  type Outcome,
} from '../dead-letter/dead-letter.ts';
import { eraseLetter } from '../dead-letter/erase-letter.ts';
import {
  decideReplay,
  discard,
  dropDraft,
  editDraft,
  reopen,
  replayRefusal,
  seenRefusal,
  type ActingOperator,
  type ChangeResult,
} from '../dead-letter/operator-change.ts';
import { revisionAfter } from '../dead-letter/repeated-request.ts';
import { placeOfLetter, producersAttributes } from '../dead-letter/replay.ts';
import { settle } from '../dead-letter/replay-outcome.ts';
import { RetryableError } from '../errors.ts';
import type { FunctionContext, Services } from '../function-instance.ts';
import { isGapRoot } from '../gaps/unrecoverable.ts';
import { readAttribute } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';
import { oversize, sizeLimits } from '../messages/size.ts';
import { trustedTopic } from '../messages/provenance.ts';
import type { Version, Versioned } from '../ports.ts';
import { ForgottenIds } from '../tracking/forgotten-ids.ts';
import { ProgressCache } from '../tracking/progress-cache.ts';
import { askStore, type StoreAnswer } from './ask-store.ts';
import { checkReplay, isSourceKnown, replayedEntryOf, type ReplayCheck } from './check-replay.ts';
import { editMessage, type Edit } from './edit-message.ts';
import { publishReplay } from './publish-replay.ts';
import { refuse, type OperationRefusal } from './refusal.ts';

export type OperationDeps = Pick<FunctionContext, 'catalog' | 'clock'> &
  Pick<Services, 'letters' | 'blocks' | 'ledger' | 'publisher'> & {
    readonly log: Pick<FunctionContext['log'], 'warn'>;
  };

/** The operator who asks for a change, and the revision of the record that the operator saw. */
export interface OperationCaller {
  readonly by: string;
  readonly revision: number;
  /** A repeated request with the same key changes nothing. It answers as the first did, or with the record as it is now. */
  readonly requestKey?: string | undefined;
}

/** The record after an operation, or the reason why the operation was refused. */
export type OperationResult<More = unknown> = (ChangedLetter & More) | { readonly refusal: OperationRefusal };

export interface ChangedLetter {
  readonly refusal?: undefined;
  /** The record as it is now. */
  readonly record: DeadLetter;
  /** The revision after the change, if the same request had made it before. */
  readonly madeBeforeIn?: number | undefined;
}

/** Whether a request had made its change before, and the record was changed since. */
export function isChangedSince({ record, madeBeforeIn }: ChangedLetter): boolean {
  return madeBeforeIn !== undefined && madeBeforeIn !== record.revision;
}

/** An edit of a letter, and what would become of it. */
export interface CheckedEdit {
  /** The message after the edit, with the attributes that the producer set. */
  readonly message: Message;
  readonly check: ReplayCheck;
}

/**
 * The operations on dead letters. Each change is one commit of the record, its history and its audit entry, under the
 * revision that the operator saw. A refused operation is data. An error is thrown.
 */
export class LetterOperations {
  private readonly deps: OperationDeps;
  private readonly forgotten: ForgottenIds;

  constructor(deps: OperationDeps) {
    this.deps = deps;
    this.forgotten = new ForgottenIds(deps, new ProgressCache(deps));
  }

  /** Tells what would become of a letter after an edit: of its draft, or of its original if it has none. Stores nothing. */
  async check(id: string, edit: Edit = {}): Promise<OperationResult<CheckedEdit>> {
    const found = await this.deps.letters.find(id);
    if (!found) return refuse('not-found');
    return this.checkEdit(found.value, edit);
  }

  /** Saves an edit as the draft of a letter. The draft may be invalid. */
  async saveDraft(id: string, edit: Edit, caller: OperationCaller): Promise<OperationResult<Partial<CheckedEdit>>> {
    return this.edit(id, edit, caller, () => true);
  }

  /** Saves an edit as the draft of a letter. If the draft would be invalid, the letter stays as it was. */
  async saveValidDraft(
    id: string,
    edit: Edit,
    caller: OperationCaller,
  ): Promise<OperationResult<Partial<CheckedEdit>>> {
    return this.edit(id, edit, caller, ({ failure }) => !failure);
  }

  /** @param isWanted Decides by the check of the edit whether it is saved. */
  private async edit(
    id: string,
    edit: Edit,
    caller: OperationCaller,
    isWanted: (check: ReplayCheck) => boolean,
  ): Promise<OperationResult<Partial<CheckedEdit>>> {
    const edited = await this.change(id, caller, 'edited', async ({ value: record, version }, operator) => {
      const refusal = seenRefusal(record, operator);
      if (refusal) return refuse(refusal, record);
      const checked = await this.checkEdit(record, edit);
      if (checked.refusal) return checked;
      if (!isWanted(checked.check)) return refuseInvalid(record, checked.check);
      const { message } = checked;
      if (oversize(message, sizeLimits(trustedTopic)) !== undefined) return refuse('too-large', record);
      const content = contentDigest(message, message.attributes, checked.check.routing?.stream);
      const saved = await this.save(record, version, editDraft(record, message, content, operator));
      return saved.refusal ? saved : { ...checked, record: saved.record };
    });
    if (edited.refusal || edited.madeBeforeIn === undefined || isChangedSince(edited)) return edited;
    const again = await this.check(id);
    return again.refusal ? edited : { ...again, ...edited };
  }

  /** Drops the draft, so that a replay sends the original. */
  async dropDraft(id: string, caller: OperationCaller): Promise<OperationResult> {
    return this.change(id, caller, 'dropped the draft', ({ value, version }, operator) =>
      this.save(value, version, dropDraft(value, operator)),
    );
  }

  /**
   * Replays a letter: decides it, publishes it, and records that it was published. If the publish fails, the record stays
   * `sending`, and the tick of sweep publishes it.
   */
  async replay(
    id: string,
    { replace = false, forgotten = false }: { readonly replace?: boolean; readonly forgotten?: boolean },
    caller: OperationCaller,
  ): Promise<OperationResult> {
    return this.change(id, caller, 'decided to replay', async ({ value: record, version }, operator) => {
      const refused = replayRefusal(record, operator);
      if (refused) return refuse(refused, record);
      if (!isSourceKnown(record, this.deps.catalog)) return refuse('source-unknown', record);
      const check = this.checkCurrent(record, replace);
      const { failure, routing } = check;
      if (failure) return refuseInvalid(record, check);
      const entry = replayedEntryOf(routing);
      const { holds } = await this.askAbout(record, check);
      if (holds) {
        const settled = await this.settleAs(holds, record, version, operator);
        return settled.refusal ? settled : refuse('already-there', settled.record);
      }
      if (routing && !forgotten && (await this.forgotten.isForgotten(routing))) return refuse('forgotten', record);
      const content = contentOfReplay(record, routing?.stream);
      const note = [replace && 'replace', forgotten && 'forgotten'].filter(Boolean).join(', ') || undefined;
      const decision = { replace, content, entry };
      const decided = await this.save(record, version, decideReplay(record, decision, operator, note));
      return decided.refusal ? decided : this.publish(decided.record, operator);
    });
  }

  /** Closes a letter without sending it. If the store holds its event, the letter is `done` and not `discarded`. */
  async discard(id: string, note: string, caller: OperationCaller): Promise<OperationResult> {
    return this.change(id, caller, 'discarded', async ({ value: record, version }, operator) => {
      const refusal = seenRefusal(record, operator);
      if (refusal) return refuse(refusal, record);
      const { holds, mayBePublished } = await this.askAbout(record, this.checkCurrent(record, false));
      if (holds) return this.settleAs(holds, record, version, operator, note);
      if (mayBePublished) return refuse('under-way', record, accepted);
      return this.save(record, version, discard(record, note, { ...operator, retentionMs: this.retentionMs }));
    });
  }

  /** Opens a settled letter again. */
  async reopen(id: string, note: string, caller: OperationCaller): Promise<OperationResult> {
    return this.change(id, caller, 'reopened', ({ value, version }, operator) =>
      this.save(value, version, reopen(value, note, operator)),
    );
  }

  /** Erases the content of a letter, and settles it. One whose event may still be published, or come back, is refused. */
  async erase(
    id: string,
    { note, by, isDryRun }: { readonly note: string; readonly by: string; readonly isDryRun: boolean },
  ): Promise<OperationResult> {
    const found = await this.deps.letters.find(id);
    if (!found) return refuse('not-found');
    const { value: record, version } = found;
    const { state } = record.standing;
    const isSettled = state === 'done' || state === 'discarded';
    const { holds, mayBePublished } = isSettled ? unasked : await this.askStore(record);
    if (!holds && mayBePublished) return refuse('under-way', record, accepted);
    const erasure = { by, note, holds, nowMs: this.deps.clock.now(), retentionMs: this.retentionMs };
    const erased = eraseLetter(record, erasure);
    return isDryRun && erased.refusal === undefined ? erased : this.save(record, version, erased);
  }

  private get retentionMs(): number {
    return this.deps.catalog.letterRetention.settledMs;
  }

  /** Tells what the store holds for the event of a letter. */
  async askStore(record: DeadLetter): Promise<StoreAnswer> {
    return this.askAbout(record, this.checkCurrent(record, false));
  }

  /** Finds the record, and makes the change unless the same request made it before. */
  private async change<More>(
    id: string,
    { by, revision, requestKey }: OperationCaller,
    did: HistoryEvent,
    make: (found: Versioned<DeadLetter>, operator: ActingOperator) => Promise<OperationResult<More>>,
  ): Promise<OperationResult<Partial<More>>> {
    const found = await this.deps.letters.find(id);
    if (!found) return refuse('not-found');
    const repeated = repeatedResult(found.value, { by, did, requestKey });
    if (repeated) return repeated;
    return make(found, { by, revision, requestKey, nowMs: this.deps.clock.now() });
  }

  private async save(record: DeadLetter, version: Version, result: ChangeResult): Promise<OperationResult> {
    if (result.refusal !== undefined) return refuse(result.refusal, record);
    if (await this.deps.letters.save(result.record, version)) return { record: result.record };
    const now = await this.deps.letters.find(record.id);
    return refuse('changed', now?.value);
  }

  /** Records that the store holds the event. */
  private async settleAs(
    outcome: Outcome,
    record: DeadLetter,
    version: Version,
    operator: ActingOperator,
    note?: string,
  ): Promise<OperationResult> {
    const done = settle(record, outcome, { ...operator, retentionMs: this.retentionMs }, note);
    return this.save(record, version, { record: done });
  }

  private async publish(record: DeadLetter, { by, requestKey }: ActingOperator): Promise<OperationResult> {
    const actor = { by, requestKey, nowMs: this.deps.clock.now() };
    try {
      return { record: await publishReplay(this.deps, record as LetterIn<'sending'>, actor) };
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      this.deps.log.warn(
        `the replay of dead letter ${record.id} was not published yet: the next tick of sweep does it`,
      );
      return { record };
    }
  }

  private async checkEdit(record: DeadLetter, edit: Edit): Promise<OperationResult<CheckedEdit>> {
    if (isGapRoot(record.root)) return refuse('not-an-event', record);
    if (!isSourceKnown(record, this.deps.catalog)) return refuse('source-unknown', record);
    const edited = editMessage(await this.editable(record), edit);
    if ('problem' in edited) return refuse('patch-failed', record, { detail: `The edit fails: ${edited.problem}.` });
    const { data, attributes } = edited.message;
    const options = { edited: data, attributes };
    const check = checkReplay(record, options, this.deps.catalog, this.deps.clock.now());
    return { record, message: edited.message, check };
  }

  /** Returns the message that an edit begins with: the draft, or the original with the attributes of its producer. */
  private async editable({ draft, message, root }: DeadLetter): Promise<Message> {
    if (draft) return draft;
    const attributes = trustedAttributes(message.attributes);
    const isKept = readAttribute(attributes, 'isKept') === true;
    const kept = isKept ? await this.deps.letters.kept(root, readAttribute(attributes, 'replay') ?? 0) : undefined;
    return { data: kept?.data ?? message.data, attributes: producersAttributes(kept?.attributes ?? attributes) };
  }

  /** Checks the message that a replay would send now. */
  private checkCurrent(record: DeadLetter, replace: boolean): ReplayCheck {
    const { draft } = record;
    const options = { edited: draft?.data, attributes: draft?.attributes, replace };
    return checkReplay(record, options, this.deps.catalog, this.deps.clock.now());
  }

  private async askAbout(record: DeadLetter, { routing }: ReplayCheck): Promise<StoreAnswer> {
    const { root, message } = record;
    if (isGapRoot(root)) return unasked;
    const left = placeOfLetter(trustedAttributes(message.attributes));
    return askStore(this.deps.blocks, { root, entry: replayedEntryOf(routing), left });
  }
}

/** The refusal of a discard while the event may still be published. A replay is never refused for that reason. */
const accepted = {
  detail: 'The store has accepted the event of this letter, and may still publish it.',
  next: 'Replay the letter: that publishes the event, or brings the letter back. Or wait some minutes, and try again.',
};

/** Returns the result of a request that was made before. Undefined if the record does not know it. */
function repeatedResult(
  record: DeadLetter,
  request: Pick<HistoryEntry, 'by' | 'did' | 'requestKey'>,
): OperationResult | undefined {
  if (request.requestKey === undefined) return undefined;
  const madeBeforeIn = revisionAfter(record, request);
  if (madeBeforeIn !== undefined) return { record, madeBeforeIn };
  const settledIn = revisionAfter(record, { ...request, did: 'done' });
  if (settledIn === undefined) return undefined;
  return request.did === 'discarded' ? { record, madeBeforeIn: settledIn } : refuse('already-there', record);
}

function refuseInvalid(record: DeadLetter, { failure }: ReplayCheck): ReturnType<typeof refuse> {
  return refuse(failure?.code === 'ERR_TOO_LARGE' ? 'too-large' : 'invalid', record, failure && { failure });
}

/** The answer of a store that nobody has to ask. */
const unasked: StoreAnswer = { entries: [], holds: undefined, mayBePublished: false };

/** Digests the message that a replay sends. */
function contentOfReplay({ draft, message }: DeadLetter, stream: string | undefined): ReturnType<typeof contentDigest> {
  const sent = draft ?? message;
  return contentDigest(sent, draft ? draft.attributes : trustedAttributes(message.attributes), stream);
}
