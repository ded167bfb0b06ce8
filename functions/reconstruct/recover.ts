import { AccessError, RetryableError } from '../../shared/errors.ts';
import type { FunctionContext, Services } from '../../shared/function-instance.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Recover } from '../../shared/inference/infer-gap.ts';
import { defaultFindPatienceMs } from '../../shared/recovery/find-settings.ts';
import { findMissing } from '../../shared/recovery/find-missing.ts';
import type { RecoveredEvent } from '../../shared/recovery/recovered-event.ts';
import type { TypeDefinition } from '../../shared/stream-settings.ts';
import { misfitOf } from '../../shared/validation/check.ts';

type RecoverDeps = Pick<FunctionContext, 'catalog' | 'clock' | 'log'> & Pick<Services, 'lists'>;

/**
 * Makes the function that asks the system of record for the missing events of a gap. It finds none if the stream names
 * no system, or the system is not connected. If the system does not answer, the gap waits as long as the catalog is
 * patient; then nothing is found, and the events are inferred.
 */
export function recoverBy({ catalog, clock, log, lists }: RecoverDeps, gap: Gap): Recover {
  return async (missing, near) => {
    const { find } = catalog.stream(gap.stream);
    const list = find && lists.get(find.system);
    if (!list) return [];
    try {
      const found = await findMissing(list, find, missing, near);
      return found.filter((event) => fits(event, catalog.type(find.type)));
    } catch (error) {
      const { patienceMs = defaultFindPatienceMs } = find;
      const isPatient = clock.now() < (gap.deadlineMs ?? gap.foundAtMs) + patienceMs;
      if (isPatient || !(error instanceof RetryableError || error instanceof AccessError)) throw error;
      log.warn(`${find.system} did not answer in time about missing events of ${gap.stream}; they are inferred`);
      return [];
    }
  };
}

/** Whether the data of a recovered event fits its type. Nobody would look at it again. */
function fits({ data }: RecoveredEvent, type: TypeDefinition | undefined): boolean {
  const value: unknown = data === undefined ? undefined : JSON.parse(data);
  return type?.payload === undefined || misfitOf(value ?? undefined, type.payload) === undefined;
}
