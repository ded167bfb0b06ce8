import { currentMessage, type DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import type { ArrivedLetter } from '../../../shared/dead-letter/arrived-letter.ts';
import type { ChangeResult, ActingOperator } from '../../../shared/dead-letter/operator-change.ts';
import { isPublished } from './letter-claims.ts';
import type { LetterFunctions } from './letter-functions.ts';
import {
  currentOf,
  send,
  type InFlight,
  type LetterMove,
  type LetterScenario,
  type LetterState,
  type Look,
  type OperatorStep,
  type Sender,
} from './letter-state.ts';

/** Time stands still, but letters fail one after the other. */
const actor = { by: '', nowMs: 0, retentionMs: 1 };

/** The moves that change the record: of archive, of whoever sends a replay, of the tick, and of operators. */
export class RecordMoves {
  private readonly scenario: LetterScenario;
  private readonly functions: LetterFunctions;

  constructor(scenario: LetterScenario, functions: LetterFunctions) {
    this.scenario = scenario;
    this.functions = functions;
  }

  from(state: LetterState): LetterMove[] {
    const { senders, record } = state;
    const moves = senders.flatMap((sender, at) => this.sends(state, sender, senders.toSpliced(at, 1)));
    if (record) moves.push(...this.ticks(state, record), ...this.expires(state, record), ...this.acts(state, record));
    return moves;
  }

  /** The state after archive has filed a letter. */
  filed(state: LetterState, letter: InFlight & { is: 'letter' }): LetterState {
    const { record } = state;
    const holds = record && this.isHeld(state, record) ? ('published' as const) : undefined;
    const filed = this.functions.fileInRecord(record, arrived(letter), { ...actor, holds });
    const next = saved(state, filed);
    if (record) return { ...next, broken: next.broken ?? falseAlarm(record, filed, letter) };
    return state.hasExpired ? { ...next, broken: 'a letter came after its record had expired' } : next;
  }

  private isHeld(state: LetterState, record: DeadLetter): boolean {
    return this.functions.isHeldByStore(this.scenario, state, currentOf(record));
  }

  private sends(state: LetterState, sender: Sender, others: readonly Sender[]): LetterMove[] {
    const { record } = state;
    const moves: LetterMove[] = [];
    if (sender.next === 'publish') moves.push(this.publishes(state, sender, others));
    else
      moves.push({
        to: saved({ ...state, senders: others }, record && this.functions.markSent(record, sender.n, actor)),
        what: `${sender.who} writes sent`,
      });
    if (state.crashes > 0)
      moves.push({
        to: { ...state, senders: others, crashes: state.crashes - 1, hasCrashed: true },
        what: `CRASH of ${sender.who}`,
      });
    return moves;
  }

  private publishes(state: LetterState, sender: Sender, others: readonly Sender[]): LetterMove {
    const { n, content, replace, who } = sender;
    const { published, hasCrashed, record } = state;
    const senders = [...others, { ...sender, next: 'write' } as const];
    const isOther =
      record?.standing.state === 'sending' && record.replay === n && record.standing.replay.replace !== replace;
    const isTwice = published.includes(n) && !hasCrashed;
    const broken = isOther
      ? 'a replay is sent again as another message'
      : isTwice
        ? 'published twice without a crash'
        : undefined;
    const next = { ...state, senders, published: published.includes(n) ? published : [...published, n], broken };
    return { to: send(next, { is: 'replayed', n, content, replace }), what: `${who} publishes replay ${n}` };
  }

  /** The tick finishes what a crash left, and confirms what the store holds. */
  private ticks(state: LetterState, record: DeadLetter): LetterMove[] {
    const { standing, replay: n } = record;
    if (standing.state === 'sending') return this.finishes(state, record, standing.replay);
    if (standing.state !== 'sent' || !this.isHeld(state, record)) return [];
    return [
      { to: saved(state, this.functions.settle(record, 'published', actor)), what: `the tick confirms replay ${n}` },
    ];
  }

  private finishes(
    state: LetterState,
    record: DeadLetter,
    decided: Parameters<LetterFunctions['resent']>[0],
  ): LetterMove[] {
    if (!this.functions.ticks) return [];
    const { replace } = this.functions.resent(decided);
    const sender: Sender = { who: 'the tick', next: 'publish', n: record.replay, content: currentOf(record), replace };
    const senders = [...state.senders, sender];
    if (state.senders.length === 0) return [{ to: { ...state, senders }, what: 'the tick goes on' }];
    const isSlow = state.crashes > 0 && state.senders.length === 1 && state.senders[0]?.who !== 'the tick';
    const overtaken = { ...state, senders, crashes: state.crashes - 1, hasCrashed: true };
    return isSlow ? [{ to: overtaken, what: 'the tick overtakes a slow console' }] : [];
  }

  private expires(state: LetterState, { standing }: DeadLetter): LetterMove[] {
    const isQuiet = state.flying.length === 0 && state.senders.length === 0;
    const mayExpire = this.scenario.expires && 'expireAtMs' in standing && (isQuiet || !this.functions.outlives);
    return mayExpire ? [{ to: { ...state, record: undefined, hasExpired: true }, what: 'the record expires' }] : [];
  }

  /** Each operator looks, and then acts on what was seen. */
  private acts(state: LetterState, record: DeadLetter): LetterMove[] {
    return state.scripts.flatMap((script, k) => {
      const [step, ...later] = script;
      if (!step) return [];
      const seen = state.looks[k];
      if (seen === undefined) {
        const look = { revision: record.revision, content: currentOf(record) };
        return [
          { to: { ...state, looks: state.looks.with(k, look) }, what: `operator ${k} looks: ${record.standing.state}` },
        ];
      }
      const base = { ...state, looks: state.looks.with(k, undefined), scripts: state.scripts.with(k, later) };
      const to = this.acted(base, record, step, seen, `operator ${k}`);
      return [{ to, what: `operator ${k} does ${step.does}${to.record === record ? ': refused' : ''}` }];
    });
  }

  private acted(base: LetterState, record: DeadLetter, step: OperatorStep, seen: Look, who: string): LetterState {
    const { functions, scenario } = this;
    const operator: ActingOperator = { ...actor, revision: seen.revision };
    const content = currentOf(record);
    if (step.does === 'edit') {
      const draft = { data: Buffer.from(step.to), attributes: {} };
      return accepted(base, functions.editDraft(record, draft, step.to, operator), () =>
        seen.content === content ? undefined : 'an edit overwrote one that its author had not seen',
      );
    }
    if (step.does === 'reopen')
      return accepted(base, functions.reopen(record, '', operator), () =>
        record.erasedAtMs === undefined ? undefined : 'an operator opened what was erased',
      );
    if (step.does === 'erase') return this.erased(base, record);
    const isSeen = record.standing.state === 'open' && seen.revision === record.revision;
    if (isSeen && functions.asksBefore(scenario, base, content))
      return saved(base, functions.settle(record, 'published', actor));
    if (step.does === 'discard') {
      if (functions.mayBePublished(base)) return base;
      return accepted(base, functions.discard(record, '', { ...actor, ...operator }), () =>
        record.standing.state !== 'open'
          ? 'discarded while a replay is under way'
          : isPublished(scenario, base, record)
            ? 'discarded though it is published'
            : undefined,
      );
    }
    const replace = step.does === 'replace';
    const to = accepted(base, functions.decideReplay(record, { replace, content, entry: undefined }, operator), () =>
      seen.content === content ? undefined : 'an operator replayed what he had not seen',
    );
    if (to.record === record || !to.record) return to;
    const sender: Sender = { who, next: 'publish', n: to.record.replay, content, replace };
    return { ...to, senders: [...to.senders, sender] };
  }

  /** Somebody erases the content, whatever the record was when somebody looked. */
  private erased(base: LetterState, record: DeadLetter): LetterState {
    const { functions, scenario } = this;
    const { state } = record.standing;
    const isHeld = functions.asksBefore(scenario, base, currentOf(record));
    const isSettled = state === 'done' || state === 'discarded';
    if (!isSettled && !isHeld && functions.mayBePublished(base)) return base;
    const erasure = { ...actor, note: '', holds: isHeld ? ('published' as const) : undefined };
    return accepted(base, withItsContent(record, functions.eraseLetter(record, erasure)), () =>
      state === 'open' && !isHeld && isPublished(scenario, base, record)
        ? 'discarded though it is published'
        : !isSettled && state !== 'open' && !isHeld
          ? 'discarded while a replay is under way'
          : undefined,
    );
  }
}

/** An erased record with the content that it had, from which the laws tell what it was about. */
function withItsContent(record: DeadLetter, result: ChangeResult): ChangeResult {
  return result.refusal === undefined ? { record: { ...result.record, message: currentMessage(record) } } : result;
}

function accepted(
  base: LetterState,
  result: ChangeResult,
  law: () => string | undefined = () => undefined,
): LetterState {
  if (result.refusal !== undefined) return base;
  const broken = law();
  return { ...saved(base, result.record), ...(broken === undefined ? {} : { broken }) };
}

/** The state with a changed record. Checks the history, and leaves it out, so that the same records are one state. */
function saved(state: LetterState, record: DeadLetter | undefined): LetterState {
  if (record === state.record || !record) return state;
  const broken = record.history.length === 1 ? undefined : 'a change without an entry in the history';
  return { ...state, record: { ...record, history: [], messageIds: record.messageIds.toSorted() }, broken };
}

/** The law that a filing breaks. */
function falseAlarm(before: DeadLetter, after: DeadLetter, letter: InFlight & { is: 'letter' }): string | undefined {
  const isKnown = before.known.includes(letter.content);
  if (before.erasedAtMs !== undefined && after.erasedAtMs === undefined && isKnown)
    return 'a letter brought back what was erased';
  if (before.draft !== after.draft || before.message !== after.message)
    return before.erasedAtMs === undefined ? 'a letter changed the message' : undefined;
  if (letter.n < before.replay && after.standing !== before.standing)
    return 'a letter of an earlier replay changed the state';
  if (after.standing.state !== 'open' || letter.n > before.replay) return undefined;
  if (before.standing.state === 'done') return 'a letter reopened what was done';
  const isCopy = before.standing.state === 'discarded' && isKnown;
  return isCopy ? 'a copy reopened a discarded letter' : undefined;
}

/** A letter as archive reads it. In the model a content is its own digest. */
export function arrived({ n, content, code, at }: InFlight & { is: 'letter' }): ArrivedLetter {
  const unknown = { source: undefined, stream: undefined, type: undefined, eventId: undefined };
  return {
    ...unknown,
    id: 'r',
    root: 'r',
    failure: { code, stage: 'track', detail: '' },
    failedAtMs: at,
    replay: n,
    messageId: `${code} ${n} ${at}`,
    message: { data: Buffer.from(content), attributes: {} },
    content,
  };
}
