import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionBuilders } from '../../cli/local/embedded-functions.ts';
import topology from '../../shared/topology.json' with { type: 'json' };
import { readImportGraph } from './import-graph.ts';

/* A function is the same function in the cloud, in the embedded runtime, in the simulator and in the soak, since all use one assembly. */

const graph = readImportGraph(['shared', 'functions', 'cli', 'test']);
const functionNames = Object.keys(topology.functions);

/** The files that make something with `new`, but for tests of it alone. */
function makersOf(className: string): string[] {
  return [...graph.keys()]
    .filter((file) => !file.startsWith('test/') || /^test\/(simulation|soak)\/(?!.*\.test\.ts)/.test(file))
    .filter((file) => readFileSync(file, 'utf8').includes(`new ${className}(`));
}

it.each(functionNames)('%s is started by one line, which names its handler and its services', (name) => {
  const [make, ...more] = Object.values<unknown>(
    jest.requireActual<Record<string, unknown>>(`../../functions/${name}/handler.ts`),
  ).filter((exported) => typeof exported === 'function');
  const statements = readFileSync(join('functions', name, 'index.ts'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('import '));
  expect(more).toEqual([]);
  expect(statements).toEqual([expect.stringContaining(`startFunction('${name}', ${(make as () => void).name}, {`)]);
});

it.each(Object.entries(functionBuilders))(
  'the embedded runtime and the simulator make %s as its index.ts does',
  (name, make) => {
    expect(readFileSync(join('functions', name, 'index.ts'), 'utf8')).toContain(
      `import { ${make.name} } from './handler.ts'`,
    );
    expect(jest.requireActual<Record<string, unknown>>(`../../functions/${name}/handler.ts`)[make.name]).toBe(make);
  },
);

it('only the handler of track creates the parts that live as long as an instance', () => {
  expect(['GroupCommit', 'SequenceBounds', 'TickSender'].map(makersOf)).toEqual(
    Array.from({ length: 3 }, () => ['functions/track/handler.ts']),
  );
});

describe('an adapter is made in one place', () => {
  it.each(['BlockStore', 'GapLedger', 'DeadLetterStore', 'UuidKeys', 'CleanEventStore'])('of %s, in memory', (port) => {
    expect(makersOf(`Embedded${port}`)).toEqual(['shared/embedded/ports.ts']);
  });

  it.each([
    ['shared/gcp/block-store.ts'],
    ['shared/gcp/gap-ledger.ts'],
    ['shared/gcp/dead-letter-store.ts'],
    ['shared/gcp/uuid-keys.ts'],
    ['shared/gcp/publisher.ts'],
    // The soak reads what the sink holds, which no port offers.
    ['shared/gcp/clean-event-store.ts', 'test/soak/soak-result.ts'],
  ])('of %s, on Google Cloud', (adapter, ...others) => {
    const importers = [...graph].filter(([, imported]) => imported.includes(adapter)).map(([file]) => file);
    const outsideOfTests = importers.filter((file) => !file.startsWith('test/') || file.startsWith('test/soak/'));
    expect(outsideOfTests.toSorted()).toEqual(['shared/gcp/openers.ts', ...others]);
  });
});
