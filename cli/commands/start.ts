import { once } from 'node:events';
import { userInfo } from 'node:os';
import { localCallers } from '../../shared/access.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { consoleLog } from '../local/console-log.ts';
import { keepRunning } from '../local/keep-running.ts';
import { makeConsole } from '../../functions/console/handler.ts';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { Message } from '../../shared/messages/message.ts';
import { loadStream } from '../../shared/views/load.ts';
import { catalogOption } from '../catalog-file/chosen-catalog.ts';
import { loadCatalogFile } from '../catalog-file/load-catalog-file.ts';
import { makeCommand, type Arguments, type Io } from '../command.ts';
import { startConsoleServer } from '../local/console-server.ts';
import { EmbeddedRuntime } from '../local/embedded-runtime.ts';
import { localCatalog } from '../local/local-catalog.ts';
import type { OptionDeclarations } from '../options.ts';
import { lineAttribute } from '../clean/output-line.ts';
import { sampleCatalog } from '../start/sample-catalog.ts';
import { drawPayments, paymentStream, samplePayments, SampleStripe } from '../start/sample-payments.ts';
import { sampleStream } from '../start/sample-stream.ts';
import { drawSample } from '../start/sample-report.ts';
import { portOf } from '../local/port-setting.ts';
import { summaries } from '../summaries.ts';
import { terminalOf } from '../screen/table.ts';

const options = {
  once: {
    kind: 'flag',
    help: 'print and exit; without it, the console keeps running at http://localhost:8080 (PORT in the environment)',
  },
  catalog: { ...catalogOption, help: "a catalog of your own, in place of the sample's" },
} as const satisfies OptionDeclarations;

export const start = makeCommand({
  name: 'start',
  summary: summaries.start,
  positionals: [],
  options,
  notes: ['Exit code 0: success. 1: an error. 2: wrong arguments.'],
  run: runStart,
});

/** The time between two sweeps while the sample runs, in milliseconds. Nobody waits a minute for it. */
const tickMs = 500;
/** How long before now the sample begins, in milliseconds: longer than the pipeline's clock advances meanwhile. */
const earlierMs = 30_000;

async function runStart({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const port = portOf(io);
  // The pipeline's clock advances while it runs. It starts early enough not to end in the future.
  const { catalog: file } = values;
  const catalogDefinition = file === undefined ? sampleCatalog : await loadCatalogFile(file);
  const runtime = sampleRuntime(localCatalog(catalogDefinition), Date.now() - earlierMs);
  const { clean, letters } = await runSample(runtime);
  const callers = localCallers(userInfo().username);
  const deps = runtime.consoleDeps({ clock: systemClock, log: consoleLog(io), callers });
  const stream = await loadStream(deps, 'default');
  const terminal = terminalOf(io.stdout);
  io.stdout.write(drawSample({ sent: sampleStream, clean, letters, stream }, terminal));
  if (file === undefined) io.stdout.write(drawPayments(await runPayments(runtime), terminal));
  if (values.once) return 0;

  keepRunning(runtime, io.signal);
  const server = await startConsoleServer({ console: makeConsole(deps), port });
  io.stdout.write(`  Console: ${server.url}   Ctrl-C ends it.\n`);
  if (!io.signal.aborted) await once(io.signal, 'abort');
  await server.close();
  return 0;
}

/** Makes the runtime of the sample, with a stand-in for Stripe. */
export function sampleRuntime(catalog: CatalogDefinition, startMs: number): EmbeddedRuntime {
  const stripe = new SampleStripe();
  const systems = new Map([['stripe', stripe] as const]);
  return new EmbeddedRuntime({ catalog, startMs, systems, lists: systems, tickMs });
}

/** Publishes the payments, lets them run until nothing changes, and collects the clean ones. */
export async function runPayments(runtime: EmbeddedRuntime): Promise<readonly Message[]> {
  const clean: Message[] = [];
  runtime.pubsub.listen('cleaned-events', 'sample-payments', (event) => {
    if (event.attributes.stream === paymentStream) clean.push(event);
    return Promise.resolve();
  });
  for (const payment of samplePayments)
    await runtime.publish({ data: Buffer.from(payment), attributes: { stream: paymentStream } });
  await runtime.drain();
  await runtime.sweepUntilQuiet();
  return clean;
}

/** Publishes the sample, lets it run until nothing changes, and collects what comes out. */
export async function runSample(
  runtime: EmbeddedRuntime,
): Promise<{ clean: readonly Message[]; letters: readonly Message[] }> {
  const clean: Message[] = [];
  const letters: Message[] = [];
  runtime.pubsub.listen('cleaned-events', 'sample-clean', (event) => {
    clean.push(event);
    return Promise.resolve();
  });
  runtime.pubsub.listen('dead-letter-queue', 'sample-letters', (letter) => {
    letters.push(letter);
    return Promise.resolve();
  });
  for (const [i, event] of sampleStream.entries()) {
    await runtime.publish({ data: Buffer.from(event), attributes: { [lineAttribute]: String(i + 1) } });
  }
  await runtime.drain();
  await runtime.sweepUntilQuiet();
  return { clean, letters };
}
