import { readAnswer, spellError } from './api.ts';
import { formatNumber, make } from './dom.ts';

interface Group {
  readonly value: string;
  readonly text?: string;
  readonly count: number;
  readonly isMore: boolean;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Fills the counts of dead letters. They come after the list, because they take longer. */
export function startCounts(): void {
  const place = document.getElementById('counts');
  if (!place) return;
  const fill = async (): Promise<void> => {
    try {
      await showCounts(place, new URLSearchParams(place.dataset.query));
    } catch (error) {
      place.textContent = spellError(error);
    }
  };
  document.addEventListener('refreshed', () => void fill());
  void fill();
}

async function showCounts(place: HTMLElement, query: URLSearchParams): Promise<void> {
  const byState = without(query, 'state');
  const open = new URLSearchParams(query);
  if (!open.has('state')) open.set('state', 'open');
  const since = new Date(minuteOfPage() - hourMs).toISOString();
  const [states, codes, recent] = await Promise.all([
    counts('state', byState),
    counts('code', open),
    counts('code', withValue(open, 'from', open.get('from') ?? since)),
  ]);
  const unfolded = new Set([...place.querySelectorAll('details[open]')].map(({ id }) => id));
  place.replaceChildren(stateLine(states, byState), codeList(codes, recent, open, unfolded));
}

/** Returns the time of the page, to the minute, so that the console can answer from its cache. */
function minuteOfPage(): number {
  const asOf = document.querySelector<HTMLTimeElement>('.as-of time')?.dateTime ?? '';
  return Math.floor(Date.parse(asOf) / minuteMs) * minuteMs;
}

async function counts(by: string, query: URLSearchParams): Promise<readonly Group[]> {
  return (
    await readAnswer<{ readonly groups: readonly Group[] }>(
      `/api/dead-letters/counts?${withValue(query, 'by', by).toString()}`,
    )
  ).groups;
}

function stateLine(states: readonly Group[], query: URLSearchParams): HTMLElement {
  const links = states.map(({ value, ...group }) => {
    const link = make('a', { href: addressOf(withValue(query, 'state', value)) }, `${value} ${spell(group)}`);
    return make('span', { class: `badge ${value}` }, link);
  });
  return make('p', { class: 'states' }, ...links.flatMap((link) => [link, ' ']));
}

function codeList(
  codes: readonly Group[],
  recent: readonly Group[],
  query: URLSearchParams,
  unfolded: ReadonlySet<string>,
): HTMLElement {
  const state = query.get('state') ?? 'open';
  const lastHour = new Map(recent.map((group) => [group.value, spell(group)]));
  return make(
    'div',
    { class: 'codes' },
    ...codes.map(({ value, text = '', ...group }) => {
      const summary = make(
        'summary',
        { 'data-row': '' },
        make('code', {}, value),
        ` ${spell(group)} ${state}, `,
        make('span', { class: 'faint' }, `${lastHour.get(value) ?? '0'} in the last hour · ${text}`),
      );
      const details = make('details', { id: `code-${value}` }, summary);
      const ofCode = withValue(query, 'code', value);
      details.addEventListener('toggle', () => void showReasons(details, ofCode), { once: true });
      details.open = unfolded.has(details.id);
      return details;
    }),
  );
}

async function showReasons(details: HTMLElement, query: URLSearchParams): Promise<void> {
  const groups = await counts('reason', without(query, 'reason'));
  const list = make('ul');
  for (const { value, text = '', ...group } of groups) {
    const name = `${spell(group)} · ${text}`;
    const address = addressOf(withValue(query, 'reason', value));
    list.append(make('li', {}, value === 'other' ? name : make('a', { href: address }, name)));
  }
  details.append(list);
}

function spell({ count, isMore }: Pick<Group, 'count' | 'isMore'>): string {
  return `${formatNumber(count)}${isMore ? '+' : ''}`;
}

function addressOf(query: URLSearchParams): string {
  return `/dead-letters?${query.toString()}`;
}

function withValue(query: URLSearchParams, name: string, value: string): URLSearchParams {
  const copy = new URLSearchParams(query);
  copy.set(name, value);
  return copy;
}

function without(query: URLSearchParams, name: string): URLSearchParams {
  const copy = new URLSearchParams(query);
  copy.delete(name);
  return copy;
}
