import { blocks, keys, ledger, letters, publisher } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeTrack } from './handler.ts';

startFunction('track', makeTrack, { publisher, blocks, ledger, keys }, { letters });
