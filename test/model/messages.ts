import type { Verdict } from '../../shared/tracking/claim.ts';
import type { ClaimKind, Origin } from '../../shared/messages/attributes.ts';

/** A message about the one id of the model. */
export interface ModelMessage {
  /** The name of the delivery, since two may be equal otherwise: `m1`, `v2` from verify, `r3` from an operator. */
  readonly name: string;
  readonly root: string;
  readonly kind: ClaimKind;
  readonly origin: Origin;
  readonly key: string;
  readonly hash: string;
  /** The identity under other rules, if it differs. */
  readonly formerly?: { readonly key: string; readonly hash: string } | undefined;
  readonly isValid: boolean;
  readonly possibleDuplicate: boolean;
  readonly replace: boolean;
  readonly replay?: number;
  readonly isRecovered?: boolean;
  readonly isWithVerify: boolean;
}

export interface ModelClean extends Pick<ModelMessage, 'root' | 'key' | 'hash' | 'origin' | 'isValid'> {
  readonly on: 'clean';
  readonly supersedes: boolean;
  readonly replacement: number;
}

/** `DEAD`: the message is itself a failure or a refusal. `DELIVERY`: Pub/Sub gave up. */
export type LetterCode = 'DUPLICATE' | 'CONFLICT' | 'DEAD' | 'DELIVERY';

export interface ModelLetter {
  readonly on: 'letters';
  readonly code: LetterCode;
  readonly message: ModelMessage;
  /** Whether the letter is about a duplicate or a conflict and came after its root was on the clean topic. */
  readonly isLate: boolean;
}

/** An operator's order that some content may replace the content of its key. */
export interface Order extends Pick<ModelMessage, 'key' | 'hash'> {
  readonly on: 'orders';
}

export type Output = ModelClean | ModelLetter | Order;

/** A possible answer of verify. */
export type ModelAnswer = 'verified' | 'corrected' | 'refused';

/** A form in which an operator may replay a letter. */
export interface Replay {
  readonly how: string;
  readonly of: readonly LetterCode[];
  readonly message: (letter: ModelMessage) => ModelMessage;
}

export interface ModelScenario {
  readonly title: string;
  /** Small scenarios run in every test run, large ones on request. */
  readonly size: 'small' | 'large';
  readonly messages: readonly ModelMessage[];
  /** Whether the messages are of one place of an unnumbered stream. */
  readonly isUnnumbered?: boolean;
  /** Whether the catalog wants every event checked. */
  readonly alwaysChecked: boolean;
  readonly answers: readonly ModelAnswer[];
  /** The most crashes of track, redeliveries, give-ups of Pub/Sub, and replays of an operator in a run. */
  readonly crashes: number;
  readonly redeliveries: number;
  readonly giveUps: number;
  readonly replays: number;
  readonly replayForms: readonly Replay[];
  /** Whether a mark may also be written at any time after the publish. Otherwise it is written with the ack or never. */
  readonly hasLateMarks: boolean;
  /** Whether a letter that was right when it was written may later be wrong: see `isMisnamed` in invariants.ts. */
  readonly hasEarlyLetters: boolean;
  /**
   * The number of states that the same search finds for the specification of the rules, which was written independently in another
   * language. The rules must lead to the same number.
   */
  readonly specifiedStates?: number;
}

export function isUnchecked({ origin }: ModelMessage | ModelClean): boolean {
  return origin === 'producer' || origin === 'replayed';
}

/** Makes the message to verify. It is the same for producers and operators. */
export function askedOf(message: ModelMessage): ModelMessage {
  return { ...message, origin: 'producer', replace: false, isWithVerify: true };
}

export function answerOf(asked: ModelMessage, answer: ModelAnswer, name: string): ModelMessage {
  const answered = { ...asked, name, isWithVerify: false };
  if (answer === 'refused') return { ...answered, kind: 'refusal', origin: 'verified', isValid: false };
  return { ...answered, origin: answer, isValid: true };
}

const codes: Partial<Record<Verdict['act'], LetterCode>> = {
  duplicate: 'DUPLICATE',
  conflict: 'CONFLICT',
  'dead-letter': 'DEAD',
};

export function outputOf(message: ModelMessage, verdict: Verdict): Output | undefined {
  const { root, origin, isValid } = message;
  const code = codes[verdict.act];
  if (code) return aModelLetter(code, message);
  if (verdict.act !== 'publish') return undefined;
  const { key, hash } = (verdict.isFormer ? message.formerly : undefined) ?? message;
  return {
    on: 'clean',
    root,
    key,
    hash,
    origin,
    isValid,
    supersedes: verdict.supersedes,
    replacement: verdict.replacement,
  };
}

export function aModelLetter(code: LetterCode, message: ModelMessage): ModelLetter {
  return { on: 'letters', code, message, isLate: false };
}

export function isOfCopy({ code, message }: ModelLetter): boolean {
  const isEvent = message.kind === 'event' || message.kind === 'reconstruction';
  return isEvent && (code === 'DUPLICATE' || code === 'CONFLICT');
}

export function isCleanOf(output: Output, root: string): boolean {
  return output.on === 'clean' && output.root === root;
}

export function isLetterOf(output: Output, root: string): boolean {
  return output.on === 'letters' && output.message.root === root;
}

export function isCopy(one: Pick<ModelMessage, 'key' | 'hash'>, other: Pick<ModelMessage, 'key' | 'hash'>): boolean {
  return one.key === other.key && one.hash === other.hash;
}
