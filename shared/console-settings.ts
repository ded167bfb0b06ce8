import { z } from 'zod';
import type { AccessLists } from './access.ts';
import { text } from './setting-kinds.ts';

const emails = () =>
  text(/^[^\s,@]+@[^\s,@]+(?:,[^\s,@]+@[^\s,@]+)*$/, 'e-mail addresses with commas between').optional();

/** The variables that say who may use the console. */
export const consoleVariables = z.object({
  VIEWERS: emails().describe(
    'console: the e-mail addresses of those who may look, with commas between. Without it: everyone whom IAM or IAP lets in',
  ),
  OPERATORS: emails().describe('console: the e-mail addresses of those who may also see messages and change letters'),
  IAP_AUDIENCE: text(
    /^\/projects\/\d+\/\S+$/,
    'an audience such as /projects/123/locations/europe-west1/services/console',
  )
    .optional()
    .describe('console behind IAP: the audience of the header that IAP signs'),
});

/** Who may use the console, and how it finds out who calls. */
export interface ConsoleAccess {
  readonly lists: AccessLists;
  readonly iapAudience: string | undefined;
}

export function consoleAccessOf({
  VIEWERS,
  OPERATORS,
  IAP_AUDIENCE,
}: z.output<typeof consoleVariables>): ConsoleAccess {
  const listOf = (value: string): readonly string[] => value.toLowerCase().split(',');
  return {
    lists: {
      viewers: VIEWERS === undefined ? undefined : listOf(VIEWERS),
      operators: OPERATORS === undefined ? [] : listOf(OPERATORS),
    },
    iapAudience: IAP_AUDIENCE,
  };
}
