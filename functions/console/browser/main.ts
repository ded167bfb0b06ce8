/**
 * The script of the pages. Every page can be read without it: it keeps what is shown up to date, adds keys, and lets an
 * operator change letters. Each feature looks for its own elements, and does nothing on a page without them.
 */
import { startAsk } from './ask.ts';
import { startBooks } from './books.ts';
import { startBulk } from './bulk.ts';
import { startCounts } from './counts.ts';
import { startDialogs } from './dialog.ts';
import { startJob } from './job.ts';
import { startKeys } from './keys.ts';
import { startLetter } from './letter.ts';
import { startRecheck } from './recheck.ts';
import { startRefresh } from './refresh.ts';

startKeys();
startDialogs();
startRefresh();
startCounts();
startLetter();
startRecheck();
startAsk();
startBulk();
startJob();
startBooks();
