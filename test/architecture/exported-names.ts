import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The names that each TypeScript file of some folders declares and exports. What a file passes on from another is not its own. */
export function readExportedNames(folders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const files = paths.filter((path) => path.endsWith('.ts')).sort();
  return new Map(files.map((file) => [file, exportedNames(readFileSync(file, 'utf8'))]));
}

/** The names that a text declares and exports. An overloaded function, or a type and a value of the same name, is one name. */
export function exportedNames(text: string): readonly string[] {
  const { statements } = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest);
  const isExported = (statement: ts.Statement): boolean =>
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return [...new Set(statements.filter(isExported).flatMap(namesDeclaredBy))];
}

function namesDeclaredBy(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => namesIn(name));
  const { name } = statement as ts.Statement & { readonly name?: ts.Identifier };
  return name === undefined ? [] : [name.text];
}

function namesIn(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
}

/** Finds the names that more than one file exports, each with these files. */
export function sharedNames(exported: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const filesByName = new Map<string, string[]>();
  for (const [file, names] of exported) {
    for (const name of names) filesByName.set(name, [...(filesByName.get(name) ?? []), file]);
  }
  return new Map([...filesByName].filter(([, files]) => files.length > 1));
}
