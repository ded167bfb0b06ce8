import type { AuditEntry } from '../dead-letter/audit.ts';
import type { FunctionContext, Ports, Services } from '../function-instance.ts';
import { EmbeddedAnomalyStore } from './anomaly-store.ts';
import { EmbeddedAuditTrail } from './audit-trail.ts';
import { EmbeddedBlockStore } from './block-store.ts';
import { EmbeddedCleanEventStore } from './clean-event-store.ts';
import { EmbeddedDeadLetterStore } from './dead-letter-store.ts';
import { EmbeddedGapLedger } from './gap-ledger.ts';
import { EmbeddedJobStore } from './job-store.ts';
import { EmbeddedLetterIndex } from './letter-index.ts';
import { EmbeddedReconciliationStore } from './reconciliation-store.ts';
import type { Step } from './steps.ts';
import { EmbeddedUuidKeys } from './uuid-keys.ts';

/** All stores in memory. */
export interface EmbeddedStores {
  readonly blocks: EmbeddedBlockStore;
  readonly ledger: EmbeddedGapLedger;
  readonly letters: EmbeddedDeadLetterStore;
  readonly letterIndex: EmbeddedLetterIndex;
  readonly auditTrail: EmbeddedAuditTrail;
  readonly jobs: EmbeddedJobStore;
  readonly events: EmbeddedCleanEventStore;
  readonly anomalies: EmbeddedAnomalyStore;
  readonly keys: EmbeddedUuidKeys;
  readonly reconciliations: EmbeddedReconciliationStore;
}

/**
 * @param keyExpireAtMs Returns when a uuid that is claimed now expires, in milliseconds since 1970, by the timestamp of
 * the event. By default it never does.
 */
export function makeEmbeddedStores(
  step: Step,
  keyExpireAtMs?: (instantMs: number | undefined) => number,
): EmbeddedStores {
  const auditTrail = new EmbeddedAuditTrail(step);
  const audit = (entry: AuditEntry): void => {
    auditTrail.add(entry);
  };
  const letters = new EmbeddedDeadLetterStore(step, audit);
  return {
    blocks: new EmbeddedBlockStore(step),
    ledger: new EmbeddedGapLedger(step),
    letters,
    letterIndex: new EmbeddedLetterIndex(step, letters),
    auditTrail,
    jobs: new EmbeddedJobStore(step, audit),
    events: new EmbeddedCleanEventStore(step),
    anomalies: new EmbeddedAnomalyStore(step),
    keys: new EmbeddedUuidKeys(step, keyExpireAtMs),
    reconciliations: new EmbeddedReconciliationStore(step),
  };
}

/**
 * Makes the ports of an instance in this process. All deliveries share the services, because calls in memory need no
 * deadline.
 */
export function openEmbeddedPorts(given: FunctionContext & Services): Ports {
  return { ...given, portsUntil: () => given };
}
