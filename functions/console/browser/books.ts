import { readAnswer, spellError } from './api.ts';
import { formatNumber, make } from './dom.ts';

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
    place.replaceChildren(...linesOf(await readAnswer<Books>('/api/books')));
  } catch (error) {
    place.textContent = spellError(error);
  }
}

function linesOf({ streams, isMore, asOf }: Books): readonly Node[] {
  const wrong = streams.filter(({ difference, findings }) => difference !== 0 || findings.length > 0);
  const counted = make(
    'p',
    { class: 'faint' },
    `Counted at ${asOf.slice(11, 19)} UTC${isMore ? ', the first streams only' : ''}.`,
  );
  if (streams.length === 0) return [make('p', { class: 'faint' }, 'No stream with numbers yet.')];
  if (wrong.length === 0) {
    const text = `They balance: every expected id of ${formatNumber(streams.length)} ${streams.length === 1 ? 'stream' : 'streams'} is in exactly one place.`;
    return [make('p', { class: 'good' }, text), counted];
  }
  const items = wrong.map(({ stream, difference, findings }) => {
    const fact =
      difference === 0 ? (findings[0] ?? '') : `a difference of ${formatNumber(difference)} ids, in no place or in two`;
    return make('li', {}, make('a', { href: `/streams/${encodeURIComponent(stream)}/books` }, stream), `: ${fact}`);
  });
  return [make('p', { class: 'bad' }, 'They do not balance:'), make('ul', {}, ...items), counted];
}
