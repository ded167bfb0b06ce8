import { letters } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeArchive } from './handler.ts';

start('archive', makeArchive, { letters });
