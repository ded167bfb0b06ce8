import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Which file imports which, by their paths from the root of the repository. Imports of types count. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const importPath = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g;

/** Reads the imports of every TypeScript file of some folders. */
export function readImportGraph(folders: readonly string[]): ImportGraph {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const files = new Set(paths.filter((path) => path.endsWith('.ts')));
  const importsOf = (file: string): string[] =>
    [...readFileSync(file, 'utf8').matchAll(importPath)]
      .map(([, path = '']) => normalize(join(dirname(file), path)))
      .filter((path) => files.has(path));
  return new Map([...files].map((file) => [file, importsOf(file)]));
}

/** Finds the circles of a graph: each as the files that it leads through, from the first back to the first. */
export function circlesOf(graph: ImportGraph): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const imported of graph.get(file) ?? []) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}
