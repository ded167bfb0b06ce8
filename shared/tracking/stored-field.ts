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
  readonly text: string;
}

export function storedBytes({ buffer, byteOffset, byteLength }: Uint8Array): StoredBytes {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return { bytes, text: bytes.toString('latin1') };
}

interface PlacedField {
  readonly name: string;
  readonly kind: FieldKind;
  /** The first byte of the field, and the first bit within that byte. */
  readonly offset: number;
  readonly shift: number;
}

/** The layout of fields, in the order of declaration. */
export interface Layout<Fields extends Readonly<Record<string, FieldKind>>> {
  readonly fields: readonly PlacedField[];
  readonly bytes: number;
  readonly write: (to: Buffer, start: number, values: ValuesOf<Fields>, types: TypeNumbers) => void;
  readonly read: (from: StoredBytes, start: number, types: TypeNumbers) => ValuesOf<Fields>;
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
  const blank = Object.fromEntries(placed.map(({ name }) => [name, undefined]));
  return {
    fields: placed,
    bytes: Math.ceil(end / 8),
    write: (to, start, values, types) => {
      for (const field of placed) write(to, start + field.offset, field, values[field.name], types);
    },
    read: (from, start, types) => {
      // Copies an object that has all members. To add them one by one takes longer.
      const values: Record<string, unknown> = { ...blank };
      for (const field of placed) values[field.name] = read(from, start + field.offset, field, types);
      return values as ValuesOf<Fields>;
    },
  };
}

function write(to: Buffer, at: number, { kind, shift }: PlacedField, value: unknown, types: TypeNumbers): void {
  switch (kind) {
    case 'state':
      to[at] = (to[at] ?? 0) | ((states.indexOf(value as State) + 1) << shift);
      return;
    case 'flag':
      if (value === true) to[at] = (to[at] ?? 0) | (1 << shift);
      return;
    case 'uint8':
      to[at] = value as number;
      return;
    case 'type':
      to[at] = types.numberOf(value as string);
      return;
    case 'uint32':
      to.writeUInt32LE(value as number, at);
      return;
    case 'optionalDouble':
      to.writeDoubleLE((value as number | undefined) ?? Number.NaN, at);
      return;
    case 'digest':
      // Writing 12 bytes one by one is faster than a call of `Buffer.write`.
      for (let i = 0; i < digestBytes; i++) to[at + i] = (value as Digest).charCodeAt(i);
  }
}

function read({ bytes, text }: StoredBytes, at: number, { kind, shift }: PlacedField, types: TypeNumbers): unknown {
  switch (kind) {
    case 'state':
      return stateOf((bytes.readUInt8(at) >> shift) & stateMask);
    case 'flag':
      return (bytes.readUInt8(at) & (1 << shift)) !== 0;
    case 'uint8':
      return bytes.readUInt8(at);
    case 'type':
      return types.nameOf(bytes.readUInt8(at));
    case 'uint32':
      return bytes.readUInt32LE(at);
    case 'optionalDouble': {
      const value = bytes.readDoubleLE(at);
      return Number.isNaN(value) ? undefined : value;
    }
    case 'digest':
      return text.slice(at, at + digestBytes);
  }
}

function stateOf(number: number): State {
  const state = states[number - 1];
  if (state === undefined) throw new InvariantError(`a stored entry has the unknown state ${number}`);
  return state;
}
