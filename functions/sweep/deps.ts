import type { PortsOf } from '../../shared/function-instance.ts';
import type { SeenBlocks } from './seen-blocks.ts';

export type SweepPorts = PortsOf<'publisher' | 'blocks' | 'ledger' | 'reconciliations' | 'letters' | 'letterIndex'>;

/** The ports of one tick. Their calls end by its deadline. */
export type TickDeps = Omit<SweepPorts, 'portsUntil' | 'reconciliations' | 'letters' | 'letterIndex'>;

/** The ports of a sweep over one stream. */
export type SweepDeps = Omit<TickDeps, 'blocks'> & { readonly blocks: SeenBlocks };
