import { circlesOf, readImportGraph } from './import-graph.ts';

const graph = readImportGraph(['shared', 'functions', 'cli', 'test']);

it('reads the imports of the repository', () => {
  expect(graph.get('functions/track/index.ts')).toContain('functions/track/handler.ts');
  expect(graph.get('shared/tracking/group-commit.ts')).toContain('shared/tracking/commit-round.ts');
});

it('finds a circle, and the way around it', () => {
  const files = { a: ['b'], b: ['c', 'd'], c: ['a'], d: [] };
  expect(circlesOf(new Map(Object.entries(files)))).toEqual([['a', 'b', 'c', 'a']]);
});

it('finds no circle of files: each can be read without knowing who uses it', () => {
  expect(circlesOf(graph).map((circle) => circle.join(' → '))).toEqual([]);
});
