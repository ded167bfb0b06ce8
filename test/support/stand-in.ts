import { sampleRecords } from '../../cli/systems/sample.ts';
import type { RecordFile } from '../../cli/systems/records.ts';
import { StandIn } from '../../cli/systems/stand-in.ts';
import { standInKeys } from '../../cli/systems/keys.ts';
import { readFunctionConfig } from '../../shared/config.ts';
import { noon } from './builders.ts';

/** A stand-in on a free port, and what a test asks of it. */
export interface OpenStandIn {
  readonly url: string;
  control(body: object): Promise<void>;
  /** Controls it by a body that is JSON already. */
  controlText(body: string): Promise<void>;
  /** Advances its clock, which stands still otherwise. */
  advance(ms: number): void;
  close(): Promise<void>;
}

/** Starts a stand-in. @param records By default the sample's. */
export async function openStandIn(records: RecordFile = sampleRecords): Promise<OpenStandIn> {
  let nowMs = noon;
  const standIn = new StandIn(structuredClone(records), () => nowMs);
  const url = await standIn.listen(0);
  const controlText = async (body: string): Promise<void> => {
    const { ok } = await fetch(`${url}/_control`, { method: 'POST', body });
    if (!ok) throw new Error(`the stand-in refuses ${body}`);
  };
  return {
    url,
    control: (body) => controlText(JSON.stringify(body)),
    controlText,
    advance: (ms) => {
      nowMs += ms;
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
