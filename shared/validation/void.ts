import type { Catalog } from '../catalog-definition.ts';
import { digest } from '../digest.ts';
import { defaultStream, isRounded, voidSchema } from '../event.ts';
import type { Failure } from '../failure.ts';
import { voidKey } from '../identity.ts';
import type { JsonObject } from '../json.ts';
import { detailOf, invalid } from './check.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
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
  catalog: Catalog,
): { readonly routing: RoutingAttributes } | { readonly failure: Failure } {
  const { members } = object;
  const parsed = voidSchema.safeParse(members);
  if (!parsed.success) return { failure: invalid('ERR_INVALID_EVENT', detailOf(parsed.error, members, ['void'])) };
  const rounded = (['from', 'to'] as const).find((name) => isRounded(object, name));
  if (rounded) return { failure: invalid('ERR_INVALID_EVENT', `void.${rounded}: not_exact`) };
  const { from, to, ...body } = parsed.data;
  if (stream !== undefined && body.stream !== undefined && stream !== body.stream) {
    return { failure: invalid('ERR_INVALID_EVENT', 'void.stream: other than the attribute') };
  }
  const name = stream ?? body.stream ?? defaultStream;
  if (to - from >= catalog.stream(name).maxGap) {
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
  const history = { origin, root, key: voidKey, replay, answer: undefined };
  const flags = { toBeChecked: false, possibleDuplicate: false, isRecovered: false, replace: false, repairs: false };
  const ids = { eventId: from, lastId: to, place: undefined };
  return { routing: { kind: 'void', stream: name, ...history, ...ids, ...content, ...flags } };
}
