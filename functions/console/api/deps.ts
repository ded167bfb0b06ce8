import type { CallerIdentifier } from '../../../shared/access.ts';
import type { FunctionContext, Services } from '../../../shared/function-instance.ts';

/** The services that the console and its API call. */
export type ConsoleService =
  | 'blocks'
  | 'ledger'
  | 'letters'
  | 'letterIndex'
  | 'auditTrail'
  | 'jobs'
  | 'keys'
  | 'reconciliations'
  | 'publisher'
  | 'anomalies'
  | 'events';

/** The dependencies of the console and its API. */
export type ApiDeps = Pick<FunctionContext, 'catalog' | 'clock' | 'log'> &
  Pick<Services, ConsoleService> & { readonly callers: CallerIdentifier };
