import type { decide } from '../../../shared/tracking/rules.ts';
import { claimOfFlight, isHeldByStore, markedCell, mayBePublished, isPublished, rootOf } from './letter-claims.ts';
import { fileModelLetter } from './letter-record.ts';
import {
  currentOf,
  type InFlight,
  type LetterMove,
  type LetterOutput,
  type LetterScenario,
  type LetterState,
  type ModelRecord,
  type OperatorStep,
  type Sender,
} from './letter-state.ts';

/** The moves from a state under some rules, which a test may replace by faulty ones. */
export class LetterMoves {
  private readonly scenario: LetterScenario;
  private readonly rules: typeof decide;

  constructor(scenario: LetterScenario, rules: typeof decide) {
    this.scenario = scenario;
    this.rules = rules;
  }

  from(state: LetterState): LetterMove[] {
    const moves = state.flying.flatMap((message, at) => this.deliveries(state, message, state.flying.toSpliced(at, 1)));
    moves.push(...state.senders.flatMap((sender, at) => this.sends(state, sender, state.senders.toSpliced(at, 1))));
    if (state.record) moves.push(...this.ticks(state, state.record), ...this.operators(state, state.record));
    return moves;
  }

  /** Each delivery may be acked, or be repeated later. */
  private deliveries(state: LetterState, message: InFlight, rest: readonly InFlight[]): LetterMove[] {
    const acked = { ...state, flying: rest };
    const again = { ...state, redeliveries: state.redeliveries - 1 };
    const kept = state.redeliveries > 0 ? [acked, again] : [acked];
    switch (message.is) {
      case 'letter':
        return kept.map((to) => ({ to: this.filed(to, message), what: `archive files ${nameOf(message)}` }));
      case 'with verify':
        return this.scenario.answers.flatMap((says) => {
          const answer: InFlight = { is: 'answer', n: message.n, content: message.content, says };
          return kept.map((to) => ({ to: send(to, answer), what: `verify says of ${message.content}: ${says}` }));
        });
      case 'replayed':
        if (!isAwaited(state.record, message.n)) return [{ to: acked, what: `track drops ${nameOf(message)}` }];
        break;
      case 'answer':
      case 'other':
      case 'produced':
    }
    return [...this.tracks(state, message, kept), ...this.givesUp(state, message, acked)];
  }

  private filed(state: LetterState, letter: InFlight & { is: 'letter' }): LetterState {
    const { record } = state;
    const isHeld = record !== undefined && isHeldByStore(this.scenario, state, currentOf(record));
    return { ...state, record: fileModelLetter(record, letter, isHeld) };
  }

