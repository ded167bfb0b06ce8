import { keepRunning } from '../../../cli/local/keep-running.ts';
import { loadStream } from '../../../shared/views/load.ts';
import { Pipeline } from '../../support/pipeline.ts';

test('a pipeline that ran in virtual time before is swept now, so that its last sweep is not as old as that run', async () => {
  const beganMs = Date.now();
  const pipeline = new Pipeline({ startMs: beganMs - 3_600_000 });
  await pipeline.sendIds(1, 2, 3);
  await pipeline.runtime.sweep();
  const ending = new AbortController();
  keepRunning(pipeline.runtime, ending.signal);
  ending.abort();
  await pipeline.runtime.drain();
  const { sweptAt = '' } = await loadStream(pipeline.runtime.consoleDeps(), 'default');
  expect(Date.parse(sweptAt)).toBeGreaterThanOrEqual(beganMs);
});
