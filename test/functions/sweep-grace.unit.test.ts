import { cellsOf, minuteMs } from '../support/builders.ts';
import { Sweeping } from '../support/sweeping.ts';

test('the grace of a gap begins after a slow sweep has read it, and not when that sweep began', async () => {
  const sweeping = new Sweeping();
  await sweeping.hold(cellsOf([1, 2, 4]));
  const { blocks } = sweeping;
  const scan = blocks.scan.bind(blocks);
  blocks.scan = async function* (stream, from, to) {
    sweeping.clock.advance(minuteMs / 2);
    yield* scan(stream, from, to);
  };
  await sweeping.tick();
  blocks.scan = scan;
  await sweeping.tickAfter(minuteMs / 2);
  expect(await sweeping.rows()).toEqual([]);
  await sweeping.tickAfter(minuteMs / 2);
  expect(await sweeping.rows()).toEqual(['3–3 requested']);
});
