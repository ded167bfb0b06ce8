import { type ModelMessage, type LetterCode, type Replay, type ModelScenario } from './messages.ts';

const anyLetter: readonly LetterCode[] = ['DUPLICATE', 'CONFLICT', 'DEAD', 'DELIVERY'];

/** Makes a replay of a letter's message under the same root. It is an event of the operator, unless it was an inference. */
function replayed(letter: ModelMessage): ModelMessage {
  if (letter.kind === 'reconstruction') return letter;
  return { ...letter, kind: 'event', origin: 'replayed', replace: false };
}

const asItIs: Replay = { how: 'as it is', of: anyLetter, message: replayed };

/** A replay that keeps the kind of its message: a void, or a failure for which the catalog was not fixed. */
const unmended: Replay = {
  how: 'unmended',
  of: anyLetter,
  message: (letter) => ({ ...replayed(letter), kind: letter.kind === 'refusal' ? 'event' : letter.kind }),
};

const inPlace: Replay = {
  how: 'with replace',
  of: ['CONFLICT'],
  message: (letter) => ({ ...replayed(letter), replace: true }),
};

const editedContent: Replay = {
  how: 'edited',
  of: ['DEAD', 'CONFLICT'],
  message: (letter) => ({ ...replayed(letter), hash: 'edited', isValid: true }),
};

const editedInPlace: Replay = {
  how: 'edited and with replace',
  of: ['DEAD', 'CONFLICT'],
  message: (letter) => ({ ...editedContent.message(letter), replace: true }),
};

/** An edit that gives the event another key. */
const editedKey: Replay = {
  how: 'edited into another event',
  of: ['DEAD', 'CONFLICT'],
  message: (letter) => ({ ...editedContent.message(letter), key: 'edited' }),
};

export function aModelMessage(n: number, given: Partial<ModelMessage> = {}): ModelMessage {
  const named = { name: `m${n}`, root: `events/${n}`, key: 'k1', hash: 'a' };
  const flags = { isValid: true, possibleDuplicate: false, replace: false, isWithVerify: false };
  return { ...named, ...flags, kind: 'event', origin: 'producer', ...given };
}

/** An inference of the id. All inferences of an id have the same root. */
function anInference(n: number, hash = 'inferred'): ModelMessage {
  const inferred = { root: 'inferred', key: 'inferred', hash };
  return aModelMessage(n, { name: `i${n}`, kind: 'reconstruction', origin: 'reconstructed', ...inferred });
}

const invalid = { isValid: false };
const marked = { possibleDuplicate: true };
const edited = { hash: 'edited' };

const event = aModelMessage(1);
const invalidEvent = aModelMessage(1, invalid);
const failure = aModelMessage(1, { kind: 'failure' });
const aVoid = aModelMessage(9, { kind: 'void', key: 'void', hash: 'void' });
const inference = anInference(1);
const copy = aModelMessage(2);
const invalidCopy = aModelMessage(2, invalid);
const resend = aModelMessage(2, marked);
const invalidResend = aModelMessage(2, { ...marked, ...invalid });
const changed = aModelMessage(2, { hash: 'b' });
const changedInvalid = aModelMessage(2, { hash: 'b', ...invalid });
const changedAgain = aModelMessage(3, { hash: 'c' });
const changedAgainInvalid = aModelMessage(3, { hash: 'c', ...invalid });
/** An event of the same id under another key, as message number `n`. */
const another = (n: number): ModelMessage => aModelMessage(n, { key: 'k2', hash: 'd' });
const anotherInvalid = { ...another(2), ...invalid };
const invalidThird = { ...another(3), ...invalid };

type Given = Partial<Omit<ModelScenario, 'title' | 'messages'>>;

const usual: Omit<ModelScenario, 'title' | 'messages'> = {
  size: 'small',
  alwaysChecked: false,
  answers: ['corrected', 'refused'],
  crashes: 2,
  redeliveries: 1,
  giveUps: 1,
  replays: 1,
  replayForms: [asItIs],
  hasLateMarks: false,
  hasEarlyLetters: false,
};

export function aScenario(title: string, messages: readonly ModelMessage[], ...given: readonly Given[]): ModelScenario {
  return given.reduce<ModelScenario>((scenario, more) => ({ ...scenario, ...more }), { ...usual, title, messages });
}

const large: Given = { size: 'large' };
const once: Given = { crashes: 1 };
const never: Given = { crashes: 0 };
/** Pub/Sub does not give up. */
const kept: Given = { crashes: 1, giveUps: 0 };
const deliveredOnce: Given = { redeliveries: 0 };
const unreplayed: Given = { replays: 0 };
const refused: Given = { answers: ['refused'] };
const always: Given = { alwaysChecked: true, answers: ['verified', 'corrected'] };
const alwaysOrRefused: Given = { alwaysChecked: true, answers: ['verified', 'refused'] };
const states = (specifiedStates: number): Given => ({ specifiedStates });

