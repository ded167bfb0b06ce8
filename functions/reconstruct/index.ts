import { blocks, ledger, lists, publisher } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeReconstruct } from './handler.ts';

startFunction('reconstruct', makeReconstruct, { publisher, blocks, ledger, lists });
