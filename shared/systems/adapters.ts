import type { SystemOfRecord } from '../ports.ts';
import type { SystemName } from '../record-kinds.ts';

/** Makes the port of a system for one delivery: its calls end by a deadline, in milliseconds since 1970. */
type MakeSystem = (deadlineMs: number) => SystemOfRecord;

/** How each system of record that a catalog may name is reached: undefined where no adapter is written yet. */
const adapters: Readonly<Record<SystemName, MakeSystem | undefined>> = {
  hubspot: undefined,
  stripe: undefined,
  twilio: undefined,
};

/** Makes the ports of the systems that can be reached. */
export function makeSystems(deadlineMs: number): ReadonlyMap<SystemName, SystemOfRecord> {
  const made = new Map<SystemName, SystemOfRecord>();
  for (const [name, make] of Object.entries(adapters)) if (make) made.set(name as SystemName, make(deadlineMs));
  return made;
}
