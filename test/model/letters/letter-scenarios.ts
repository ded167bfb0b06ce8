import type { LetterScenario, ModelContent, OperatorStep } from './letter-state.ts';

const sound: ModelContent = { kind: 'event', toBeChecked: false, key: 'k' };
const checked: ModelContent = { ...sound, toBeChecked: true };
const failing: ModelContent = { ...sound, kind: 'failure' };
const jumping: ModelContent = { ...sound, kind: 'jump' };
const recovered: ModelContent = { ...sound, isRecovered: true };

const replay: OperatorStep = { does: 'replay' };
const replace: OperatorStep = { does: 'replace' };
const discard: OperatorStep = { does: 'discard' };
const edit: OperatorStep = { does: 'edit', to: 'b' };

const unlucky = { redeliveries: 0, crashes: 0, giveUps: 0, first: 'a' } as const;
const twoAnswers = ['unverified', 'corrected'] as const;

export const letterScenarios: readonly LetterScenario[] = [
  {
    ...unlucky,
    title: 'one message that verify answers in two ways',
    contents: { a: checked },
    operators: [],
    answers: ['verified', 'corrected', 'refused'],
    redeliveries: 2,
    crashes: 2,
  },
  {
    ...unlucky,
    title: 'a message that is given up and replayed, and answered in two ways',
    contents: { a: checked },
    operators: [[replay]],
    answers: twoAnswers,
    crashes: 1,
    giveUps: 1,
  },
  {
    ...unlucky,
    title: 'a message that is given up, and replayed or discarded',
    contents: { a: checked },
    operators: [[replay], [discard]],
    answers: ['verified', 'refused'],
    crashes: 1,
    giveUps: 1,
  },
  {
    ...unlucky,
    title: 'a refused message that is edited and replayed',
    contents: { a: checked, b: checked },
    operators: [[edit, replay]],
    answers: ['corrected', 'refused'],
    redeliveries: 1,
    crashes: 1,
  },
  {
    ...unlucky,
    title: 'a failed message that is replayed in vain, edited, and replayed',
    contents: { a: failing, b: sound },
    operators: [[replay, edit, replay]],
    answers: ['verified'],
    crashes: 1,
  },
  {
    ...unlucky,
    title: 'a refused message that is replayed twice',
    contents: { a: checked },
    operators: [[replay, replay]],
    answers: ['verified', 'refused'],
    redeliveries: 1,
  },
  {
    ...unlucky,
    title: 'a refused message that is replayed, edited, and replayed again',
    contents: { a: checked, b: checked },
    operators: [[replay, edit, replay]],
    answers: ['verified', 'refused'],
    redeliveries: 1,
  },
  {
    ...unlucky,
    title: 'a recovered event, and its original that could not be read, edited and replayed',
    contents: { a: jumping, b: sound, x: recovered },
    other: 'x',
    isUnnumbered: true,
    operators: [[edit, replay]],
    answers: ['verified'],
  },
  {
    ...unlucky,
    title: 'a recovered event, and its original that replaces it',
    contents: { a: jumping, b: sound, x: recovered },
    other: 'x',
    isUnnumbered: true,
    operators: [[edit, replace]],
    answers: ['verified'],
  },
  {
    ...unlucky,
    title: 'a recovered event, and its original that failed, edited and replayed',
    contents: { a: failing, b: sound, x: recovered },
    other: 'x',
    isUnnumbered: true,
    operators: [[edit, replay]],
    answers: ['verified'],
    redeliveries: 1,
    crashes: 1,
  },
  {
    ...unlucky,
    title: 'a sound copy that overtakes a message with verify',
    contents: { a: checked, x: sound },
    other: 'x',
    operators: [[replay]],
    answers: ['verified', 'refused'],
    crashes: 1,
    mayBeOvertaken: true,
  },
  {
    ...unlucky,
    title: 'a recovered event, and its original with another content',
    contents: { a: sound, x: recovered },
    other: 'x',
    isUnnumbered: true,
    operators: [],
    answers: [],
    redeliveries: 2,
    crashes: 2,
    mayBeOvertaken: true,
  },
  {
    ...unlucky,
    title: 'a recovered event, and its original that must be checked',
    contents: { a: checked, x: recovered },
    other: 'x',
    isUnnumbered: true,
    operators: [],
    answers: ['verified', 'corrected'],
    redeliveries: 1,
    crashes: 2,
    mayBeOvertaken: true,
  },
];

/** Scenarios that take longer. */
export const largeLetterScenarios: readonly LetterScenario[] = [
  ...letterScenarios.map((scenario) => ({
    ...scenario,
    title: `${scenario.title}, with a redelivery more`,
    redeliveries: scenario.redeliveries + 1,
  })),
  {
    ...unlucky,
    title: 'a message that is given up and replayed, answered in two ways, with a crash and a redelivery more',
    contents: { a: checked },
    operators: [[replay]],
    answers: twoAnswers,
    redeliveries: 1,
    crashes: 2,
    giveUps: 1,
  },
  {
    ...unlucky,
    title: 'a message that is given up twice, replayed twice, and answered in two ways',
    contents: { a: checked },
    operators: [[replay, replay]],
    answers: twoAnswers,
    crashes: 1,
    giveUps: 2,
  },
  {
    ...unlucky,
    title: 'a refused message that is replayed twice, with a crash',
    contents: { a: checked },
    operators: [[replay, replay]],
    answers: ['verified', 'refused'],
    redeliveries: 1,
    crashes: 1,
  },
];
