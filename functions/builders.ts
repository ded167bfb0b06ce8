import { makeArchive } from './archive/handler.ts';
import { makeRecheck } from './recheck/handler.ts';
import { makeReconstruct } from './reconstruct/handler.ts';
import { makeStore } from './store/handler.ts';
import { makeSweep } from './sweep/handler.ts';
import { makeTrack } from './track/handler.ts';
import { makeValidate } from './validate/handler.ts';
import { makeVerify } from './verify/handler.ts';
import type { FunctionInstance, Ports } from '../shared/function-instance.ts';
import type { FunctionName } from '../shared/topology.ts';

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

export function isDeliveredTo(name: FunctionName): name is DeliveredTo {
  return name in functionBuilders;
}
