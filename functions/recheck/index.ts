import { anomalies, events, publisher } from '../../shared/gcp/openers.ts';
import { startFunction } from '../start.ts';
import { makeRecheck } from './handler.ts';

startFunction('recheck', makeRecheck, { anomalies }, { events, publisher });
