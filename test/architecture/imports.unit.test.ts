import { circlesOf, readImportGraph } from './import-graph.ts';

const graph = readImportGraph(['shared', 'functions', 'cli', 'test']);

it('reads the imports of the repository', () => {
  expect(graph.get('functions/track/index.ts')).toContain('functions/track/handler.ts');
  expect(graph.get('shared/tracking/group-commit.ts')).toContain('shared/tracking/commit-round.ts');
});

it('finds an import cycle, and its path', () => {
  const files = { a: ['b'], b: ['c', 'd'], c: ['a'], d: [] };
  expect(circlesOf(new Map(Object.entries(files)))).toEqual([['a', 'b', 'c', 'a']]);
});

it('finds no import cycle: each file can be read without its users', () => {
  expect(circlesOf(graph).map((circle) => circle.join(' → '))).toEqual([]);
});
