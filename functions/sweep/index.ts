import { blocks, ledger, letterIndex, letters, publisher, reconciliations } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeSweep } from './handler.ts';

startFunction('sweep', makeSweep, { publisher, blocks, ledger, reconciliations, letters, letterIndex });
