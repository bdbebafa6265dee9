/** The two target groups of an Express service: a service revision has one of them, the next one the other. */
import { HEALTH_CHECK_PATH_LENGTH } from '../../../model/load-balancing/limits.ts'
import { newTargetGroup } from '../../../model/load-balancing/new-rows.ts'
import type { HealthCheck, TargetGroupRecord } from '../../../model/load-balancing/records.ts'
import { EXPRESS_TAG } from '../../../model/express-gateway.ts'
import type { EcsContext } from '../context.ts'
import { invalidParameter } from '../faults.ts'

const DEFAULT_PATH = '/ping'
const ID_LENGTH = 17

interface Served {
  readonly port: number
  readonly healthCheckPath: string
}

/** Visible characters: it stands in the first line of a request. */
export const checkedPath = (path: string = DEFAULT_PATH): string => {
  if (/^\/[\u0021-\u007e]*$/.test(path) && path.length <= HEALTH_CHECK_PATH_LENGTH) return path
  throw invalidParameter(
    `healthCheckPath must begin with a '/' character, contain no spaces and have at most ${HEALTH_CHECK_PATH_LENGTH} characters.`,
  )
}

export const insertTargetGroup = (
  context: EcsContext,
  vpcId: string,
  { port, healthCheckPath }: Served,
): TargetGroupRecord =>
  context.tx.targetGroups.insert(
    newTargetGroup(context, {
      name: `ecs-gateway-tg-${context.ids.hex32().slice(0, ID_LENGTH)}`,
      targetType: 'ip',
      protocol: 'HTTP',
      protocolVersion: 'HTTP1',
      port,
      vpcId,
      healthCheck: { ...HEALTH_CHECK, path: healthCheckPath },
      tags: [EXPRESS_TAG],
    }),
  )

/** Source: "Target group defaults" of Express Mode. */
const HEALTH_CHECK: HealthCheck = {
  isEnabled: true,
  protocol: 'HTTP',
  port: 'traffic-port',
  matcher: { HttpCode: '200' },
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
}

/** The group of a revision that is new; what its owner changed of the rest of its health check stays. */
export const updateTargetGroup = ({ tx }: EcsContext, arn: string, { port, healthCheckPath }: Served): void => {
  const group = tx.targetGroups.get(arn)
  if (group === undefined) return
  tx.targetGroups.update(arn, { port, healthCheck: { ...group.healthCheck, path: healthCheckPath } })
}
