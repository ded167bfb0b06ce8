import { digestBytes, type Digest } from '../digest.ts';
import { InvariantError } from '../errors.ts';

/** Stored from 1: the bytes of an entry that is not there are zero. */
const states = ['clean', 'suspect', 'reconstructed', 'closed'] as const;
type State = (typeof states)[number];
const stateMask = 0b111;

/** The kinds of fields that an entry may have, and the values of each. */
interface Values {
  state: State;
  flag: boolean;
  uint8: number;
  uint32: number;
  /** NaN is stored where there is none. */
  optionalDouble: number | undefined;
  digest: Digest;
  /** The number of the type in its block; 0 for no type. */
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

/** The types that the entries of a block name: an entry holds the number of its type. */
export interface TypeNumbers {
  nameOf(number: number): string;
  /** Returns 0 where the block has no room for another type. */
  numberOf(type: string): number;
}

/** The values that fields hold. */
export type ValuesOf<Fields extends Readonly<Record<string, FieldKind>>> = {
  readonly [F in keyof Fields]: Values[Fields[F]];
};

/**
 * Stored entries, as bytes and as text with a character a byte: slicing a text is faster than making one of bytes. V8 copies slices
 * of up to 12 characters, so that a digest does not keep the whole text in memory.
 */
export interface StoredBytes {
  readonly bytes: Buffer;
  readonly text: string;
}

interface PlacedField {
  readonly name: string;
  readonly kind: FieldKind;
  /** The byte in which it begins, and the bit within that. */
  readonly offset: number;
  readonly shift: number;
}

/** The fields one after the other, in the order of their declaration. */
export interface Layout<Fields extends Readonly<Record<string, FieldKind>>> {
  readonly fields: readonly PlacedField[];
  readonly bytes: number;
  readonly write: (to: Buffer, start: number, values: ValuesOf<Fields>, types: TypeNumbers) => void;
  readonly read: (from: StoredBytes, start: number, types: TypeNumbers) => ValuesOf<Fields>;
}

/** Gives every field its offset. A field of whole bytes begins at a byte; the smaller ones before it share theirs. */
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
      // A copy of an object that has all members already: adding them one by one takes longer.
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
      // 12 bytes are written faster one by one than by a call of `Buffer.write`.
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
