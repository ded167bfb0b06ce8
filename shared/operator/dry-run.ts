import type { DeadLetterStore } from '../ports.ts';
import type { OperationDeps } from './letter-operations.ts';

/** Returns the ports of operations that only try: what would be saved or published is dropped. */
export function withoutEffects(deps: OperationDeps): OperationDeps {
  const letters = Object.assign(Object.create(deps.letters) as DeadLetterStore, { save: () => Promise.resolve(true) });
  return { ...deps, letters, publisher: { publish: () => Promise.resolve() } };
}
