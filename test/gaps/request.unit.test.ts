import { InvariantError } from '../../shared/errors.ts';
import { decodeRequest, readRequest, writeRequest } from '../../shared/gaps/request.ts';
import { aMessage, noon, textOf } from '../support/builders.ts';

const request = { phase: 'resend', stream: 'orders', from: 5, to: 8, attempt: 1, deadlineMs: noon } as const;

test('a request says to producers which ids of which stream are missing, and until when they may answer', () => {
  const { data, attributes } = writeRequest(request);
  expect(textOf({ data })).toBe(
    '{"stream":"orders","from":5,"to":8,"attempt":1,"deadline":"2025-02-09T12:00:00.000Z"}',
  );
  expect(attributes).toEqual({ stream: 'orders', phase: 'resend' });
});

test.each(['resend', 'infer'] as const)('a request of phase %s is read as it was written', (phase) => {
  const deadline = '"deadline":"2025-02-09T12:00:00.500Z"';
  const message = aMessage(`{"stream":"orders","from":5,"to":8,"attempt":2,${deadline}}`, { phase });
  expect(readRequest(message)).toEqual({ ...request, phase, attempt: 2, deadlineMs: noon + 500 });
});

test.each([
  ['is not JSON', 'resend!'],
  ['is no object', '[5, 8]'],
  ['lacks a member', '{"stream":"orders","from":5,"attempt":1,"deadline":"2025-02-09T12:00:00Z"}'],
  ['names no stream', '{"stream":"?","from":5,"to":8,"attempt":1,"deadline":"2025-02-09T12:00:00Z"}'],
  ['names half an id', '{"stream":"orders","from":5.5,"to":8,"attempt":1,"deadline":"2025-02-09T12:00:00Z"}'],
  ['ends before it begins', '{"stream":"orders","from":5,"to":4,"attempt":1,"deadline":"2025-02-09T12:00:00Z"}'],
  ['has no deadline', '{"stream":"orders","from":5,"to":8,"attempt":1,"deadline":"noon"}'],
])('a message that %s is no request', (_, text) => {
  const message = aMessage(text, { phase: 'infer' });
  expect(decodeRequest(message)).toEqual(expect.any(String));
  expect(() => readRequest(message)).toThrow(InvariantError);
});

test('what is wrong with a message is said without its values', () => {
  const text = '{"stream":"a secret?","from":-17,"to":8,"attempt":0,"deadline":"tomorrow"}';
  const problem = decodeRequest(aMessage(text)) as string;
  expect(problem.split('; ').map((each) => each.split(':')[0])).toEqual(['stream', 'from', 'attempt', 'deadline']);
  expect(problem).not.toMatch(/secret|17|tomorrow/);
});
