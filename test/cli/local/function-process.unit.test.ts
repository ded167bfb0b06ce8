import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { FunctionProcess } from '../../../cli/local/function-process.ts';
import { freePort } from '../../../cli/local/port.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { Directory } from '../../support/command-run.ts';

const directory = new Directory();
const framework = 'node_modules/@google-cloud/functions-framework';
/** In place of the framework: a server at PORT that answers with its own process id. */
const server = `require('node:http').createServer((_, to) => to.end(String(process.pid))).listen(process.env.PORT);`;

let other: Server;
let taken: number;

beforeAll(async () => {
  const files = { [`${framework}/index.js`]: '', [`${framework}/main.js`]: server, 'functions/track/index.js': '' };
  for (const [name, text] of Object.entries(files)) {
    const file = directory.file(join('built', name));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const outfile = directory.file('built/cli/local-function.js');
  await build({ entryPoints: ['cli/local/local-function.ts'], bundle: true, platform: 'node', format: 'cjs', outfile });
});
beforeEach(async () => {
  other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  taken = (other.address() as AddressInfo).port;
});
afterEach(async () => {
  other.close();
  await once(other, 'close');
});

const start = (...ports: readonly number[]) => {
  const left = [...ports];
  const choosePort = async () => left.shift() ?? freePort();
  const served = { name: 'track' } as const;
  const options = { process: served, env: process.env, built: directory.file('built'), show: () => undefined };
  return FunctionProcess.start({ ...options, choosePort }, new AbortController().signal);
};

test('a function whose port another process takes meanwhile is started at another one', async () => {
  const started = await start(taken);
  expect(started.url).not.toContain(String(taken));
  expect(await (await fetch(started.url!)).text()).toBe(String(started.pid));
  await started.stop();
});

test('a function that finds no free port is given up, with the reason', async () => {
  const refused = start(taken, taken, taken);
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow('track did not start: it ended with code 48');
});
