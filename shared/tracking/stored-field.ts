import { digestBytes, type Digest } from '../digest.ts';
import { InvariantError } from '../errors.ts';

/** Numbers of states start at 1, because the bytes of an absent entry are zero. */
const states = ['clean', 'suspect', 'reconstructed', 'closed'] as const;
type State = (typeof states)[number];
const stateMask = 0b111;

/** The kinds of fields of an entry, with the type of their values. */
interface Values {
  state: State;
  flag: boolean;
  uint8: number;
  uint32: number;
  /** Stored as NaN if it is undefined. */
  optionalDouble: number | undefined;
  digest: Digest;
  /** Stored as the number of the type in its block; 0 for no type. */
  type: string;
}
type FieldKind = keyof Values;

const bitsOf: Readonly<Record<FieldKind, number>> = {
  state: 3,
  flag: 1,
  uint8: 8,
  uint32: 32,
  optionalDouble: 64,
  digest: 8 * digestBytes,
  type: 8,
};

/** The numbers of the types in a block. An entry holds the number of its type. */
export interface TypeNumbers {
  nameOf(number: number): string;
  /** Returns 0 if the block has no room for another type. */
  numberOf(type: string): number;
}

/** The values of some fields. */
export type ValuesOf<Fields extends Readonly<Record<string, FieldKind>>> = {
  readonly [F in keyof Fields]: Values[Fields[F]];
};

/**
 * Stored entries, as bytes, and as text with one character for each byte. Digests are slices of the text, which is
 * faster than making a text from bytes. V8 copies slices of up to 12 characters, so a digest does not keep the whole
 * text in memory.
 */
export interface StoredBytes {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly text: string;
}

export function storedBytes({ buffer, byteOffset, byteLength }: Uint8Array): StoredBytes {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return { bytes, view: new DataView(buffer, byteOffset, byteLength), text: bytes.toString('latin1') };
}

interface PlacedField {
  readonly name: string;
  readonly kind: FieldKind;
  /** The first byte of the field, and the first bit within that byte. */
  readonly offset: number;
  readonly shift: number;
}

/** Reads a field of the entry that begins at a byte. */
type Read<T> = (from: StoredBytes, start: number, types: TypeNumbers) => T;
/** Writes a field of the entry that begins at a byte. All bytes of the entry must be zero before. */
type Write<T> = (to: Buffer, start: number, value: T, types: TypeNumbers) => void;

/** The layout of fields, in the order of declaration. */
export interface Layout<Fields extends Readonly<Record<string, FieldKind>>> {
  readonly fields: readonly PlacedField[];
  readonly bytes: number;
  /**
   * A function for each field. A caller names each field, and makes an entry as a literal: a loop over the fields takes
   * two to four times as long.
   */
  readonly read: { readonly [F in keyof Fields]: Read<Values[Fields[F]]> };
  readonly write: { readonly [F in keyof Fields]: Write<Values[Fields[F]]> };
}

/**
 * Computes the offset of every field. A field of whole bytes begins at a byte. Smaller fields before it share a byte.
 */
export function layOut<const Fields extends Readonly<Record<string, FieldKind>>>(fields: Fields): Layout<Fields> {
  let end = 0;
  const placed = Object.entries(fields).map(([name, kind]): PlacedField => {
    const bits = bitsOf[kind];
    const firstBit = bits % 8 === 0 ? 8 * Math.ceil(end / 8) : end;
    end = firstBit + bits;
    return { name, kind, offset: firstBit >> 3, shift: firstBit & 7 };
  });
  const read = Object.fromEntries(placed.map((field) => [field.name, readers[field.kind](field)]));
  const write = Object.fromEntries(placed.map((field) => [field.name, writers[field.kind](field)]));
  return {
    fields: placed,
    bytes: Math.ceil(end / 8),
    read: read as Layout<Fields>['read'],
    write: write as unknown as Layout<Fields>['write'],
  };
}

type Place = Pick<PlacedField, 'offset' | 'shift'>;

/** How each kind of field is read. */
const readers: { readonly [K in FieldKind]: (place: Place) => Read<Values[K]> } = {
  state:
    ({ offset, shift }) =>
    ({ bytes }, start) =>
      stateOf((byteAt(bytes, start + offset) >> shift) & stateMask),
  flag:
    ({ offset, shift }) =>
    ({ bytes }, start) =>
      (byteAt(bytes, start + offset) & (1 << shift)) !== 0,
  uint8:
    ({ offset }) =>
    ({ bytes }, start) =>
      byteAt(bytes, start + offset),
  type:
    ({ offset }) =>
    ({ bytes }, start, types) =>
      types.nameOf(byteAt(bytes, start + offset)),
  uint32:
    ({ offset }) =>
    ({ view }, start) =>
      view.getUint32(start + offset, true),
  optionalDouble:
    ({ offset }) =>
    ({ view }, start) => {
      const value = view.getFloat64(start + offset, true);
      return Number.isNaN(value) ? undefined : value;
    },
  digest:
    ({ offset }) =>
    ({ text }, start) =>
      text.slice(start + offset, start + offset + digestBytes),
};

/** How each kind of field is written. */
const writers: { readonly [K in FieldKind]: (place: Place) => Write<Values[K]> } = {
  state:
    ({ offset, shift }) =>
    (to, start, value) => {
      to[start + offset] = byteAt(to, start + offset) | ((states.indexOf(value) + 1) << shift);
    },
  flag:
    ({ offset, shift }) =>
    (to, start, value) => {
      if (value) to[start + offset] = byteAt(to, start + offset) | (1 << shift);
    },
  uint8:
    ({ offset }) =>
    (to, start, value) => {
      to[start + offset] = value;
    },
  type:
    ({ offset }) =>
    (to, start, value, types) => {
      to[start + offset] = types.numberOf(value);
    },
  uint32:
    ({ offset }) =>
    (to, start, value) => {
      to.writeUInt32LE(value, start + offset);
    },
  optionalDouble:
    ({ offset }) =>
    (to, start, value) => {
      to.writeDoubleLE(value ?? Number.NaN, start + offset);
    },
  digest:
    ({ offset }) =>
    (to, start, value) => {
      // Writing 12 bytes one by one is faster than a call of `Buffer.write`.
      for (let i = 0; i < digestBytes; i++) to[start + offset + i] = value.charCodeAt(i);
    },
};

/** @throws InvariantError if the bytes end before it. */
function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new InvariantError('a stored entry is cut');
  return byte;
}

function stateOf(number: number): State {
  const state = states[number - 1];
  if (state === undefined) throw new InvariantError(`a stored entry has the unknown state ${number}`);
  return state;
}
