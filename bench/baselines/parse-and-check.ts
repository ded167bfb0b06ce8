import { createReadStream } from 'node:fs';
import { argv, stdout } from 'node:process';
import { z } from 'zod';

/*
 * The least that somebody would write himself: parse each line, check its fields by a schema, and know the ids that came
 * before by a set. It finds no missing id, no other content under a known id, and keeps no reasons.
 */
const schema = z.object({
  event_id: z.int().min(0),
  type: z.string(),
  timestamp: z.iso.datetime(),
  valid: z.boolean(),
  data: z.looseObject({}),
});

const seen = new Set<number>();
const counts = { cleaned: 0, duplicates: 0, refused: 0 };

function take(line: string): void {
  const { data } = schema.safeParse(JSON.parse(line));
  if (!data) counts.refused++;
  else if (seen.has(data.event_id)) counts.duplicates++;
  else {
    seen.add(data.event_id);
    counts.cleaned++;
  }
}

let rest = '';
for await (const chunk of createReadStream(argv[2] ?? '', 'utf8')) {
  const lines = `${rest}${String(chunk)}`.split('\n');
  rest = lines.pop() ?? '';
  lines.forEach(take);
}
if (rest !== '') take(rest);
stdout.write(`${JSON.stringify(counts)}\n`);
