import type { PortsOf } from '../../shared/function-instance.ts';

/** The ports of sweep. It bounds its own time, and makes no call by the deadline of its delivery. */
export type SweepDeps = Omit<PortsOf<'publisher' | 'blocks' | 'ledger'>, 'portsUntil'>;
