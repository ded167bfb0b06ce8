import type { Catalog } from '../../../shared/catalog-definition.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { Delivery, Message } from '../../../shared/messages/message.ts';
import { decodeRouting, type RoutingAttributes } from '../../../shared/messages/routing.ts';
import { applyMarks } from '../../../shared/tracking/apply-claims.ts';
import { emptyBlock, type Cell } from '../../../shared/tracking/block.ts';
import { claimsOf, type Claim } from '../../../shared/tracking/claim.ts';
import { cleanMessage } from '../../../shared/tracking/clean-message.ts';
import { letterFor } from '../../../shared/tracking/tracked-letter.ts';
import { aDelivery, minuteMs, noon, textOf } from '../../support/builders.ts';
import { Pool } from '../pool.ts';
import { replayOf, sightingOf, validated, type SearchedFunctions } from './real-functions.ts';
import { lookedUpAt, suspectedAt, type Health, type RecordVersion, type VerifyScenario } from './verify-scenario.ts';
import { inOrder, type VerifyMove, type VerifyOutput, type VerifyState } from './verify-state.ts';

/** The topic of a message on its way. `suspect-events`: it is with verify. */
type OnTheWay = Pick<Delivery, 'topic' | 'messageId' | 'data' | 'attributes'>;

/** A message that track reads. */
interface Routed {
  readonly delivery: Delivery;
  readonly routing: RoutingAttributes;
  readonly claim: Claim;
}

/** Lets track handle a message. */
interface Step {
  readonly what: string;
  /** The cell afterwards, and with the mark of the publish if there was one. */
  readonly cell: number;
  readonly marked: number | undefined;
  readonly output: VerifyOutput | undefined;
  /** A message to verify. */
  readonly asked: number | undefined;
}

/** The possible moves from each state of a scenario. */
export class VerifyMoves {
  readonly outputs = new Pool<VerifyOutput>();
  private readonly messages = new Pool<OnTheWay>((one) => JSON.stringify({ ...one, data: textOf(one) }));
  private readonly cells = new Pool<Cell>();
  private readonly routed = new Map<number, Routed>();
  private readonly steps = new Map<string, Step>();
  private readonly answers = new Map<string, number | undefined>();
  private readonly scenario: VerifyScenario;
  private readonly functions: SearchedFunctions;
  private readonly catalog: Catalog;

  constructor(scenario: VerifyScenario, functions: SearchedFunctions, catalog: Catalog) {
    this.scenario = scenario;
    this.functions = functions;
    this.catalog = catalog;
  }

  start(): VerifyState {
    const { messages, crashes, redeliveries, replays, rechecks } = this.scenario;
    const pending = inOrder(messages.map(({ delivery }) => this.messages.number(delivery)));
    const nothing = { acked: [], outputs: [], version: 0, isLate: false };
    return { cell: this.cells.number([]), pending, ...nothing, crashes, redeliveries, replays, rechecks };
  }

  async from(state: VerifyState): Promise<readonly VerifyMove[]> {
    const moves: VerifyMove[] = [
      ...this.changes(state),
      ...this.redeliveries(state),
      ...this.replays(state),
      ...this.rechecks(state),
    ];
    for (const [at, number] of state.pending.entries()) {
      const rest = state.pending.toSpliced(at, 1);
      if (this.messages.get(number).topic === 'suspect-events') moves.push(...(await this.looks(state, number, rest)));
      else moves.push(...this.tracks(state, number, rest));
    }
    return moves;
  }

  /** The record changes, and time passes. */
  private changes(state: VerifyState): VerifyMove[] {
    const { versions } = this.scenario;
    const version = state.version + 1;
    const isWaiting = state.pending.some((number) => this.messages.get(number).topic === 'suspect-events');
    return [
      ...(version < versions.length ? [{ to: { ...state, version }, what: 'the record changes' }] : []),
      ...(!state.isLate && isWaiting ? [{ to: { ...state, isLate: true }, what: 'patience is over' }] : []),
    ];
  }

