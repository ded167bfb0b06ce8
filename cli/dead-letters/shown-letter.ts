import type { LetterHead } from '../../shared/views/letter-head.ts';

/** A letter as the API answers it, as far as the command line shows it. */
export interface ShownLetter {
  readonly id: string;
  readonly state: string;
  readonly because?: NonNullable<LetterHead['because']>;
  readonly outcome?: string;
  readonly note?: string;
  readonly revision: number;
  readonly replay: number;
  readonly code: string;
  readonly meaning: string;
  readonly stage: string;
  readonly detail: string;
  readonly source: string;
  readonly stream?: string;
  readonly type?: string;
  readonly eventId?: number;
  readonly uuid?: string;
  readonly failedAt: string;
  readonly filedAt: string;
  readonly bytes?: number;
  readonly hasDraft: boolean;
  readonly erasedAt?: string;
}

export interface ShownHistoryEntry {
  readonly at: string;
  readonly by: string;
  readonly did: string;
  readonly replay: number;
  readonly note?: string;
  readonly job?: string;
}

/** A letter with its history, and with what the store holds for its event. */
export type WholeShownLetter = ShownLetter & {
  readonly history: readonly ShownHistoryEntry[];
  readonly entry: {
    readonly holds?: string;
    readonly mayBePublished: boolean;
    readonly entries: readonly { readonly state: string; readonly published: boolean }[];
  };
};

/** A change that an edit makes, with its values as JSON texts. */
export interface ShownChange {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

export interface ShownCheck {
  readonly valid: boolean;
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly diff?: readonly ShownChange[];
  readonly attributeDiff?: readonly (Omit<ShownChange, 'path'> & { readonly name: string })[];
  readonly becomes: readonly {
    readonly stream: string;
    readonly type: string;
    readonly id?: number;
    readonly uuid?: string;
  }[];
  readonly eventCount: number;
}

/** The colour of each state. `sent` is not solved, so it is never green. */
export const stateStyles = {
  open: 'red',
  sending: 'yellow',
  sent: 'yellow',
  done: 'green',
  discarded: 'gray',
} as const;

export function styleOf(state: string): (typeof stateStyles)[keyof typeof stateStyles] | undefined {
  return Object.entries(stateStyles).find(([name]) => name === state)?.[1];
}

/** Spells what a letter is about: `orders/1042`. */
export function subjectText({ stream, eventId, uuid }: Pick<ShownLetter, 'stream' | 'eventId' | 'uuid'>): string {
  if (stream === undefined) return '–';
  return `${stream}/${eventId ?? uuid ?? '?'}`;
}
