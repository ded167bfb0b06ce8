import { events } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeStore } from './handler.ts';

startFunction('store', makeStore, { events });
