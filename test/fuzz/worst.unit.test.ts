import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** The most expensive shapes of each kind. `npm run fuzz` tries all known shapes, at full size. */
const worstOfEachKind = [
  'ones',
  'arrays in each other',
  'objects in each other, with a long name',
  'empty objects',
  'small objects, each with a name of its own',
  'members in no order that differ late, beside an exact number',
  'objects that name each member twice, beside an exact number',
  'strings with an escape, beside an exact number',
  'a long string, beside an exact number',
  'a long timestamp',
];
const share = 0.25;

test('an event of any shape and a quarter of the largest size takes bounded time and memory', async () => {
  const child = spawn(process.execPath, ['test/fuzz/worst.mjs', String(share), ...worstOfEachKind]);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  expect({ code: child.exitCode, tail: child.exitCode === 0 ? '' : (output + errors).slice(-1_000) }).toEqual({
    code: 0,
    tail: '',
  });
}, 600_000);
