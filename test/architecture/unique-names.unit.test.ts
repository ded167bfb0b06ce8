import { exportedNames, readExportedNames, sharedNames } from './exported-names.ts';

const exported = readExportedNames(['shared', 'functions', 'cli', 'test']);

it('reads the names that the files of the repository export', () => {
  expect(exported.get('shared/lru-cache.ts')).toContain('LruCache');
  expect(exported.size).toBeGreaterThan(150);
});

it('finds every kind of export, and nothing else', () => {
  const text = `
    import { no } from './no.ts';
    export { no } from './no.ts';
    export const a = 1, { b, c: [d] } = no;
    export function e(): void;
    export function e(x?: number): void {}
    export async function f() {}
    export abstract class G {}
    export interface H { no: 1 }
    export type I = 1;
    export enum J { no }
    export type e = 1;
    const no1 = 'export const no = 1';
    // export const no = 1;
  `;
  expect(exportedNames(text)).toEqual(['a', 'b', 'd', 'e', 'f', 'G', 'H', 'I', 'J']);
});

it('finds a name that two files export', () => {
  const files = { 'a.ts': ['x', 'y'], 'b.ts': ['z', 'x'] };
  expect([...sharedNames(new Map(Object.entries(files)))]).toEqual([['x', ['a.ts', 'b.ts']]]);
});

it('finds no name that two files export: a search for a name finds its only declaration', () => {
  const found = [...sharedNames(exported)];
  expect(found.map(([name, files]) => `${name}: ${files.join(', ')}`)).toEqual([]);
});
