import { blocks, letters } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeArchive } from './handler.ts';

startFunction('archive', makeArchive, { letters, blocks });
