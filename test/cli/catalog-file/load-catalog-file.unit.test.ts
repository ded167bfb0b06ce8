import { loadCatalogFile } from '../../../cli/catalog-file/load-catalog-file.ts';
import { UsageError } from '../../../cli/command.ts';
import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { Directory } from '../../support/command-run.ts';

const directory = new Directory();

const sound = `
  import { defineCatalog, z } from 'eventmend/catalog';
  const amount: number = 3;
  export const catalog = defineCatalog({
    types: { Paid: { inferable: false, payload: z.looseObject({ amount: z.number().min(amount) }) } },
    streams: { default: { minConfidence: 0.5 } },
  });
`;

/** Writes a catalog file and loads it. @returns The message of the error. */
async function refusal(text: string, name = 'mine.ts'): Promise<string> {
  const file = await directory.write(name, text);
  const error: unknown = await loadCatalogFile(file).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as UsageError;
  expect(message).not.toMatch(/^ +at /m);
  return message.replaceAll(`${directory.file('')}/`, '');
}

describe('a catalog file', () => {
  test.each(['mine.ts', 'mine.mts', 'mine.mjs', 'mine.js'])('%s is read, wherever it lies', async (name) => {
    const text = name.includes('ts') ? sound : sound.replace(': number', '');
    const catalog = makeCatalog(await loadCatalogFile(await directory.write(name, text)));
    expect(catalog.stream('orders').minConfidence).toBe(0.5);
    expect(catalog.mayBeInferred('Paid')).toBe(false);
    expect(catalog.type('Paid')?.payload?.safeParse({ amount: 2 }).success).toBe(false);
    expect(catalog.type('Paid')?.payload?.safeParse({ amount: 4, more: 1 }).success).toBe(true);
  });

  test('may import other files, and zod by its own name', async () => {
    await directory.write(
      'types.ts',
      `import { z } from 'zod'; export const types = { A: { payload: z.object({}) } };`,
    );
    const file = await directory.write(
      'whole.ts',
      `import { types } from './types.ts'; export const catalog = { types };`,
    );
    expect(Object.keys((await loadCatalogFile(file)).types ?? {})).toEqual(['A']);
  });
});

describe('a catalog file is refused, with what to do,', () => {
  test('if it does not exist, or is a folder', async () => {
    await expect(loadCatalogFile(directory.file('nowhere.ts'))).rejects.toThrow(
      /^the catalog .*nowhere\.ts does not exist: name a file as docs\/catalog\.md shows it$/,
    );
    await expect(loadCatalogFile(directory.file('.'))).rejects.toThrow(/ is not a file: /);
  });

  test('if it exports no catalog', async () => {
    expect(await refusal('export const catalogue = {};')).toBe(
      'the catalog mine.ts exports no catalog: write export const catalog = defineCatalog({ … })',
    );
    expect(await refusal('export default {};')).toMatch(
      /exports no catalog \(it has a default export, which is not read\)/,
    );
  });

  test.each(['3', 'null', '[]', '() => ({})'])('if its catalog is %s', async (value) => {
    expect(await refusal(`export const catalog: unknown = ${value};`)).toMatch(
      /exports a catalog that is not an object/,
    );
  });

  test('at the file and line of each syntax error', async () => {
    expect(await refusal('export const catalog = {\n  types: { A: { } },\n  unknownTypes = 3 3\n};\n')).toMatch(
      /^the catalog mine\.ts cannot be read:\n {2}- .*mine\.ts:3:\d+: \w.*$/,
    );
  });

  test('at the line of an import that leads nowhere', async () => {
    expect(await refusal(`\nimport './gone.ts';\nexport const catalog = {};`)).toMatch(
      /mine\.ts:2:8: Could not resolve "\.\/gone\.ts"/,
    );
  });

  test('at the file and line that throws', async () => {
    await directory.write('thrower.ts', `\n\nexport function fail(): never {\n  throw new RangeError('too far');\n}\n`);
    expect(await refusal(`import { fail } from './thrower.ts';\nexport const catalog = { types: fail() };`)).toMatch(
      /^the catalog mine\.ts cannot be used: .*thrower\.ts:4:\d+ throws RangeError: too far$/,
    );
    expect(await refusal(`throw 'nothing known';`)).toBe(
      'the catalog mine.ts cannot be used: mine.ts throws nothing known',
    );
    const inZod = `import { z } from 'eventmend/catalog';\n\nexport const catalog = { types: z.string().parse(3) };`;
    expect(await refusal(inZod)).toMatch(/mine\.ts:3:\d+ throws ZodError/);
  });

  test('with all its problems together', async () => {
    const text = `export const catalog = {
      unknownTypes: 'strickt',
      types: { A: { consult: 'sometimes' }, B: { inferrable: false } },
      streams: { s: { maxgap: 3, minConfidence: 2 } },
      stream: {},
    };`;
    const [first, ...problems] = (await refusal(text)).split('\n');
    expect(first).toBe('the catalog mine.ts is refused:');
    expect(problems).toHaveLength(6);
    expect(problems).toEqual(
      expect.arrayContaining([
        `  - unknownTypes is "strickt"; it must be one of 'pass', 'strict'`,
        `  - types.A.consult is "sometimes"; it must be one of 'invalid', 'never', 'always', { share: a number from 0 to 1 }`,
        expect.stringMatching(/^ {2}- types\.B\.inferrable is not known; known are payload, .*inferable, /),
        expect.stringMatching(/^ {2}- streams\.s\.maxgap is not known; known are graceMs, resendTimeoutMs, maxGap, /),
        '  - streams.s.minConfidence is 2; it must be a number from 0 to 1',
        expect.stringMatching(
          /^ {2}- stream is not known; known are types, personal, unknownTypes, .*streams, deadLetters$/,
        ),
      ]),
    );
  });
});
