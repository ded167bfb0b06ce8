/**
 * Ten events of a small shop. Among them are copies, an id with two timestamps, and events to check or repair. One id
 * is missing.
 */
export const sampleStream: readonly string[] = [
  '{"event_id": 1001, "type": "LeadCreated", "timestamp": "2025-02-09T12:00:00", "valid": true}',
  '{"event_id": 1002, "type": "CRM_Sync", "timestamp": "2025-02-09T12:01:00", "valid": true}',
  '{"event_id": 1002, "type": "CRM_Sync", "timestamp": "2025-02-09T12:01:00", "valid": true}',
  '{"event_id": 1004, "type": "LeadCreated", "timestamp": "2025-02-09T12:02:00", "valid": true}',
  '{"event_id": 1005, "type": "CRM_Sync", "timestamp": "2025-02-09T12:03:00", "valid": true}',
  '{"event_id": 1005, "type": "CRM_Sync", "timestamp": "2025-02-09T12:03:01", "valid": true}',
  '{"event_id": 1006, "type": "Transaction", "timestamp": "2025-02-09T12:04:00", "valid": false}',
  '{"event_id": 1006, "type": "Transaction", "timestamp": "2025-02-09T12:04:00", "valid": false}',
  '{"type": "Transaction", "timestamp": "2025-02-09T12:04:00", "valid": true}',
  '{"event_id": 1007, "type": "Transaction", "timestamp": "2025-02-09T12:04:00"}',
];
