/**
 * A number of JSON's grammar, without loss: `digits` with the decimal point before the first of them, times ten to the
 * power of `point`. Equal numbers have equal decimals, however they are spelt.
 *
 *     120.50   digits 1205   point 3          0.0012   digits 12   point -2
 *     1e400    digits 1      point 401        -0.0     no digits, point 0, not negative
 */
export interface Decimal {
  readonly isNegative: boolean;
  /** Without zeros at either end. Empty for zero. */
  readonly digits: string;
  readonly point: bigint;
}

const numberParts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The maximum length of an exponent, in characters. Its time grows faster than its length, and no real number has one
 * of 20 characters.
 */
const maxExponentLength = 1_000;

/** Reads a number. Undefined for a text that is no number, or whose exponent is too long. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = numberParts.exec(text) ?? [];
  if (sign === undefined || exponent.length > maxExponentLength) return undefined;
  const all = whole + fraction;
  const start = firstNonZero(all);
  const digits = withoutTrailingZeros(all.slice(start));
  if (digits === '') return { isNegative: false, digits, point: 0n };
  return { isNegative: sign === '-', digits, point: BigInt(exponent) + BigInt(whole.length - start) };
}

// Loops, because `/0+$/` takes quadratic time on a long row of zeros.
function firstNonZero(digits: string): number {
  let at = 0;
  while (digits[at] === '0') at++;
  return at;
}

export function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** The most zeros that are written before or after the digits of a number. */
const maxZeros = 21n;
/** Matches numbers that keep their text, unless they have many zeros. */
const plainNumber = /^(?:0|-?[1-9]\d*|-?(?:0|[1-9]\d*)\.\d*[1-9])$/;
const manyZeros = '0'.repeat(Number(maxZeros) + 1);

/**
 * Writes a number so that equal numbers have equal texts. Numbers as `JSON.stringify` writes them keep their text, but
 * for very large and very small ones. A number with an exponent of more than 1,000 characters keeps its text, too.
 *
 *     1.0 → 1     1e3 → 1000     -0 → 0     0.50 → 0.5     1e400 → 1e400     12e399 → 1.2e400
 */
export function spellDecimal(text: string): string {
  if (plainNumber.test(text) && !text.includes(manyZeros)) return text;
  const decimal = parseDecimal(text);
  if (!decimal) return text;
  const { isNegative, digits, point } = decimal;
  return (isNegative ? '-' : '') + (digits === '' ? '0' : spellDigits(digits, point));
}

function spellDigits(digits: string, point: bigint): string {
  const length = BigInt(digits.length);
  if (point > length + maxZeros || point < -maxZeros) {
    const rest = digits.slice(1);
    return `${digits[0] ?? ''}${rest === '' ? '' : `.${rest}`}e${point - 1n}`;
  }
  if (point >= length) return digits.padEnd(Number(point), '0');
  if (point <= 0n) return `0.${'0'.repeat(Number(-point))}${digits}`;
  return `${digits.slice(0, Number(point))}.${digits.slice(Number(point))}`;
}
