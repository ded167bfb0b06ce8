import { digest } from '../../shared/digest.ts';
import { applyClaims, applyMarks } from '../../shared/tracking/apply-claims.ts';
import { emptyBlock, type Block } from '../../shared/tracking/block.ts';
import { makeClaim, type Claim, type Verdict } from '../../shared/tracking/claim.ts';
import { violationsOf } from './invariants.ts';
import { Pool } from './pool.ts';
import {
  type ModelMessage,
  type ModelLetter,
  type Output,
  type Replay,
  type ModelScenario,
  isUnchecked,
  askedOf,
  answerOf,
  outputOf,
  aModelLetter,
  isOfCopy,
  isCleanOf,
  isLetterOf,
} from './messages.ts';

/*
 * Searches every interleaving of the possible moves of a few messages about one id, breadth first.
 *
 *     ┌───────────► pending ──► track ──► acked ──► delivered again, pending
 *   verify ◄──────────────────────┤
 *                   pending ◄──── outputs: the clean topic, and letters, which an operator replays
 * When no message is pending, the outputs must keep the invariants of invariants.ts.
 */

/** The function under search: `applyClaims`, or a faulty variant of it. */
export type Tracking = typeof applyClaims;

export interface SearchResult {
  readonly states: number;
  /** Each violation with the shortest trace to it. */
  readonly violations: ReadonlyMap<string, readonly string[]>;
  /** The different outputs of the states without a pending message. */
  readonly endings: readonly (readonly Output[])[];
}

/** The mishaps and replays that are still allowed, and the number of names given so far. */
type Budget = Pick<ModelScenario, 'crashes' | 'redeliveries' | 'giveUps' | 'replays'> & { readonly named: number };

/** A state of the model. Each number is an index into one of the pools. */
interface State {
  readonly block: number;
  /** The pending messages in order of arrival. `acked` has the same order. */
  readonly pending: number;
  readonly acked: number;
  readonly outputs: number;
  readonly budget: number;
}

/** A step of the search, and the state that it leads to. */
interface Move {
  readonly to: State;
  readonly what: string;
  readonly message?: number;
  readonly verdict?: Verdict;
  readonly from?: Move;
}

/** The effect of a message's claim on a block. */
interface Tracked {
  readonly verdict: Verdict;
  readonly block: number;
  /** The block with the mark of the publish. Undefined if nothing is published. */
  readonly marked: number | undefined;
  readonly output: number | undefined;
  /** The messages to verify. */
  readonly asked: readonly number[];
}

/** The most states of a search. They take about 3 GB of memory. */
const maxStates = 3_000_000;

/** The id that all messages are about. */
const eventId = 7;

/** The values of which the states of one search consist, and the possible moves from each state. */
class World {
  private readonly blocks = new Pool<Block>(({ cells }) => JSON.stringify(cells.filter((cell) => cell.length > 0)));
  private readonly messages = new Pool<ModelMessage>();
  private readonly outputs = new Pool<Output>();
  private readonly lists = new Pool<readonly number[]>(String);
  private readonly budgets = new Pool<Budget>();
  private readonly tracked = new Map<string, Tracked>();
  private readonly scenario: ModelScenario;
  private readonly tracking: Tracking;

  constructor(scenario: ModelScenario, tracking: Tracking) {
    this.scenario = scenario;
    this.tracking = tracking;
  }

  start(): State {
    const { messages, crashes, redeliveries, giveUps, replays } = this.scenario;
    const pending = this.lists.number(messages.map((message) => this.messages.number(message)));
    const budget = this.budgets.number({ crashes, redeliveries, giveUps, replays, named: 0 });
    const none = this.lists.number([]);
    return { block: this.blocks.number(emptyBlock(0)), pending, acked: none, outputs: none, budget };
  }

  isAtRest({ pending }: State): boolean {
    return this.lists.get(pending).length === 0;
  }

  outputsOf({ outputs }: State): Output[] {
    return this.lists.get(outputs).map((output) => this.outputs.get(output));
  }

  describe({ what, message, verdict }: Move): string {
    if (message === undefined) return what;
    const { name, root, origin, kind } = this.messages.get(message);
    return `${name} of ${root}, ${origin} ${kind}, ${what}${verdict ? `: ${JSON.stringify(verdict)}` : ''}`;
  }

