import { blocks, ledger, publisher } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeReconstruct } from './handler.ts';

start('reconstruct', makeReconstruct, { publisher, blocks, ledger });
