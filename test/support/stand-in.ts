import { sampleRecords } from '../../cli/systems/sample.ts';
import { StandIn } from '../../cli/systems/stand-in.ts';
import { standInKeys } from '../../cli/systems/keys.ts';
import { readFunctionConfig } from '../../shared/config.ts';
import { noon } from './builders.ts';

/** A stand-in on a free port, and what a test asks of it. */
export interface OpenStandIn {
  readonly url: string;
  control(body: object): Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in with the sample's records. */
export async function openStandIn(): Promise<OpenStandIn> {
  const standIn = new StandIn(structuredClone(sampleRecords), () => noon);
  const url = await standIn.listen(0);
  return {
    url,
    control: async (body) => {
      const { ok } = await fetch(`${url}/_control`, { method: 'POST', body: JSON.stringify(body) });
      if (!ok) throw new Error(`the stand-in refuses ${JSON.stringify(body)}`);
    },
    close: () => standIn.close(),
  };
}

/** The environment of a verify that asks a stand-in. */
export function environmentOf(url: string): Readonly<Record<string, string>> {
  return {
    ...standInKeys,
    HUBSPOT_BASE_URL: url,
    STRIPE_BASE_URL: url,
    TWILIO_BASE_URL: url,
    FUNCTION_TARGET: 'verify',
    GOOGLE_CLOUD_PROJECT: 'demo-project',
  };
}

/** The settings with which a function asks a stand-in. */
export function settingsOfStandIn(url: string, changed: Readonly<Record<string, string>> = {}) {
  return readFunctionConfig({ ...environmentOf(url), ...changed }).systems;
}
