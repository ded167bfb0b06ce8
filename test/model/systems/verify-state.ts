/** A state of the search. Cells, messages and outputs are numbers in pools. */
export interface VerifyState {
  readonly cell: number;
  /** The messages on the way to track, or to verify, in ascending order. */
  readonly pending: readonly number[];
  readonly acked: readonly number[];
  readonly outputs: readonly number[];
  /** The version of the record that reads show. */
  readonly version: number;
  /** Whether the patience of verify is over. */
  readonly isLate: boolean;
  readonly crashes: number;
  readonly redeliveries: number;
  readonly replays: number;
  /** How many published events may still be checked again. */
  readonly rechecks: number;
}

export interface VerifyMove {
  readonly to: VerifyState;
  readonly what: string;
}

/** A message on the clean topic. */
export interface CleanOutput {
  readonly on: 'clean';
  readonly root: string;
  readonly key: string;
  readonly origin: string;
  readonly text: string;
  readonly supersedes: string | undefined;
}

/** A dead letter. */
export interface FiledOutput {
  readonly on: 'letters';
  readonly root: string;
  readonly code: string;
  readonly detail: string;
  /** Whether the message was an answer of verify. */
  readonly isAnswer: boolean;
  /** The number of the letter's message, which an operator replays. */
  readonly letter: number;
}

export type VerifyOutput = CleanOutput | FiledOutput;

/** Sorts numbers and leaves out what is there twice. */
export function inOrder(numbers: readonly number[], isSet = false): readonly number[] {
  return (isSet ? [...new Set(numbers)] : [...numbers]).sort((a, b) => a - b);
}
