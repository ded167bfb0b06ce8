import { currentMessage, type DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import type { Code } from '../../../shared/failure.ts';
import type { Cell } from '../../../shared/tracking/block.ts';

/** All that the model knows of the bytes of a message. */
export interface ModelContent {
  /** `jump`: refused before it is claimed, unless an operator replays it. */
  readonly kind: 'event' | 'failure' | 'jump';
  readonly toBeChecked: boolean;
  readonly key: string;
  readonly isRecovered?: boolean;
}

export type VerifyAnswer = 'verified' | 'corrected' | 'unverified' | 'refused';

/** An operator's step. Each one looks at the record first, and acts on what it saw. */
export type OperatorStep =
  | { readonly does: 'replay' | 'replace' | 'discard' | 'reopen' | 'erase' }
  | { readonly does: 'edit'; readonly to: string };

/** One letter of one message of root `r`, from the producer's message to the end. */
export interface LetterScenario {
  readonly title: string;
  readonly contents: Readonly<Record<string, ModelContent>>;
  /** The content of the producer's message. */
  readonly first: string;
  /** The content of a message with another root, if there is one. */
  readonly other?: string;
  readonly isUnnumbered?: boolean;
  readonly operators: readonly (readonly OperatorStep[])[];
  readonly answers: readonly VerifyAnswer[];
  readonly redeliveries: number;
  readonly crashes: number;
  readonly giveUps: number;
  /** Whether the settings count duplicates without letters. */
  readonly countsDuplicates?: boolean;
  /** Whether settled records expire as soon as nothing is under way. */
  readonly expires?: boolean;
  /** A sound copy may overtake an answer, which is then dropped without a trace. */
  readonly mayBeOvertaken?: boolean;
}

/** A message on its way. `n` is the number of the replay that it stems from. */
export type InFlight =
  | { readonly is: 'produced' | 'other'; readonly n: 0; readonly content: string }
  | { readonly is: 'replayed'; readonly n: number; readonly content: string; readonly replace: boolean }
  | { readonly is: 'with verify'; readonly n: number; readonly content: string }
  | { readonly is: 'answer'; readonly n: number; readonly content: string; readonly says: VerifyAnswer }
  | { readonly is: 'letter'; readonly n: number; readonly content: string; readonly code: Code; readonly at: number };

/** A clean message. */
export interface LetterOutput {
  readonly root: string;
  readonly key: string;
  readonly content: string;
  readonly n: number;
  /** The answer of verify, or `bytes` if the message was not checked. */
  readonly body: string;
}

/** A console or a tick that sends a replay. */
export interface Sender {
  readonly who: string;
  readonly next: 'publish' | 'write';
  readonly n: number;
  readonly content: string;
  readonly replace: boolean;
}

export interface Look {
  readonly revision: number;
  readonly content: string;
}

export interface LetterState {
  readonly cell: Cell;
  readonly flying: readonly InFlight[];
  /** The record in the archive. Its history is checked after each step, and then left out. */
  readonly record: DeadLetter | undefined;
  readonly senders: readonly Sender[];
  /** The revision that each operator saw. Undefined before the look. */
  readonly looks: readonly (Look | undefined)[];
  readonly scripts: readonly (readonly OperatorStep[])[];
  readonly out: readonly LetterOutput[];
  readonly redeliveries: number;
  readonly crashes: number;
  readonly giveUps: number;
  /** The replays that were published without a crash before, once or more often. */
  readonly published: readonly number[];
  /** Whether anything crashed, or was overtaken as if it had. */
  readonly hasCrashed: boolean;
  readonly hasExpired: boolean;
  /** The number of letters so far. */
  readonly time: number;
  /** A law that the last step broke. */
  readonly broken: string | undefined;
}

export interface LetterMove {
  readonly to: LetterState;
  readonly what: string;
}

/** The content that a replay sends: the draft, or else the original. */
export function currentOf(record: DeadLetter): string {
  return Buffer.from(currentMessage(record).data).toString();
}

/** Adds a message to those on their way, in a canonical order. */
export function send(state: LetterState, message: InFlight): LetterState {
  const flying = [...state.flying, message].map((one) => [JSON.stringify(one), one] as const);
  return { ...state, flying: flying.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one) };
}
