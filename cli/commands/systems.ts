import { readFile } from 'node:fs/promises';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../command.ts';
import type { OptionDeclarations } from '../options.ts';
import { standInKeys } from '../systems/keys.ts';
import { recordFileSchema, type RecordFile } from '../systems/records.ts';
import { sampleRecords } from '../systems/sample.ts';
import { checkVendorFiles } from '../systems/check-vendor-files.ts';
import { StandIn } from '../systems/stand-in.ts';
import { vendorPathsDate } from '../systems/vendor-paths.ts';
import { summaries } from '../summaries.ts';

const options = {
  data: {
    kind: 'text',
    value: 'FILE',
    help: ['a JSON file of records, by system, kind and id. Without it, a few records of each', 'system'],
  },
  check: {
    kind: 'text',
    value: 'DIR',
    help: [
      "compare the paths and members that Eventmend reads with the vendors' OpenAPI files in a",
      'directory, and exit',
    ],
  },
  port: { kind: 'integer', value: 'PORT', min: 0, max: 65_535, default: 8_090, help: 'port; 0 takes any free one' },
} as const satisfies OptionDeclarations;

export const systemsCommand = makeCommand({
  name: 'systems',
  summary: summaries.systems,
  positionals: [],
  options,
  notes: [
    'Prints the variables with which verify asks the stand-in. Runs until Ctrl-C.',
    'POST /_control asks for faults and changes of records.',
    'Exit code of --check 0: all is there. 3: the files lack something.',
  ],
  run: runSystems,
});

async function runSystems({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  if (values.check !== undefined) return checkFiles(values.check, io);
  const file = values.data === undefined ? sampleRecords : await readRecords(values.data);
  const standIn = new StandIn(file, () => Date.now());
  const url = await standIn.listen(values.port);
  const variables = { ...standInKeys, HUBSPOT_BASE_URL: url, STRIPE_BASE_URL: url, TWILIO_BASE_URL: url };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  await write(io.stdout, `${lines.join('')}ready: ${url}\n`);
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await standIn.close();
  return 0;
}

/** Prints what the vendors' files do not have. @returns The exit code: 3 if they lack something. */
async function checkFiles(directory: string, io: Io): Promise<number> {
  const { files, problems } = await checkVendorFiles(directory);
  const compared = `${files} OpenAPI files, compared with the list of ${vendorPathsDate}: ${problems.length} differences`;
  await write(io.stdout, [...problems, compared, ''].join('\n'));
  return files === 0 || problems.length > 0 ? 3 : 0;
}

/** @throws UsageError if the file does not hold records. */
async function readRecords(path: string): Promise<RecordFile> {
  let given: unknown;
  try {
    given = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new UsageError(`${path} cannot be read as JSON`);
  }
  const records = recordFileSchema.safeParse(given);
  if (records.success) return records.data;
  const [issue] = records.error.issues;
  throw new UsageError(`${path} holds no records: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
