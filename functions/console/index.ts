import { blocks, ledger, letters, reconciliations } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeConsole } from './handler.ts';

startFunction('console', makeConsole, { blocks, ledger, letters, reconciliations });
