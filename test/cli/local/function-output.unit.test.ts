import { FunctionOutput } from '../../../cli/local/function-output.ts';

/** The lines that are shown of a function's output. */
function setUp() {
  const shown: string[] = [];
  const clock = { nowMs: 0 };
  const output = new FunctionOutput({ name: 'track', now: () => clock.nowMs, show: (line) => shown.push(line) });
  return { output, shown, clock };
}

const failure = JSON.stringify({
  severity: 'ERROR',
  message: 'a delivery failed',
  errors: [
    { name: 'RetryableError', code: 'RETRYABLE', message: 'publishing on cleaned-events failed' },
    { name: 'Error', code: 5, message: '5 NOT_FOUND' },
  ],
  stack_trace: 'at …',
});

describe("the output of a function's process", () => {
  it('shows an error in one line, with what caused it', () => {
    const { output, shown } = setUp();
    output.takeOutput(failure);
    expect(shown).toEqual([
      'track        a delivery failed ← RetryableError RETRYABLE: publishing on cleaned-events failed ← Error 5: 5 NOT_FOUND',
    ]);
  });

  it('shows what was counted, unless something was received and no more', () => {
    const { output, shown } = setUp();
    output.takeOutput('{"severity":"INFO","message":"counts","counts":{"received":3,"published":2}}');
    output.takeOutput('{"severity":"INFO","message":"counts","counts":{"received":3}}');
    output.takeOutput('{"severity":"INFO","message":"swept","sweep":{"stream":"orders","lag":0}}');
    expect(shown).toEqual(['track        received 3, published 2']);
  });

  it('leaves out what the framework says about itself', () => {
    const { output, shown } = setUp();
    for (const line of ['Serving function...', 'Function: track', 'null', '42', '']) output.takeOutput(line);
    expect(shown).toEqual([]);
  });

  it('shows what a crash leaves behind', () => {
    const { output, shown } = setUp();
    output.takeError('TypeError: it crashed');
    output.takeError('');
    expect(shown).toEqual(['track        TypeError: it crashed']);
  });

  it('shows the same line once in five seconds, and says how often it was kept back', () => {
    const { output, shown, clock } = setUp();
    for (let i = 0; i < 10; i++) output.say('it failed');
    output.say('it failed otherwise');
    clock.nowMs = 5_000;
    output.say('it failed');
    expect(shown).toEqual([
      'track        it failed',
      'track        it failed otherwise',
      'track        it failed (and 9 more times before)',
    ]);
  });
});
