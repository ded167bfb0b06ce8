import { makeArchive } from '../../functions/archive/handler.ts';
import { makeRecheck } from '../../functions/recheck/handler.ts';
import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import { makeStore } from '../../functions/store/handler.ts';
import { makeSweep } from '../../functions/sweep/handler.ts';
import { makeTrack } from '../../functions/track/handler.ts';
import { makeValidate } from '../../functions/validate/handler.ts';
import { makeVerify } from '../../functions/verify/handler.ts';
import type { FunctionInstance, Ports } from '../../shared/function-instance.ts';
import type { FunctionName } from '../../shared/topology.ts';

/** The functions that messages are delivered to. */
export type DeliveredTo = Exclude<FunctionName, 'console'>;

export type FunctionBuilders = Readonly<Record<DeliveredTo, (ports: Ports) => FunctionInstance>>;

/** The handlers that are deployed. */
export const functionBuilders: FunctionBuilders = {
  validate: makeValidate,
  track: makeTrack,
  verify: makeVerify,
  sweep: makeSweep,
  reconstruct: makeReconstruct,
  archive: makeArchive,
  recheck: makeRecheck,
  store: makeStore,
};

export const deliveredTo = Object.keys(functionBuilders) as readonly DeliveredTo[];
