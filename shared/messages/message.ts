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
  /** Milliseconds since 1970: all calls made for this delivery end by then. Later the message has been delivered again. */
  readonly deadlineMs: number;
}

/** Handles one delivery: acks by returning, nacks by throwing. */
export type Handler = (delivery: Delivery) => Promise<void>;

/** Leaves out the attributes without a value, so that a builder can name each attribute once. */
export function attributesOf(values: Readonly<Record<string, string | undefined>>): Attributes {
  return collect(values, (value) => value !== undefined) as Attributes;
}

/** Keeps the attributes whose name passes. */
export function filterAttributes(attributes: Attributes, keep: (name: string) => boolean): Attributes {
  return collect(attributes, (_, name) => keep(name));
}

/** Written as a loop, since it runs several times for each event. */
function collect<T>(values: Readonly<Record<string, T>>, keep: (value: T, name: string) => boolean): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const name of Object.keys(values)) {
    const value = values[name] as T;
    if (!keep(value, name)) continue;
    // Assigning it would set the prototype, and lose the attribute.
    if (name === '__proto__')
      Object.defineProperty(kept, name, { value, enumerable: true, configurable: true, writable: true });
    else kept[name] = value;
  }
  return kept;
}
