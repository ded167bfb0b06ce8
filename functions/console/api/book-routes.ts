import { auditAll, type StreamAudit } from '../../../shared/audit/stream-audit.ts';
import { probeStream } from '../../../shared/probe.ts';
import { rfc3339 } from '../../../shared/views/format.ts';
import { jsonResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import type { ApiRoute } from './route.ts';
import { ShortCache } from './short-cache.ts';

/** An audit reads the rows of the ledger, so its result is kept for ten minutes. */
const booksMaxAgeMs = 600_000;
const maxAuditedStreams = 20;

interface Books {
  readonly audits: readonly StreamAudit[];
  /** Whether there are streams that were not audited. */
  readonly isMore: boolean;
}

/** The address that says whether the books of streams balance. */
export function bookRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const books = new ShortCache<Books>(deps.clock, booksMaxAgeMs);
  return [
    {
      method: 'GET',
      path: '/api/books',
      role: 'viewer',
      summary: `says whether the books of the first ${maxAuditedStreams} streams balance; up to 10 min old`,
      answer: async () => {
        const { value, atMs } = await books.get('', () => auditStreams(deps));
        const { audits, isMore } = value;
        return jsonResponse({ streams: audits.map(booksView), isMore, asOf: rfc3339(atMs) });
      },
    },
  ];
}

async function auditStreams(deps: ApiDeps): Promise<Books> {
  const found = await deps.blocks.streams(maxAuditedStreams);
  const audits: StreamAudit[] = [];
  for (const stream of found?.names ?? []) {
    if (stream !== probeStream) audits.push(...(await auditAll(deps, stream)).streams);
  }
  return { audits: audits.filter(({ unnumbered }) => !unnumbered), isMore: found?.next !== undefined };
}

function booksView({ stream, difference, findings }: StreamAudit) {
  return { stream, difference, findings };
}
