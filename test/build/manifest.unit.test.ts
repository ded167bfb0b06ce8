import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
let checkout: string;

interface Manifest {
  readonly revision: string;
  readonly sourceHash: string;
  readonly otherSources: readonly string[];
}

async function manifest(env: NodeJS.ProcessEnv = {}, catalog = 'shared/catalog.ts'): Promise<Manifest> {
  const inputs = ['functions/track/handler.ts', 'node_modules/zod/index.js', 'browser-assets:browser-assets', catalog];
  const described = JSON.stringify({ inputs, catalog, sources: {}, sums: {}, windowMs: 1 });
  const script = `import('./build/manifest.mjs').then(({ manifestOf }) => console.log(JSON.stringify(manifestOf(${described}))))`;
  const { stdout } = await run('node', ['-e', script], { cwd: checkout, env: { PATH: process.env.PATH, ...env } });
  return JSON.parse(stdout) as Manifest;
}

async function git(...args: string[]): Promise<string> {
  const author = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com'];
  return (await run('git', [...author, ...args], { cwd: checkout })).stdout.trim();
}

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'eventmend-manifest-'));
  for (const folder of ['build', 'functions/track', 'shared']) await mkdir(join(checkout, folder), { recursive: true });
  await cp('build/manifest.mjs', join(checkout, 'build/manifest.mjs'));
  for (const file of ['package-lock.json', 'shared/topology.json', 'functions/track/handler.ts', 'README.md'])
    await writeFile(join(checkout, file), '{}');
});
afterEach(() => rm(checkout, { recursive: true }));

test('the revision is the last commit that changed what functions are made of', async () => {
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'a function');
  const commit = (await git('rev-parse', 'HEAD')).slice(0, 12);
  expect((await manifest()).revision).toBe(commit);

  await writeFile(join(checkout, 'README.md'), 'Read me.');
  await git('commit', '--quiet', '--all', '--message', 'a document');
  expect((await manifest()).revision).toBe(commit);

  await writeFile(join(checkout, 'functions/track/handler.ts'), '{ }');
  expect((await manifest()).revision).toBe(`${commit}-changed`);
});

test('outside a checkout the revision is given, or else follows from the sources', async () => {
  const { revision, sourceHash } = await manifest();
  expect(revision).toBe(`sources-${sourceHash.slice(0, 12)}`);
  expect((await manifest({ EVENTMEND_REVISION: 'v1-2-3' })).revision).toBe('v1-2-3');
  await expect(manifest({ EVENTMEND_REVISION: 'V 1.2.3' })).rejects.toThrow(/EVENTMEND_REVISION is V 1\.2\.3; it has/);
});

test('each change of a file of the sources changes their hash, and a document does not', async () => {
  const before = await manifest();
  await writeFile(join(checkout, 'README.md'), 'Read me.');
  expect(await manifest()).toEqual(before);
  await writeFile(join(checkout, 'shared/place.ts'), '');
  const added = await manifest();
  expect(added.sourceHash).not.toBe(before.sourceHash);
});

test('a catalog elsewhere is a source too', async () => {
  await writeFile(join(checkout, 'my-catalog.ts'), '');
  const before = await manifest({}, 'my-catalog.ts');
  expect(before.otherSources).toEqual(['my-catalog.ts']);
  await writeFile(join(checkout, 'my-catalog.ts'), 'export {};');
  expect((await manifest({}, 'my-catalog.ts')).sourceHash).not.toBe(before.sourceHash);

  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'a catalog');
  const commit = (await git('rev-parse', 'HEAD')).slice(0, 12);
  await writeFile(join(checkout, 'my-catalog.ts'), '');
  expect((await manifest({}, 'my-catalog.ts')).revision).toBe(`${commit}-changed`);
  expect((await manifest()).revision).toBe(commit);
});