  moves(state: State): Move[] {
    const pending = this.lists.get(state.pending);
    const budget = this.budgets.get(state.budget);
    const moves = pending.flatMap((message, at) => {
      const rest = pending.toSpliced(at, 1);
      if (this.messages.get(message).isWithVerify) return this.answers(state, budget, message, rest);
      return this.deliveries(state, budget, message, rest);
    });
    if (budget.redeliveries > 0) moves.push(...this.redeliveries(state, budget));
    if (budget.replays > 0) moves.push(...this.replays(state, budget));
    if (this.scenario.hasLateMarks) moves.push(...this.lateMarks(state));
    return moves;
  }

  private answers(state: State, budget: Budget, message: number, rest: readonly number[]): Move[] {
    const left = this.budgets.number({ ...budget, named: budget.named + 1 });
    return this.scenario.answers.map((answer) => {
      const answered = this.messages.number(answerOf(this.messages.get(message), answer, `v${budget.named}`));
      const pending = this.lists.number([...rest, answered]);
      return { to: { ...state, pending, budget: left }, what: `is ${answer}`, message };
    });
  }

  /** Makes the moves in which track claims, publishes and acks, or crashes in between, or in which Pub/Sub gives the message up. */
  private deliveries(state: State, budget: Budget, message: number, rest: readonly number[]): Move[] {
    const { verdict, block, marked, output, asked } = this.track(state.block, message);
    const outputs = this.add(state.outputs, output);
    const to = {
      ...state,
      block,
      pending: this.lists.number([...rest, ...asked]),
      acked: this.append(state.acked, [message]),
      outputs,
    };
    const moves: Move[] = [{ to, what: 'is tracked', message, verdict }];
    if (marked !== undefined)
      moves.push({ to: { ...to, block: marked }, what: 'is tracked and marked', message, verdict });
    if (budget.crashes > 0) {
      const left = this.budgets.number({ ...budget, crashes: budget.crashes - 1 });
      const claimed = { ...state, block, budget: left };
      const published = { ...claimed, pending: this.append(state.pending, asked), outputs };
      moves.push({ to: claimed, what: 'is claimed, CRASH', message, verdict });
      moves.push({ to: published, what: 'is tracked, CRASH before the ack', message, verdict });
    }
    if (budget.giveUps > 0) {
      const left = this.budgets.number({ ...budget, giveUps: budget.giveUps - 1 });
      const letter = this.outputs.number(aModelLetter('DELIVERY', this.messages.get(message)));
      const givenUp = { pending: this.lists.number(rest), outputs: this.add(state.outputs, letter) };
      moves.push({ to: { ...state, ...givenUp, budget: left }, what: 'is given up', message });
    }
    return moves;
  }

  private redeliveries(state: State, budget: Budget): Move[] {
    const acked = this.lists.get(state.acked);
    const left = this.budgets.number({ ...budget, redeliveries: budget.redeliveries - 1 });
    return [...new Set(acked)].map((message) => {
      const others = this.lists.number(acked.filter((other) => other !== message));
      const to = { ...state, pending: this.append(state.pending, [message]), acked: others, budget: left };
      return { to, what: 'is delivered again', message };
    });
  }

  private replays(state: State, budget: Budget): Move[] {
    const letters = this.outputsOf(state).filter((output) => output.on === 'letters');
    return letters.flatMap((letter) => {
      const forms = this.scenario.replayForms.filter(({ of }) => of.includes(letter.code));
      return forms.map((form) => this.replay(state, budget, letter, form));
    });
  }

  /** Makes the move in which an operator replays a letter. That closes the letter. */
  private replay(state: State, budget: Budget, letter: ModelLetter, form: Replay): Move {
    const replayed = { ...form.message(letter.message), name: `r${budget.named}` };
    const { root, key, hash, replace } = replayed;
    const message = this.messages.number(replayed);
    const others = this.lists.number(this.withoutLetter(state.outputs, root));
    const outputs = replace ? this.add(others, this.outputs.number({ on: 'orders', key, hash })) : others;
    const left = this.budgets.number({ ...budget, replays: budget.replays - 1, named: budget.named + 1 });
    const to = { ...state, pending: this.append(state.pending, [message]), outputs, budget: left };
    return { to, what: `is replayed ${form.how} from its letter ${letter.code}`, message };
  }

  private lateMarks(state: State): Move[] {
    const published = this.outputsOf(state).flatMap((output) => (output.on === 'clean' ? [output.root] : []));
    return [...new Set(published)].map((root) => {
      return { to: { ...state, block: this.mark(state.block, root) }, what: `the publish of ${root} is noted` };
    });
  }

