import type { Code } from '../../../shared/failure.ts';
import { claimOfFlight, markedCell, rootOf } from './letter-claims.ts';
import type { LetterFunctions } from './letter-functions.ts';
import { RecordMoves } from './record-moves.ts';
import {
  send,
  type InFlight,
  type LetterMove,
  type LetterOutput,
  type LetterScenario,
  type LetterState,
} from './letter-state.ts';

/** The codes of the letters that follow from verdicts. */
const codeOf: Readonly<Record<string, Code>> = {
  'dead-letter': 'ERR_INVALID_EVENT',
  duplicate: 'ERR_DUPLICATE',
  conflict: 'ERR_CONFLICT',
};

/** The moves from a state by some functions, which a test may replace by faulty ones. */
export class LetterMoves {
  private readonly scenario: LetterScenario;
  private readonly functions: LetterFunctions;
  private readonly record: RecordMoves;

  constructor(scenario: LetterScenario, functions: LetterFunctions) {
    this.scenario = scenario;
    this.functions = functions;
    this.record = new RecordMoves(scenario, functions);
  }

  from(state: LetterState): LetterMove[] {
    const moves = state.flying.flatMap((message, at) => this.deliveries(state, message, state.flying.toSpliced(at, 1)));
    return [...moves, ...this.record.from(state)];
  }

  /** Each delivery may be acked, or be repeated later. */
  private deliveries(state: LetterState, message: InFlight, rest: readonly InFlight[]): LetterMove[] {
    const acked = { ...state, flying: rest };
    const again = { ...state, redeliveries: state.redeliveries - 1 };
    const kept = state.redeliveries > 0 ? [acked, again] : [acked];
    switch (message.is) {
      case 'letter':
        return kept.map((to) => ({ to: this.record.filed(to, message), what: `archive files ${nameOf(message)}` }));
      case 'with verify':
        return this.scenario.answers.flatMap((says) => {
          const answer: InFlight = { is: 'answer', n: message.n, content: message.content, says };
          return kept.map((to) => ({ to: send(to, answer), what: `verify says of ${message.content}: ${says}` }));
        });
      case 'replayed':
        if (!state.record || !this.functions.awaitsReplay(state.record, message.n))
          return [{ to: acked, what: `track drops ${nameOf(message)}` }];
        break;
      case 'answer':
      case 'other':
      case 'produced':
    }
    return [...this.tracks(state, message, kept), ...this.givesUp(state, message, acked)];
  }

  private decided(state: LetterState, message: InFlight): { readonly act: string; readonly to: LetterState } {
    const claim = claimOfFlight(this.scenario, message);
    if (!claim) return { act: 'dead-letter', to: state };
    const { cell, verdict } = this.functions.decide(state.cell, claim);
    if (verdict.act !== 'publish') return { act: verdict.act, to: { ...state, cell } };
    const key = `${this.scenario.contents[message.content]!.key}${verdict.replacement > 0 ? `/r${verdict.replacement}` : ''}`;
    const body = message.is === 'answer' ? message.says : 'bytes';
    const output: LetterOutput = { root: rootOf(message), key, content: message.content, n: message.n, body };
    return { act: 'publish', to: { ...state, cell, out: withOutput(state.out, output) } };
  }

  private tracks(state: LetterState, message: InFlight, kept: readonly LetterState[]): LetterMove[] {
    const { act, to } = this.decided(state, message);
    const what = `track, ${nameOf(message)}: ${act}`;
    const moves = kept.flatMap((base) => {
      const done = this.followUp({ ...base, cell: to.cell, out: to.out }, message, act);
      const marked = act === 'publish' ? [{ ...done, cell: markedCell(done.cell, message) }] : [];
      return [{ to: done, what }, ...marked.map((one) => ({ to: one, what: `${what}, marked` }))];
    });
    if (state.crashes > 0 && to.cell !== state.cell)
      moves.push({
        to: { ...state, cell: to.cell, crashes: state.crashes - 1, hasCrashed: true },
        what: `${what}, CRASH after the claim`,
      });
    return moves;
  }

  /** Sends what follows from a verdict. */
  private followUp(state: LetterState, message: InFlight, act: string): LetterState {
    if (rootOf(message) !== 'r') return state;
    const { n, content } = message;
    if (act === 'verify') return send(state, { is: 'with verify', n, content });
    const code = codeOf[act];
    if (!code || (act === 'duplicate' && this.scenario.countsDuplicates)) return state;
    return { ...dead(state, message, code), broken: this.misnamed(message, act) };
  }

  /** Whether a letter contradicts the rules: an answer is no copy, and what was recovered is a copy of its original. */
  private misnamed(message: InFlight, act: string): string | undefined {
    if (message.is === 'answer' && act !== 'dead-letter') return `an answer is called a ${act}`;
    const { contents, isUnnumbered } = this.scenario;
    const isRecovered = Object.values(contents).some((content) => content.isRecovered);
    const isCopy = isUnnumbered && isRecovered && message.is === 'produced' && act !== 'dead-letter';
    return isCopy ? `a copy of a recovered event is called a ${act}` : undefined;
  }

  private givesUp(state: LetterState, message: InFlight, acked: LetterState): LetterMove[] {
    if (state.giveUps === 0 || (message.is !== 'produced' && message.is !== 'replayed' && message.is !== 'answer'))
      return [];
    const { act, to } = this.decided(state, message);
    const gone = dead({ ...acked, giveUps: state.giveUps - 1 }, message, 'ERR_DELIVERY');
    const moves = [{ to: gone, what: `Pub/Sub gives up ${nameOf(message)}` }];
    if (act === 'publish')
      moves.push({
        to: { ...gone, cell: to.cell, out: to.out },
        what: `${nameOf(message)} is published, not acked, given up`,
      });
    return moves;
  }
}

function dead(state: LetterState, { n, content }: InFlight, code: Code): LetterState {
  return send({ ...state, time: state.time + 1 }, { is: 'letter', n, content, code, at: state.time });
}

function withOutput(out: readonly LetterOutput[], output: LetterOutput): readonly LetterOutput[] {
  const text = JSON.stringify(output);
  return out.some((one) => JSON.stringify(one) === text) ? out : [...out, output];
}

function nameOf({ is, n, content }: InFlight): string {
  return `${is} ${content} of replay ${n}`;
}
