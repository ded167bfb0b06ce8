import { recordStates } from '../../shared/dead-letter/dead-letter.ts';
import { codes } from '../../shared/failure.ts';
import { functionNames } from '../../shared/topology.ts';
import { UsageError } from '../command.ts';
import type { OptionDeclarations, OptionValues } from '../options.ts';

/** The options that choose letters, as the API names them. */
export const filterOptions = {
  state: {
    kind: 'choice',
    words: recordStates,
    value: 'STATE',
    help: `only letters in this state: ${recordStates.join(', ')}`,
  },
  code: {
    kind: 'choice',
    words: codes,
    value: 'CODE',
    help: 'only letters with this code, such as ERR_INVALID_PAYLOAD',
  },
  reason: { kind: 'text', value: 'REASON', help: 'only letters with this reason, as --json shows it' },
  source: { kind: 'text', value: 'NAME', help: 'only letters of this source; events for the topic events' },
  stream: { kind: 'text', value: 'NAME', help: 'only letters of this stream' },
  type: { kind: 'text', value: 'TYPE', help: 'only letters of this type of event' },
  stage: { kind: 'choice', words: functionNames, value: 'FUNCTION', help: 'only failures that this function found' },
  id: { kind: 'text', value: 'ID', help: 'only letters about this id, or uuid; needs --stream' },
  from: {
    kind: 'time',
    value: 'TIME',
    help: 'only letters that were opened at this time or later: ISO 8601, or a date; UTC without a zone',
  },
  to: { kind: 'time', value: 'TIME', help: 'only letters that were opened before this time' },
} as const satisfies OptionDeclarations;

export type FilterValues = OptionValues<typeof filterOptions>;

/** Returns the given filters as parameters of the API. @throws UsageError for an id without its stream. */
export function filterQuery(values: FilterValues): Readonly<Record<string, string | undefined>> {
  const { state, code, reason, source, stream, type, stage, id, from, to } = values;
  if (id !== undefined && stream === undefined) throw new UsageError('--id needs --stream');
  return { state, code, reason, source, stream, type, stage, id, from, to };
}
