import { RetryableError } from '../../shared/errors.ts';
import { readRequest, writeRequest } from '../../shared/gaps/request.ts';
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
  ['has no deadline', '{"stream":"orders","from":5,"to":8,"attempt":1,"deadline":"noon"}'],
])('a message that %s is no request, and is delivered again', (_, text) => {
  expect(() => readRequest(aMessage(text, { phase: 'infer' }))).toThrow(RetryableError);
});
