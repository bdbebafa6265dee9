/** How a target group's targets are checked: what a request says, completed with AWS's defaults and checked. */
import type { Matcher, ProtocolEnum as Protocol } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  HEALTH_CHECK_INTERVAL_SECONDS,
  HEALTH_CHECK_PATH_LENGTH,
  HEALTH_CHECK_THRESHOLD,
  HEALTH_CHECK_TIMEOUT_SECONDS,
  PORT,
} from '../../model/load-balancing/limits.ts'
import type { HealthCheck, TargetGroupRecord } from '../../model/load-balancing/records.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidConfigurationRequest, validationError } from './faults.ts'
import { checkMatcher, defaultMatcher } from './matcher.ts'

type Kind = Pick<TargetGroupRecord, 'targetType' | 'protocol' | 'protocolVersion'>

export interface HealthCheckRequest {
  readonly HealthCheckProtocol?: Protocol | undefined
  readonly HealthCheckPort?: string | undefined
  readonly HealthCheckEnabled?: boolean | undefined
  readonly HealthCheckPath?: string | undefined
  readonly HealthCheckIntervalSeconds?: number | undefined
  readonly HealthCheckTimeoutSeconds?: number | undefined
  readonly HealthyThresholdCount?: number | undefined
  readonly UnhealthyThresholdCount?: number | undefined
  readonly Matcher?: Matcher | undefined
}

const TRAFFIC_PORT = 'traffic-port'
const HTTP_PATH = '/'
const GRPC_PATH = '/AWS.ALB/healthcheck'
const INTERVAL_SECONDS = 30
const HEALTHY_THRESHOLD = 5
const UNHEALTHY_THRESHOLD = 2

/** The request's health check, over `before` if there is one, over the defaults otherwise. */
export const requestedHealthCheck = (kind: Kind, request: HealthCheckRequest, before?: HealthCheck): HealthCheck => {
  checkRequest(kind, request)
  const protocol = request.HealthCheckProtocol ?? before?.protocol ?? defaultProtocol(kind)
  const check: HealthCheck = {
    isEnabled: true,
    protocol,
    port: request.HealthCheckPort ?? before?.port ?? TRAFFIC_PORT,
    intervalSeconds: request.HealthCheckIntervalSeconds ?? before?.intervalSeconds ?? INTERVAL_SECONDS,
    timeoutSeconds: request.HealthCheckTimeoutSeconds ?? before?.timeoutSeconds ?? defaultTimeout(kind, protocol),
    healthyThreshold: request.HealthyThresholdCount ?? before?.healthyThreshold ?? HEALTHY_THRESHOLD,
    unhealthyThreshold: request.UnhealthyThresholdCount ?? before?.unhealthyThreshold ?? UNHEALTHY_THRESHOLD,
    ...(protocol !== 'TCP' && {
      path: request.HealthCheckPath ?? before?.path ?? (kind.protocolVersion === 'GRPC' ? GRPC_PATH : HTTP_PATH),
      matcher: request.Matcher ?? before?.matcher ?? defaultMatcher(kind),
    }),
  }
  checkWhole(kind, request, check)
  return check
}

const isHttp = (protocol: Protocol): boolean => protocol === 'HTTP' || protocol === 'HTTPS'

const defaultProtocol = ({ targetType, protocol }: Kind): Protocol =>
  isHttp(protocol) || targetType === 'alb' ? 'HTTP' : 'TCP'

/** AWS: 5 seconds for Application Load Balancers; 6 for HTTP checks and 10 for all others of Network Load Balancers. */
const defaultTimeout = ({ protocol }: Kind, checkProtocol: Protocol): number => {
  if (isHttp(protocol)) return 5
  return checkProtocol === 'HTTP' ? 6 : 10
}

const checkRequest = ({ targetType }: Kind, request: HealthCheckRequest): void => {
  checkConstraints(
    request,
    {
      HealthCheckIntervalSeconds: HEALTH_CHECK_INTERVAL_SECONDS,
      HealthCheckTimeoutSeconds: HEALTH_CHECK_TIMEOUT_SECONDS,
      HealthyThresholdCount: HEALTH_CHECK_THRESHOLD,
      UnhealthyThresholdCount: HEALTH_CHECK_THRESHOLD,
      HealthCheckPath: { min: 1, max: HEALTH_CHECK_PATH_LENGTH },
    },
    validationError,
  )
  if (request.HealthCheckEnabled === false)
    throw invalidConfigurationRequest(
      `Health check enabled must be true for target groups with target type '${targetType}'`,
    )
  checkPort(request.HealthCheckPort)
  checkPath(request.HealthCheckPath)
}

const checkPort = (port = TRAFFIC_PORT): void => {
  const isNumber = /^\d{1,5}$/.test(port) && Number(port) >= PORT.min && Number(port) <= PORT.max
  if (port !== TRAFFIC_PORT && !isNumber)
    throw validationError(
      `Health check port '${port}' must be '${TRAFFIC_PORT}' or a number between ${PORT.min} and ${PORT.max}`,
    )
}

/** Visible characters: it stands in the first line of a request. */
const checkPath = (path = HTTP_PATH): void => {
  if (!/^\/[\u0021-\u007e]*$/.test(path))
    throw validationError(`Health check path '${path}' must begin with a '/' character and contain no spaces`)
}

const checkWhole = (kind: Kind, request: HealthCheckRequest, check: HealthCheck): void => {
  const { protocol } = check
  if (protocol !== 'TCP' && !isHttp(protocol))
    throw invalidConfigurationRequest(`Health check protocol '${protocol}' is not supported`)
  if (protocol === 'TCP' && (isHttp(kind.protocol) || kind.targetType === 'alb'))
    throw invalidConfigurationRequest(
      `Health check protocol 'TCP' is not supported for target groups with protocol '${kind.protocol}' and target type '${kind.targetType}'`,
    )
  if (protocol === 'TCP' && (request.HealthCheckPath !== undefined || request.Matcher !== undefined))
    throw invalidConfigurationRequest("Health check path and matcher are not supported for health check protocol 'TCP'")
  if (check.timeoutSeconds > check.intervalSeconds)
    throw validationError(
      `Health check timeout '${check.timeoutSeconds}' must be smaller than or equal to the interval '${check.intervalSeconds}'`,
    )
  if (check.matcher !== undefined) checkMatcher(kind, check.matcher)
}
