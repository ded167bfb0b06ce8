import type { Catalog } from '../catalog-definition.ts';
import { digest } from '../digest.ts';
import { defaultStream, readId, streamSchema } from '../event.ts';
import type { Failure } from '../failure.ts';
import { spellMisfit } from '../fields/misfit.ts';
import { voidKey } from '../identity.ts';
import type { JsonObject } from '../json.ts';
import { invalid } from './check.ts';
import type { RoutingAttributes, SourceFacts } from '../messages/routing.ts';
import type { Provenance } from '../messages/provenance.ts';

/**
 * The content hash of all voids, which have no content. It has the full length of a digest, so that it is the same
 * after storage.
 */
const voidHash = digest(voidKey);

/** Reads a void: the ids of its stream that never existed. The stream is in the body, in the attribute, or in both. */
export function voidRouting(
  object: JsonObject,
  stream: string | undefined,
  { origin, root, replay }: Provenance,
  facts: SourceFacts,
  catalog: Catalog,
): { readonly routing: RoutingAttributes } | { readonly failure: Failure } {
  const read = readVoid(object);
  if ('problem' in read) return { failure: invalid('ERR_INVALID_EVENT', `void.${read.problem}`) };
  const { from, to, ...body } = read;
  if (stream !== undefined && body.stream !== undefined && stream !== body.stream) {
    return { failure: invalid('ERR_INVALID_EVENT', 'void.stream: other than the attribute') };
  }
  const name = stream ?? body.stream ?? defaultStream;
  const { maxGap, numbering } = catalog.stream(name);
  if (numbering === 'none') return { failure: invalid('ERR_INVALID_EVENT', 'void: its stream has no ids') };
  if (to - from >= maxGap) {
    return { failure: invalid('ERR_INVALID_EVENT', 'void.to: more than maxGap ids') };
  }
  const content = {
    hash: voidHash,
    formerly: undefined,
    type: '',
    instantMs: undefined,
    entity: 0,
    failure: undefined,
  };
  const history = {
    origin,
    root,
    key: voidKey,
    replay,
    left: undefined,
    answer: undefined,
    facts,
    receivedAtMs: undefined,
  };
  const flags = { toBeChecked: false, possibleDuplicate: false, isRecovered: false, replace: false, repairs: false };
  const ids = { eventId: from, lastId: to, place: undefined };
  return { routing: { kind: 'void', stream: name, ...history, ...ids, ...content, ...flags } };
}

/** The ids that a void names, both ends included. */
interface Void {
  readonly from: number;
  readonly to: number;
  readonly stream: string | undefined;
}

function readVoid(object: JsonObject): Void | { readonly problem: string } {
  const [from, to] = [readId(object, 'from'), readId(object, 'to')];
  const stream = streamSchema.optional().safeParse(object.members.stream ?? undefined);
  const problems = [
    ...('misfit' in from ? [spellMisfit('from', from.misfit)] : []),
    ...('misfit' in to ? [spellMisfit('to', to.misfit)] : []),
    ...(stream.success ? [] : ['stream: not a name of a stream']),
  ];
  if ('misfit' in from || 'misfit' in to || !stream.success) return { problem: problems.join('. void.') };
  if (from.value > to.value) return { problem: 'to: below from' };
  return { from: from.value, to: to.value, stream: stream.data };
}
