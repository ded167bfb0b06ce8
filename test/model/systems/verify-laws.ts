import { textOf } from '../../support/builders.ts';
import { recheckRoot, type VerifyMessage, type VerifyScenario } from './verify-scenario.ts';
import type { CleanOutput, FiledOutput, VerifyOutput } from './verify-state.ts';

/** The origins that only an answer of verify has. */
const answered = ['verified', 'corrected', 'unverified'];

/** The facts about one message on the clean topic that the outputs tell. */
interface Published extends CleanOutput {
  readonly of: VerifyMessage;
  readonly value: string;
}

/** Finds the laws that are broken once no message is pending. @param replays How many replays were made. */
export function brokenVerifyLaws(
  scenario: VerifyScenario,
  outputs: readonly VerifyOutput[],
  replays: number,
): readonly string[] {
  const { messages } = scenario;
  const ofRoot = (root: string): VerifyMessage => messages.find((message) => message.root === root) ?? messages[0]!;
  const clean = outputs
    .filter((output) => output.on === 'clean')
    .map((output): Published => ({ ...output, of: ofRoot(output.root), value: valueIn(output.text) }));
  const letters = outputs.filter((output) => output.on === 'letters');
  return [
    ...messages.filter((message) => isLost(message, clean, letters)).map(() => 'lost'),
    ...clean.flatMap((one) => clean.flatMap((other) => countedTwice(one, other))),
    ...clean
      .filter((one) => clean.some((other) => supersedesAlike(one, other)))
      .map(() => 'superseded by the same content'),
    ...(underTwoKeys(clean) ? ['counted twice, under two keys'] : []),
    ...letters.flatMap((letter) => misnamed(letter, clean, scenario, replays)),
    ...clean.flatMap((one) => wrongOf(one, scenario)),
  ];
}

/** Whether nothing tells of an event: no clean event has its key, and no letter its root or that of a copy. */
function isLost({ key }: VerifyMessage, clean: readonly Published[], letters: readonly FiledOutput[]): boolean {
  return !clean.some((one) => one.of.key === key) && letters.length === 0;
}

/** Consumers count a key once: it must have one root and one content. */
function countedTwice(one: Published, other: Published): string[] {
  if (one.key !== other.key) return [];
  if (one.root < other.root) return ['counted twice, under one key'];
  return one.root === other.root && one.text < other.text ? ['one key, two contents'] : [];
}

/** Whether consumers count more events than there are, without those that others supersede. */
function underTwoKeys(clean: readonly Published[]): boolean {
  const superseded = clean.map(({ supersedes }) => supersedes);
  const standing = clean.filter(({ key }) => !superseded.includes(key));
  const events = new Set(clean.map(({ of }) => of.truth));
  return new Set(standing.map(({ key }) => key)).size > events.size;
}

function supersedesAlike(one: Published, other: Published): boolean {
  return one.supersedes === other.key && one.text === other.text;
}

function misnamed(
  { code, root, isAnswer }: FiledOutput,
  clean: readonly Published[],
  { messages }: VerifyScenario,
  replays: number,
): string[] {
  const isCopy = code === 'ERR_CONFLICT' || code === 'ERR_DUPLICATE';
  const own = messages.find((message) => message.root === root) ?? messages[0]!;
  const hasOneKey = new Set(messages.map(({ key }) => key)).size === 1;
  const isPublished = replays === 0 && hasOneKey && clean.some((one) => one.root === root);
  const isSound = own.isValid && own.value === own.truth;
  return [
    ...(isCopy && isAnswer ? ['an answer is called a copy'] : []),
    ...(isCopy && root === recheckRoot ? ['an event that is checked again is called a copy'] : []),
    ...(code === 'ERR_CONFLICT' && messages.some(({ isRecovered }) => isRecovered) ? ['a copy is a conflict'] : []),
    ...(code === 'ERR_INCORRECT' && isPublished ? ['refused, though published'] : []),
    ...(!isCopy && isSound ? ['a sound event is refused'] : []),
  ];
}

function wrongOf({ of, origin, value, text }: Published, { catalog }: VerifyScenario): string[] {
  const isChecked = answered.includes(origin) || origin === 'recovered';
  const isAlwaysChecked = catalog.types?.Paid?.consult === 'always';
  return [
    ...(origin === 'corrected' && value !== of.truth ? ['a wrong correction'] : []),
    ...(origin === 'verified' && value !== of.truth ? ['a wrong event is verified'] : []),
    ...(!of.isValid && origin !== 'verified' && origin !== 'corrected' ? ['invalid on the clean topic'] : []),
    ...(isAlwaysChecked && !isChecked ? ['unchecked on the clean topic'] : []),
    ...(text === expectedText(of, origin, value) ? [] : ['bytes were changed that are right']),
  ];
}

/** The text that a clean event must have: the producer's, edited as little as its origin allows. */
function expectedText({ delivery, value }: VerifyMessage, origin: string, corrected: string): string {
  const text = textOf(delivery);
  const valid = text.replace('"valid":false', '"valid":true');
  if (origin === 'verified') return valid;
  if (origin !== 'corrected') return text;
  const list = `,"_eventmend":{"corrections":[{"at":"/data/v","before":"${value}","after":"${corrected}"}]}}`;
  return valid.replace(`"v":"${value}"`, `"v":"${corrected}"`).replace(/\}$/, list);
}

function valueIn(text: string): string {
  return /"v":"(\w+)"/.exec(text)?.[1] ?? /To=(\w+)/.exec(text)?.[1] ?? '';
}
