import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionBuilders } from '../../functions/builders.ts';
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
    .replaceAll(/^import [^;]+;\n/gm, '')
    .split(';')
    .map((statement) => statement.trim().replaceAll(/\s+/g, ' ').replace('( ', '('))
    .filter((statement) => statement !== '');
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

it('only the handler of track creates the parts that live as long as an instance, and clean the bounds of its file', () => {
  const ofTrack = 'functions/track/handler.ts';
  expect(['GroupCommit', 'TickSender', 'SequenceBounds'].map((name) => makersOf(name).sort())).toEqual([
    [ofTrack],
    [ofTrack],
    ['cli/clean/batch-intake.ts', ofTrack],
  ]);
});

/** The adapters of ports in a folder: their file, their class, and the port. */
function adaptersIn(folder: string): (readonly [file: string, className: string, port: string])[] {
  return [...graph.keys()]
    .filter((file) => file.startsWith(`${folder}/`))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^export class (\w+) implements (\w+)/gm)].flatMap(
        ([, name = '', port = '']) => (servicePorts.includes(port) ? [[file, name, port] as const] : []),
      ),
    );
}

const servicePorts = [...readFileSync('shared/port-methods.ts', 'utf8').matchAll(/^ {2}readonly \w+: (\w+);$/gm)].map(
  ([, port = '']) => port,
);
const inMemory = adaptersIn('shared/embedded');
const onGoogleCloud = adaptersIn('shared/gcp');
const stores = inMemory.filter(([, , port]) => port !== 'Publisher');

describe('an adapter is made in one place', () => {
  it('of every port there is one in memory and one on Google Cloud, but for systems of record', () => {
    const ports = servicePorts.filter((port) => !['SystemOfRecord', 'EventList'].includes(port)).toSorted();
    expect(ports).not.toEqual([]);
    expect(inMemory.map(([, , port]) => port).toSorted()).toEqual(ports);
    expect(onGoogleCloud.map(([, , port]) => port).toSorted()).toEqual(ports);
  });

  it.each(stores)('%s', (_, className) => {
    expect(makersOf(className)).toEqual(['shared/embedded/ports.ts']);
  });

  // The soak reads what the sink holds, which no port offers.
  const others: Readonly<Record<string, readonly string[]>> = { CleanEventStore: ['test/soak/soak-result.ts'] };

  it.each(onGoogleCloud)('%s', (adapter, _, port) => {
    const importers = [...graph].filter(([, imported]) => imported.includes(adapter)).map(([file]) => file);
    const outsideOfTests = importers.filter((file) => !file.startsWith('test/') || file.startsWith('test/soak/'));
    expect(outsideOfTests.toSorted()).toEqual(['shared/gcp/openers.ts', ...(others[port] ?? [])]);
  });
});

describe('an adapter keeps the contract of its port', () => {
  const contracts = ['embedded.unit', 'firestore.emulator', 'pubsub.emulator']
    .map((name) => readFileSync(`test/contract/${name}.test.ts`, 'utf8'))
    .join('\n');

  it.each([...inMemory, ...onGoogleCloud])('%s', (_, className) => {
    expect(contracts).toContain(`new ${className}(`);
  });
});

it.each(onGoogleCloud.filter(([, className]) => className.startsWith('Firestore')))(
  '%s writes collections that are compared with those of Terraform',
  (_, className) => {
    expect(readFileSync('test/deployment/collections.emulator.test.ts', 'utf8')).toContain(`new ${className}(`);
  },
);
