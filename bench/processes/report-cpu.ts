/**
 * Loaded into a served function before the framework. It makes the function serve only this machine, and reports the
 * CPU time of the process when the process that started it asks, in microseconds.
 */
import '../../cli/local/local-function.ts';

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
