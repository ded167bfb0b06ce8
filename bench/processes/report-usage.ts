/**
 * Loaded into a program before its own code. It writes what the process has used to the descriptor 3 when it ends, as
 * JSON: CPU time in microseconds, and the most memory in kilobytes.
 */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// A thread of the program loads this file too, and its process is the same.
if (isMainThread)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeSync(3, JSON.stringify({ cpuMicros: userCPUTime + systemCPUTime, maxKilobytes: maxRSS }));
  });
