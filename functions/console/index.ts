import { blocks, ledger, letters } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeConsole } from './handler.ts';

start('console', makeConsole, { blocks, ledger, letters });
