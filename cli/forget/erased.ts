import type { ConsoleClient } from '../console/console-client.ts';

/** Something that is about a person, or may be, as the API answers it. */
export interface ShownFind {
  readonly kind: 'letter' | 'event';
  readonly id: string;
  readonly stream?: string;
  readonly eventId?: number;
  readonly result: 'found' | 'erased' | 'waits' | 'unreadable';
}

/** The result of a run, as --json prints it. */
export interface ErasureReport {
  readonly found: readonly ShownFind[];
  /** The number of letters and of clean events that were looked at. */
  readonly letters: number;
  readonly events: number;
  /** The condition on the rows of BigQuery. Absent if the criterion is an entity, and the catalog names none. */
  readonly condition?: string;
}

interface ErasureAnswer extends ErasureReport {
  readonly next?: string;
}

/**
 * Calls the console until it has looked at everything.
 *
 * @param onAnswer Receives what was done by each call, with the position at which a run can go on behind it.
 */
export async function eraseAll(
  client: ConsoleClient,
  request: Readonly<Record<string, unknown>>,
  onAnswer: (answer: ErasureAnswer) => Promise<void>,
): Promise<ErasureReport> {
  let whole: ErasureReport = { found: [], letters: 0, events: 0 };
  let { cursor } = request;
  do {
    const body = { ...request, cursor };
    const { json } = await client.change({ method: 'POST', path: '/api/erase', body });
    const answer = json as unknown as ErasureAnswer;
    await onAnswer(answer);
    const { found, letters, events, condition, next } = answer;
    whole = {
      found: [...whole.found, ...found],
      letters: whole.letters + letters,
      events: whole.events + events,
      ...(condition !== undefined && { condition }),
    };
    cursor = next;
  } while (cursor !== undefined);
  return whole;
}

/** Returns the statement that deletes the rows of a person. BigQuery cannot delete rows that were written a short time ago. */
export function deleteStatement(table: string, { condition }: Pick<ErasureReport, 'condition'>): string {
  if (condition === undefined) return `  ${table}: the catalog names no entity, so no row can be about one\n`;
  return [
    `  Run this now, and again in two hours: rows of the last 90 minutes cannot be deleted yet.`,
    '',
    `DELETE FROM \`${table}\``,
    'WHERE publish_time < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 MINUTE)',
    `  AND ${condition};`,
    '',
  ].join('\n');
}
