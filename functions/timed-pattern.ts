import { createContext, Script } from 'node:vm';

/** A regular expression that takes too long on some text. */
export class SlowPatternError extends Error {}

const test = new Script('expression.test(text)');

/**
 * Returns a test for a regular expression that somebody typed. Some expressions take years on some texts, and nothing else
 * runs meanwhile. So each test has a limit.
 *
 * @throws SlowPatternError if a test takes longer than the limit.
 */
export function timedPattern(expression: RegExp, maxMs: number): (text: string) => boolean {
  const context = createContext({ expression, text: '' });
  return (text) => {
    context.text = text;
    try {
      return test.runInContext(context, { timeout: maxMs }) as boolean;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new SlowPatternError('the pattern takes too long', { cause: error });
    }
  };
}
