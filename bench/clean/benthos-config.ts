/**
 * Returns the configuration by which Benthos does what a stream processor can: it checks the fields of each line, and
 * drops a line whose id came before.
 */
export function benthosConfig(file: string): string {
  return `
input:
  file:
    paths: [${JSON.stringify(file)}]
    scanner: { lines: {} }
pipeline:
  processors:
    - mapping: |
        root = if this.event_id.type() != "number" || this.type.type() != "string" || this.timestamp.type() != "string" {
          deleted()
        }
    - dedupe:
        cache: seen
        key: \${! json("event_id") }
cache_resources:
  - label: seen
    memory: {}
output:
  drop: {}
logger:
  level: ERROR
`;
}