const specified: readonly ModelScenario[] = [
  aScenario('two copies', [event, copy], states(1748)),
  aScenario('one message that validate publishes twice', [event, { ...event, name: 'm1b' }], states(363)),
  aScenario('an invalid event', [invalidEvent], large, states(711_203)),
  aScenario('two invalid copies', [invalidEvent, invalidCopy], once, large, states(475_113)),
  aScenario('two copies, always checked', [event, copy], kept, always, large, states(86_831)),
  aScenario('an event that is always checked and may be refused', [event], alwaysOrRefused, large, states(843_886)),
  aScenario('an inference and the original', [inference, event], states(850)),
  aScenario('two inferences and the original', [inference, anInference(2), event], once, states(1995)),
  aScenario('an inference and an invalid original', [inference, invalidEvent], once, large, states(234_649)),
  aScenario('an invalid event that its producer corrects', [invalidEvent, changed], once, large, states(181_812)),
  aScenario('an invalid event and another', [invalidEvent, another(2)], kept, large, states(174_913)),
  aScenario('a void and the event', [aVoid, event], once, states(839)),
  aScenario('a failure and a good event', [failure, changed], once, states(825)),
  aScenario('an inference, a void and the original', [inference, aVoid, event], kept, states(2882)),
  aScenario(
    'an invalid event and another twice',
    [invalidEvent, another(2), another(3)],
    kept,
    unreplayed,
    large,
    states(58_246),
  ),
  aScenario('a failure and the same bytes after the catalog was fixed', [failure, copy], once, states(825)),
  aScenario('a refused event that its producer calls valid', [invalidEvent, copy], kept, refused, states(10_203)),
];

/** A second inference, from other neighbours. */
const otherInference = anInference(2, 'inferred otherwise');
const inferencesThatDiffer: readonly ModelScenario[] = [
  aScenario('two inferences that differ', [inference, otherInference], { redeliveries: 2 }),
  aScenario('two inferences that differ, and the original', [inference, otherInference, event], once),
];

/** Real replays keep the kind of a message. The specification turns every replay into an event. */
const nothingMended: Given = { ...once, replayForms: [unmended] };
const replaysOfWhatIsNoEvent: readonly ModelScenario[] = [
  aScenario('a void that is replayed, and the event', [aVoid, event], nothingMended),
  aScenario('an inference, a void that is replayed, and the original', [inference, aVoid, event], nothingMended, kept),
  aScenario('a failure that is replayed in vain, and a good event', [failure, changed], nothingMended),
];

const possibleDuplicates: readonly ModelScenario[] = [
  aScenario('an event and its resend', [event, resend]),
  aScenario('a resend and a copy that is not marked', [aModelMessage(1, marked), copy]),
  aScenario('an event and two resends', [event, resend, aModelMessage(3, marked)], once),
  aScenario('an inference, the original and its resend', [inference, event, resend], once),
  aScenario('a failure and its resend after the catalog was fixed', [failure, resend], once),
  aScenario('a void, the event and its resend', [aVoid, event, resend], once),
  aScenario('an event and a resend that differs', [event, { ...changed, ...marked }], once),
  aScenario('an invalid event and its resend', [invalidEvent, invalidResend], once, large),
  aScenario(
    'an invalid resend and a copy that is not marked',
    [{ ...invalidEvent, ...marked }, invalidCopy],
    once,
    large,
  ),
  aScenario('an invalid event that is resent as valid', [invalidEvent, resend], once, large),
  aScenario('an event and its resend, always checked', [event, resend], kept, always, large),
  aScenario('an event and its resend that may be refused', [event, resend], kept, alwaysOrRefused, large),
];

const replacing: Given = { ...once, replayForms: [asItIs, inPlace], hasLateMarks: true, hasEarlyLetters: true };
const replacingKept: Given = { ...replacing, ...kept, ...large };
const onlyReplacing: Given = { ...replacingKept, replayForms: [inPlace], hasLateMarks: false };
const replacingTwice: Given = { ...onlyReplacing, ...deliveredOnce, replays: 2, hasLateMarks: true };

