/**
 * Loaded into a function's process before all else: counts what it asks of Firestore, in documents, as Firestore bills it (refused
 * writes too), and writes the counts to the standard error at the end.
 *
 * It reads what goes over the wire: of the client, which is part of the bundle, nothing can be got hold of.
 */
import { createRequire } from 'node:module';
import process from 'node:process';

const http2 = createRequire(import.meta.url)('node:http2');
const counts = { reads: 0, writes: 0, calls: 0 };
const service = '/google.firestore.v1.Firestore/';
/** Length and compression, in front of a message: https://grpc.io/docs/what-is-grpc/ (Length-Prefixed-Message). */
const prefixBytes = 5;

/** Field 2 holds the documents of a batchGet, the writes of a batchWrite or a commit; a query reads one document at the least. */
function count(method, message) {
  counts.calls++;
  const documents = fieldsOf(message).filter((field) => field === 2).length;
  if (method === 'BatchWrite' || method === 'Commit') counts.writes += documents;
  else counts.reads += method === 'BatchGetDocuments' ? documents : 1;
}

/** The numbers of a protobuf message's own fields, once for each time that they occur. */
function fieldsOf(bytes) {
  const fields = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    fields.push(Math.floor(tag / 8));
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 2) {
      const length = varint();
      at += length;
    } else at += wireType === 1 ? 8 : 4;
  }
  return fields;
}

const { connect } = http2;
http2.connect = (...args) => {
  const session = connect(...args);
  const { request } = session;
  session.request = (headers, ...rest) => {
    const stream = request.call(session, headers, ...rest);
    const path = String(headers[':path']);
    if (!path.startsWith(service)) return stream;
    const { write } = stream;
    stream.write = (chunk, ...more) => {
      count(path.slice(service.length), chunk.subarray(prefixBytes));
      return write.call(stream, chunk, ...more);
    };
    return stream;
  };
  return session;
};

process.on('exit', () => {
  process.stderr.write(`firestore ${JSON.stringify(counts)}\n`);
});
