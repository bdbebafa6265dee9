/**
 * One call as CloudTrail records it: who, what, from where, and what became of it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface AuditEvent {
  readonly eventVersion: string
  readonly userIdentity: UserIdentity
  /** RFC 3339, in UTC. */
  readonly eventTime: string
  /** E.g. `ecs.amazonaws.com`. */
  readonly eventSource: string
  readonly eventName: string
  readonly awsRegion: string
  readonly sourceIPAddress: string
  readonly userAgent: string
  /** Only of calls that were refused or failed. */
  readonly errorCode?: string
  readonly errorMessage?: string
  /** Members in camel case; secrets are hidden. Null where the input could not be read. */
  readonly requestParameters: unknown
  /** Of calls that change something, else null. */
  readonly responseElements: unknown
  readonly requestID: string
  readonly eventID: string
  readonly readOnly: boolean
  /** `AwsServiceEvent`: the service did it by itself. */
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent'
  readonly managementEvent: true
  readonly recipientAccountId: string
  /** Of what a service did by itself: to what, and in its own words. */
  readonly resources?: readonly { readonly ARN: string; readonly accountId: string; readonly type: string }[]
  readonly serviceEventDetails?: Readonly<Record<string, unknown>>
  readonly eventCategory: 'Management'
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
export interface UserIdentity {
  /** `Unknown`: whoever called could not prove who he is. `AWSService`: nobody called. */
  readonly type: 'Root' | 'IAMUser' | 'AssumedRole' | 'FederatedUser' | 'WebIdentityUser' | 'AWSService' | 'Unknown'
  /** What did it by itself. */
  readonly invokedBy?: string
  readonly principalId?: string
  readonly arn?: string
  readonly accountId?: string
  /** For `Unknown`, the key that the request claims. */
  readonly accessKeyId?: string
  readonly userName?: string
  readonly sessionContext?: {
    readonly sessionIssuer?: {
      readonly type: 'Role' | 'IAMUser'
      readonly principalId: string
      readonly arn: string
      readonly accountId: string
      readonly userName: string
    }
    readonly attributes: { readonly creationDate: string; readonly mfaAuthenticated: 'true' | 'false' }
  }
}

/** Where the wire puts what it has seen. What was appended outlives the process. */
export interface AuditSink {
  append(event: AuditEvent): void
}