  private decided(state: LetterState, message: InFlight): { readonly act: string; readonly to: LetterState } {
    const claim = claimOfFlight(this.scenario, message);
    if (!claim) return { act: 'dead-letter', to: state };
    const { cell, verdict } = this.rules(state.cell, claim);
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
        to: { ...state, cell: to.cell, crashes: state.crashes - 1 },
        what: `${what}, CRASH after the claim`,
      });
    return moves;
  }

  /** Sends what follows from a verdict. */
  private followUp(state: LetterState, message: InFlight, act: string): LetterState {
    if (rootOf(message) !== 'r') return state;
    const { n, content } = message;
    if (act === 'verify') return send(state, { is: 'with verify', n, content });
    if (act !== 'dead-letter' && act !== 'duplicate' && act !== 'conflict') return state;
    return { ...dead(state, message, act), broken: this.misnamed(message, act) };
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
    const gone = dead({ ...acked, giveUps: state.giveUps - 1 }, message, 'DELIVERY');
    const moves = [{ to: gone, what: `Pub/Sub gives up ${nameOf(message)}` }];
    if (act === 'publish')
      moves.push({
        to: { ...gone, cell: to.cell, out: to.out },
        what: `${nameOf(message)} is published, not acked, given up`,
      });
    return moves;
  }

  private sends(state: LetterState, sender: Sender, others: readonly Sender[]): LetterMove[] {
    const { n, content, replace, who } = sender;
    const { record } = state;
    const moves: LetterMove[] = [];
    if (sender.next === 'publish') {
      const senders = [...others, { ...sender, next: 'write' } as const];
      moves.push({
        to: send({ ...state, senders }, { is: 'replayed', n, content, replace }),
        what: `${who} publishes replay ${n}`,
      });
    } else {
      const isCurrent = record?.state === 'sending' && record.n === n;
      const written = isCurrent ? { ...record, state: 'sent' as const, revision: record.revision + 1 } : record;
      moves.push({ to: { ...state, senders: others, record: written }, what: `${who} writes sent` });
    }
    if (state.crashes > 0)
      moves.push({ to: { ...state, senders: others, crashes: state.crashes - 1 }, what: `CRASH of ${who}` });
    return moves;
  }

  /** The tick finishes what a crash left, and confirms what the store holds. */
  private ticks(state: LetterState, record: ModelRecord): LetterMove[] {
    const { state: is, n, revision, replace } = record;
    if (is === 'sending') {
      const sender: Sender = { who: 'the tick', next: 'publish', n, content: currentOf(record), replace };
      const senders = [...state.senders, sender];
      if (state.senders.length === 0) return [{ to: { ...state, senders }, what: 'the tick goes on' }];
      const isSlow = state.crashes > 0 && state.senders.length === 1 && state.senders[0]?.who !== 'the tick';
      return isSlow
        ? [{ to: { ...state, senders, crashes: state.crashes - 1 }, what: 'the tick overtakes a slow console' }]
        : [];
    }
    if (is !== 'sent' || !isHeldByStore(this.scenario, state, currentOf(record))) return [];
    return [
      { to: { ...state, record: { ...record, state: 'done', revision: revision + 1 } }, what: 'the tick confirms' },
    ];
  }

  private operators(state: LetterState, record: ModelRecord): LetterMove[] {
    return state.scripts.flatMap((script, k) => {
      const [step, ...later] = script;
      if (!step) return [];
      const seen = state.looks[k];
      if (seen === undefined)
        return [
          {
            to: { ...state, looks: state.looks.with(k, record.revision) },
            what: `operator ${k} looks: ${record.state}`,
          },
        ];
      const base = { ...state, looks: state.looks.with(k, undefined), scripts: state.scripts.with(k, later) };
      const mayAct = record.state === 'open' && seen === record.revision;
      const what = `operator ${k} does ${step.does}${mayAct ? '' : ': refused'}`;
      return [{ to: mayAct ? this.operated(base, record, step, `operator ${k}`) : base, what }];
    });
  }

  private operated(state: LetterState, record: ModelRecord, step: OperatorStep, who: string): LetterState {
    const revision = record.revision + 1;
    if (step.does === 'edit')
      return { ...state, record: { ...record, draft: step.to, revision, known: [...record.known, step.to] } };
    if (isHeldByStore(this.scenario, state, currentOf(record)))
      return { ...state, record: { ...record, state: 'done', revision } };
    if (step.does === 'discard') {
      if (mayBePublished(state)) return state;
      const broken = isPublished(this.scenario, state, record) ? 'discarded though it is published' : undefined;
      return { ...state, record: { ...record, state: 'discarded', revision }, broken };
    }
    const n = record.n + 1;
    const replace = step.does === 'replace';
    const sender: Sender = { who, next: 'publish', n, content: currentOf(record), replace };
    return {
      ...state,
      record: { ...record, state: 'sending', n, revision, replace },
      senders: [...state.senders, sender],
    };
  }
}

/** Track reads the record of a replay, and drops a replay that the record does not wait for. */
function isAwaited(record: ModelRecord | undefined, n: number): boolean {
  return record?.n === n && (record.state === 'sending' || record.state === 'sent');
}

function send(state: LetterState, message: InFlight): LetterState {
  const flying = [...state.flying, message].map((one) => [JSON.stringify(one), one] as const);
  return { ...state, flying: flying.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one) };
}

function dead(state: LetterState, { n, content }: InFlight, code: string): LetterState {
  return send({ ...state, time: state.time + 1 }, { is: 'letter', n, content, code, at: state.time });
}

function withOutput(out: readonly LetterOutput[], output: LetterOutput): readonly LetterOutput[] {
  const text = JSON.stringify(output);
  return out.some((one) => JSON.stringify(one) === text) ? out : [...out, output];
}

function nameOf({ is, n, content }: InFlight): string {
  return `${is} ${content} of replay ${n}`;
}
