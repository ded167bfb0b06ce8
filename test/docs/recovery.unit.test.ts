import { readFileSync } from 'node:fs';
import topology from '../../shared/topology.json' with { type: 'json' };

/** The pattern of subscriptions' names in the filter of docs/recovery.md that `variable` holds, for a deployment with this prefix. */
function patternOf(variable: string, prefix: string): RegExp {
  const page = readFileSync('docs/recovery.md', 'utf8');
  const [, pattern] = new RegExp(`^export ${variable}=".*name~'(.*)'"$`, 'm').exec(page) ?? [];
  if (pattern === undefined) throw new Error(`docs/recovery.md has no filter ${variable}`);
  return new RegExp(pattern.replace('${NAME_PREFIX}', prefix));
}

/** Which of these subscriptions a filter matches, in a project whose id looks like a name of a consumer's subscription. */
function matched(variable: string, prefix: string, names: readonly string[]): readonly string[] {
  const pattern = patternOf(variable, prefix);
  return names.filter((name) => pattern.test(`projects/my-consumer-validate-app/subscriptions/${name}`));
}

const sources = ['validate-source-outbox', 'validate-source-consumer-news', 'validate-source-track-events'];
const others = [
  'consumer-billing',
  'consumer-validate-events',
  'consumer-archive-dead-letter-queue',
  'bigquery-cleaned-events',
  'kept-dead-letter-queue',
  'resend-requests-orders',
];

describe.each(['', 'staging-'])('the recovery of a deployment with the prefix "%s"', (prefix) => {
  const withPrefix = (names: readonly string[]) => names.map((name) => `${prefix}${name}`);
  const ofAnotherDeployment = [...Object.keys(topology.subscriptions), ...sources, ...others].map(
    (name) => `${prefix === '' ? 'other-' : ''}${name}`,
  );

  it("stops every push to a function, and none to a consumer or in another deployment's subscriptions", () => {
    const pushed = withPrefix([...Object.keys(topology.subscriptions), ...sources]);
    expect(matched('PUSHED', prefix, [...pushed, ...withPrefix(others), ...ofAnotherDeployment])).toEqual(pushed);
  });

  it('lets the messages of validate and archive come again, and those of no consumer', () => {
    const kept = withPrefix(['validate-events', 'validate-mended-events', 'archive-dead-letter-queue', ...sources]);
    expect(
      matched('KEPT', prefix, [...kept, ...withPrefix(['track-validated-events', ...others]), ...ofAnotherDeployment]),
    ).toEqual(kept);
  });
});
