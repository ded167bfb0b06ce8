import { drawAudit } from '../audit/report.ts';
import { auditAll, isInOrder, type Audit } from '../../shared/audit/stream-audit.ts';
import { catalogOption, chooseCatalog } from '../catalog-file/chosen-catalog.ts';
import { makeCommand, write, type Arguments, type Io } from '../command.ts';
import { checkStream, connectionOf, onlyStreamOption } from '../connection.ts';
import { checkKnownStream } from '../known-stream.ts';
import type { OptionDeclarations } from '../options.ts';
import { loadReconciliations, type ReconciliationView } from '../../shared/views/reconciliation-view.ts';
import { comparisonLines } from '../screen/comparison-lines.ts';
import { withStores, type KeyedStores } from '../stores.ts';
import { summaries } from '../summaries.ts';
import { terminalOf } from '../screen/table.ts';

const options = {
  stream: onlyStreamOption,
  deep: { kind: 'flag', help: 'count the entries of every block instead of trusting its totals' },
  catalog: catalogOption,
  json: { kind: 'flag', help: 'print one JSON object, and nothing else' },
} as const satisfies OptionDeclarations;

export const audit = makeCommand({
  name: 'audit',
  summary: summaries.audit,
  positionals: [],
  options,
  notes: [
    'Reads the Firestore emulator at FIRESTORE_EMULATOR_HOST, or else Firestore of the project GOOGLE_CLOUD_PROJECT.',
    'Exit code 0: the books of every stream are in order. 1: those of a stream are not, there is no such stream, or an error. 2: wrong arguments.',
  ],
  run: runAudit,
});

/** The audits of streams, and how far streams were compared with lists of systems of record. */
interface Books extends Audit {
  readonly comparisons: readonly ReconciliationView[];
  readonly nowMs: number;
}

async function runAudit({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const { stream, deep: isDeep, catalog } = values;
  if (stream !== undefined) checkStream(stream);
  const look = async (stores: KeyedStores): Promise<Books> => {
    const found = await auditAll(stores, stream, isDeep);
    // Not before: the audit also reads a stream whose last block is unreadable.
    if (found.streams.length === 0) await checkKnownStream(stores, stream);
    return {
      ...found,
      comparisons: await loadReconciliations(stores, stream),
      nowMs: stores.clock.now(),
    };
  };
  const chosen = await chooseCatalog(catalog, io);
  const found = await withStores(connectionOf(io, 'FIRESTORE_EMULATOR_HOST'), chosen, look);
  const { nowMs, ...books } = found;
  const drawn = drawAudit(books, terminalOf(io.stdout)) + comparisonLines(books.comparisons, nowMs);
  await write(io.stdout, values.json ? json(books) : drawn);
  return found.streams.every(isInOrder) ? 0 : 1;
}

function json({ streams, openLetters, ...rest }: Omit<Books, 'nowMs'>): string {
  return `${JSON.stringify({ streams, ...rest, openLetters: Object.fromEntries(openLetters) })}\n`;
}
