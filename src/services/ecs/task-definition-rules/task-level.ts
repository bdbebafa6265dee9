/** What the task has as a whole: modes, roles, placement constraints, proxy, storage, platform. */
import { ecsEnums } from '../enums.ts'
import { PLACEMENT_CONSTRAINTS } from '../../../model/limits.ts'
import { compileExpression, ExpressionError } from '../../../scheduler/query-language.ts'
import { clientException } from '../faults.ts'
import { networkModeOf, ensure, requireOneOf, requireRange, type TaskRule } from './rule.ts'

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/
const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/
const EPHEMERAL_STORAGE_GIB = { min: 21, max: 200 } as const

export const modesAreValid: TaskRule = ({ networkMode, pidMode, ipcMode, requiresCompatibilities = [] }) => {
  requireOneOf('networkMode', networkMode, ecsEnums.NetworkMode)
  requireOneOf('pidMode', pidMode, ecsEnums.PidMode)
  requireOneOf('ipcMode', ipcMode, ecsEnums.IpcMode)
  for (const compatibility of requiresCompatibilities) {
    requireOneOf('requiresCompatibilities', compatibility, ecsEnums.Compatibility)
    ensure(compatibility !== 'MANAGED_INSTANCES', 'The MANAGED_INSTANCES compatibility is not supported.')
  }
}

/** The task role may be given by its name alone; whether the role exists is IAM's to say, when a task asks for credentials. */
export const rolesAreValid: TaskRule = ({ taskRoleArn, executionRoleArn }) => {
  for (const role of [taskRoleArn, executionRoleArn]) {
    ensure(!role || ROLE_ARN.test(role) || ROLE_NAME.test(role), 'Role is not valid')
  }
}

export const placementConstraintsAreValid: TaskRule = ({ placementConstraints = [] }) => {
  const limit = PLACEMENT_CONSTRAINTS
  ensure(placementConstraints.length <= limit, `A task can have at most ${limit} placement constraints.`)
  for (const { type, expression } of placementConstraints) {
    requireOneOf('placementConstraints.type', type ?? '', ecsEnums.TaskDefinitionPlacementConstraintType)
    requireExpression(expression)
  }
}

const requireExpression = (expression: string | undefined): void => {
  ensure(Boolean(expression), 'Placement constraint expression should not be null or empty.')
  try {
    compileExpression(expression ?? '')
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw clientException(`Invalid placement constraint expression: ${error.message}`)
  }
}

export const proxyConfigurationIsValid: TaskRule = (task) => {
  if (task.proxyConfiguration === undefined) return
  const { type, containerName, properties = [] } = task.proxyConfiguration
  requireOneOf('proxyConfiguration.type', type, ecsEnums.ProxyConfigurationType)
  ensure(networkModeOf(task) === 'awsvpc', 'proxyConfiguration is only supported when networkMode=awsvpc.')
  const named = task.containerDefinitions?.some(({ name }) => name === containerName) ?? false
  ensure(named, `Unknown container '${containerName}'.`)
  const has = (name: string): boolean => properties.some((property) => property.name === name && property.value)
  for (const name of ['AppPorts', 'ProxyIngressPort', 'ProxyEgressPort']) {
    ensure(has(name), `proxyConfiguration must specify the property ${name}.`)
  }
  ensure(
    has('IgnoredUID') || has('IgnoredGID'),
    'proxyConfiguration must specify the property IgnoredUID or IgnoredGID.',
  )
}

export const ephemeralStorageIsValid: TaskRule = ({ ephemeralStorage }) => {
  const { min, max } = EPHEMERAL_STORAGE_GIB
  if (ephemeralStorage) requireRange('The ephemeral storage size in GiB', ephemeralStorage.sizeInGiB ?? 0, min, max)
}

export const runtimePlatformIsValid: TaskRule = ({ runtimePlatform }) => {
  requireOneOf('runtimePlatform.cpuArchitecture', runtimePlatform?.cpuArchitecture, ecsEnums.CPUArchitecture)
  requireOneOf('runtimePlatform.operatingSystemFamily', runtimePlatform?.operatingSystemFamily, ecsEnums.OSFamily)
}

/** AWS: Elastic Inference ended on 2023-04-15. */
export const acceleratorsAreGone: TaskRule = ({ inferenceAccelerators = [] }) =>
  ensure(inferenceAccelerators.length === 0, 'Amazon Elastic Inference is no longer available.')

export const faultInjectionFitsNetwork: TaskRule = (task) => {
  const mode = networkModeOf(task)
  const fits = mode === 'awsvpc' || mode === 'host'
  ensure(!task.enableFaultInjection || fits, `enableFaultInjection is not supported when networkMode=${mode}.`)
}
