import type { Catalog } from '../../shared/catalog-definition.ts';
import type { Handler } from '../../shared/message.ts';
import type { BlockStore, Clock, GapLedger, Publisher } from '../../shared/ports.ts';
import { sweepStream } from './sweep-stream.ts';

export interface SweepDeps {
  readonly publisher: Publisher;
  readonly blocks: BlockStore;
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Sweeps the stream that a tick names; a tick that names none is passed on as one for each stream. */
export function makeSweep(deps: SweepDeps): Handler {
  return async ({ attributes }) => {
    const { stream } = attributes;
    if (stream !== undefined) {
      await sweepStream(deps, stream);
      return;
    }
    const streams = await deps.blocks.streams();
    await Promise.all(streams.map((name) => deps.publisher.publish('sweeps', tickFor(name))));
  };
}

function tickFor(stream: string) {
  return { data: new Uint8Array(), attributes: { stream } };
}
