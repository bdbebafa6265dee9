/**
 * Where Docker finds the key of a container's log driver (`awslogs-credentials-endpoint`): the credentials endpoint of 169.254.170.2, asked
 * from the host itself.
 */
import type { AuditLog } from '../metadata/audit-log.ts'
import { jsonAnswer, type MetadataAnswer, type MetadataRequest, type MetadataRoute } from '../metadata/route.ts'
import type { RelayedContainer, RelayKeys } from './relay-keys.ts'

export interface RelayRouteOptions {
  readonly keys: RelayKeys
  readonly isHostAddress: (address: string) => boolean
  /** The task's ARN; undefined if there is none of this id. */
  readonly taskArn: (container: RelayedContainer) => string | undefined
  readonly audit: Pick<AuditLog, 'record'>
}

/** In the audit log: whose key is asked for is said by the task. */
const LOGGED_PATH = '/v2/log-relay'

export const relayRoute =
  (options: RelayRouteOptions): MetadataRoute =>
  (request) => {
    const container = options.keys.containerAt(request.pathname)
    return container && { GET: async () => answered(container, request, options) }
  }

const answered = (
  container: RelayedContainer | 'unknown',
  { sourceAddress, userAgent }: MetadataRequest,
  { keys, isHostAddress, taskArn, audit }: RelayRouteOptions,
): MetadataAnswer => {
  const arn = container === 'unknown' ? undefined : taskArn(container)
  const answer =
    container === 'unknown' || arn === undefined || !isHostAddress(sourceAddress) ? REFUSED : keyAnswer(container, keys)
  const eventType = 'GetCredentialsExecutionRole'
  audit.record({ status: answer.status, sourceAddress, path: LOGGED_PATH, userAgent, taskArn: arn ?? '', eventType })
  return answer
}

const MESSAGE = 'LogRelayRequest: Credentials not found'
const REFUSED = jsonAnswer(400, { code: 'InvalidIdInRequest', message: MESSAGE, HTTPErrorCode: 400 })

/** Without an end: Docker asks once. */
const keyAnswer = (container: RelayedContainer, keys: RelayKeys): MetadataAnswer => {
  const { accessKeyId, secretAccessKey } = keys.keyOf(container)
  return jsonAnswer(200, { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey })
}
