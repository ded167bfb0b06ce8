import { blocks, ledger, publisher } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeSweep } from './handler.ts';

start('sweep', makeSweep, { publisher, blocks, ledger });
