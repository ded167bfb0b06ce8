import { plainTerminal } from '../support/plain-terminal.ts';
import { drawAudit } from '../../cli/audit/report.ts';
import { auditAll } from '../../shared/audit/stream-audit.ts';
import { Pipeline, anEventAt } from '../support/pipeline.ts';

/** The readings of a meter that numbers them from 1 after each start. */
async function meterThatStarted(times: number): Promise<Pipeline> {
  const pipeline = new Pipeline();
  for (let start = 0; start < times; start++) {
    const timestampOf = (id: number) => new Date(Date.UTC(2025, 1, 9, start, id)).toISOString();
    await pipeline.send(...[1, 2, 3].map((id) => anEventAt(id, { timestamp: timestampOf(id) })));
  }
  await pipeline.runtime.sweepUntilQuiet();
  return pipeline;
}

describe('an audit of a stream whose numbering restarted', () => {
  it('balances, and says how many events came under ids that other events hold', async () => {
    const { runtime } = await meterThatStarted(3);
    const found = await auditAll(runtime);
    expect(found.streams).toMatchObject([{ revisions: 6, difference: 0, findings: [] }]);
    expect(drawAudit(found, plainTerminal)).toContain(
      '\n    6 events came under ids that other events hold. Did numbering restart, or do two producers share the stream? ',
    );
  });

  it('says nothing of it where numbering went on', async () => {
    const { runtime } = await meterThatStarted(1);
    const found = await auditAll(runtime);
    expect(found.streams).toMatchObject([{ revisions: 0, difference: 0, notes: [] }]);
    expect(drawAudit(found, plainTerminal)).not.toContain('came under ids');
  });
});
