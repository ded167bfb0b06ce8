import type { z } from 'zod';

type Schema = z.core.$ZodType;
type Payload = z.core.ParsePayload;
type Issue = Payload['issues'][number];

/** Most issues that a schema reports about one value. A failure's detail has room for fewer. */
export const maxIssues = 16;

const bounded = new WeakSet<Schema>();

/**
 * Makes a schema report at most {@link maxIssues} issues. zod reports each element of an array that does not fit, and each member
 * of each element: 0.6 MB of `[{},{},…]` for objects of 30 members take 12 s and 2.8 GB. It has no public option to stop.
 *
 * A schema runs its parts by `_zod.run`, which adds issues to a list that it is given. This replaces `run` of the schema and of its
 * parts: the list keeps the first issues, and once it is full, no more parts are run. Whether a value fits is not changed, because
 * an issue in a full list is never taken back.
 */
export function boundIssues<T extends Schema>(schema: T): T {
  if (bounded.has(schema)) return schema;
  bounded.add(schema);
  const internals = schema._zod;
  const { def } = internals;
  const run = internals.run.bind(internals);
  internals.run = (payload, ctx: Context) => {
    if (isLazy(internals)) boundIssues(internals.innerType);
    if (ctx.async !== false) return run(payload, ctx);
    const around = ctx[enclosing];
    if (around?.isFull === true) return payload;
    if (scalars.has(def.type)) return run(payload, ctx);
    const issues = issuesOf(payload, def.type === 'intersection' || around?.isInIntersection === true);
    payload.issues = issues;
    ctx[enclosing] = issues;
    try {
      return run(payload, ctx);
    } finally {
      ctx[enclosing] = around;
    }
  };
  for (const part of partsOf(def)) boundIssues(part);
  return schema;
}

/** Schemas that report as many issues as they have checks, at the most. */
const scalars: ReadonlySet<string> = new Set([
  'string',
  'number',
  'boolean',
  'null',
  'literal',
  'enum',
  'never',
  'undefined',
]);

/** Where zod's context of a parse, which it passes to every part, holds the issues of the value that the part belongs to. */
const enclosing = Symbol('enclosing');
type Context = Parameters<Schema['_zod']['run']>[1] & { [enclosing]?: Issues | undefined };

/** A list of issues that keeps the first ones. */
class Issues extends Array<Issue> {
  readonly isInIntersection: boolean;
  private lasting = 0;

  constructor(isInIntersection: boolean, issues: readonly Issue[]) {
    super();
    this.isInIntersection = isInIntersection;
    this.push(...issues);
  }

  /** zod maps and filters lists of issues: the results are usual arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  get isFull(): boolean {
    return this.lasting >= maxIssues;
  }

  override push(...issues: Issue[]): number {
    for (const issue of issues) {
      if (this.isInIntersection && mayBeTakenBack(issue)) super.push(issue);
      else if (!this.isFull) {
        this.lasting++;
        // Parts that were not run leave values that were not parsed, which no check of the schema's author may see.
        super.push(this.lasting === maxIssues ? Object.assign(issue, { continue: false }) : issue);
      }
    }
    return this.length;
  }
}

function issuesOf({ issues }: Payload, isInIntersection: boolean): Issues {
  return issues instanceof Issues ? issues : new Issues(isInIntersection, issues);
}

/** Tells whether an intersection may ignore an issue: a key that only one of its sides does not know. */
function mayBeTakenBack({ code, path = [] }: Issue): boolean {
  return (code === 'unrecognized_keys' && path.length === 0) || (code === 'invalid_key' && path.length === 1);
}

/** The schemas in a schema's definition. That of a lazy schema is not among them: it may not be there yet. */
function partsOf(def: object): readonly Schema[] {
  const values: readonly unknown[] = Object.values(def);
  return values.flatMap((value) =>
    isSchema(value) ? [value] : isObject(value) ? Object.values(value).filter(isSchema) : [],
  );
}

function isSchema(value: unknown): value is Schema {
  return isObject(value) && '_zod' in value && (value as Schema)._zod.traits.has('$ZodType');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isLazy(internals: Schema['_zod']): internals is z.core.$ZodLazyInternals {
  return internals.def.type === 'lazy';
}
