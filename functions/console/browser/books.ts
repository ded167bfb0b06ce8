import { formatCount } from '../../../shared/views/format.ts';
import { spellDifference } from '../../../shared/views/spell-difference.ts';
import { readAnswer, spellError } from './api.ts';
import { make } from './dom.ts';
import { refresh } from './refresh.ts';

interface Books {
  readonly streams: readonly {
    readonly stream: string;
    readonly difference: number;
    readonly findings: readonly string[];
  }[];
  readonly isMore: boolean;
  readonly asOf: string;
}

/** Says whether the books of streams balance. It comes after the page, because an audit takes longer. */
export function startBooks(): void {
  const place = document.getElementById('books-said');
  if (place) void showBooks(place);
}

async function showBooks(place: HTMLElement): Promise<void> {
  try {
    const books = await readAnswer<Books>('/api/books');
    place.replaceChildren(...linesOf(books));
    // The first line of the page was written before the books were counted.
    if (books.streams.some(isWrong)) await refresh();
  } catch (error) {
    place.textContent = spellError(error);
  }
}

function isWrong({ difference, findings }: Books['streams'][number]): boolean {
  return difference !== 0 || findings.length > 0;
}

function linesOf({ streams, isMore, asOf }: Books): readonly Node[] {
  const wrong = streams.filter(isWrong);
  const counted = make(
    'p',
    { class: 'faint' },
    `Counted at ${asOf.slice(11, 19)} UTC${isMore ? ', the first streams only' : ''}.`,
  );
  if (streams.length === 0) return [make('p', { class: 'faint' }, 'No stream with numbers yet.')];
  if (wrong.length === 0) {
    const text = `They balance: every expected id of ${formatCount(streams.length, 'stream')} is in exactly one place.`;
    return [make('p', { class: 'good' }, text), counted];
  }
  const items = wrong.map(({ stream, difference, findings }) => {
    const fact = difference === 0 ? (findings[0] ?? '') : `the ${spellDifference(difference)}`;
    return make('li', {}, make('a', { href: `/streams/${encodeURIComponent(stream)}/books` }, stream), `: ${fact}`);
  });
  return [make('p', { class: 'bad' }, 'They do not balance:'), make('ul', {}, ...items), counted];
}
