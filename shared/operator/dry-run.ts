import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import type { DeadLetterStore } from '../ports.ts';
import type { OperationDeps } from './letter-operations.ts';

/**
 * Returns the ports of operations that only try: what would be saved is remembered here, so that the next operation finds
 * it, and what would be published is dropped.
 */
export function withoutEffects(deps: OperationDeps): OperationDeps {
  const tried = new Map<string, DeadLetter>();
  const methods: Pick<DeadLetterStore, 'find' | 'save'> = {
    find: async (id) => {
      const value = tried.get(id);
      return value ? { value, version: 'tried' } : deps.letters.find(id);
    },
    save: (record) => {
      tried.set(record.id, record);
      return Promise.resolve(true);
    },
  };
  const letters = Object.assign(Object.create(deps.letters) as DeadLetterStore, methods);
  return { ...deps, letters, publisher: { publish: () => Promise.resolve() } };
}
