import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import { z } from 'zod';
import type { FunctionName } from '../../shared/topology.ts';

/** Where Terraform's files are. */
export const terraformDirectory = join(__dirname, '..', '..', 'terraform');

const fileSchema = z.object({
  locals: z.array(z.record(z.string(), z.unknown())).optional(),
  resource: z.record(z.string(), z.record(z.string(), z.array(z.record(z.string(), z.unknown())))).optional(),
  variable: z.record(z.string(), z.array(z.object({ type: z.string() }))).optional(),
});

/** Terraform as it is written: literals are values, and whatever is computed is its text, `${…}`. */
export interface Terraform {
  readonly locals: Readonly<Record<string, unknown>>;
  /** The resources by `type.name`, with the text of each argument. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Of each variable: the text of its type. */
  readonly variableTypes: Readonly<Record<string, string>>;
  /** All files, one after the other. */
  readonly text: string;
}

export async function readTerraform(): Promise<Terraform> {
  const names = readdirSync(terraformDirectory).filter((name) => name.endsWith('.tf'));
  const texts = names.map((name) => readFileSync(join(terraformDirectory, name), 'utf8'));
  const parsed = await Promise.all(texts.map(async (text, i) => fileSchema.parse(await parse(names[i] ?? '', text))));
  const variables = parsed.flatMap(({ variable = {} }) => Object.entries(variable));
  return {
    locals: Object.fromEntries(parsed.flatMap(({ locals = [] }) => locals.flatMap((block) => Object.entries(block)))),
    resources: Object.fromEntries(
      parsed.flatMap(({ resource = {} }) =>
        Object.entries(resource).flatMap(([type, named]) =>
          Object.entries(named).map(([name, [body]]) => [`${type}.${name}`, body ?? {}] as const),
        ),
      ),
    ),
    variableTypes: Object.fromEntries(variables.map(([name, [first]]) => [name, first?.type ?? ''])),
    text: texts.join('\n'),
  };
}

/** Returns the memory that a function is deployed with unless a deployment sets another, in bytes. */
export function memoryBytesOf({ locals }: Terraform, name: FunctionName): number {
  const sizes = locals.sizes as Readonly<Record<string, { readonly memory?: string }>>;
  const byDefault = locals.default_size as { readonly memory: string };
  const memory = sizes[name]?.memory ?? byDefault.memory;
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? [];
  if (amount === undefined) throw new Error(`${name} has ${memory} of memory: what is that?`);
  return Number(amount) * 1_048_576 * (unit === 'Gi' ? 1_024 : 1);
}
