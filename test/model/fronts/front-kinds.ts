import type { FrontKind } from './front-stream.ts';
import { backlogKinds } from './kinds/backlogs.ts';
import { lossKinds } from './kinds/losses.ts';
import { numberingKinds } from './kinds/numberings.ts';
import { platformKinds } from './kinds/platform.ts';
import { sequenceKinds } from './kinds/sequences.ts';
import { wrongIdKinds } from './kinds/wrong-ids.ts';

/** All kinds of streams that the search tries. */
export const frontKinds: readonly FrontKind[] = [
  ...wrongIdKinds,
  ...backlogKinds,
  ...sequenceKinds,
  ...numberingKinds,
  ...lossKinds,
  ...platformKinds,
];

/** @throws Error if no kind has the name. */
export function frontKind(name: string): FrontKind {
  const kind = frontKinds.find((one) => one.name === name);
  if (!kind) throw new Error(`no kind of stream is called ${name}`);
  return kind;
}
