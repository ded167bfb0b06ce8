import { Readable, Writable } from 'node:stream';
import { UsageError, type Command } from '../../cli/command.ts';
import { commands } from '../../cli/commands.ts';
import { parseArguments, type OptionDeclarations } from '../../cli/options.ts';

const declared = {
  seed: { kind: 'integer', value: 'N', min: 0, max: 1_000, default: 1, help: 'decides' },
  share: { kind: 'number', value: 'S', min: 0.1, max: 0.9, help: 'share' },
  out: { kind: 'text', value: 'FILE', help: 'file' },
  infer: { kind: 'choice', words: ['on', 'off'], default: 'on', help: 'infer' },
  json: { kind: 'flag', help: 'print' },
} as const satisfies OptionDeclarations;

const isSeed = '--seed must be a whole number from 0 to 1000';
const isShare = '--share must be a number from 0.1 to 0.9';

describe('the options of a command', () => {
  test('have their defaults where they are not given', () => {
    const defaults = { seed: 1, share: undefined, out: undefined, infer: 'on', json: false };
    expect(parseArguments(declared, [])).toEqual({ values: defaults, positionals: [], problems: [] });
  });

  test('are taken with their value behind them or in them, among the other arguments', () => {
    const argv = ['a', '--seed', '7', '--share=0.25', '-', '--infer', 'off', '--json', '--out', '-'];
    expect(parseArguments(declared, argv)).toEqual({
      values: { seed: 7, share: 0.25, out: '-', infer: 'off', json: true },
      positionals: ['a', '-'],
      problems: [],
    });
  });

  test.each([
    [['--seed', '0x10'], isSeed],
    [['--seed', '1e2'], isSeed],
    [['--seed', '-3'], isSeed],
    [['--seed=-3'], isSeed],
    [['--seed', '+3'], isSeed],
    [['--seed', ' 3'], isSeed],
    [['--seed', '3.0'], isSeed],
    [['--seed', '1_0'], isSeed],
    [['--seed', '1001'], isSeed],
    [['--seed', ''], isSeed],
    [['--seed'], isSeed],
    [['--share', '.5'], isShare],
    [['--share', '0.95'], isShare],
    [['--share', 'Infinity'], isShare],
    [['--share', '0x0'], isShare],
    [['--infer', 'maybe'], '--infer must be one of on, off'],
    [['--out'], '--out must be a text that is not empty (FILE)'],
    [['--out='], '--out must be a text that is not empty (FILE)'],
    [['--out', '--json'], '--out has no value (write --out=--json for a value that begins with -)'],
    [['--json=yes'], '--json takes no value'],
    [['--sede', '3'], 'there is no option --sede; did you mean --seed?'],
    [['--constructor'], 'there is no option --constructor'],
    [['-s'], 'there is no option -s'],
  ])('refuse %j, and say what they take', (argv, problem) => {
    expect(parseArguments(declared, argv).problems).toEqual([problem]);
  });

  test('take a text that begins with a hyphen, where that is plainly meant', () => {
    expect(parseArguments(declared, ['--out=-x'])).toMatchObject({ values: { out: '-x' }, problems: [] });
  });

  test('are refused all at once', () => {
    expect(parseArguments(declared, ['--seed', 'x', '--share', 'y']).problems).toEqual([isSeed, isShare]);
  });
});

describe('every command', () => {
  const silent = () =>
    new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
  const io = () => ({
    stdin: Readable.from([]),
    stdout: silent(),
    stderr: silent(),
    env: {},
    signal: AbortSignal.abort(),
  });
  const loaded: Command[] = [];
  beforeAll(async () => {
    for (const load of Object.values(commands)) loaded.push(await load());
  });

  test('goes by the name that it is loaded by', () => {
    expect(loaded.map(({ name }) => name)).toEqual(Object.keys(commands));
  });

  test('takes no number that is not in decimal digits, for any of its options', async () => {
    for (const { name, positionals, options, run } of loaded)
      for (const [option, { kind }] of Object.entries(options)) {
        if (kind !== 'integer' && kind !== 'number') continue;
        for (const value of ['0x10', '1e3', '-3', 'x', '']) {
          const refused = expect(run([...positionals, `--${option}`, value], io())).rejects;
          await refused.toThrow(UsageError);
          await refused.toThrow(
            new RegExp(`^--${option} must be a (whole )?number from \\S+ to \\d\\S*\\nsee eventmend ${name} --help$`),
          );
        }
      }
  });

  test('says which arguments it takes, and how it is called', async () => {
    for (const { name, positionals, run } of loaded)
      await expect(run([...positionals, 'more'], io())).rejects.toThrow(
        new RegExp(`^${name} (takes|has no command more: its commands are) .*\\nsee eventmend ${name} --help$`),
      );
  });

  test('explains each of its options in its help', () => {
    for (const { options, usage } of loaded)
      for (const option of Object.keys(options))
        expect(usage.join('\n')).toMatch(new RegExp(`^ {2}--${option}\\b.* {3}\\S`, 'm'));
  });
});
