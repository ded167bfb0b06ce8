import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { CommandError, UsageError, type Io } from '../command.ts';

/**
 * Lets the user edit bytes in the editor of VISUAL or EDITOR, and saves them. If that fails, the file stays, so that no work is
 * lost, and the error names it.
 *
 * @returns Undefined if the bytes were not changed.
 */
export async function editInEditor<Saved>(
  bytes: Uint8Array,
  { env }: Pick<Io, 'env'>,
  save: (edited: Uint8Array) => Promise<Saved>,
): Promise<Saved | undefined> {
  const editor = env.VISUAL ?? env.EDITOR;
  if (editor === undefined) throw new UsageError('set EDITOR to an editor, or give --patch FILE or --body FILE');
  // Only this user may read the file: the message can have personal values.
  const directory = await mkdtemp(join(tmpdir(), 'letter-of-eventmend-'));
  const file = join(directory, 'message.json');
  await writeFile(file, bytes, { mode: 0o600 });
  try {
    // Through a shell, because EDITOR may have arguments, such as `code --wait`.
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new CommandError(`the editor ${editor} failed: nothing was saved.`);
    const edited = await readFile(file);
    const saved = edited.equals(bytes) ? undefined : await save(edited);
    await rm(directory, { recursive: true });
    return saved;
  } catch (error) {
    if (error instanceof Error) error.message += ` The text is kept in ${file}`;
    throw error;
  }
}
