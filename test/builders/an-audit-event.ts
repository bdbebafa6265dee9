/** An audit event: ListClusters by the root user. */
import type { AuditEvent } from '../../src/model/audit-event.ts'

export const anAuditEvent = (given: Partial<AuditEvent> = {}): AuditEvent => ({
  eventVersion: '1.11',
  userIdentity: { type: 'Root', arn: 'arn:aws:iam::000000000000:root', accountId: '000000000000' },
  eventTime: '2026-01-01T00:00:00Z',
  eventSource: 'ecs.amazonaws.com',
  eventName: 'ListClusters',
  awsRegion: 'us-east-1',
  sourceIPAddress: '127.0.0.1',
  userAgent: 'test',
  requestParameters: null,
  responseElements: null,
  requestID: 'request-1',
  eventID: 'event-1',
  readOnly: true,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '000000000000',
  eventCategory: 'Management',
  ...given,
})
