import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import topology from '../shared/topology.json' with { type: 'json' };

const run = promisify(execFile);
const names = Object.keys(topology.functions);
const framework = '@google-cloud/functions-framework';

let sources: string;
/** A copy of what is built, in which a test may break what it likes. */
beforeAll(async () => {
  sources = await mkdtemp(join(tmpdir(), 'eventmend-build-'));
  for (const name of [
    'build.mjs',
    'build',
    'cli',
    'functions',
    'shared',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ])
    await cp(name, join(sources, name), { recursive: true });
  await symlink(resolve('node_modules'), join(sources, 'node_modules'));
  await build();
});
afterAll(() => rm(sources, { recursive: true }));

function build(part = 'functions', env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  return run('node', ['build.mjs', part], { cwd: sources, env: { PATH: process.env.PATH, ...env } });
}

const built = (...path: string[]): string => join(sources, 'dist', 'functions', ...path);
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Record<string, object>;

/** Which files went into a bundle, as its source map tells. */
async function sourcesOf(name: string): Promise<string> {
  return ((await json(built(name, 'index.js.map'))).sources as string[]).join('\n');
}

/** The variables with which a bundle can be loaded where nothing serves it. */
function forBuild(name: string): NodeJS.ProcessEnv {
  const hosts = { PUBSUB_EMULATOR_HOST: 'localhost:1', FIRESTORE_EMULATOR_HOST: 'localhost:1' };
  return { ...hosts, PATH: process.env.PATH, FUNCTION_TARGET: name };
}

/** The modules of libraries that an instance loads when it starts, before any delivery. */
async function loadedAtStart(name: string): Promise<readonly string[]> {
  const bundle = await readFile(built(name, 'index.js'), 'utf8');
  const file = built(name, 'telling.js');
  // How esbuild loads a CommonJS module that it has bundled.
  const load = /var __commonJS = \(cb, mod\) => function __require\d*\(\) \{/;
  expect(bundle).toMatch(load);
  await writeFile(file, bundle.replace(load, '$& if (!mod) console.log(Object.getOwnPropertyNames(cb)[0]);'));
  const { stdout } = await run('node', [file], { env: forBuild(name) });
  await rm(file);
  return stdout.split('\n');
}

async function contents(): Promise<Map<string, string>> {
  const files = await readdir(built(), { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const)));
}

describe('a build', () => {
  it('makes a folder for each function of topology.json, ready to be deployed', async () => {
    const about = ['made-from.json', 'manifest.json', 'packages.json'];
    expect((await readdir(built())).sort()).toEqual([...names, 'worker', ...about].toSorted());
    const files = ['index.js', 'index.js.map', 'package-lock.json', 'package.json'];
    for (const name of names) expect((await readdir(built(name))).sort()).toEqual([...files, 'start.js']);
    expect((await readdir(built('worker'))).sort()).toEqual(['checks.js', 'checks.js.map', ...files]);
  });

  it('describes itself, so that Terraform can refuse what was made of other sources', async () => {
    const manifest = JSON.parse(await readFile(built('manifest.json'), 'utf8')) as { sourceHash: string };
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
    expect(manifest).toEqual({
      revision: `sources-${manifest.sourceHash.slice(0, 12)}`,
      sourceHash: hash,
      // The commands of the scheduled checks. A catalog elsewhere would be here too.
      otherSources: expect.arrayContaining(['build/start-function.cjs', 'cli/scheduled-checks.ts']) as unknown,
      catalog: 'shared/catalog.ts',
      windowMs: 1_209_600_000,
      sources: {},
      sums: {},
    });
  });

  it('is followed by a bill of materials of each function, with the packages that it holds', async () => {
    await run('node', ['build/sbom.mjs'], { cwd: sources });
    const listed = async (name: string) => {
      const bill = JSON.parse(await readFile(join(sources, 'dist', 'sbom', `${name}.cdx.json`), 'utf8')) as {
        readonly components: readonly { readonly name: string }[];
      };
      return new Set(bill.components.map((component) => component.name));
    };
    const [validate, verify] = [await listed('validate'), await listed('verify')];
    for (const bundled of ['@google-cloud/pubsub', 'zod', framework, 'express']) expect(validate).toContain(bundled);
    expect(verify).toContain('stripe');
    for (const absent of ['stripe', 'esbuild', 'jest']) expect(validate).not.toContain(absent);
  });

  it('makes the same bytes from the same sources, in any folder', async () => {
    const before = await contents();
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    await cp(sources, elsewhere, { recursive: true, filter: (path) => !path.includes('/dist') });
    await run('node', ['build.mjs', 'functions'], { cwd: elsewhere });
    for (const [path, content] of before)
      expect(await readFile(path.replace(sources, elsewhere), 'latin1')).toBe(content);
    await rm(elsewhere, { recursive: true });
  });

  it('refuses functions that topology.json and functions/ do not both name, and says which', async () => {
    const file = join(sources, 'shared', 'topology.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"archive": {', '"archivist": {'));
    await expect(build()).rejects.toThrow(
      /archivist is in topology\.json, but functions\/archivist\/handler\.ts does not exist; functions\/archive\/handler\.ts exists, but archive is not in topology\.json/,
    );
    await writeFile(file, text);
  });
});

