import type { SystemOfRecord } from '../../shared/ports.ts';
import { findSchema } from '../../shared/recovery/find-settings.ts';
import type { Ref, Sighting } from '../../shared/verification/sighting.ts';

/**
 * The settings of a type whose record is the HubSpot contact with the event's id. The event and the record have a note in
 * common, which never changes.
 */
export const typeWithNote = {
  system: 'hubspot',
  record: {
    kind: 'contact',
    id: '/event_id',
    fields: { '/note': { at: '/properties/note', fixed: true } },
    visibleMs: 0,
  },
  undecided: 'refuse',
} as const;

/** A system of record without a single record. */
export const noRecords: SystemOfRecord = { look: (refs) => Promise.resolve(refs.map(() => absent)) };

const absent: Sighting = { absent: true, fetchedAtMs: 0 };

/** A system of record whose records all have the same note. Without one, an event without a note is right. */
export function recordsWith(note: string | null = null): SystemOfRecord {
  return { look: (refs) => Promise.resolve(refs.map((ref) => aContact(ref, note))) };
}

function aContact({ id }: Ref, note: string | null): Sighting {
  return { text: JSON.stringify({ id, properties: { note } }), fetchedAtMs: 0 };
}

/** The settings by which missing events of a stream with numbers are found among HubSpot's deals. */
export const dealsByNumber = findSchema.parse({
  system: 'hubspot',
  types: ['deal'],
  number: '/n',
  type: 'Won',
  timestamp: '/at',
  data: '/d',
});
