import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { makeEmbeddedStores, openEmbeddedPorts } from '../../shared/embedded/ports.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import type { Ports } from '../../shared/function-instance.ts';
import { atOnce, noon, RecordingPublisher } from './builders.ts';

/** Makes ports in memory, with the clock at noon. A test gives the ports that it uses, the others have defaults. */
export function portsInMemory(given: Partial<Omit<Ports, 'portsUntil'>>): Ports {
  return openEmbeddedPorts({
    ...makeEmbeddedStores(atOnce),
    publisher: new RecordingPublisher(),
    systems: new Map(),
    lists: new Map(),
    catalog: makeCatalog({}),
    clock: new VirtualClock(noon),
    random: makeRandom(1),
    log: new EmbeddedLog(),
    ...given,
  });
}
