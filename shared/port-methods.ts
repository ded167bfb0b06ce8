import type { AuditTrail, JobStore, LetterIndex } from './letter-ports.ts';
import type { AnomalyStore, CleanEventStore } from './event-ports.ts';
import type {
  BlockStore,
  DeadLetterStore,
  EventList,
  GapLedger,
  Publisher,
  ReconciliationStore,
  SystemOfRecord,
  UuidKeys,
} from './ports.ts';

/** The ports of services. Their calls take time and can fail. */
export interface ServicePorts {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly letters: DeadLetterStore;
  readonly letterIndex: LetterIndex;
  readonly auditTrail: AuditTrail;
  readonly jobs: JobStore;
  readonly events: CleanEventStore;
  readonly anomalies: AnomalyStore;
  readonly keys: UuidKeys;
  readonly reconciliations: ReconciliationStore;
  readonly system: SystemOfRecord;
  readonly list: EventList;
}

export type PortName = keyof ServicePorts;

/** The kind of a method's result: a promise, or an async iterable of items. */
export type AnswerKind = 'promise' | 'items';

type AnswerKindOf<Method> = Method extends (...args: never[]) => PromiseLike<unknown>
  ? 'promise'
  : Method extends (...args: never[]) => AsyncIterable<unknown>
    ? 'items'
    : never;

/** The asynchronous methods of a port, with the kind of their results. */
type AnswerKinds<Port> = {
  readonly [M in keyof Port as AnswerKindOf<Port[M]> extends never ? never : M]: AnswerKindOf<Port[M]>;
};

/** The names of the asynchronous methods of a port. */
export type MethodOf<Port> = keyof AnswerKinds<Port>;

/**
 * Every method of every port, for code that wraps ports. The compiler compares this table with the ports, so a change
 * of a port is an error here.
 */
export const portMethods = {
  publisher: { publish: 'promise' },
  blocks: {
    read: 'promise',
    write: 'promise',
    scan: 'items',
    first: 'promise',
    last: 'promise',
    lastBucket: 'promise',
    below: 'promise',
    writtenSince: 'items',
    totals: 'promise',
    eventTotals: 'promise',
    unpublished: 'promise',
    unsettled: 'promise',
    revisions: 'promise',
    streams: 'promise',
  },
  ledger: {
    progress: 'promise',
    saveProgress: 'promise',
    unresolved: 'promise',
    untold: 'promise',
    countUnresolved: 'promise',
    find: 'promise',
    save: 'promise',
    overlapping: 'promise',
    within: 'items',
    list: 'promise',
    lateAnswers: 'promise',
  },
  letters: {
    find: 'promise',
    head: 'promise',
    due: 'promise',
    postpone: 'promise',
    save: 'promise',
    ids: 'promise',
    list: 'promise',
    openByCode: 'promise',
    about: 'promise',
    keep: 'promise',
    kept: 'promise',
  },
  letterIndex: { find: 'promise', count: 'promise', oldest: 'promise', reasons: 'promise' },
  auditTrail: { note: 'promise', latest: 'promise', since: 'promise' },
  jobs: {
    find: 'promise',
    save: 'promise',
    list: 'promise',
    findPart: 'promise',
    planPart: 'promise',
    saveResults: 'promise',
  },
  events: {
    put: 'promise',
    bury: 'promise',
    event: 'promise',
    ofId: 'promise',
    within: 'items',
    all: 'items',
    erase: 'promise',
  },
  anomalies: { file: 'promise', latest: 'promise' },
  keys: { claim: 'promise', holder: 'promise' },
  reconciliations: { find: 'promise', save: 'promise' },
  system: { look: 'promise' },
  list: { page: 'promise' },
} as const satisfies { readonly [P in PortName]: AnswerKinds<ServicePorts[P]> };

/** The name of a port and its method. */
export type PortMethod = { [P in PortName]: `${P}.${MethodOf<ServicePorts[P]>}` }[PortName];

/** The names of all methods in the table. */
export const portMethodNames: readonly PortMethod[] = Object.entries(portMethods).flatMap(([port, methods]) =>
  Object.keys(methods).map((method) => `${port}.${method}` as PortMethod),
);
