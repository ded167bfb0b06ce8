import { defaultStreamSettings } from '../../shared/stream-settings.ts';

/** The comparison of a removed event with its inference. */
export interface Judged {
  /** Whether the event existed. If not, any inference of it is wrong. */
  readonly existed: boolean;
  /** Whether the event existed and its type is right. */
  readonly isTypeRight: boolean;
  /** Undefined where the event has no entity, or never existed. */
  readonly isEntityRight: boolean | undefined;
  /** How likely the event existed with the inferred type according to the inference, from 0 to 1. */
  readonly confidence: number;
  /** The error of the inferred timestamp, in milliseconds. Undefined if nothing was inferred or nothing existed. */
  readonly offMs: number | undefined;
}

/** The quality of inferences. */
export interface Score {
  /** The share of removed events whose type was right, among those that existed. */
  readonly typeAccuracy: number;
  /** The share of right entities among the removed events that have one. Null if none has one. */
  readonly entityAccuracy: number | null;
  readonly timestampErrorSeconds: { readonly median: number | null; readonly mean: number | null };
  /** Expected calibration error: how far confidence is from accuracy, over ten bins. */
  readonly ece: number;
  /** Ten bins of equal width. */
  readonly reliability: readonly Bin[];
  /** The inferences with at least the default `minConfidence`. */
  readonly publishable: Publishable;
}

/** The inferences that would be published by default. */
export interface Publishable {
  readonly minConfidence: number;
  readonly count: number;
  /** The share of them that existed with the inferred type. Null if there are none. */
  readonly accuracy: number | null;
}

/** The inferences whose confidence is from `from` up to `to`. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Their mean confidence. Null if there are no inferences. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

const bins = 10;

export function scoreOf(judged: readonly Judged[]): Score {
  const ofEntities = judged.flatMap(({ isEntityRight }) => isEntityRight ?? []);
  const offSeconds = judged.flatMap(({ offMs }) => (offMs === undefined ? [] : Math.abs(offMs) / 1_000));
  const reliability = reliabilityOf(judged);
  return {
    typeAccuracy: mean(judged.filter(({ existed }) => existed).map(({ isTypeRight }) => Number(isTypeRight))) ?? 0,
    entityAccuracy: mean(ofEntities.map(Number)),
    timestampErrorSeconds: { median: median(offSeconds), mean: mean(offSeconds) },
    ece: reliability.reduce(
      (sum, { count, confidence, accuracy }) =>
        sum + (count / judged.length) * Math.abs((confidence ?? 0) - (accuracy ?? 0)),
      0,
    ),
    reliability,
    publishable: publishableOf(judged),
  };
}

function publishableOf(judged: readonly Judged[]): Publishable {
  const { minConfidence } = defaultStreamSettings;
  const sure = judged.filter(({ confidence }) => confidence >= minConfidence);
  const accuracy = mean(sure.map(({ isTypeRight }) => Number(isTypeRight)));
  return { minConfidence, count: sure.length, accuracy };
}

function reliabilityOf(judged: readonly Judged[]): readonly Bin[] {
  const binOf = ({ confidence }: Judged): number => Math.min(bins - 1, Math.floor(confidence * bins));
  return Array.from({ length: bins }, (_, i) => {
    const inBin = judged.filter((inference) => binOf(inference) === i);
    return {
      from: i / bins,
      to: (i + 1) / bins,
      count: inBin.length,
      confidence: mean(inBin.map(({ confidence }) => confidence)),
      accuracy: mean(inBin.map(({ isTypeRight }) => Number(isTypeRight))),
    };
  });
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
