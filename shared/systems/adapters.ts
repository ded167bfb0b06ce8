import type { Clock, Random, SystemOfRecord } from '../ports.ts';
import type { SystemName } from '../record-kinds.ts';
import { Budget, sandboxFactor, type BudgetShare } from './budget.ts';
import { BudgetedSystem } from './budgeted-system.ts';
import type { RecordReader } from './record-reader.ts';
import type { SystemSettings } from '../system-settings.ts';

export interface SystemDeps {
  readonly settings: SystemSettings;
  /** The systems that the catalog names. */
  readonly named: ReadonlySet<SystemName>;
  readonly use: BudgetShare['use'];
  readonly clock: Clock;
  readonly random: Random;
}

/** Loads a vendor's client: it takes some 100 ms and 20 MB. Undefined if the system has no settings. */
const loadReader: Readonly<Record<SystemName, (settings: SystemSettings) => Promise<RecordReader> | undefined>> = {
  hubspot: ({ hubspot }) =>
    hubspot && import('./hubspot-reader.ts').then(({ HubSpotReader }) => new HubSpotReader(hubspot)),
  stripe: ({ stripe }) => stripe && import('./stripe-reader.ts').then(({ StripeReader }) => new StripeReader(stripe)),
  twilio: ({ twilio }) => twilio && import('./twilio-reader.ts').then(({ TwilioReader }) => new TwilioReader(twilio)),
};

/** The systems of record that a catalog names and that have settings. A client is loaded when it is first needed. */
export class OpenSystems {
  private readonly deps: SystemDeps;
  private readonly loading = new Map<SystemName, Promise<BudgetedSystem>>();

  constructor(deps: SystemDeps) {
    this.deps = deps;
  }

  /** Loads all clients. */
  async open(): Promise<void> {
    await Promise.all(this.names().map((name) => this.load(name)));
  }

  /** Returns the systems for one delivery, whose calls end before its deadline. */
  until(deadlineMs: number): ReadonlyMap<SystemName, SystemOfRecord> {
    return new Map(
      this.names().map((name) => [
        name,
        { look: async (refs) => (await this.load(name)).until(deadlineMs).look(refs) } satisfies SystemOfRecord,
      ]),
    );
  }

  private names(): readonly SystemName[] {
    const { named, settings } = this.deps;
    return [...named].filter((name) => settings[name] !== undefined);
  }

  private load(name: SystemName): Promise<BudgetedSystem> {
    const known = this.loading.get(name);
    if (known) return known;
    const loading = this.make(name);
    this.loading.set(name, loading);
    return loading;
  }

  private async make(name: SystemName): Promise<BudgetedSystem> {
    const { settings, use, clock, random } = this.deps;
    const reader = await loadReader[name](settings);
    if (!reader) throw new TypeError(`${name} has no settings`);
    const factor = name === 'stripe' && settings.stripe?.isLive === false ? sandboxFactor : 1;
    const budget = new Budget(
      name,
      { useShare: settings.useShare, use, maxInstances: settings.maxInstances },
      clock,
      factor,
    );
    return new BudgetedSystem({ system: name, reader, budget, clock, random });
  }
}
