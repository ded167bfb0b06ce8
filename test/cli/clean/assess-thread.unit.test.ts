import { symlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { z } from 'zod';
import type { BatchThread } from '../../../cli/clean/ahead.ts';
import { AssessThread } from '../../../cli/clean/assess-thread.ts';
import { cleanText, randomFile } from '../../support/cleaned-streams.ts';
import { Directory } from '../../support/command-run.ts';
import { eventually } from '../../support/eventually.ts';

const directory = new Directory();
let catalog = '';
const threads = new Map<string, AssessThread>();

beforeAll(async () => {
  const outfile = directory.file('assess-batches.mjs');
  const entryPoints = ['cli/clean/assess-batches.ts'];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile });
  const definition = resolve('test/support/random-file-catalog.ts');
  catalog = await directory.write('catalog.ts', `export { randomFileCatalog as catalog } from '${definition}';`);
  await symlink(resolve('node_modules'), directory.file('node_modules'));
  for (const source of ['events', 'machines']) threads.set(source, await begin(source));
});
afterAll(async () => {
  for (const thread of threads.values()) await thread.close();
});

async function begin(source: string, catalogFile = catalog): Promise<AssessThread> {
  const options = { catalog: catalogFile, source, stream: 'default', format: undefined, infer: 'on' } as const;
  const program = pathToFileURL(directory.file('assess-batches.mjs'));
  const thread = new AssessThread({ ...options, 'min-confidence': undefined }, program);
  await eventually('the thread is ready', () => Promise.resolve(thread.hasRoom));
  return thread;
}

/** A thread that stays for further files, and tells how many batches it has assessed. */
function staying(thread: AssessThread | undefined): BatchThread & { readonly count: () => number } {
  let assessed = 0;
  return {
    get hasRoom() {
      return thread?.hasRoom === true;
    },
    assess: async (batch) => {
      const claims = await thread?.assess(batch);
      if (claims) assessed++;
      return claims;
    },
    close: () => Promise.resolve(),
    count: () => assessed,
  };
}

const someEvents = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({ event_id: from + i, type: 'Opened', timestamp: new Date(1.7e12 + i).toISOString(), valid: true }),
  );

describe('a file whose events another thread assesses', () => {
  test('has the same clean events, letters, gaps and inferences as in one thread', async () => {
    let assessed = 0;
    await fc.assert(
      fc.asyncProperty(randomFile, async (file) => {
        const thread = staying(threads.get(file.source));
        expect(await cleanText(file, { thread })).toEqual(await cleanText(file));
        assessed += thread.count();
      }),
      { numRuns: 40 },
    );
    expect(assessed).toBeGreaterThan(0);
  });

  test('is cleaned in one thread from where the other one ends', async () => {
    const lines = [...someEvents(1, 2_000), 'no event', ...someEvents(1_990, 3_000)];
    const file = { text: lines.join('\n'), source: 'events', catalog: {} };
    const own = await begin('events');
    const thread = staying(own);
    const ending: BatchThread = {
      get hasRoom() {
        return thread.hasRoom;
      },
      assess: async (batch) => {
        const claims = await thread.assess(batch);
        if (thread.count() === 2) await own.close();
        return claims;
      },
      close: () => Promise.resolve(),
    };
    expect(await cleanText(file, { thread: ending })).toEqual(await cleanText(file));
    expect(thread.count()).toBeGreaterThanOrEqual(2);
  });

  test('ends with the error of its catalog, as in one thread', async () => {
    const fail = (): never => {
      throw new Error('the check is broken');
    };
    const broken = await directory.write(
      'broken.mjs',
      `import { z } from 'zod';
       const fail = () => { throw new Error('the check is broken'); };
       export const catalog = { types: { Opened: { payload: z.custom(fail) } } };`,
    );
    const lines = someEvents(1, 1_000).map((line) => line.replace('}', ',"data":{"a":1}}'));
    const file = {
      text: lines.join('\n'),
      source: 'events',
      catalog: { types: { Opened: { payload: z.custom(fail) } } },
    };
    const own = await begin('events', broken);
    const thread = staying(own);
    await expect(cleanText(file)).rejects.toThrow('the check is broken');
    await expect(cleanText(file, { thread })).rejects.toThrow('the check is broken');
    await eventually('the other thread has met it too', () => Promise.resolve(!own.hasRoom));
    expect(thread.count()).toBe(0);
  });
});
