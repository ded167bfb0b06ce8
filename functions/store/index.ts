import { events } from '../../shared/gcp/openers.ts';
import { start } from '../start.ts';
import { makeStore } from './handler.ts';

start('store', makeStore, { events });
