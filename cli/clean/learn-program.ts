import { workerData } from 'node:worker_threads';
import { learnWindows, type LearnChannel } from './learn-windows.ts';

/* The program of the thread that learns models (learn-thread.ts). */

learnWindows(workerData as LearnChannel);