describe('a catalog with problems', () => {
  const file = () => join(sources, 'shared', 'catalog.ts');
  let catalog: string;
  beforeAll(async () => {
    catalog = await readFile(file(), 'utf8');
  });
  afterEach(() => writeFile(file(), catalog));

  it('fails the build with a list of all problems, before a file is replaced', async () => {
    const before = await contents();
    await writeFile(file(), catalog.replace('streams: {}', 'streams: { orders: { windowMs: 3_600_000, maxGap: 0 } }'));
    const failed = build();
    await expect(failed).rejects.toThrow(
      /shared\/catalog\.ts is refused:\n.*orders\.maxGap is 0.*\n.*orders\.windowMs is 3600000/,
    );
    expect(await contents()).toEqual(before);
  });

  it('fails the build if it cannot be loaded', async () => {
    await writeFile(file(), `${catalog}\nthrow new Error('no such system');\n`);
    await expect(build()).rejects.toThrow(
      /build: the catalog shared\/catalog\.ts cannot be used: shared\/catalog\.ts:\d+:7 throws Error: no such system\n$/,
    );
  });
});

describe('a bundle', () => {
  it.each(names)('of %s holds its own handler, and that of no other function', async (name) => {
    const sources = await sourcesOf(name);
    const handlers = names.filter((other) => sources.includes(`functions/${other}/handler.ts`));
    expect(handlers).toEqual([name]);
  });

  it.each([
    [
      '@google-cloud/firestore/',
      ['validate', 'track', 'sweep', 'reconstruct', 'archive', 'store', 'recheck', 'console'],
    ],
    ['@google-cloud/pubsub/', ['validate', 'track', 'verify', 'sweep', 'reconstruct', 'recheck', 'console']],
    ['functions-framework/', []],
  ])('holds %s only if its function needs it', async (library, expected) => {
    const all = await Promise.all(names.map(async (name) => ({ name, sources: await sourcesOf(name) })));
    const holders = all.filter(({ sources }) => sources.includes(library)).map(({ name }) => name);
    expect(holders).toEqual(expected);
  });

  it.each([
    ['validate', { firestore: false, pubsub: true }],
    ['track', { firestore: true, pubsub: true }],
    ['verify', { firestore: false, pubsub: true }],
    ['archive', { firestore: true, pubsub: false }],
    ['console', { firestore: true, pubsub: false }],
  ])('of %s loads, when an instance starts, the clients that every instance needs', async (name, expected) => {
    const loaded = await loadedAtStart(name);
    const has = (client: string) => loaded.some((path) => path.endsWith(`@google-cloud/${client}/build/src/index.js`));
    expect({ firestore: has('firestore'), pubsub: has('pubsub') }).toEqual(expected);
  });

  it('of the worker holds the handlers of all functions that messages are delivered to, and needs no other package', async () => {
    const sources = await sourcesOf('worker');
    const handlers = names.filter((name) => sources.includes(`functions/${name}/handler.ts`));
    expect(handlers).toEqual(names.filter((name) => name !== 'console'));
    expect(sources).not.toContain('functions-framework/');
    expect(await json(built('worker', 'package.json'))).toMatchObject({ main: 'index.js', dependencies: {} });
  });

  it('makes a compile cache when the platform builds it, if Node has one, and starts with it', async () => {
    const cache = built('archive', 'compile-cache');
    const startsWith = async () => {
      const text = `require('node:module').enableCompileCache = (folder) => console.log(folder); require('./start.js');`;
      return (await run('node', ['-e', text], { cwd: built('archive'), env: forBuild('archive') })).stdout.trim();
    };
    expect(await startsWith()).toBe('');
    await run('npm', ['run', 'gcp-build'], { cwd: built('archive') });
    expect(existsSync(cache)).toBe('enableCompileCache' in nodeModule);
    await mkdir(cache, { recursive: true });
    expect(await startsWith()).toBe(cache);
    await rm(cache, { recursive: true });
  });

  it.each(names)('of %s is installed with the framework in the versions that are tested here', async (name) => {
    const root = (await json('package-lock.json')).packages as Record<string, { version: string; dev?: boolean }>;
    const lock = await json(built(name, 'package-lock.json'));
    const packages = lock.packages as Record<string, { version: string; dependencies?: object; integrity?: string }>;
    const { version } = root[`node_modules/${framework}`]!;
    expect(await json(built(name, 'package.json'))).toMatchObject({
      type: 'commonjs',
      main: 'start.js',
      engines: { node: '>=20.19' },
      dependencies: { [framework]: version },
    });
    const { '': own, ...installed } = packages;
    expect(own!.dependencies).toEqual({ [framework]: version });
    expect(Object.keys(installed)).toEqual(
      expect.arrayContaining([`node_modules/${framework}`, 'node_modules/express']),
    );
    expect(Object.keys(installed).filter((place) => root[place]?.dev)).toEqual([]);
    for (const [place, { version, integrity }] of Object.entries(installed)) {
      expect(version).toBe(root[place]!.version);
      expect(integrity).toMatch(/^sha512-/);
    }
  });
});

