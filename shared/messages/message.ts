/** The content of a message. */
export interface Message {
  readonly data: Uint8Array;
  readonly attributes: Attributes;
  /** The producer's ordering key. Absent if there is none. */
  readonly orderingKey?: string;
}

export type Attributes = Readonly<Record<string, string>>;

/** One delivery of a message to a function. */
export interface Delivery extends Message {
  /** The topic of the message, by its name in topology.json. */
  readonly topic: string;
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly publishedAtMs: number;
  /** Milliseconds since 1970. All calls for this delivery end by then. Afterwards the message is delivered again. */
  readonly deadlineMs: number;
}

/** Handles one delivery: acks by returning, nacks by throwing. */
export type Handler = (delivery: Delivery) => Promise<void>;

/** Returns the attributes that have a value. */
export function attributesOf(values: Readonly<Record<string, string | undefined>>): Attributes {
  return collect(values, (value) => value !== undefined) as Attributes;
}

/** Returns the attributes whose name passes. */
export function filterAttributes(attributes: Attributes, keep: (name: string) => boolean): Attributes {
  return collect(attributes, (_, name) => keep(name));
}

/** A loop, because it runs several times for each event. */
function collect<T>(values: Readonly<Record<string, T>>, keep: (value: T, name: string) => boolean): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const name of Object.keys(values)) {
    const value = values[name] as T;
    if (!keep(value, name)) continue;
    // An assignment would set the prototype and lose the attribute.
    if (name === '__proto__')
      Object.defineProperty(kept, name, { value, enumerable: true, configurable: true, writable: true });
    else kept[name] = value;
  }
  return kept;
}
