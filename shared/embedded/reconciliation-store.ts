import type { ReconciliationStore, Version, Versioned } from '../ports.ts';
import type { Reconciliation } from '../reconciliation/reconciliation.ts';
import type { Step } from './steps.ts';
import { VersionedMap } from './versioned-map.ts';

/** Stores the states of reconciliations in memory. */
export class EmbeddedReconciliationStore implements ReconciliationStore {
  private readonly step: Step;
  private readonly states = new VersionedMap<Reconciliation>();

  constructor(step: Step) {
    this.step = step;
  }

  async find(stream: string, name: string): Promise<Versioned<Reconciliation> | undefined> {
    await this.step();
    return this.states.get(`${stream}/${name}`);
  }

  async save(
    stream: string,
    name: string,
    state: Reconciliation,
    expected: Version | undefined,
  ): Promise<Version | undefined> {
    await this.step();
    return this.states.put(`${stream}/${name}`, state, expected);
  }
}
