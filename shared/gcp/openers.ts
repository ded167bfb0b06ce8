import type { DatabaseName } from '../databases.ts';
import type { Services } from '../function-instance.ts';
import type { ServicePorts } from '../port-methods.ts';
import { OpenLists, OpenSystems } from '../systems/adapters.ts';
import { loadDatabase, loadPubSub, type Database, type LoadClient } from './clients.ts';
import { lazyPort, type LazyPort } from './lazy-port.ts';
import type { GoogleCloud } from './ports.ts';

/*
 * The openers of ports on Google Cloud. Only they make adapters. An opener loads the adapter and its client when the
 * port is opened. A bundle contains only the adapters whose openers its index.ts imports.
 */

export const publisher = ({ clients }: GoogleCloud): LazyPort<ServicePorts['publisher']> =>
  lazyPort('publisher', async () => {
    const [{ PubSubPublisher }, pubsub] = await Promise.all([import('./publisher.ts'), clients.open(loadPubSub)]);
    return new PubSubPublisher({ pubsub, timeoutMs: clients.connection.publishTimeoutMs });
  });

export const blocks = (cloud: GoogleCloud): LazyPort<ServicePorts['blocks']> =>
  onDatabase('blocks', cloud, loadDatabase.state, async () => (await import('./block-store.ts')).FirestoreBlockStore);

export const ledger = (cloud: GoogleCloud): LazyPort<ServicePorts['ledger']> =>
  onDatabase('ledger', cloud, loadDatabase.state, async () => (await import('./gap-ledger.ts')).FirestoreGapLedger);

export const reconciliations = (cloud: GoogleCloud): LazyPort<ServicePorts['reconciliations']> =>
  onDatabase(
    'reconciliations',
    cloud,
    loadDatabase.state,
    async () => (await import('./reconciliation-store.ts')).FirestoreReconciliationStore,
  );

export const letters = (cloud: GoogleCloud): LazyPort<ServicePorts['letters']> =>
  onDatabase(
    'letters',
    cloud,
    loadDatabase.letters,
    async () => (await import('./dead-letter-store.ts')).FirestoreDeadLetterStore,
  );

export const letterIndex = (cloud: GoogleCloud): LazyPort<ServicePorts['letterIndex']> =>
  onDatabase(
    'letterIndex',
    cloud,
    loadDatabase.letters,
    async () => (await import('./letter-index.ts')).FirestoreLetterIndex,
  );

export const auditTrail = (cloud: GoogleCloud): LazyPort<ServicePorts['auditTrail']> =>
  onDatabase(
    'auditTrail',
    cloud,
    loadDatabase.letters,
    async () => (await import('./audit-trail.ts')).FirestoreAuditTrail,
  );

export const jobs = (cloud: GoogleCloud): LazyPort<ServicePorts['jobs']> =>
  onDatabase('jobs', cloud, loadDatabase.letters, async () => (await import('./job-store.ts')).FirestoreJobStore);

export const events = (cloud: GoogleCloud): LazyPort<ServicePorts['events']> =>
  onDatabase(
    'events',
    cloud,
    loadDatabase.state,
    async () => (await import('./clean-event-store.ts')).FirestoreCleanEventStore,
  );

export const anomalies = (cloud: GoogleCloud): LazyPort<ServicePorts['anomalies']> =>
  onDatabase(
    'anomalies',
    cloud,
    loadDatabase.state,
    async () => (await import('./anomaly-store.ts')).FirestoreAnomalyStore,
  );

export const keys = ({ clients, catalog, clock }: GoogleCloud): LazyPort<ServicePorts['keys']> =>
  lazyPort('keys', async () => {
    const [{ FirestoreUuidKeys }, database] = await Promise.all([
      import('./uuid-keys.ts'),
      clients.open(loadDatabase.state),
    ]);
    return new FirestoreUuidKeys({ database, clock, windowMs: (stream) => catalog.stream(stream).windowMs });
  });

/** The systems of record, which are no part of Google Cloud: `shared/systems/` has their adapters. */
export const systems = ({
  systemSettings: settings,
  catalog,
  clock,
  random,
}: GoogleCloud): LazyPort<Services['systems']> => {
  const opened = settings && new OpenSystems({ settings, named: catalog.systems, use: 'verify', clock, random });
  return {
    until: (deadlineMs) => opened?.until(deadlineMs) ?? new Map(),
    open: async () => opened?.open(),
    flush: () => Promise.resolve(),
  };
};

/** The lists of the systems of record. */
export const lists = ({
  systemSettings: settings,
  catalog,
  clock,
  random,
}: GoogleCloud): LazyPort<Services['lists']> => {
  const opened = settings && new OpenLists({ settings, named: catalog.listedSystems, use: 'reconcile', clock, random });
  return {
    until: (deadlineMs) => opened?.until(deadlineMs) ?? new Map(),
    open: async () => opened?.open(),
    flush: () => Promise.resolve(),
  };
};

type DatabasePort =
  'blocks' | 'ledger' | 'reconciliations' | 'letters' | 'letterIndex' | 'auditTrail' | 'jobs' | 'events' | 'anomalies';

/** Makes a port whose adapter has no state. A new adapter is made for each deadline. */
function onDatabase<P extends DatabasePort, Name extends DatabaseName>(
  name: P,
  { clients }: GoogleCloud,
  loadClient: LoadClient<Database<Name>>,
  load: () => Promise<new (database: Database<NoInfer<Name>>) => ServicePorts[P]>,
): LazyPort<ServicePorts[P]> {
  return lazyPort(name, async () => {
    const [Adapter, database] = await Promise.all([load(), clients.open(loadClient)]);
    return { until: (deadlineMs) => new Adapter(database.until(deadlineMs)) };
  });
}
