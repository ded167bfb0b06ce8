import { readFileSync, readdirSync, statSync } from 'node:fs';
import { clean } from '../../cli/commands/clean.ts';
import { commandsIn } from '../docs/markdown.ts';
import { Directory, runCommand } from '../support/command-run.ts';

const directory = new Directory();
const examples = readdirSync('examples').filter((name) => statSync(`examples/${name}`).isDirectory());

test('there is an example for CloudEvents, HubSpot, an outbox table and Stripe', () => {
  expect(examples).toEqual(['cloud-events', 'hubspot', 'outbox', 'stripe']);
});

describe.each(examples)('the example %s', (name) => {
  const folder = `examples/${name}`;
  const [command] = commandsIn(`${folder}/README.md`);

  it('prints what its README shows, and what comes out stands beside it', async () => {
    const [, , , ...args] = command!.text.split(' ');
    const argv = args.map((arg) =>
      arg.endsWith('.ndjson') && !arg.startsWith('examples/') ? directory.file(arg) : arg,
    );
    const { code, stdout } = await runCommand(clean, argv);
    expect([code, stdout.trimEnd()]).toEqual([0, command!.output]);
    for (const [written, kept] of [
      ['clean.ndjson', 'clean.ndjson'],
      ['letters.ndjson', 'dead-letters.ndjson'],
    ] as const)
      expect(await directory.lines(written)).toEqual(linesOf(`${folder}/${kept}`));
  });

  it('has ten events, and programs of at most 25 lines', () => {
    const events = linesOf(`${folder}/events.ndjson`).flatMap((line) =>
      line.startsWith('[') ? (JSON.parse(line) as unknown[]) : [line],
    );
    expect(events).toHaveLength(10);
    for (const program of ['producer.mjs', 'consumer.mjs'])
      expect(linesOf(`${folder}/${program}`).length).toBeLessThanOrEqual(25);
  });
});

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}
