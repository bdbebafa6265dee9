/** What became of a request, as an audit event. */
import type { AssumeRoleWithWebIdentityResponse } from '@aws-sdk/client-sts'
import { isoText } from '../../kit/timestamps.ts'
import { parseArn } from '../../model/arn.ts'
import type { AuditEvent, UserIdentity } from '../../model/audit-event.ts'
import { AUDIT_PARAMETERS_BYTES, AUDIT_TEXT_LENGTH } from '../../model/audit-limits.ts'
import { isAnonymous, isRoot, type Principal } from '../../model/principal.ts'
import { headerOf, type WireRequest } from '../protocol.ts'
import type { OperationShape } from '../schema.ts'
import { claimedScope } from '../signature-parts.ts'
import type { Caller } from '../sigv4.ts'
import { redacted } from './redact.ts'

export interface AuditedCall {
  readonly request: WireRequest
  readonly requestId: string
  readonly eventId: string
  readonly arrivedAt: number
  /** Name of the service, e.g. `ecs`. */
  readonly service: string
  readonly operation: OperationShape
  /** Absent if the caller could not be made certain of. */
  readonly caller: Caller | undefined
  readonly input: object | undefined
  readonly output: object | undefined
  readonly fault: { readonly code: string; readonly message: string } | undefined
  /** For requests that do not say theirs. */
  readonly home: { readonly account: string; readonly region: string }
}

/** Verbs of operations that change nothing. */
const READ_ONLY =
  /^(Describe|List|Get(?!SessionToken|FederationToken)|BatchGet|Lookup|Discover|Simulate|Validate|Decode|Filter|Search|Encrypt|Decrypt|Generate)/

const isReadOnly = (operation: string): boolean => READ_ONLY.test(operation)

export const auditEventOf = (call: AuditedCall): AuditEvent => {
  const { request, requestId, eventId, arrivedAt, service, operation, caller, input, output, fault, home } = call
  const readOnly = isReadOnly(operation.name)
  return {
    eventVersion: '1.11',
    userIdentity: callerOf(call),
    eventTime: isoText(arrivedAt - (arrivedAt % 1000)),
    eventSource: `${service}.amazonaws.com`,
    eventName: operation.name,
    awsRegion: caller?.region ?? claimedScope(request)?.scope.region ?? home.region,
    sourceIPAddress: request.sourceIp,
    userAgent: clipped(headerOf(request.headers, 'user-agent') ?? ''),
    ...(fault && { errorCode: fault.code, errorMessage: clipped(fault.message) }),
    requestParameters: input === undefined ? null : fitting(redacted(operation.input, input), 'requestParameters'),
    responseElements:
      readOnly || output === undefined ? null : fitting(redacted(operation.output, output), 'responseElements'),
    requestID: requestId,
    eventID: eventId,
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: caller?.principal.account ?? home.account,
    eventCategory: 'Management',
  }
}

/** Whoever may not even call could otherwise fill the disk with few requests. */
const clipped = (text: string): string => text.slice(0, AUDIT_TEXT_LENGTH)

/** AWS: what is too large is left out, and the event says so. */
const fitting = (value: unknown, member: string): unknown => {
  if (value === undefined || Object.keys(value as object).length === 0) return null
  const originalSize = JSON.stringify(value).length
  return originalSize <= AUDIT_PARAMETERS_BYTES ? value : { omitted: true, originalSize, reason: `${member} too large` }
}

const callerOf = ({ request, caller, output }: AuditedCall): UserIdentity => {
  if (caller === undefined) return unknownIdentity(request)
  return isAnonymous(caller.principal) ? webIdentity(output) : identityOf(caller.principal)
}

/** Whom an identity provider vouched for, which the answer tells if there is one. */
const webIdentity = (output: AssumeRoleWithWebIdentityResponse = {}): UserIdentity => {
  const { Provider: provider, Audience: audience, SubjectFromWebIdentityToken: userName } = output
  if (userName === undefined) return { type: 'WebIdentityUser' }
  return { type: 'WebIdentityUser', principalId: [provider, audience, userName].join(':'), userName }
}

const unknownIdentity = (request: WireRequest): UserIdentity => {
  const accessKeyId = claimedScope(request)?.accessKeyId
  return { type: 'Unknown', ...(accessKeyId !== undefined && { accessKeyId: clipped(accessKeyId) }) }
}

const identityOf = (principal: Principal): UserIdentity => {
  const { arn, account: accountId, userId: principalId, accessKeyId } = principal
  const common = { principalId, arn, accountId, accessKeyId }
  if (isRoot(principal)) return { type: 'Root', ...common }
  const resource = parseArn(arn)?.resource ?? ''
  if (resource.startsWith('user/'))
    return { type: 'IAMUser', ...common, userName: lastPart(resource), ...session(principal) }
  const type = resource.startsWith('federated-user/') ? 'FederatedUser' : 'AssumedRole'
  return { type, ...common, ...session(principal) }
}

const session = ({ session: facts, account: accountId, userId }: Principal): Pick<UserIdentity, 'sessionContext'> => {
  if (facts === undefined) return {}
  const { issuerArn: arn, issuerId = userId.split(':')[0] ?? '', issuedAt, isMfaAuthenticated } = facts
  const resource = parseArn(arn)?.resource ?? ''
  const issuer = {
    type: resource.startsWith('role/') ? ('Role' as const) : ('IAMUser' as const),
    principalId: issuerId,
    arn,
    accountId,
    userName: lastPart(resource),
  }
  const attributes = {
    creationDate: isoText(issuedAt - (issuedAt % 1000)),
    mfaAuthenticated: isMfaAuthenticated === true ? ('true' as const) : ('false' as const),
  }
  return { sessionContext: { sessionIssuer: issuer, attributes } }
}

const lastPart = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1)
