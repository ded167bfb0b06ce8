import type { TerminalShape } from '../../cli/screen/table.ts';

/** An output without colours and without an end of its lines, such as a pipe. */
export const plainTerminal: TerminalShape = { isColoured: false, width: undefined };