const replacements: readonly ModelScenario[] = [
  aScenario('a replaced event', [event, changed], replacing, { crashes: 2, redeliveries: 2 }),
  aScenario('a replaced event after an inference', [inference, event, changed], replacing),
  aScenario('a replaced event and a copy of the new', [event, changed, { ...changedAgain, hash: 'b' }], replacing),
  aScenario('an event replaced by one that must be checked', [event, changedInvalid], replacingKept),
  aScenario('an event that must be checked and is replaced', [invalidEvent, changed], replacingKept),
  aScenario(
    'a replaced event and its replacement that must both be checked',
    [invalidEvent, changedInvalid],
    onlyReplacing,
  ),
  aScenario('a replaced event, always checked', [event, changed], onlyReplacing, alwaysOrRefused),
  aScenario(
    'an inference, a replaced event and its replacement that must be checked',
    [inference, invalidEvent, changedInvalid],
    replacingKept,
    never,
  ),
  aScenario('an event replaced twice', [event, changed, changedAgain], replacingKept, { replays: 2 }),
  aScenario('an event replaced twice, or given up', [event, changed, changedAgain], replacingTwice, { giveUps: 1 }),
  aScenario(
    'an event replaced twice, first by one that must be checked',
    [event, changedInvalid, changedAgain],
    replacingTwice,
  ),
  aScenario(
    'an event replaced twice, then by one that must be checked',
    [event, changed, changedAgainInvalid],
    replacingTwice,
  ),
  aScenario(
    'an event replaced twice by events that must be checked',
    [event, changedInvalid, changedAgainInvalid],
    replacingTwice,
    never,
  ),
];

const editing: Given = { ...once, replayForms: [editedContent, editedKey], hasLateMarks: true, hasEarlyLetters: true };
const editingOrNot: Given = {
  ...editing,
  ...kept,
  replayForms: [asItIs, inPlace, editedContent, editedInPlace, editedKey],
};
const editingAnyLetter: Given = {
  ...editing,
  replayForms: [editedContent, editedKey].map((form) => ({ ...form, of: anyLetter })),
};

const edits: readonly ModelScenario[] = [
  aScenario('an edited failure', [failure], editing, { replays: 2 }),
  aScenario('an edited failure and a copy of the edit', [failure, { ...copy, ...edited }], editing),
  aScenario('an edited failure after an inference', [inference, failure], editing),
  aScenario('an edited refusal', [invalidEvent], editing),
  aScenario('an edited refusal, always checked', [event], editing, alwaysOrRefused, kept),
  aScenario('an edited conflict', [event, changed], editingOrNot, { replays: 2 }),
  aScenario('an edited event after Pub/Sub gave it up', [event], editingAnyLetter, { replays: 2 }),
  aScenario('a refusal replayed, edited or both', [invalidEvent], editingOrNot, { replays: 2 }, large),
  aScenario('an edited conflict with an event that must be checked', [invalidEvent, changed], editingOrNot, large),
  aScenario('an edited conflict that must be checked', [event, changedInvalid], editingOrNot, large),
];

const taken = (n: number, given: Partial<ModelMessage> = {}): ModelMessage =>
  aModelMessage(n, { key: 'edited', hash: 'd', ...given });

const editsIntoAnEventThatIsThere: readonly ModelScenario[] = [
  aScenario('a refusal edited into another event', [invalidEvent, taken(2)], editing, kept, large),
  aScenario('a refusal edited into a copy of another event', [invalidEvent, taken(2, edited)], editing, kept, large),
  aScenario(
    'a refusal edited into another invalid event',
    [invalidEvent, taken(2, invalid)],
    editing,
    kept,
    deliveredOnce,
    large,
  ),
  aScenario('a conflict edited into another event', [event, changed, taken(3)], editingOrNot),
  aScenario('a conflict edited after an inference', [inference, event, changed], editingOrNot),
];

const threeOfTwoKeys: readonly ModelScenario[] = [
  aScenario('two copies and another event', [event, copy, another(3)], once),
  aScenario('two contents and another event', [event, changed, another(3)], once),
  aScenario('two copies, one invalid, and another event', [invalidEvent, copy, another(3)], kept, unreplayed, large),
  aScenario(
    'two contents, one invalid, and another event',
    [invalidEvent, changed, another(3)],
    kept,
    unreplayed,
    large,
  ),
  aScenario(
    'an inference, an invalid event and another',
    [inference, invalidEvent, another(2)],
    kept,
    unreplayed,
    large,
  ),
  aScenario(
    'an inference, an event and another invalid event',
    [inference, event, anotherInvalid],
    kept,
    unreplayed,
    large,
  ),
  aScenario('two copies and another invalid event', [event, copy, invalidThird], kept, unreplayed, large),
  aScenario('two contents and another invalid event', [event, changed, invalidThird], kept, unreplayed, large),
];

export const scenarios: readonly ModelScenario[] = [
  ...specified,
  ...inferencesThatDiffer,
  ...replaysOfWhatIsNoEvent,
  ...possibleDuplicates,
  ...replacements,
  ...edits,
  ...editsIntoAnEventThatIsThere,
  ...threeOfTwoKeys,
];
