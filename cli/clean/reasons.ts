import { cutText } from '../../shared/cut-text.ts';
import { details, isCode, meaning } from '../../shared/failure.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { lineAttribute } from './output-line.ts';

/** Dead letters with one code, and with one detail but for the numbers in it. */
export interface LetterReason {
  readonly code: string;
  /** The detail of the first of them. */
  readonly detail: string;
  readonly letters: number;
  /** The lowest line of their events. Undefined if they are about no event of the file. */
  readonly firstLine?: number;
}

/** The most reasons that are told apart. Further ones count together by their code. */
const maxReasons = 1_000;

/** Groups dead letters by their reason. */
export class Reasons {
  private readonly groups = new Map<string, LetterReason>();

  add(attributes: Attributes): void {
    const code = attributes[attributeNames.code] ?? 'ERR_DELIVERY';
    const detail = attributes[attributeNames.detail] ?? '';
    const line = attributes[lineAttribute] === undefined ? undefined : Number(attributes[lineAttribute]);
    const exact = `${code} ${detail.replaceAll(/\d+/g, '#')}`;
    const isNew = !this.groups.has(exact) && this.groups.size >= maxReasons;
    const key = isNew ? code : exact;
    this.groups.set(key, join(this.groups.get(key), code, isNew ? '' : detail, line));
  }

  /** Returns the reasons, the most frequent first. */
  list(): readonly LetterReason[] {
    return [...this.groups.values()].sort((a, b) => b.letters - a.letters || (a.firstLine ?? 0) - (b.firstLine ?? 0));
  }
}

function join(known: LetterReason | undefined, code: string, detail: string, line: number | undefined): LetterReason {
  if (!known) return { code, detail, letters: 1, ...(line !== undefined && { firstLine: line }) };
  const letters = known.letters + 1;
  if (line === undefined || line >= (known.firstLine ?? Number.POSITIVE_INFINITY)) return { ...known, letters };
  return { code, detail, letters, firstLine: line };
}

/** The longest detail that a table shows. */
const maxShown = 160;

/**
 * Describes a reason in one line: by its meaning if its detail has one, otherwise by the detail. Of several problems it
 * shows the first, and the paths of the others.
 */
export function spellReason({ code, detail }: Pick<LetterReason, 'code' | 'detail'>): string {
  const known = Object.values(details).find((one) => one.code === code && detail.startsWith(one.detail));
  if (known) return known.meaning;
  if (detail === '') return isCode(code) ? meaning[code] : '';
  const [first = '', ...others] = detail.split(/\. (?=[\w./~-]+(?: at [^ ]+(?:, [^ ]+)*)?: )/);
  const also = others.map((other) => /^[\w./~-]+/.exec(other)?.[0] ?? '');
  const text = also.length > 0 ? `${first} (also ${also.join(', ')})` : first;
  return cutText(text, maxShown);
}
