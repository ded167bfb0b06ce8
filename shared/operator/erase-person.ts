import { isGapRoot } from '../gaps/unrecoverable.ts';
import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import type { CleanEventStore, StoredEvent } from '../event-ports.ts';
import type { PersonMatcher, PersonVerdict } from '../personal/person-matcher.ts';
import { runLimited } from '../run-limited.ts';
import { LetterOperations, type OperationDeps, type OperationResult } from './letter-operations.ts';

export type ErasureDeps = OperationDeps & { readonly events: CleanEventStore };

export interface ErasureRequest {
  readonly matcher: PersonMatcher;
  /** Undefined: every stream, and also what has none. */
  readonly stream: string | undefined;
  readonly isDryRun: boolean;
  /** Why, such as the number of a request. It is kept. */
  readonly note: string;
  readonly by: string;
  /** Where an earlier step ended. Undefined: at the beginning. */
  readonly position: ErasurePosition | undefined;
}

/** A position in all that is stored: first the letters, then the clean events. */
export interface ErasurePosition {
  readonly of: 'letters' | 'events';
  /** The position behind which to go on. Undefined: at the beginning. */
  readonly after: string | undefined;
}

/**
 * `found`: it would be erased. `waits`: a replay is under way, or its event may still be published. `unreadable`: nobody
 * knows whether it is about the person.
 */
export type ErasureResult = 'found' | 'erased' | 'waits' | 'unreadable';

/** A letter or a clean event that is about a person, or may be. */
export interface FoundPersonalData {
  readonly kind: 'letter' | 'event';
  readonly id: string;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  readonly result: ErasureResult;
}

/** The result of some seconds of work. */
export interface ErasureStep {
  readonly found: readonly FoundPersonalData[];
  readonly letters: number;
  readonly events: number;
  /** Undefined if nothing is left to look at. */
  readonly next: ErasurePosition | undefined;
}

/** How long one step works. The caller calls again until nothing is left. */
const stepMs = 20_000;
const lettersAPage = 50;
/** A letter can have 10 MB, and a draft and kept messages of the same size. */
const lettersAtOnce = 4;

/**
 * Looks through all letters and clean events for the data of a person, and erases it. Nothing is planned before and stored:
 * the plan would have personal data itself. A run that was interrupted can begin again, since what is erased matches no
 * more.
 */
export async function erasePerson(deps: ErasureDeps, request: ErasureRequest): Promise<ErasureStep> {
  const untilMs = deps.clock.now() + stepMs;
  const work: Work = { deps, request, untilMs, found: [], letters: 0, events: 0 };
  const { of, after } = request.position ?? { of: 'letters', after: undefined };
  const behindLetters = of === 'letters' ? await eraseLetters(work, after) : { of, after };
  const next = behindLetters.of === 'letters' ? behindLetters : await eraseEvents(work, behindLetters.after);
  const { found, letters, events } = work;
  return { found, letters, events, next };
}

/** A step, with what it has done so far. */
interface Work {
  readonly deps: ErasureDeps;
  readonly request: ErasureRequest;
  readonly untilMs: number;
  readonly found: FoundPersonalData[];
  letters: number;
  events: number;
}

/** @returns Where to go on: among the letters if the time is over, otherwise at the first event. */
async function eraseLetters(work: Work, from: string | undefined): Promise<ErasurePosition> {
  const { deps, request, untilMs, found } = work;
  const operations = new LetterOperations(deps);
  let after = from;
  do {
    const ids = await deps.letters.ids(lettersAPage, after);
    await runLimited(ids, lettersAtOnce, async (id) => {
      found.push(...(await eraseOneLetter(deps, operations, request, id)));
    });
    work.letters += ids.length;
    if (ids.length < lettersAPage) return { of: 'events', after: undefined };
    after = ids.at(-1);
  } while (deps.clock.now() < untilMs);
  return { of: 'letters', after };
}

/** @returns Where to go on. Undefined if nothing is left. */
async function eraseEvents(work: Work, from: string | undefined): Promise<ErasurePosition | undefined> {
  const { deps, request, untilMs, found } = work;
  if (deps.clock.now() >= untilMs) return { of: 'events', after: from };
  for await (const stored of deps.events.all(from)) {
    found.push(...(await eraseEvent(deps, request, stored)));
    work.events++;
    if (deps.clock.now() >= untilMs) return { of: 'events', after: stored.position };
  }
  return undefined;
}

async function eraseOneLetter(
  { letters }: ErasureDeps,
  operations: LetterOperations,
  { matcher, stream, isDryRun, note, by }: ErasureRequest,
  id: string,
): Promise<readonly FoundPersonalData[]> {
  const record = (await letters.find(id))?.value;
  if (!record || record.erasedAtMs !== undefined || isGapRoot(record.root)) return [];
  if (stream !== undefined && record.stream !== stream) return [];
  const verdict = await verdictOnLetter(letters, matcher, record);
  if (verdict === 'other') return [];
  const { stream: of, eventId } = record;
  const about = { kind: 'letter', id, stream: of, eventId } as const;
  if (verdict === 'unreadable') return [{ ...about, result: 'unreadable' }];
  const erased = await operations.erase(id, { note, by, isDryRun });
  return [{ ...about, result: resultOf(erased, isDryRun) }];
}

function resultOf({ refusal }: OperationResult, isDryRun: boolean): ErasureResult {
  if (refusal && refusal.code !== 'erased') return 'waits';
  return isDryRun ? 'found' : 'erased';
}

async function verdictOnLetter(
  letters: Pick<ErasureDeps['letters'], 'kept'>,
  matcher: PersonMatcher,
  { root, type, message, draft, kept, uuid, history, standing }: DeadLetter,
): Promise<PersonVerdict> {
  const note = standing.state === 'discarded' ? standing.note : '';
  if ([uuid ?? '', note, ...history.map((entry) => entry.note ?? '')].some((text) => matcher.text(text)))
    return 'match';
  const verdicts = [message, ...(draft ? [draft] : [])].map((one) => matcher.message(one, type));
  for (const replay of kept) {
    const body = await letters.kept(root, replay);
    if (body) verdicts.push(matcher.message(body, type));
  }
  return (['match', 'unreadable'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'other';
}

async function eraseEvent(
  { events, clock }: ErasureDeps,
  { matcher, stream, isDryRun }: ErasureRequest,
  { position, event }: StoredEvent,
): Promise<readonly FoundPersonalData[]> {
  if (!event || (stream !== undefined && event.attributes.stream !== stream)) return [];
  const verdict = matcher.message(event, event.attributes.type);
  if (verdict === 'other') return [];
  const { stream: of, event_id: eventId } = event.attributes;
  const about = {
    kind: 'event',
    id: position,
    stream: of,
    eventId: eventId === undefined ? undefined : Number(eventId),
  } as const;
  if (verdict === 'unreadable') return [{ ...about, result: 'unreadable' }];
  if (!isDryRun) await events.erase(position, clock.now());
  return [{ ...about, result: isDryRun ? 'found' : 'erased' }];
}
