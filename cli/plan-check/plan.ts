import { z } from 'zod';

/** A change of one resource. Members are named as in the output of `terraform show -json`. */
const changeSchema = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  change: z.object({
    actions: z.array(z.string()),
    before: z.record(z.string(), z.unknown()).nullable().default(null),
    after: z.record(z.string(), z.unknown()).nullable().default(null),
    after_unknown: z.unknown().optional(),
    replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
  }),
});

/**
 * The part of a saved plan that says what becomes of resources
 * (https://developer.hashicorp.com/terraform/internals/json-format#plan-representation). A plan of a new project has no
 * `resource_changes` if it changes nothing.
 */
export const planSchema = z.object({
  format_version: z.string().regex(/^1\./, 'is a format that this release does not know'),
  errored: z.boolean().default(false),
  resource_changes: z.array(changeSchema).default([]),
});

export type TerraformPlan = z.infer<typeof planSchema>;
export type ResourceChange = z.infer<typeof changeSchema>;
