/**
 * Loaded into a function's process before all else: counts what it asks of Firestore, in documents, as Firestore bills it (refused
 * writes too), and writes the counts to the standard error at the end.
 */
import process from 'node:process';
import { Firestore } from '@google-cloud/firestore';

const counts = { reads: 0, writes: 0, calls: 0 };

/** A query reads the documents that it finds, but at least one. */
function count(method, request) {
  counts.calls++;
  if (method === 'batchWrite' || method === 'commit') counts.writes += request.writes?.length ?? 0;
  else counts.reads += request.documents?.length ?? 1;
}

for (const name of ['request', 'requestStream']) {
  const original = Firestore.prototype[name];
  Firestore.prototype[name] = function (method, ...rest) {
    const request = rest.find((argument) => typeof argument === 'object' && argument !== null);
    count(method, request);
    return original.call(this, method, ...rest);
  };
}

process.on('exit', () => {
  process.stderr.write(`firestore ${JSON.stringify(counts)}\n`);
});
