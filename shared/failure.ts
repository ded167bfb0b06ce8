import { endAtWord } from './cut-text.ts';
import { functionNames, type FunctionName } from './topology.ts';

/** The reasons for dead letters: a closed set, stable across releases. */
export const codes = [
  'ERR_UNDECODABLE',
  'ERR_INVALID_EVENT',
  'ERR_INVALID_PAYLOAD',
  'ERR_UNKNOWN_TYPE',
  'ERR_TOO_LARGE',
  'ERR_DUPLICATE',
  'ERR_CONFLICT',
  'ERR_INCORRECT',
  'ERR_SEQUENCE_JUMP',
  'ERR_STALE',
  'ERR_GAP_UNRECOVERABLE',
  'ERR_DELIVERY',
] as const;

export type Code = (typeof codes)[number];

/** The meaning of each code, for the operator who reads a letter. */
export const meaning: Readonly<Record<Code, string>> = {
  ERR_UNDECODABLE: 'not UTF-8, or not JSON',
  ERR_INVALID_EVENT: 'a required field is missing or wrong',
  ERR_INVALID_PAYLOAD: 'the data does not fit its type',
  ERR_UNKNOWN_TYPE: 'the catalog is strict and does not know the type',
  ERR_TOO_LARGE: 'too many bytes, attributes, or values and names',
  ERR_DUPLICATE: 'the same event came before',
  ERR_CONFLICT: 'it contradicts what came before',
  ERR_INCORRECT: 'said to be wrong, and not correctable',
  ERR_SEQUENCE_JUMP: 'the id is far above the highest id seen below it',
  ERR_STALE: 'the event is old, and its id may have come and be forgotten',
  ERR_GAP_UNRECOVERABLE: 'missing, and neither resent nor inferable',
  ERR_DELIVERY: 'Pub/Sub gave up delivering it',
};

/** The details whose meaning is more exact than that of their code. A detail begins with one of these texts. */
export const details = {
  otherContent: {
    code: 'ERR_CONFLICT',
    detail: 'other-content',
    meaning: 'an event with other content came before under the same key',
  },
  voidOfSeen: {
    code: 'ERR_CONFLICT',
    detail: 'void of ids that were seen',
    meaning: 'a void names ids that were seen',
  },
  severalSequences: {
    code: 'ERR_CONFLICT',
    detail: 'all or most of these ids hold several events',
    meaning: 'numbering restarted, or several producers share the stream',
  },
  otherSource: {
    code: 'ERR_INVALID_EVENT',
    detail: 'stream: belongs to another source',
    meaning: 'only the sources that the catalog names may write into this stream',
  },
  tooManyStreams: {
    code: 'ERR_INVALID_EVENT',
    detail: 'stream: one more than maxStreams allows',
    meaning: 'the event would make one stream more than its source may have',
  },
  uuidElsewhere: {
    code: 'ERR_DUPLICATE',
    detail: 'uuid: held by another id',
    meaning: 'an event with another id has the same uuid',
  },
  noLetter: { code: 'ERR_UNDECODABLE', detail: 'no letter of ours', meaning: 'not written by Eventmend or Pub/Sub' },
} as const satisfies Readonly<Record<string, { code: Code; detail: string; meaning: string }>>;

/** Returns the meaning of a failure: of its detail if that is known, and otherwise of its code. */
export function explain({ code, detail }: Pick<Failure, 'code' | 'detail'>): string {
  const known = Object.values(details).find((one) => one.code === code && detail.startsWith(one.detail));
  return known?.meaning ?? meaning[code];
}

/** The function that found a failure. */
export type Stage = FunctionName;

/**
 * A problem of an event. `detail` holds paths and codes, never values, because readers of letters may not be allowed to
 * see the data.
 */
export interface Failure {
  readonly code: Code;
  readonly stage: Stage;
  readonly detail: string;
}

/** The maximum size of a detail, in bytes. Pub/Sub refuses a message whose attribute has more than 1,024 bytes. */
export const maxDetailBytes = 1_000;

/** Cuts a detail that is too long for an attribute. Half a surrogate pair is replaced, which no attribute can hold. */
export function cutDetail(detail: string): string {
  const bytes = Buffer.from(detail.slice(0, maxDetailBytes + 1));
  if (bytes.length <= maxDetailBytes) return detail.toWellFormed();
  // A character or a number that the cut splits is left out.
  return `${endAtWord(new TextDecoder().decode(bytes.subarray(0, maxDetailBytes), { stream: true }))} …`;
}

export function isCode(text: string | undefined): text is Code {
  return codes.includes(text as Code);
}

export function isStage(text: string | undefined): text is Stage {
  return functionNames.includes(text as Stage);
}
