import {
  anomalies,
  auditTrail,
  blocks,
  events,
  jobs,
  keys,
  ledger,
  letterIndex,
  letters,
  publisher,
  reconciliations,
} from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeConsole } from './handler.ts';

startFunction(
  'console',
  makeConsole,
  { blocks, ledger, letters, letterIndex, reconciliations },
  { anomalies, auditTrail, events, jobs, keys, publisher },
);