describe('a catalog of one’s own', () => {
  let directory: string;
  let mine: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'eventmend-own-catalog-'));
    const text = 'export const catalog = defineCatalog({ types: { ParcelSent: { payload: z.looseObject({}) } } });';
    mine = await write('mine.ts', text);
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function write(name: string, text: string): Promise<string> {
    const file = join(directory, name);
    await writeFile(file, `import { defineCatalog, z } from 'eventmend/catalog';\n${text}`);
    return file;
  }

  it('is built without removing a file that a running process may load, not even to replace it', async () => {
    const file = built('archive', 'index.js');
    const [before, unchanged] = [await stat(file), await stat(built('store', 'package.json'))];
    const done = new AbortController();
    const building = build('functions', { EVENTMEND_CATALOG: mine }).finally(() => {
      done.abort();
    });
    let missed = 0;
    while (!done.signal.aborted) {
      if (!existsSync(file)) missed++;
      await setTimeout(1);
    }
    await building;
    expect(missed).toBe(0);
    expect((await stat(file)).ino).not.toBe(before.ino);
    expect((await stat(built('store', 'package.json'))).ino).toBe(unchanged.ino);
    expect(await readdir(sources)).not.toContainEqual(expect.stringMatching(/^\.dist/));
  });

  it('goes into every function and the command line, in place of the one of the sources, wherever it lies', async () => {
    await build('cli', { EVENTMEND_CATALOG: mine });
    for (const name of names) {
      expect(await readFile(built(name, 'index.js'), 'utf8')).toContain('ParcelSent');
      expect(await sourcesOf(name)).not.toContain('shared/catalog.ts');
    }
    const chunks = await readdir(join(sources, 'dist', 'cli'));
    const texts = await Promise.all(
      chunks.filter((name) => name.endsWith('.js')).map((name) => readFile(join(sources, 'dist', 'cli', name), 'utf8')),
    );
    expect(texts.some((one) => one.includes('ParcelSent'))).toBe(true);
  });

  it('goes into the functions of eventmend dev, apart from those that are deployed', async () => {
    const EVENTMEND_CATALOG = await write(
      'for-dev.ts',
      'export const catalog = defineCatalog({ types: { ForDev: {} } });',
    );
    await build('dev', { EVENTMEND_CATALOG });
    const ofDev = await readFile(join(sources, 'dist', 'dev', 'functions', 'track', 'index.js'), 'utf8');
    expect(ofDev).toContain('ForDev');
    expect(await readFile(built('track', 'index.js'), 'utf8')).not.toContain('ForDev');
  });

  it('that is refused fails the build with its problems, without a stack trace', async () => {
    const EVENTMEND_CATALOG = await write('wrong.ts', "export const catalog = { unknownTypes: 'strickt' };");
    const failed: unknown = await build('functions', { EVENTMEND_CATALOG }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^build: the catalog \S+wrong\.ts is refused:\n {2}- unknownTypes is "strickt"; it must be one of 'pass', 'strict'\n$/,
      ) as string,
    });
  });
});

describe('a part', () => {
  const folder = () => join(sources, 'dist', 'cli');
  const record = () => join(folder(), 'made-from.json');

  it('is made again only if a source changed, or what was made before is not all there', async () => {
    const isMadeAgain = async (): Promise<boolean> => {
      const written = await readFile(record(), 'utf8');
      // A part that is not made again keeps a record that differs in form only.
      await writeFile(record(), JSON.stringify(JSON.parse(written)));
      await build('cli');
      return (await readFile(record(), 'utf8')) !== JSON.stringify(JSON.parse(written));
    };
    await build('cli');
    const found = [await isMadeAgain()];
    await appendFile(join(sources, 'shared', 'ports.ts'), '\n// another comment\n');
    found.push(await isMadeAgain(), await isMadeAgain());
    await rm(join(folder(), 'main.js'));
    found.push(await isMadeAgain());
    await writeFile(join(folder(), 'extra.js'), '');
    expect([...found, await isMadeAgain()]).toEqual([false, true, false, true, true]);
  });
});

describe('the command line', () => {
  const program = () => join(sources, 'dist', 'cli', 'main.js');
  const isExecutable = async (path = program()) => ((await stat(path)).mode & 0o100) !== 0;

  it('is executable after each build: the first, one that changes it, and one that changes nothing', async () => {
    await build('cli');
    const found = [await isExecutable()];
    await appendFile(join(sources, 'cli', 'main.ts'), "\nconsole.log('another command line');\n");
    await build('cli');
    found.push(await isExecutable());
    await chmod(program(), 0o644);
    await build('cli');
    expect([...found, await isExecutable()]).toEqual([true, true, true]);
  });

  it('has no other executable files', async () => {
    expect(await isExecutable(`${program()}.map`)).toBe(false);
  });
});
