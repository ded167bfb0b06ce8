import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { digest } from '../../../shared/digest.ts';
import { applyMarks } from '../../../shared/tracking/apply-claims.ts';
import { emptyBlock, type Cell } from '../../../shared/tracking/block.ts';
import { makeClaim, type Claim } from '../../../shared/tracking/claim.ts';
import { currentOf, type InFlight, type LetterScenario, type LetterState, type VerifyAnswer } from './letter-state.ts';

/** The one id, or place, that all messages of the model are about. */
const id = 7;

const numberOf: Readonly<Record<VerifyAnswer, number>> = { verified: 1, corrected: 2, unverified: 3, refused: 4 };

export function rootOf({ is }: InFlight): 'r' | 'q' {
  return is === 'other' ? 'q' : 'r';
}

/** Makes the claim of a message. Undefined if it is refused before it is claimed. */
export function claimOfFlight(scenario: LetterScenario, message: InFlight): Claim | undefined {
  const content = scenario.contents[message.content]!;
  const isReplay = message.is === 'replayed';
  if (content.kind === 'jump' && !isReplay && message.is !== 'answer') return undefined;
  const isRefusal = message.is === 'answer' && message.says === 'refused';
  const kind = isRefusal ? 'refusal' : content.kind === 'failure' ? 'failure' : 'event';
  return makeClaim(
    { root: rootOf(message), key: content.key, formerly: undefined },
    {
      kind,
      eventId: id,
      place: scenario.isUnnumbered ? id : undefined,
      origin: isReplay ? 'replayed' : message.is === 'answer' && message.says !== 'refused' ? message.says : 'producer',
      hash: message.content,
      toBeChecked: content.toBeChecked && message.is !== 'answer',
      possibleDuplicate: false,
      answer: message.is === 'answer' ? numberOf[message.says] : undefined,
      isRecovered: content.isRecovered ?? false,
      replay: message.n,
      replace: isReplay && message.replace,
      type: '',
      instantMs: 0,
      entity: 0,
    },
  );
}

/** Marks the entry of a message as published. */
export function markedCell(cell: Cell, message: InFlight): Cell {
  const block = emptyBlock(0);
  const marked = applyMarks({ ...block, cells: block.cells.with(id, cell) }, [
    { eventId: id, root: digest(rootOf(message)), as: 'published' },
  ]);
  return marked.cells[id]!;
}

const own = digest('r');

/**
 * Whether the store holds the content that a record sent last: marked as published, or under another root that answers
 * for it.
 */
export function isHeldByStore({ contents }: LetterScenario, { cell }: LetterState, content: string): boolean {
  const key = digest(contents[content]!.key);
  return cell.some(
    (entry) =>
      entry.state === 'clean' && entry.hash === content && (entry.root === own ? entry.published : entry.key === key),
  );
}

/** Whether the event of a record may still be published, though that is not known. */
export function mayBePublished({ cell }: LetterState): boolean {
  return cell.some(({ root, state }) => root === own && (state === 'clean' || state === 'suspect'));
}

/** Whether the content of a record is on the clean topic, or is held by an entry that answers for it. */
export function isPublished(scenario: LetterScenario, state: LetterState, record: DeadLetter): boolean {
  const content = currentOf(record);
  const { key } = scenario.contents[content]!;
  const isOut = state.out.some((one) => one.content === content && (one.root === 'r' || one.key === key));
  return isOut || isHeldByStore(scenario, { ...state, cell: state.cell.filter(({ root }) => root !== own) }, content);
}
