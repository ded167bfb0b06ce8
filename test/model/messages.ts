import type { Verdict } from '../../shared/tracking/claim.ts';
import type { ClaimKind, Origin } from '../../shared/messages/attributes.ts';

/** A message about the one id that is searched. */
export interface ModelMessage {
  /** Tells deliveries apart that are otherwise the same: `m1`, `v2` from verify, `r3` from an operator. */
  readonly name: string;
  readonly root: string;
  readonly kind: ClaimKind;
  readonly origin: Origin;
  readonly key: string;
  readonly hash: string;
  readonly isValid: boolean;
  readonly possibleDuplicate: boolean;
  readonly replace: boolean;
  readonly isWithVerify: boolean;
}

export interface ModelClean extends Pick<ModelMessage, 'root' | 'key' | 'hash' | 'origin' | 'isValid'> {
  readonly on: 'clean';
  readonly supersedes: boolean;
  readonly revision: number;
}

/** DEAD: for the reason that the message brought with it, a failure or a refusal. DELIVERY: Pub/Sub gave up. */
export type LetterCode = 'DUPLICATE' | 'CONFLICT' | 'DEAD' | 'DELIVERY';

export interface ModelLetter {
  readonly on: 'letters';
  readonly code: LetterCode;
  readonly message: ModelMessage;
  /** It is a duplicate's or a conflict's, and its root was on the clean topic before it. */
  readonly isLate: boolean;
}

/** An operator's word that a content may stand in place of what its key holds. */
export interface Order extends Pick<ModelMessage, 'key' | 'hash'> {
  readonly on: 'orders';
}

export type Output = ModelClean | ModelLetter | Order;

/** What verify may say. */
export type ModelAnswer = 'verified' | 'corrected' | 'refused';

/** What an operator may make of a letter. */
export interface Replay {
  readonly how: string;
  readonly of: readonly LetterCode[];
  readonly message: (letter: ModelMessage) => ModelMessage;
}

export interface ModelScenario {
  readonly title: string;
  /** Small ones run in every test run, large ones on request. */
  readonly size: 'small' | 'large';
  readonly messages: readonly ModelMessage[];
  /** The catalog wants each event of this type checked. */
  readonly alwaysChecked: boolean;
  readonly answers: readonly ModelAnswer[];
  /** How often track crashes, Pub/Sub delivers again and gives up, and an operator replays, in the whole run. */
  readonly crashes: number;
  readonly redeliveries: number;
  readonly giveUps: number;
  readonly replays: number;
  readonly replayForms: readonly Replay[];
  /** `published` may also be noted any time after the publish; otherwise with the ack or never. */
  readonly hasLateMarks: boolean;
  /** A letter that was right when it was written may outlive what it says: see `isMisnamed` in invariants.ts. */
  readonly hasEarlyLetters: boolean;
  /**
   * How many states the same search finds over the specification of the rules, which was written apart from them, in
   * another language. As many here: the same search, and the same rules.
   */
  readonly specifiedStates?: number;
}

export function isUnchecked({ origin }: ModelMessage | ModelClean): boolean {
  return origin === 'producer' || origin === 'replayed';
}

/** What verify is asked: the same whoever sent the event. */
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
  const { root, key, hash, origin, isValid } = message;
  const code = codes[verdict.act];
  if (code) return aModelLetter(code, message);
  if (verdict.act !== 'publish') return undefined;
  return { on: 'clean', root, key, hash, origin, isValid, supersedes: verdict.supersedes, revision: verdict.revision };
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
