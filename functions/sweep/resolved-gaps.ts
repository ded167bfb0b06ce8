import { z } from 'zod';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { letterRootOf } from '../../shared/gaps/unrecoverable.ts';
import type { GapLedger } from '../../shared/ports.ts';

const bodySchema = z.object({ stream: z.string(), from: z.number(), to: z.number() });

/**
 * Whether the ledger has resolved every gap that a letter lists: their events, or voids, came after all. A row of the
 * ledger names its letter. It ends at the first row that is still given up.
 */
export async function areGapsResolved(
  ledger: Pick<GapLedger, 'within'>,
  { root, message }: Pick<DeadLetter, 'root' | 'message'>,
): Promise<boolean> {
  const body = bodySchema.safeParse(JSON.parse(Buffer.from(message.data).toString())).data;
  if (!body) return false;
  const { stream, from, to } = body;
  let hasRow = false;
  for await (const { gaps } of ledger.within(stream, { from, to })) {
    for (const { value: gap } of gaps.filter((row) => isListed(row.value, root))) {
      if (gap.state === 'abandoned') return false;
      hasRow = true;
    }
  }
  return hasRow;
}

function isListed(gap: Gap, root: string): boolean {
  return gap.letterFrom !== undefined && letterRootOf(gap) === root;
}
