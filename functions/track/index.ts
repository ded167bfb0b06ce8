import { blocks, keys, ledger, publisher } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeTrack } from './handler.ts';

start('track', makeTrack, { publisher, blocks, ledger, keys });
