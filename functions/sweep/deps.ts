import type { PortsOf } from '../../shared/function-instance.ts';

export type SweepPorts = PortsOf<'publisher' | 'blocks' | 'ledger' | 'reconciliations' | 'letters' | 'letterIndex'>;

/** The ports of one tick. Their calls end by its deadline. */
export type TickDeps = Omit<SweepPorts, 'portsUntil' | 'reconciliations' | 'letters' | 'letterIndex'>;
