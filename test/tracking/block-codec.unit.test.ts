import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { digest } from '../../shared/digest.ts';
import { RetryableError } from '../../shared/errors.ts';
import {
  blockFormat,
  DamagedBlock,
  decodeBlock,
  encodeBlock,
  NewerBlock,
  storedEntryBytes,
  type BlockDocument,
} from '../../shared/tracking/block-codec.ts';
import { blockSize, emptyBlock, maxFurther, type Block, type Cell } from '../../shared/tracking/block.ts';
import { entryLayout, type Entry } from '../../shared/tracking/entry.ts';

const anyDigest = fc.string().map(digest);
const anyEntry: fc.Arbitrary<Entry> = fc.record({
  state: fc.constantFrom('clean', 'suspect', 'reconstructed', 'closed'),
  root: anyDigest,
  key: anyDigest,
  hash: anyDigest,
  supersedes: fc.boolean(),
  published: fc.boolean(),
  possibleDuplicate: fc.boolean(),
  recovered: fc.boolean(),
  replacement: fc.integer({ min: 0, max: 255 }),
  replay: fc.integer({ min: 0, max: 255 }),
  answer: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  type: fc.constantFrom('', 'LeadCreated', 'Größe', '__proto__', 'constructor'),
  instantMs: fc.option(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), { nil: undefined }),
  entity: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});
const anyCells = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 255 }), fc.array(anyEntry, { minLength: 1, maxLength: 16 })),
  { maxLength: 20 },
);

function blockWith(cells: readonly (readonly [number, Cell])[], index = 0): Block {
  const all = [...emptyBlock(index).cells];
  for (const [at, cell] of cells) all[at] = cell;
  return { index, cells: all };
}

function anEntry(over: Partial<Entry> = {}): Entry {
  return {
    state: 'clean',
    root: digest('events/1'),
    key: digest('6/0'),
    hash: digest('a'),
    supersedes: false,
    published: true,
    possibleDuplicate: false,
    recovered: false,
    replacement: 0,
    replay: 0,
    answer: 0,
    type: 'CRM_Sync',
    instantMs: 0,
    entity: 0,
    ...over,
  };
}

