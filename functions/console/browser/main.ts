/**
 * The script of the pages. Every page is complete without it: it keeps what is shown up to date, and adds keys.
 * Each feature looks for its own elements, and does nothing on a page without them.
 */
import { startKeys } from './keys.ts';
import { startRefresh } from './refresh.ts';

startKeys();
startRefresh();
