import type { OptionDeclarations, OptionValues } from '../options.ts';

const states = ['open', 'sending', 'sent', 'done', 'discarded'] as const;

/** The options that choose letters, as the API names them. */
export const filterOptions = {
  state: { kind: 'choice', words: states, value: 'STATE', help: `only letters in this state: ${states.join(', ')}` },
  code: { kind: 'text', value: 'CODE', help: 'only letters with this code, such as ERR_INVALID_PAYLOAD' },
  reason: { kind: 'text', value: 'REASON', help: 'only letters with this reason, as --json shows it' },
  source: { kind: 'text', value: 'NAME', help: 'only letters of this source; events for the topic events' },
  stream: { kind: 'text', value: 'NAME', help: 'only letters of this stream' },
  type: { kind: 'text', value: 'TYPE', help: 'only letters of this type of event' },
  stage: { kind: 'text', value: 'FUNCTION', help: 'only failures that this function found' },
  id: { kind: 'text', value: 'ID', help: 'only letters about this id, or uuid; needs --stream' },
  from: { kind: 'text', value: 'TIME', help: 'only letters that were opened at this time (ISO 8601) or later' },
  to: { kind: 'text', value: 'TIME', help: 'only letters that were opened before this time' },
} as const satisfies OptionDeclarations;

export type FilterValues = OptionValues<typeof filterOptions>;

/** Returns the given filters as parameters of the API. */
export function filterQuery(values: FilterValues): Readonly<Record<string, string | undefined>> {
  const { state, code, reason, source, stream, type, stage, id, from, to } = values;
  return { state, code, reason, source, stream, type, stage, id, from, to };
}
