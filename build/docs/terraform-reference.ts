import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import { z } from 'zod';

const directory = 'terraform';

const fileSchema = z.object({
  variable: z
    .record(
      z.string(),
      z.array(z.object({ description: z.string(), type: z.string(), default: z.unknown().optional() })),
    )
    .default({}),
  output: z.record(z.string(), z.array(z.object({ description: z.string() }))).default({}),
});

interface Described {
  readonly name: string;
  readonly description: string;
}

/** A variable of the module. */
interface ModuleVariable extends Described {
  /** The type as Terraform writes it: `map(string)`. */
  readonly type: string;
  /** The default as JSON. Undefined if the variable must be set. */
  readonly default: string | undefined;
}

interface TerraformModule {
  readonly variables: readonly ModuleVariable[];
  readonly outputs: readonly Described[];
}

/** Reads the variables and the outputs of terraform/, in the order of their files. */
export async function readTerraformModule(): Promise<TerraformModule> {
  const names = readdirSync(directory).filter((name) => name.endsWith('.tf'));
  const files = await Promise.all(
    names.sort(byTheme).map(async (name) => fileSchema.parse(await parse(name, textOf(name)))),
  );
  return {
    variables: files.flatMap(({ variable }) =>
      Object.entries(variable).flatMap(([name, [first]]) => (first ? [{ name, ...variableOf(first) }] : [])),
    ),
    outputs: files.flatMap(({ output }) =>
      Object.entries(output).flatMap(([name, [first]]) => (first ? [{ name, description: first.description }] : [])),
    ),
  };
}

/** Puts variables.tf before the files with variables of one theme. */
function byTheme(one: string, other: string): number {
  return one.replace('.tf', '') < other.replace('.tf', '') ? -1 : 1;
}

function textOf(name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}

function variableOf(given: { description: string; type: string; default?: unknown }): Omit<ModuleVariable, 'name'> {
  return {
    description: given.description,
    type: /^\$\{([\s\S]*)\}$/.exec(given.type)?.[1] ?? given.type,
    default: 'default' in given ? JSON.stringify(given.default) : undefined,
  };
}
