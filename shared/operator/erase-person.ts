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
const aPage = 50;
/** A letter can have 10 MB, and a draft and kept messages of the same size. */
const lettersAtOnce = 4;

/**
 * Looks through all letters and clean events for the data of a person, and erases it. Nothing is planned before and stored:
 * the plan would have personal data itself. A run that was interrupted can begin again, since what is erased matches no
 * more.
 */
export async function erasePerson(deps: ErasureDeps, request: ErasureRequest): Promise<ErasureStep> {
  const untilMs = deps.clock.now() + stepMs;
  const operations = new LetterOperations(deps);
  let next: ErasurePosition | undefined = request.position ?? { of: 'letters', after: undefined };
  let [letters, events] = [0, 0];
  const found: FoundPersonalData[] = [];
  do {
    const page: ErasurePage = await (next.of === 'letters'
      ? eraseLetters(deps, operations, request, next.after)
      : eraseEvents(deps, request, next.after));
    if (next.of === 'letters') letters += page.count;
    else events += page.count;
    found.push(...page.found);
    next = page.next;
  } while (next && deps.clock.now() < untilMs);
  return { found, letters, events, next };
}

interface ErasurePage extends Pick<ErasureStep, 'found' | 'next'> {
  readonly count: number;
}

async function eraseLetters(
  deps: ErasureDeps,
  operations: LetterOperations,
  request: ErasureRequest,
  after: string | undefined,
): Promise<ErasurePage> {
  const ids = await deps.letters.ids(aPage, after);
  const found: FoundPersonalData[] = [];
  await runLimited(ids, lettersAtOnce, async (id) => {
    found.push(...(await eraseOneLetter(deps, operations, request, id)));
  });
  const isLast = ids.length < aPage;
  return {
    found,
    count: ids.length,
    next: isLast ? { of: 'events', after: undefined } : { of: 'letters', after: ids.at(-1) },
  };
}

async function eraseEvents(
  deps: ErasureDeps,
  request: ErasureRequest,
  after: string | undefined,
): Promise<ErasurePage> {
  const page = await deps.events.all(aPage, after);
  const found: FoundPersonalData[] = [];
  for (const stored of page) found.push(...(await eraseEvent(deps, request, stored)));
  const isLast = page.length < aPage;
  return { found, count: page.length, next: isLast ? undefined : { of: 'events', after: page.at(-1)?.position } };
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
