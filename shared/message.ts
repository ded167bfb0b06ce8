/** What a message carries: bytes, and attributes beside them. */
export interface Message {
  readonly data: Uint8Array;
  readonly attributes: Attributes;
}

export type Attributes = Readonly<Record<string, string>>;

/** One delivery of a message to a function. */
export interface Delivery extends Message {
  /** The topic it came from, as topology.json names it. */
  readonly topic: string;
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly publishedAtMs: number;
}

/** Handles one delivery: acks by returning, nacks by throwing. */
export type Handler = (delivery: Delivery) => Promise<void>;

/** Leaves out the attributes without a value, so that a builder can name each attribute once. */
export function attributesOf(values: Readonly<Record<string, string | undefined>>): Attributes {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Keeps the attributes whose name passes. */
export function filterAttributes(attributes: Attributes, keep: (name: string) => boolean): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => keep(name)));
}