  private track(block: number, number: number): Tracked {
    const at = `${block},${number}`;
    const known = this.tracked.get(at);
    if (known) return known;
    const message = this.messages.get(number);
    const applied = this.tracking(this.blocks.get(block), [claimOf(message, this.scenario)]);
    const verdict = applied.verdicts[0] as Verdict;
    const after = this.blocks.number(applied.block);
    const output = outputOf(message, verdict);
    const tracked: Tracked = {
      verdict,
      block: after,
      marked: verdict.act === 'publish' ? this.mark(after, message.root) : undefined,
      output: output && this.outputs.number(output),
      asked: verdict.act === 'verify' ? [this.messages.number(askedOf(message))] : [],
    };
    this.tracked.set(at, tracked);
    return tracked;
  }

  private mark(block: number, root: string): number {
    const { cells } = this.blocks.get(block);
    const marks = cells.flatMap((cell, place) =>
      cell.length > 0 ? [{ eventId: place, root: digest(root), as: 'published' } as const] : [],
    );
    return this.blocks.number(applyMarks(this.blocks.get(block), marks));
  }

  private append(list: number, more: readonly number[]): number {
    return more.length === 0 ? list : this.lists.number([...this.lists.get(list), ...more]);
  }

  /** Adds an output to a set of outputs. A letter replaces the earlier letter of its root, as in the archive. */
  private add(list: number, number: number | undefined): number {
    if (number === undefined) return list;
    const output = this.outputs.get(number);
    if (output.on !== 'letters') return this.sorted([...this.lists.get(list), number]);
    const { root } = output.message;
    const others = this.withoutLetter(list, root);
    const isLate = isOfCopy(output) && others.some((other) => isCleanOf(this.outputs.get(other), root));
    return this.sorted([...others, isLate ? this.outputs.number({ ...output, isLate }) : number]);
  }

  private withoutLetter(list: number, root: string): readonly number[] {
    return this.lists.get(list).filter((number) => !isLetterOf(this.outputs.get(number), root));
  }

  private sorted(outputs: readonly number[]): number {
    return this.lists.number([...new Set(outputs)].sort((a, b) => a - b));
  }
}

function claimOf(message: ModelMessage, { alwaysChecked, isUnnumbered = false }: ModelScenario): Claim {
  const { root, key, formerly, kind, origin, hash, possibleDuplicate, replace } = message;
  const toBeChecked = isUnchecked(message) && (alwaysChecked || !message.isValid);
  const about = { eventId, place: isUnnumbered ? eventId : undefined, type: '', instantMs: 0, entity: 0 };
  const history = { answer: undefined, isRecovered: message.isRecovered ?? false, replay: message.replay ?? 0 };
  return makeClaim(
    { root, key, formerly },
    { ...about, ...history, kind, origin, hash, toBeChecked, possibleDuplicate, replace },
  );
}

/** Searches a scenario to its end. @param lawsBroken Finds what is wrong with an ending. */
export function search(
  scenario: ModelScenario,
  tracking: Tracking = applyClaims,
  lawsBroken = violationsOf,
): SearchResult {
  const world = new World(scenario, tracking);
  const start: Move = { to: world.start(), what: 'the start' };
  const seen = new Set([keyOf(start.to)]);
  const reached = [start];
  const violations = new Map<string, readonly string[]>();
  const endings = new Map<number, readonly Output[]>();
  for (const from of reached) {
    if (reached.length > maxStates) throw new Error(`no end after ${maxStates} states`);
    for (const move of world.moves(from.to)) {
      const key = keyOf(move.to);
      if (seen.has(key)) continue;
      seen.add(key);
      reached.push({ ...move, from });
    }
    if (!world.isAtRest(from.to) || endings.has(from.to.outputs)) continue;
    const ending = world.outputsOf(from.to);
    endings.set(from.to.outputs, ending);
    for (const violation of lawsBroken(scenario, ending)) {
      if (!violations.has(violation)) violations.set(violation, wayTo(world, from));
    }
  }
  return { states: reached.length, violations, endings: [...endings.values()] };
}

function keyOf({ block, pending, acked, outputs, budget }: State): string {
  return `${block},${pending},${acked},${outputs},${budget}`;
}

function wayTo(world: World, move: Move): string[] {
  return move.from ? [...wayTo(world, move.from), world.describe(move)] : [];
}
