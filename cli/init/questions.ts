import { createInterface } from 'node:readline/promises';
import { UsageError, type Io } from '../command.ts';

/** Asks a question on the terminal. @returns The answer, or the default if the answer is empty. */
export type Ask = (question: string, byDefault?: string) => Promise<string>;

/** Whether a user can be asked. */
export function canAsk({ stdin, stderr }: Io): boolean {
  return (stdin as { readonly isTTY?: boolean }).isTTY === true && stderr.isTTY === true;
}

/** Runs a dialogue on the terminal. Its questions go to standard error. */
export async function withQuestions<T>({ stdin, stderr, signal }: Io, dialogue: (ask: Ask) => Promise<T>): Promise<T> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return await dialogue(async (question, byDefault = '') => {
      const hint = byDefault === '' ? '' : ` [${byDefault}]`;
      const answer = (await lines.question(`${question}${hint}: `, { signal })).trim();
      return answer === '' ? byDefault : answer;
    });
  } finally {
    lines.close();
  }
}

/** Returns a dialogue's default without asking. @throws UsageError if there is none. */
export function withoutQuestions(question: string, byDefault?: string): Promise<string> {
  if (byDefault === undefined) throw new UsageError(`${question}: give it as an option, because nobody can be asked`);
  return Promise.resolve(byDefault);
}
