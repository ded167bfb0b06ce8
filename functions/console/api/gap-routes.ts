import { eventIdSchema } from '../../../shared/event.ts';
import { askRefusal, maxAskedIds, type AskRefusal } from '../../../shared/gaps/ask-again.ts';
import type { Gap } from '../../../shared/gaps/gap.ts';
import { startProgress } from '../../../shared/gaps/progress.ts';
import { afterReset } from '../../../shared/gaps/reset.ts';
import { writeAsk } from '../../../shared/gaps/tick.ts';
import { noteAskedAgain } from '../../../shared/operator/note-asked-again.ts';
import { jsonResponse, RequestError, type ConsoleResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';
import { streamOf } from './stream-routes.ts';

/** The address at which an operator has a producer asked again for the events of a gap. */
export function gapRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/streams/{stream}/gaps/{from}/ask',
      role: 'operator',
      summary: 'has the producer asked again for the events of a gap that are still missing',
      answer: (request) => askForGap(deps, request),
    },
  ];
}

/** Sweep does the asking, since it alone writes what it knows of a gap. It checks everything again. */
async function askForGap(deps: ApiDeps, request: RoutedRequest): Promise<ConsoleResponse> {
  const stream = await streamOf(deps, request);
  const gap = await gapOf(deps, stream, request.params.from ?? '');
  const progress = (await deps.ledger.progress(stream))?.value ?? startProgress(stream);
  const settings = afterReset(deps.catalog.stream(stream), progress);
  const refusal = askRefusal(gap, progress, deps.clock.now(), settings);
  if (refusal) throw refused(refusal);
  await noteAskedAgain(deps, gap, request.caller.name);
  await deps.publisher.publish('sweeps', writeAsk(stream, gap.from));
  return jsonResponse({ stream, from: gap.from, to: gap.to }, 202);
}

async function gapOf({ ledger }: ApiDeps, stream: string, text: string): Promise<Gap> {
  const from = eventIdSchema.safeParse(/^\d{1,16}$/.test(text) ? Number(text) : undefined).data;
  const found = from === undefined ? undefined : await ledger.find(stream, from);
  if (found) return found.value;
  throw new RequestError(404, 'No gap of this stream begins at this id.', {
    code: 'unknown-gap',
    next: 'GET /api/streams/{stream}/gaps lists the gaps.',
  });
}

const refusals: Readonly<Record<AskRefusal, { readonly message: string; readonly next: string }>> = {
  'not-missing': { message: 'No event of this gap is missing.', next: 'Nothing is left to do.' },
  waiting: {
    message: 'The producer is asked already, or is asked with the next sweep.',
    next: 'Wait for the deadline of the gap.',
  },
  'only-listed': {
    message: 'Missing events of this stream are never asked for.',
    next: 'The settings recover and numbering of the stream say so.',
  },
  forgotten: {
    message: 'Its events may have come and been forgotten, so what the producer sends would be refused.',
    next: 'Look at a consumer for what is missing.',
  },
  'too-long': {
    message: `It has more than ${maxAskedIds.toLocaleString('en-US')} ids.`,
    next: 'Ask the producer yourself for those that exist.',
  },
};

function refused(code: AskRefusal): RequestError {
  const { message, next } = refusals[code];
  return new RequestError(409, message, { code, next });
}
