import { blocks, keys, ledger, lists, publisher, reconciliations } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeReconstruct } from './handler.ts';

startFunction('reconstruct', makeReconstruct, { publisher, blocks, ledger, lists }, { keys, reconciliations });
