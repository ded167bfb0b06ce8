import type {
  BlockStore,
  CleanEventStore,
  DeadLetterStore,
  GapLedger,
  Publisher,
  SystemOfRecord,
  UuidKeys,
} from './ports.ts';

/** The ports with a service behind them: their calls take time, and can fail. */
export interface ServicePorts {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly letters: DeadLetterStore;
  readonly events: CleanEventStore;
  readonly keys: UuidKeys;
  readonly system: SystemOfRecord;
}

export type PortName = keyof ServicePorts;

/** How a method answers: by one promise, or by items that are awaited one by one. */
export type AnswerKind = 'promise' | 'items';

type AnswerKindOf<Method> = Method extends (...args: never[]) => PromiseLike<unknown>
  ? 'promise'
  : Method extends (...args: never[]) => AsyncIterable<unknown>
    ? 'items'
    : never;

/** The methods of a port whose answer is awaited, and how each answers. */
type AnswerKinds<Port> = {
  readonly [M in keyof Port as AnswerKindOf<Port[M]> extends never ? never : M]: AnswerKindOf<Port[M]>;
};

/** The names of the methods of a port whose answer is awaited. */
export type MethodOf<Port> = keyof AnswerKinds<Port>;

/**
 * Every method of every port, for code that wraps ports. The compiler compares this table with the ports: a method that is added,
 * renamed or removed there is an error here.
 */
export const portMethods = {
  publisher: { publish: 'promise' },
  blocks: {
    read: 'promise',
    write: 'promise',
    scan: 'items',
    first: 'promise',
    last: 'promise',
    totals: 'promise',
    unpublished: 'promise',
    streams: 'promise',
  },
  ledger: {
    progress: 'promise',
    saveProgress: 'promise',
    unresolved: 'promise',
    countUnresolved: 'promise',
    find: 'promise',
    save: 'promise',
    overlapping: 'promise',
    list: 'promise',
  },
  letters: {
    find: 'promise',
    save: 'promise',
    list: 'promise',
    openByCode: 'promise',
    about: 'promise',
    keep: 'promise',
    kept: 'promise',
  },
  events: { put: 'promise', bury: 'promise' },
  keys: { claim: 'promise' },
  system: { check: 'promise' },
} as const satisfies { readonly [P in PortName]: AnswerKinds<ServicePorts[P]> };

/** The name of a method together with its port. */
export type PortMethod = { [P in PortName]: `${P}.${MethodOf<ServicePorts[P]>}` }[PortName];

/** The names of all methods in the table. */
export const portMethodNames: readonly PortMethod[] = Object.entries(portMethods).flatMap(([port, methods]) =>
  Object.keys(methods).map((method) => `${port}.${method}` as PortMethod),
);
