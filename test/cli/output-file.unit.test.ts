import { chmod, mkdir, readdir, readFile, readlink, stat, symlink } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { openOutput } from '../../cli/output-file.ts';
import { CommandError } from '../../cli/command.ts';
import { Directory } from '../support/command-run.ts';

const directory = new Directory();
const io = { stdout: new PassThrough() };

describe('an output file', () => {
  test('is as it was until it is complete, and then has what was written, with its permissions', async () => {
    const name = await directory.write('out', 'before\n');
    await chmod(name, 0o640);
    const output = await openOutput(name, io);
    await output.write('one\n');
    expect(await readFile(name, 'utf8')).toBe('before\n');
    await output.write('two\n');
    await output.complete();
    await output.discard();
    expect(await readFile(name, 'utf8')).toBe('one\ntwo\n');
    expect((await stat(name)).mode & 0o777).toBe(0o640);
  });

  test('that is discarded leaves nothing', async () => {
    await mkdir(directory.file('empty'));
    const output = await openOutput(directory.file('empty/out'), io);
    await output.write('one\n');
    await output.discard();
    expect(await readdir(directory.file('empty'))).toEqual([]);
  });

  test('that a link leads to is replaced where it is, and the link stays', async () => {
    const name = await directory.write('target', 'before\n');
    await symlink(name, directory.file('link'));
    const output = await openOutput(directory.file('link'), io);
    await output.write('after\n');
    await output.complete();
    expect(await readlink(directory.file('link'))).toBe(name);
    expect(await readFile(name, 'utf8')).toBe('after\n');
  });

  test('may be a device, which is written at once', async () => {
    const output = await openOutput('/dev/null', io);
    await output.write('one\n');
    await output.complete();
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  test('on a full disk ends with an error that says so', async () => {
    const output = await openOutput('/dev/full', io);
    const written = output.write('one\n');
    await expect(written).rejects.toThrow(CommandError);
    await expect(written).rejects.toThrow(/^cannot write \/dev\/full: no space is left on the disk$/);
    await output.discard();
  });

  test('in a folder that does not exist, or that is a folder itself, is refused', async () => {
    await expect(openOutput(directory.file('absent/out'), io)).rejects.toThrow(/its folder does not exist$/);
    await expect(openOutput(directory.file('.'), io)).rejects.toThrow(/is a directory: name a file$/);
  });
});