  private async looks(state: VerifyState, number: number, rest: readonly number[]): Promise<VerifyMove[]> {
    const { versions, hasStaleReads, health } = this.scenario;
    const seen = [state.version, ...(hasStaleReads && state.version > 0 ? [state.version - 1] : [])];
    const moves: VerifyMove[] = [];
    for (const one of health)
      for (const version of seen) {
        const answer = await this.answer(number, versions[version]!, one, state.isLate);
        const read = `verify reads version ${version}, ${one}`;
        if (answer !== undefined) moves.push(...this.answered(state, { answer, rest, read }));
        else if (state.isLate) moves.push({ to: { ...state, pending: rest }, what: `${read}: Pub/Sub forgets` });
      }
    return moves;
  }

  /** Verify publishes its answer, and acks or crashes before. */
  private answered(
    state: VerifyState,
    { answer, rest, read }: { readonly answer: number; readonly rest: readonly number[]; readonly read: string },
  ): VerifyMove[] {
    const { attributes } = this.messages.get(answer);
    const what = `${read}: ${attributes['eventmend-kind'] ?? attributes.origin ?? 'producer'}`;
    const acked = { ...state, pending: inOrder([...rest, answer]) };
    const crashed = { ...state, pending: inOrder([...state.pending, answer]), crashes: state.crashes - 1 };
    return [
      { to: acked, what },
      ...(state.crashes > 0 ? [{ to: crashed, what: `${what}, CRASH before the ack` }] : []),
    ];
  }

  private async answer(
    number: number,
    version: RecordVersion,
    health: Health,
    isLate: boolean,
  ): Promise<number | undefined> {
    const name = JSON.stringify([number, version, health, isLate]);
    if (!this.answers.has(name)) {
      const nowMs = noon + minuteMs * (isLate ? lookedUpAt.late : lookedUpAt.early);
      const delivery = aDelivery({ ...this.messages.get(number), publishedAtMs: noon + suspectedAt * minuteMs });
      const lookUp = { delivery, sighting: sightingOf(version, health), nowMs, catalog: this.catalog };
      const answer = await this.functions.verify(lookUp);
      this.answers.set(name, answer && this.number('mended-events', answer));
    }
    return this.answers.get(name);
  }

  private tracks(state: VerifyState, number: number, rest: readonly number[]): VerifyMove[] {
    const { what, cell, marked, output, asked } = this.step(state.cell, number);
    const done: VerifyState = {
      ...state,
      cell,
      pending: asked === undefined ? rest : inOrder([...rest, asked]),
      acked: inOrder([...state.acked, number], true),
      outputs: output ? this.withOutput(state.outputs, output) : state.outputs,
    };
    const crashed = { to: { ...state, cell, crashes: state.crashes - 1 }, what: `${what}, CRASH after the claim` };
    return [
      { to: done, what },
      ...(marked === undefined ? [] : [{ to: { ...done, cell: marked }, what: `${what}, marked` }]),
      ...(state.crashes > 0 ? [crashed] : []),
    ];
  }

  private step(before: number, number: number): Step {
    const name = `${before},${number}`;
    const known = this.steps.get(name);
    if (known) return known;
    const { delivery, routing, claim } = this.read(number);
    const { cell, verdict } = this.functions.decide(this.cells.get(before), claim);
    const { act } = verdict;
    const isLetter = act === 'dead-letter' || act === 'duplicate' || act === 'conflict';
    const clean = act === 'publish' ? cleanOutput(cleanMessage(delivery, routing, verdict), routing) : undefined;
    const step: Step = {
      what: `track, ${routing.origin} ${routing.kind} of ${routing.root}: ${act}`,
      cell: this.cells.number(cell),
      marked: act === 'publish' ? this.cells.number(markedAsPublished(cell, claim)) : undefined,
      output: isLetter ? this.letter({ delivery, routing, claim }, act) : clean,
      asked: act === 'verify' ? this.number('suspect-events', delivery) : undefined,
    };
    this.steps.set(name, step);
    return step;
  }

