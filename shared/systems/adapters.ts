import type { Clock, EventList, Random, SystemOfRecord } from '../ports.ts';
import type { SystemName } from '../record-kinds.ts';
import type { SystemSettings } from '../system-settings.ts';
import { Budget, sandboxFactor, type BudgetShare } from './budget.ts';
import { BudgetedList } from './budgeted-list.ts';
import { BudgetedSystem } from './budgeted-system.ts';
import type { ListReader } from './list-reader.ts';
import type { RecordReader } from './record-reader.ts';
import type { RequestDeps } from './requests.ts';

export interface SystemDeps {
  readonly settings: SystemSettings;
  /** The systems that the catalog names. */
  readonly named: ReadonlySet<SystemName>;
  readonly use: BudgetShare['use'];
  readonly clock: Clock;
  readonly random: Random;
}

type Loader<Reader> = (settings: SystemSettings) => Promise<Reader> | undefined;

/** Load a vendor's client: it takes some 100 ms and 20 MB. Undefined if the system has no settings. */
const loadReader: Readonly<Record<SystemName, Loader<RecordReader>>> = {
  hubspot: ({ hubspot }) =>
    hubspot && import('./hubspot-reader.ts').then(({ HubSpotReader }) => new HubSpotReader(hubspot)),
  stripe: ({ stripe }) => stripe && import('./stripe-reader.ts').then(({ StripeReader }) => new StripeReader(stripe)),
  twilio: ({ twilio }) => twilio && import('./twilio-reader.ts').then(({ TwilioReader }) => new TwilioReader(twilio)),
};
const loadListReader: Readonly<Record<SystemName, Loader<ListReader>>> = {
  hubspot: ({ hubspot }) => hubspot && import('./hubspot-list.ts').then(({ HubSpotList }) => new HubSpotList(hubspot)),
  stripe: ({ stripe }) => stripe && import('./stripe-list.ts').then(({ StripeList }) => new StripeList(stripe)),
  twilio: ({ twilio }) => twilio && import('./twilio-list.ts').then(({ TwilioList }) => new TwilioList(twilio)),
};

/**
 * An adapter for each system of record that a catalog names and that has settings. A client is loaded when it is first
 * needed.
 */
abstract class OpenEach<Reader, Adapter> {
  private readonly deps: SystemDeps;
  private readonly loaders: Readonly<Record<SystemName, Loader<Reader>>>;
  private readonly loading = new Map<SystemName, Promise<Adapter>>();

  constructor(deps: SystemDeps, loaders: Readonly<Record<SystemName, Loader<Reader>>>) {
    this.deps = deps;
    this.loaders = loaders;
  }

  /** Loads all clients. */
  async open(): Promise<void> {
    await Promise.all(this.names().map((name) => this.load(name)));
  }

  protected abstract adapterOf(reader: Reader, deps: RequestDeps): Adapter;

  /** Returns a port for each system. */
  protected portsOf<Port>(portOf: (load: () => Promise<Adapter>) => Port): ReadonlyMap<SystemName, Port> {
    return new Map(this.names().map((name) => [name, portOf(() => this.load(name))]));
  }

  private names(): readonly SystemName[] {
    const { named, settings } = this.deps;
    return [...named].filter((name) => settings[name] !== undefined);
  }

  private load(name: SystemName): Promise<Adapter> {
    const known = this.loading.get(name);
    if (known) return known;
    const loading = this.make(name);
    this.loading.set(name, loading);
    return loading;
  }

  private async make(name: SystemName): Promise<Adapter> {
    const { settings, use, clock, random } = this.deps;
    const reader = await this.loaders[name](settings);
    if (!reader) throw new TypeError(`${name} has no settings`);
    const factor = name === 'stripe' && settings.stripe?.isLive === false ? sandboxFactor : 1;
    const share = { useShare: settings.useShare, use, maxInstances: settings.maxInstances };
    return this.adapterOf(reader, { system: name, budget: new Budget(name, share, clock, factor), clock, random });
  }
}

/** The systems of record in which records are looked up. */
export class OpenSystems extends OpenEach<RecordReader, BudgetedSystem> {
  constructor(deps: SystemDeps) {
    super(deps, loadReader);
  }

  /** Returns the systems for one delivery, whose calls end before its deadline. */
  until(deadlineMs: number): ReadonlyMap<SystemName, SystemOfRecord> {
    return this.portsOf((load) => ({ look: async (refs) => (await load()).until(deadlineMs).look(refs) }));
  }

  protected adapterOf(reader: RecordReader, deps: RequestDeps): BudgetedSystem {
    return new BudgetedSystem({ ...deps, reader });
  }
}

/** The lists of the systems of record with which streams are compared. */
export class OpenLists extends OpenEach<ListReader, BudgetedList> {
  constructor(deps: SystemDeps) {
    super(deps, loadListReader);
  }

  /** Returns the lists for one delivery, whose calls end before its deadline. */
  until(deadlineMs: number): ReadonlyMap<SystemName, EventList> {
    return this.portsOf((load) => ({
      page: async (query, after) => (await load()).until(deadlineMs).page(query, after),
    }));
  }

  protected adapterOf(reader: ListReader, deps: RequestDeps): BudgetedList {
    return new BudgetedList({ ...deps, reader });
  }
}
