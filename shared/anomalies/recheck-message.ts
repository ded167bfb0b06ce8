import type { Catalog } from '../catalog-definition.ts';
import { eventsName } from '../sources/source.ts';
import { encodeAttributes, attributeNames } from '../messages/attributes.ts';
import { filterAttributes, type Message } from '../messages/message.ts';
import { isReserved } from '../messages/provenance.ts';

/** The attributes of a clean message that Eventmend made of the event, besides the reserved ones. */
const written: readonly string[] = [attributeNames.cleanId, attributeNames.cleanType];

/**
 * Writes a clean message as one for `mended-events`, by which its event is checked again. It is read by the source of
 * its stream. The event of a message that was split is whole by now, which its position tells.
 *
 * @returns Undefined for an inferred event, which has no record.
 */
export function recheckMessage(
  { data, attributes }: Message,
  { sources }: Pick<Catalog, 'sources'>,
): Message | undefined {
  const { stream = '', origin } = attributes;
  if (origin === 'reconstructed') return undefined;
  const source = sources.writersOf(stream)[0];
  const isOther = source !== undefined && source.name !== eventsName;
  return {
    data,
    attributes: {
      ...filterAttributes(attributes, (name) => !isReserved(name) && !written.includes(name)),
      ...encodeAttributes<'mended-events'>({
        stream,
        isRecheck: true,
        source: isOther ? { name: source.name, position: source.split === undefined ? undefined : 0 } : undefined,
      }),
    },
  };
}