  private letter({ delivery, routing, claim }: Routed, act: 'dead-letter' | 'duplicate' | 'conflict'): VerifyOutput {
    const code = act === 'duplicate' ? 'ERR_DUPLICATE' : 'ERR_CONFLICT';
    const copy: Failure = { code, stage: 'track', detail: '' };
    const failure = act === 'dead-letter' ? (routing.failure ?? copy) : copy;
    const letter = this.number('dead-letter-queue', letterFor({ delivery, routing }, failure, noon));
    const { root } = routing;
    const isAnswer = claim.answer !== undefined;
    return { on: 'letters', root, code: failure.code, detail: failure.detail, isAnswer, letter };
  }

  /** Adds an output to a set of outputs. A letter takes the place of the one of its root, as in the archive. */
  private withOutput(numbers: readonly number[], output: VerifyOutput): readonly number[] {
    const isReplaced = (number: number): boolean => {
      const other = this.outputs.get(number);
      return output.on === 'letters' && other.on === 'letters' && other.root === output.root;
    };
    return inOrder([...numbers.filter((number) => !isReplaced(number)), this.outputs.number(output)], true);
  }

  private redeliveries(state: VerifyState): VerifyMove[] {
    if (state.redeliveries === 0) return [];
    return state.acked.map((number) => ({
      to: { ...state, pending: inOrder([...state.pending, number]), redeliveries: state.redeliveries - 1 },
      what: `a message of ${this.read(number).routing.root} is delivered again`,
    }));
  }

  /** An operator replays the letter of a refused event, which closes the letter. */
  private replays(state: VerifyState): VerifyMove[] {
    if (state.replays === 0) return [];
    return state.outputs.flatMap((number): VerifyMove[] => {
      const output = this.outputs.get(number);
      if (output.on !== 'letters' || output.code !== 'ERR_INCORRECT') return [];
      const replay = this.number('mended-events', replayOf(this.messages.get(output.letter)));
      const outputs = state.outputs.filter((other) => other !== number);
      const to = { ...state, pending: inOrder([...state.pending, replay]), outputs, replays: state.replays - 1 };
      return [{ to, what: `the operator replays ${output.root}` }];
    });
  }

  /** Someone has a published event checked again. */
  private rechecks(state: VerifyState): VerifyMove[] {
    if (state.rechecks === 0) return [];
    return state.outputs.flatMap((number): VerifyMove[] => {
      const output = this.outputs.get(number);
      if (output.on !== 'clean') return [];
      const attributes = { stream: 'orders', recheck: 'true' };
      const message = { topic: 'mended-events', messageId: 'recheck', data: Buffer.from(output.text), attributes };
      const pending = inOrder([...state.pending, this.messages.number(message)]);
      return [{ to: { ...state, pending, rechecks: state.rechecks - 1 }, what: `${output.key} is checked again` }];
    });
  }

  private read(number: number): Routed {
    const known = this.routed.get(number);
    if (known) return known;
    const passed = validated(aDelivery(this.messages.get(number)), this.catalog);
    const delivery = aDelivery({ ...passed, topic: 'validated-events' });
    const routing = decodeRouting(delivery.attributes);
    const [claim] = claimsOf(routing);
    // All messages of a scenario share one cell: one id, or one place of an unnumbered stream.
    const routed = {
      delivery,
      routing,
      claim: { ...claim!, eventId, ...(claim!.place !== undefined && { place: eventId }) },
    };
    this.routed.set(number, routed);
    return routed;
  }

  private number(topic: string, { data, attributes }: Message): number {
    return this.messages.number({ topic, messageId: 'own', data, attributes });
  }
}

/** The one id, or place, that all messages of the model are about. */
const eventId = 7;

function cleanOutput({ data, attributes }: Message, { root }: RoutingAttributes): VerifyOutput {
  const { idempotency_key: key = '', origin = '', supersedes } = attributes;
  return { on: 'clean', root, key, origin, text: textOf({ data }), supersedes };
}

function markedAsPublished(cell: Cell, { root }: Claim): Cell {
  const block = emptyBlock(0);
  const held = { ...block, cells: block.cells.with(eventId, cell) };
  return applyMarks(held, [{ eventId, root, as: 'published' }]).cells[eventId]!;
}
