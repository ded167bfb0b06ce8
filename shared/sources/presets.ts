import { z } from 'zod';
import { flag, oneOf } from '../setting-kinds.ts';
import type { Format } from './format.ts';
import type { FieldPlace } from './place.ts';
import { cloudEventsFormat } from './presets/cloud-events.ts';
import { debeziumFormat } from './presets/debezium.ts';
import { hubspotFormat } from './presets/hubspot.ts';
import { segmentFormat } from './presets/segment.ts';
import { stripeFormat } from './presets/stripe.ts';
import { twilioFormat } from './presets/twilio.ts';

/** The formats that are known by name. */
export const presetNames = ['cloudEvents', 'stripe', 'hubspot', 'segment', 'twilio', 'debezium'] as const;
export type PresetName = (typeof presetNames)[number];

export const presetSchema = z.strictObject({
  preset: oneOf(...presetNames),
  sequence: flag().optional(),
});

/** A preset with its options, as `fields` of a source in the catalog. */
export type PresetDefinition = z.input<typeof presetSchema>;

/** Makes the format of a preset. @param streamPlaces The places that the source's stream names are made of. */
export function formatOfPreset({ preset, sequence }: PresetDefinition, streamPlaces: readonly FieldPlace[]): Format {
  switch (preset) {
    case 'cloudEvents':
      return cloudEventsFormat(streamPlaces, sequence ?? false);
    case 'stripe':
      return stripeFormat;
    case 'hubspot':
      return hubspotFormat;
    case 'segment':
      return segmentFormat;
    case 'twilio':
      return twilioFormat;
    case 'debezium':
      return debeziumFormat;
  }
}

/**
 * CloudEvents 1.0 (https://cloudevents.io), in the structured, the binary and the batch mode.
 *
 * @param options `sequence`: the extension `sequence` numbers the events of each source. The stream must then be made of
 *   `/source`.
 */
export function cloudEvents(options: { readonly sequence?: boolean } = {}): PresetDefinition {
  return { preset: 'cloudEvents', ...options };
}

/** Events of Stripe's webhooks and event destinations (https://docs.stripe.com/api/events/object). */
export function stripe(): PresetDefinition {
  return { preset: 'stripe' };
}

/** Arrays of events of HubSpot's webhooks (https://developers.hubspot.com/docs/api/webhooks). */
export function hubspot(): PresetDefinition {
  return { preset: 'hubspot' };
}

/** Calls of Segment's tracking API, single or as a batch (https://segment.com/docs/connections/spec/common). */
export function segment(): PresetDefinition {
  return { preset: 'segment' };
}

/** Status callbacks of Twilio's messages and calls, as forms (https://www.twilio.com/docs/usage/webhooks). */
export function twilio(): PresetDefinition {
  return { preset: 'twilio' };
}

/** Change events of Debezium, with or without the envelope of Kafka Connect (https://debezium.io). */
export function debezium(): PresetDefinition {
  return { preset: 'debezium' };
}
