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

/** Finds the violations in the outputs, once no message is pending. */
export function violationsOf(scenario: ModelScenario, outputs: readonly Output[]): string[] {
  const clean = outputs.filter((output) => output.on === 'clean');
  const letters = outputs.filter((output) => output.on === 'letters');
  const real = clean.filter(({ origin }) => origin !== 'reconstructed');
  const events = scenario.messages.filter(({ kind }) => kind === 'event');
  const orders = outputs.filter((output) => output.on === 'orders');
  const unordered = real.filter((one) => one.replacement > 0 && !orders.some((order) => isCopy(order, one)));
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

/** Whether an event is lost: neither its key nor its root is on the clean topic, and no letter could bring it there by a replay. */
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

/** Whether a message left no trace: its root is neither clean nor in a letter. Of possible duplicates one trace is enough. */
function isGone(event: ModelMessage, { messages }: ModelScenario, outputs: readonly Output[]): boolean {
  const copies = messages.filter((message) => isCopy(message, event));
  const alike = copies.some(({ possibleDuplicate }) => possibleDuplicate) ? copies : [event];
  return !alike.some(({ root }) => outputs.some((output) => isCleanOf(output, root) || isLetterOf(output, root)));
}

/**
 * Whether a letter calls an event a duplicate or a conflict, though the event is clean. There are two exceptions. An operator edited
 * an event that was clean already. Or the letter was right when it was written, and then the message came again, before its ack or as
 * a replay, and was accepted. The second exception holds only in scenarios with `hasEarlyLetters`, since the specification does not
 * allow it.
 */
function isMisnamed(letter: ModelLetter, clean: readonly ModelClean[], { hasEarlyLetters }: ModelScenario): boolean {
  const { message } = letter;
  const own = clean.filter(({ root }) => root === message.root);
  const isEdit = message.origin === 'replayed' && !own.some((one) => isCopy(one, message));
  return isOfCopy(letter) && own.length > 0 && !isEdit && (letter.isLate || !hasEarlyLetters);
}

/** Whether a letter calls a message a duplicate, though it, or all messages of its content, were marked as possible duplicates. */
function isExpected({ code, message }: ModelLetter, { messages }: ModelScenario): boolean {
  const others = messages.filter((other) => other.root !== message.root && isCopy(other, message));
  const isMarked = (one: ModelMessage): boolean => one.possibleDuplicate;
  return code === 'DUPLICATE' && (isMarked(message) || (others.length > 0 && others.every(isMarked)));
}

/** Consumers count an idempotency key once. So each key must have one root and one content, and each root one key. */
function countedTwice(one: ModelClean, other: ModelClean): string[] {
  const [name, otherName] = [one, other].map(({ key, replacement }) => `${key}/r${replacement}`) as [string, string];
  if (name === otherName && one.root < other.root) return [`counted twice: ${name}, of ${one.root} and ${other.root}`];
  if (one.root !== other.root) return [];
  if (name < otherName) return [`counted twice: ${one.root}, as ${name} and ${otherName}`];
  return name === otherName && one.hash < other.hash ? [`counted twice: ${name}, with two contents`] : [];
}

/**
 * Finds clean events that should be superseded and are not. Each replacement must supersede the previous one, and the first event must
 * supersede the inference. If Pub/Sub gave up an event in between, a replay of its letter may still supersede.
 */
function leftStanding(clean: readonly ModelClean[], letters: readonly ModelLetter[]): string[] {
  const real = clean.filter(({ origin }) => origin !== 'reconstructed');
  const isInferred = clean.length > real.length && real.length > 0;
  const mayCome = letters.some(({ code, message }) => code === 'DELIVERY' && message.kind === 'event');
  const isFirst = ({ supersedes, replacement }: ModelClean): boolean => supersedes && (replacement === 0 || mayCome);
  const isSkipped = ({ key, replacement }: ModelClean): boolean => {
    const later = real.filter((other) => other.key === key && other.replacement > replacement);
    return (
      later.length > 0 && !later.some((other) => other.supersedes && (other.replacement === replacement + 1 || mayCome))
    );
  };
  const skipped = real.filter(isSkipped).map(({ key, replacement }) => `nothing supersedes ${key}/r${replacement}`);
  return isInferred && !real.some(isFirst) ? [...skipped, 'the inference outlives its original'] : skipped;
}