describe('a stored block', () => {
  it('is read as it was written, whatever its cells hold', () => {
    fc.assert(
      fc.property(anyCells, fc.nat(), (cells, index) => {
        const block = blockWith(cells, index);
        expect(decodeBlock(encodeBlock(block))).toEqual(block);
      }),
    );
  });

  it('takes 57 bytes for each entry, and nothing for an id without one', () => {
    const { entries } = encodeBlock(blockWith([[3, [anEntry(), anEntry({ key: digest('6/1') })]]]));
    expect(entries).toHaveLength(2 * 57);
    expect(encodeBlock(emptyBlock(0)).entries).toHaveLength(0);
  });

  it('has each field at its offset, which only another block format may change', () => {
    expect(blockFormat).toBe(3);
    expect(entryLayout.fields.map(({ name, offset, shift }) => `${offset}.${shift} ${name}`)).toEqual([
      '0.0 state',
      '0.3 supersedes',
      '0.4 published',
      '0.5 possibleDuplicate',
      '0.6 recovered',
      '1.0 replacement',
      '2.0 replay',
      '3.0 type',
      '4.0 instantMs',
      '12.0 entity',
      '16.0 answer',
      '20.0 root',
      '32.0 key',
      '44.0 hash',
    ]);
  });

  it('has the bytes that format 3 has always had', () => {
    const entry = anEntry({
      state: 'reconstructed',
      possibleDuplicate: true,
      recovered: true,
      replacement: 2,
      replay: 5,
      instantMs: -1,
      entity: 258,
      answer: 772,
    });
    const { entries } = encodeBlock(
      blockWith([[9, [{ ...entry, root: 'r'.repeat(12), key: 'k'.repeat(12), hash: 'ÿ'.repeat(12) }]]]),
    );
    const numbers = '09' + '73' + '02' + '05' + '01' + '000000000000f0bf' + '02010000' + '04030000';
    expect(Buffer.from(entries).toString('hex')).toBe(numbers + '72'.repeat(12) + '6b'.repeat(12) + 'ff'.repeat(12));
  });

  it('of format 1 or 2 is read: no replay, no answer and no recovery made its entries', () => {
    const inId1 = '3302' + '01' + '000000000000f0bf' + '02010000' + '72'.repeat(12) + '6b'.repeat(12) + 'ff'.repeat(12);
    const further =
      '01' + '11' + '00' + '00' + '000000000000f87f' + '00000000' + '73'.repeat(12) + '6c'.repeat(12) + '61'.repeat(12);
    const entries = Buffer.alloc(256 * 51);
    entries.write(inId1, 51, 'hex');
    const stored = {
      ...encodeBlock(emptyBlock(7)),
      entries,
      further: Buffer.from(further, 'hex'),
      types: ['LeadCreated'],
    };
    const first = anEntry({
      state: 'reconstructed',
      possibleDuplicate: true,
      replacement: 2,
      type: 'LeadCreated',
      instantMs: -1,
      entity: 258,
      root: 'r'.repeat(12),
      key: 'k'.repeat(12),
      hash: 'ÿ'.repeat(12),
      published: true,
    });
    const second = anEntry({
      type: '',
      instantMs: undefined,
      root: 's'.repeat(12),
      key: 'l'.repeat(12),
      hash: 'a'.repeat(12),
    });
    for (const format of [1, 2])
      expect(decodeBlock({ ...stored, format })).toEqual(blockWith([[1, [{ ...first, published: true }, second]]], 7));
  });

  it('takes as many bytes an id as the documents say', () => {
    const documents = ['.', 'docs'].flatMap((folder) =>
      readdirSync(folder, { recursive: folder === 'docs', encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => readFileSync(join(folder, name), 'utf8')),
    );
    const statements = /entry takes (\d+) bytes|each id, (\d+) bytes|needs (\d+) bytes an id|× (\d+) bytes/g;
    const said = documents.flatMap((text) => [...text.matchAll(statements)].map((found) => found.slice(1).join('')));
    expect(said.length).toBeGreaterThan(0);
    expect(new Set(said)).toEqual(new Set([String(storedEntryBytes)]));
  });

  it('has at its largest as many bytes as the documents say', () => {
    const entry = anEntry({ type: 'x'.repeat(512) });
    const cells = Array.from({ length: blockSize }, (_, place): [number, Cell] => [
      place,
      Array.from({ length: 1 + maxFurther / blockSize }, (_, i) => ({
        ...entry,
        type: `${place % 255}`.padEnd(512, 'x'),
        key: digest(`${i}`),
      })),
    ]);
    const { entries, types } = encodeBlock(blockWith(cells));
    const bytes = entries.length + Buffer.byteLength(types.join(''));
    const said = ['ARCHITECTURE.md', 'docs/tracking.md'].map((name) =>
      [...readFileSync(name, 'utf8').matchAll(/at most\s+some\s+(\d+)\s+kB/g)].map(([, kilobytes]) => kilobytes),
    );
    expect(types).toHaveLength(255);
    expect(said).toEqual([[String(Math.floor(bytes / 10_000) * 10)], [String(Math.floor(bytes / 10_000) * 10)]]);
  });

  it('says how many ids hold what, each once, and how many entries are not known to be published', () => {
    fc.assert(
      fc.property(anyCells, (cells) => {
        const block = blockWith(cells);
        const { clean, suspect, reconstructed, closed, unpublished = 0 } = encodeBlock(block);
        const has = (state: string) => (cell: Cell) => cell.some((entry) => entry.state === state);
        expect(clean).toBe(block.cells.filter(has('clean')).length);
        expect(clean + suspect + reconstructed + closed).toBe(block.cells.filter((cell) => cell.length > 0).length);
        expect(closed).toBe(
          block.cells.filter((cell) => cell.length > 0 && cell.every(({ state }) => state === 'closed')).length,
        );
        const entries = block.cells.flat().filter(({ published }) => !published);
        expect(unpublished).toBe(entries.filter(({ state }) => state === 'clean' || state === 'reconstructed').length);
      }),
    );
  });

  it('says how many revisions it has, and nothing where it has none', () => {
    const first = anEntry();
    const second = anEntry({ key: digest('6/1'), root: digest('events/2') });
    expect(
      encodeBlock(
        blockWith([
          [3, [first, second]],
          [9, [first, second]],
        ]),
      ).revisions,
    ).toBe(2);
    expect(encodeBlock(blockWith([[3, [first]]])).revisions).toBeUndefined();
  });

  it('is read alike with and without that number, which an older release does not write', () => {
    const block = blockWith([[3, [anEntry(), anEntry({ key: digest('6/1') })]]]);
    expect(decodeBlock({ ...encodeBlock(block), revisions: undefined })).toEqual(block);
  });

  it('stays below 900 KiB with every id full and every entry of another, longest type', () => {
    const cell = (at: number): Cell =>
      Array.from({ length: 16 }, (_, i) => anEntry({ type: `${at}-${i}-`.padEnd(128, '🦉') }));
    const document = encodeBlock(blockWith(Array.from({ length: 256 }, (_, at) => [at, cell(at)] as const)));
    const bytes = document.entries.length + document.types.join('').length * 4;
    expect(bytes).toBeLessThan(900 * 1024);
    expect(decodeBlock(document).cells[255]).toHaveLength(16);
  });

  it('names 255 types, and leaves a type beyond unnamed', () => {
    const cells = Array.from({ length: 256 }, (_, at) => [at, [anEntry({ type: `type-${at}` })]] as const);
    const read = decodeBlock(encodeBlock(blockWith(cells)));
    expect(read.cells[254]?.[0]?.type).toBe('type-254');
    expect(read.cells[255]?.[0]?.type).toBe('');
  });

  it('is not read by code that is older than its format', () => {
    const document = encodeBlock(emptyBlock(7));
    expect(() => decodeBlock({ ...document, format: document.format + 1 })).toThrow(RetryableError);
  });

  it('is not read as something else where its bytes are broken', () => {
    const document = encodeBlock(blockWith([[0, [anEntry()]]]));
    const entries = Uint8Array.from(document.entries);
    entries[1] = 7;
    expect(() => decodeBlock({ ...document, entries })).toThrow('block 0 cannot be read: it is damaged');
  });

  it.each<[string, Partial<BlockDocument>, typeof DamagedBlock | typeof NewerBlock]>([
    ['its entries are cut off', { entries: Buffer.alloc(100) }, DamagedBlock],
    ['it is of format 2 and has no further entries', { format: 2 }, DamagedBlock],
    ['it has no format', { format: undefined as unknown as number }, DamagedBlock],
    ['it is newer', { format: 4 }, NewerBlock],
  ])('says which block cannot be read where %s', (_, damage, kind) => {
    const document = encodeBlock(emptyBlock(7));
    expect(() => decodeBlock({ ...document, ...damage })).toThrow(kind);
    expect(() => decodeBlock({ ...document, ...damage })).toThrow(/^block 7 cannot be read: it /);
  });
});
