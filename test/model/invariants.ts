import {
  type ModelMessage,
  type ModelClean,
  type ModelLetter,
  type Output,
  type ModelScenario,
  isUnchecked,
  isOfCopy,
  isCleanOf,
  isLetterOf,
  isCopy,
} from './messages.ts';

/** What is wrong, once nothing is pending. */
export function violationsOf(scenario: ModelScenario, outputs: readonly Output[]): string[] {
  const clean = outputs.filter((output) => output.on === 'clean');
  const letters = outputs.filter((output) => output.on === 'letters');
  const real = clean.filter(({ origin }) => origin !== 'reconstructed');
  const events = scenario.messages.filter(({ kind }) => kind === 'event');
  const orders = outputs.filter((output) => output.on === 'orders');
  const unordered = real.filter((one) => one.revision > 0 && !orders.some((order) => isCopy(order, one)));
  const unchecked = scenario.alwaysChecked ? clean.filter(isUnchecked) : [];
  return [
    ...events.filter((event) => isLost(event, real, letters)).map(({ key }) => `lost: ${key}`),
    ...events.filter((event) => isGone(event, scenario, outputs)).map(({ root }) => `gone without a letter: ${root}`),
    ...letters.filter((letter) => isMisnamed(letter, clean, scenario)).map(({ code }) => `clean, but called ${code}`),
    ...letters.filter((letter) => isExpected(letter, scenario)).map(() => 'a letter about a possible duplicate'),
    ...clean.filter(({ isValid }) => !isValid).map(() => 'invalid on the clean topic'),
    ...unchecked.map(() => 'unchecked on the clean topic'),
    ...unordered.map(() => 'superseded without an order'),
    ...clean.flatMap((one) => clean.flatMap((other) => countedTwice(one, other))),
    ...leftStanding(clean, letters),
  ];
}

/** Its key is not on the clean topic, nor its root under the key of an edit, and no letter holds what could get there. */
function isLost(
  { key, root, hash }: ModelMessage,
  real: readonly ModelClean[],
  letters: readonly ModelLetter[],
): boolean {
  const isHeld = ({ code, message }: ModelLetter): boolean =>
    (message.key === key && (code === 'DEAD' || code === 'DELIVERY')) ||
    (message.root === root && (message.key !== key || message.hash !== hash));
  return !real.some((clean) => clean.key === key || clean.root === root) && !letters.some(isHeld);
}

/** Stricter: neither clean itself nor in a letter. Of possible duplicates one is enough. */
function isGone(event: ModelMessage, { messages }: ModelScenario, outputs: readonly Output[]): boolean {
  const copies = messages.filter((message) => isCopy(message, event));
  const alike = copies.some(({ possibleDuplicate }) => possibleDuplicate) ? copies : [event];
  return !alike.some(({ root }) => outputs.some((output) => isCleanOf(output, root) || isLetterOf(output, root)));
}

/**
 * Called a conflict or a duplicate, though it is clean. Two things excuse such a letter: an operator has edited what was clean
 * already; or it was right when written, but then the message came again, before its ack or as a replay, and was taken. The
 * latter only where a scenario says so: the others are, as the specification, without such letters.
 */
function isMisnamed(letter: ModelLetter, clean: readonly ModelClean[], { hasEarlyLetters }: ModelScenario): boolean {
  const { message } = letter;
  const own = clean.filter(({ root }) => root === message.root);
  const isEdit = message.origin === 'replayed' && !own.some((one) => isCopy(one, message));
  return isOfCopy(letter) && own.length > 0 && !isEdit && (letter.isLate || !hasEarlyLetters);
}

/** A duplicate's letter although either it or whatever it may be a copy of was marked. */
function isExpected({ code, message }: ModelLetter, { messages }: ModelScenario): boolean {
  const others = messages.filter((other) => other.root !== message.root && isCopy(other, message));
  const isMarked = (one: ModelMessage): boolean => one.possibleDuplicate;
  return code === 'DUPLICATE' && (isMarked(message) || (others.length > 0 && others.every(isMarked)));
}

/** Consumers count an idempotency key once: so it must have one root and one content, and a root one such key. */
function countedTwice(one: ModelClean, other: ModelClean): string[] {
  const [name, otherName] = [one, other].map(({ key, revision }) => `${key}/r${revision}`) as [string, string];
  if (name === otherName && one.root < other.root) return [`counted twice: ${name}, of ${one.root} and ${other.root}`];
  if (one.root !== other.root) return [];
  if (name < otherName) return [`counted twice: ${one.root}, as ${name} and ${otherName}`];
  return name === otherName && one.hash < other.hash ? [`counted twice: ${name}, with two contents`] : [];
}

/**
 * What is clean and should not be counted any more: a revision supersedes the one before it, the first one the inference.
 * Where that is missing, what comes after it supersedes nothing that consumers know; unless Pub/Sub has given it up: then its
 * letter, replayed, brings it.
 */
function leftStanding(clean: readonly ModelClean[], letters: readonly ModelLetter[]): string[] {
  const real = clean.filter(({ origin }) => origin !== 'reconstructed');
  const isInferred = clean.length > real.length && real.length > 0;
  const mayCome = letters.some(({ code, message }) => code === 'DELIVERY' && message.kind === 'event');
  const isFirst = ({ supersedes, revision }: ModelClean): boolean => supersedes && (revision === 0 || mayCome);
  const isSkipped = ({ key, revision }: ModelClean): boolean => {
    const later = real.filter((other) => other.key === key && other.revision > revision);
    return later.length > 0 && !later.some((other) => other.supersedes && (other.revision === revision + 1 || mayCome));
  };
  const skipped = real.filter(isSkipped).map(({ key, revision }) => `nothing supersedes ${key}/r${revision}`);
  return isInferred && !real.some(isFirst) ? [...skipped, 'the inference outlives its original'] : skipped;
}
