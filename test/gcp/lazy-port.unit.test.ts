import { lazyPort } from '../../shared/gcp/lazy-port.ts';
import { portMethods, type PortName } from '../../shared/port-methods.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { makeEmbeddedStores } from '../../shared/embedded/ports.ts';
import { aMessage, atOnce, cellsOf, hold } from '../support/builders.ts';

/** The sink of clean events in memory, opened lazily, and how often it was loaded. */
function aSink() {
  const events = new EmbeddedCleanEventStore(atOnce);
  const seen = { loads: 0, deadlines: [] as number[], flushes: 0 };
  const port = lazyPort('events', async () => {
    seen.loads++;
    return {
      until: (deadlineMs) => {
        seen.deadlines.push(deadlineMs);
        return events;
      },
      flush: async () => {
        seen.flushes++;
      },
    };
  });
  return { port, events, seen };
}

describe('a lazy port', () => {
  it('is loaded by its first call, and once', async () => {
    const { port, events, seen } = aSink();
    const before = port.until(7);
    const after = port.until(8);
    expect(seen.loads).toBe(0);
    await Promise.all([before.put('a', aMessage('1')), after.put('b', aMessage('2'))]);
    await before.bury('a', 'b');
    expect(seen).toMatchObject({ loads: 1, deadlines: [7, 8] });
    expect([events.find('a'), events.find('b')]).toEqual([{ supersededBy: 'b' }, { event: aMessage('2') }]);
  });

  it('can be opened before its first call', async () => {
    const { port, seen } = aSink();
    await port.open();
    await port.open();
    expect(seen.loads).toBe(1);
  });

  it('is flushed if it was opened, and not opened to be flushed', async () => {
    const { port, seen } = aSink();
    await port.flush();
    expect(seen).toMatchObject({ loads: 0, flushes: 0 });
    await port.open();
    await port.flush();
    expect(seen.flushes).toBe(1);
  });

  it('rejects each call where it cannot be loaded', async () => {
    const port = lazyPort('events', () => Promise.reject(new Error('no library')));
    await expect(port.open()).rejects.toThrow('no library');
    await expect(port.until(7).put('a', aMessage('1'))).rejects.toThrow('no library');
  });

  it('passes on the items of a scan, and ends the scan that is left early', async () => {
    const { blocks } = makeEmbeddedStores(atOnce);
    await hold(blocks, 'orders', cellsOf([1, 300, 600]));
    let isEnded = false;
    const scanAll = blocks.scan.bind(blocks);
    const scan = async function* (...range: Parameters<typeof scanAll>) {
      try {
        yield* scanAll(...range);
      } finally {
        isEnded = true;
      }
    };
    const port = lazyPort('blocks', async () => ({ until: () => Object.assign(blocks, { scan }) }));
    const indexes: number[] = [];
    for await (const { index } of port.until(7).scan('orders', 0, 9)) {
      indexes.push(index);
      if (index === 1) break;
    }
    expect([indexes, isEnded]).toEqual([[0, 1], true]);
  });

  it.each(Object.keys(portMethods) as PortName[])('has every method of %s', (name) => {
    const port = lazyPort(name, () => Promise.reject(new Error('is not called')));
    expect(Object.keys(port.until(7))).toEqual(Object.keys(portMethods[name]));
  });
});
