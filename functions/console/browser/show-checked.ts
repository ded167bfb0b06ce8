import { make, showText } from './dom.ts';

interface Change {
  readonly before?: string;
  readonly after?: string;
}

/** The answer of the API to a check of an edit. */
export interface EditAnswer {
  readonly valid: boolean;
  readonly failure?: { readonly code: string; readonly detail: string; readonly meaning: string };
  readonly diff?: readonly ({ readonly path: string } & Change)[];
  readonly attributeDiff: readonly ({ readonly name: string } & Change)[];
  readonly becomes: readonly {
    readonly stream: string;
    readonly type?: string;
    readonly id?: number;
    readonly key?: string;
  }[];
}

/** Shows whether an edit is valid, and what differs from the original: in the message, and in its attributes. */
export function showChecked(checked: EditAnswer, verdictId: string, diffId: string): void {
  const { valid, failure, diff = [], attributeDiff, becomes } = checked;
  const events = becomes
    .map(({ stream, type, id, key }) => [stream, type, id, key].filter(Boolean).join(' · '))
    .join('; ');
  showText(verdictId, valid ? `VALID → ${events}` : `${failure?.code ?? ''}: ${failure?.detail ?? ''}`);
  document.getElementById(verdictId)?.setAttribute('class', valid ? 'good' : 'bad');
  const changes = [
    ...diff.map(({ path, ...change }) => changeItem(path === '' ? 'all' : path, change)),
    ...attributeDiff.map(({ name, ...change }) => changeItem(`attribute ${name}`, change)),
  ];
  document.getElementById(diffId)?.replaceChildren(...changes);
}

function changeItem(place: string, { before, after }: Change): HTMLElement {
  return make(
    'li',
    {},
    make('code', {}, place),
    ...(before === undefined ? [] : [' ', make('del', {}, before)]),
    ...(after === undefined ? [] : [' ', make('ins', {}, after)]),
  );
}
