import { auditAll } from '../../../shared/audit/stream-audit.ts';
import { probeStream } from '../../../shared/probe.ts';
import type { StreamBooks } from '../../../shared/views/health.ts';
import type { ApiDeps } from './deps.ts';
import { ShortCache } from './short-cache.ts';

/** An audit reads the rows of the ledger, so its result is kept for ten minutes. */
const booksMaxAgeMs = 600_000;
/** The streams that are audited: the first ones by name. */
export const maxAuditedStreams = 20;

/** Whether the books of streams balance. */
export interface Books {
  readonly streams: readonly StreamBooks[];
  /** Whether there are streams that were not audited. */
  readonly isMore: boolean;
}

/** Audits the streams, and keeps the result. */
export class KeptBooks {
  private readonly deps: ApiDeps;
  private readonly cache: ShortCache<Books>;
  private last: Books | undefined;

  constructor(deps: ApiDeps) {
    this.deps = deps;
    this.cache = new ShortCache(deps.clock, booksMaxAgeMs);
  }

  async get(): Promise<{ readonly value: Books; readonly atMs: number }> {
    const found = await this.cache.get('', () => auditStreams(this.deps));
    this.last = found.value;
    return found;
  }

  /** Returns the result of the last audit. Undefined before the first one. It costs nothing. */
  latest(): Books | undefined {
    return this.last;
  }
}

async function auditStreams(deps: ApiDeps): Promise<Books> {
  const found = await deps.blocks.streams(maxAuditedStreams);
  const streams: StreamBooks[] = [];
  for (const name of found?.names ?? []) {
    if (name === probeStream) continue;
    const numbered = (await auditAll(deps, name)).streams.filter(({ unnumbered }) => !unnumbered);
    streams.push(...numbered.map(({ stream, difference, findings }) => ({ stream, difference, findings })));
  }
  return { streams, isMore: found?.next !== undefined };
}
