import { emitIds } from './arrivals.ts';
import { Draw, idSpan } from './draw.ts';
import { frontKinds } from './front-kinds.ts';
import { runFrontStream } from './front-run.ts';
import { searchKind, spellFinding } from './kind-search.ts';

/** The number of seeds of each kind. */
const seedCount = 5;
const timeoutMs = 600_000;
const seeds = Array.from({ length: seedCount }, (_, i) => 100 + i);

describe('the sweeps of a stream', () => {
  test.each(frontKinds)(
    'keep the laws of fronts with many seeds: $name',
    async (kind) => {
      const finding = await searchKind(kind, seeds, true);
      expect(finding && spellFinding(finding)).toBeUndefined();
    },
    timeoutMs,
  );

  it(
    'find exactly the missing ids of a backlog of 100,000 events in random order',
    async () => {
      const draw = new Draw(7, true);
      const traffic = emitIds(draw.shuffled(idSpan(1, 100_001)), draw.random, { every: 0.02, loss: 0.0005 });
      const { broken, runs, rows } = await runFrontStream({ ...traffic, settings: {}, batch: 60 }, 7);
      const ids = traffic.arrivals.map(({ id }) => id);
      expect(broken).toEqual([]);
      expect(runs).toEqual([{ from: Math.min(...ids), to: Math.max(...ids) }]);
      // Gaps were filed while the backlog came. Ids that came since are no losses. Only a tick of track recounts their rows.
      const came = new Set(ids);
      const missing = rows
        .filter(({ state }) => state !== 'filled')
        .map(({ from, to }) => idSpan(from, to + 1).filter((id) => !came.has(id)));
      expect(missing.flat().sort((x, y) => x - y)).toEqual([...traffic.lost].sort((x, y) => x - y));
    },
    timeoutMs,
  );
});
