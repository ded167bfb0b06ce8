import type { VendorPath } from './vendor-paths.ts';

/** A part of an OpenAPI file. */
type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI file of a vendor. */
export interface VendorFile {
  readonly name: string;
  readonly content: Json;
}

/** Lists the paths and the members of answers that the vendors' files do not have. */
export function vendorProblems(files: readonly VendorFile[], wanted: readonly VendorPath[]): readonly string[] {
  return wanted.flatMap(({ system, method, path, fields }) => {
    const what = `${system}: ${method.toUpperCase()} ${path}`;
    const found = files.flatMap((file) => operationsAt(file, method, path));
    if (found.length === 0) return [`${what} is in no file`];
    return fields
      .filter((field) => !found.some(({ file, operation }) => hasField(file, answerOf(operation), field.split('/'))))
      .map((field) => `${what} has no member ${field} in its answer`);
  });
}

interface Operation {
  readonly file: VendorFile;
  readonly operation: Json;
}

function operationsAt(file: VendorFile, method: string, path: string): readonly Operation[] {
  return Object.entries(objectOf(file.content.paths))
    .filter(([template]) => isSamePath(template, path))
    .flatMap(([, item]) => {
      const operation = objectOf(item)[method];
      return operation === undefined ? [] : [{ file, operation: objectOf(operation) }];
    });
}

/** Whether a template such as `/objects/{objectType}/search` matches a path. */
function isSamePath(template: string, path: string): boolean {
  const pattern = template
    .split(/\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
    .join('[^/]+?');
  return new RegExp(`^${pattern}$`).test(path);
}

/** Returns the schema of the answer with the status 200. */
function answerOf({ responses }: Json): unknown {
  const { content } = objectOf(objectOf(responses)['200']);
  return objectOf(Object.values(objectOf(content))[0]).schema;
}

/** Whether a schema has a member. Elements of arrays count like the array. */
function hasField(file: VendorFile, schema: unknown, names: readonly string[], depth = 0): boolean {
  const [name, ...rest] = names;
  if (name === undefined) return true;
  if (depth > 20) return false;
  const { $ref, items, properties, allOf, anyOf, oneOf } = objectOf(schema);
  const inside = [
    ...(typeof $ref === 'string' ? [targetOf(file, $ref)] : []),
    ...(items === undefined ? [] : [items]),
    ...[allOf, anyOf, oneOf].flatMap((schemas): readonly unknown[] => (Array.isArray(schemas) ? schemas : [])),
  ];
  const own = objectOf(properties)[name];
  if (own !== undefined && hasField(file, own, rest, depth + 1)) return true;
  return inside.some((one) => hasField(file, one, names, depth + 1));
}

function targetOf({ content }: VendorFile, ref: string): unknown {
  let here: unknown = content;
  for (const name of ref.replace(/^#\//, '').split('/')) here = objectOf(here)[name];
  return here;
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
